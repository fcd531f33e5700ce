"""Where a pattern matches in a turn, found with as little ado as possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2

_LAST_OF_THREE = "\uffff"
_ANYWHERE = re2._re2.RE2.Anchor.UNANCHORED


@dataclass(frozen=True, slots=True)
class Encoded:
    """A turn's searched text as RE2 sees it.

    Args:
        data: As UTF-8.
        triple: Every character takes three bytes, as Han characters do.
    """

    data: bytes
    triple: bool

    @classmethod
    def of(cls, text: str) -> Encoded:
        """Encode a text."""
        data = text.encode()
        return cls(data, len(data) == 3 * len(text) and max(text, default="") <= _LAST_OF_THREE)

    def spans(self, pattern: re2._Regexp) -> Iterator[tuple[int, int]]:
        """Yield where a pattern matches, as characters.

        These are the spans of ``pattern.finditer``, which makes several objects of every match.

        Args:
            pattern: One that never matches nothing.
        """
        data, match = self.data, pattern._regexp.Match
        place, past = 0, len(data)
        while place < past:
            start, place = match(_ANYWHERE, data, place, past)[0]
            if start < 0:
                return
            if self.triple:
                yield start // 3, place // 3
            else:
                first = len(data[:start].decode())
                yield first, first + len(data[start:place].decode())
