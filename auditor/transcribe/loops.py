"""Text that goes round in circles, the commonest failure of Whisper decoding."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LOOP = re.compile(r"(.{2,15}?)\1{4,}", re.DOTALL)
_DIGITS = frozenset("0123456789零一二三四五六七八九幺两十百千万")
# People do say 对对对对对对 or draw out an 啊; the recogniser writes dozens.
_SINGLE_RUN = 12
_DIGIT_COPIES = 8
_KEPT_COPIES = 2


@dataclass(frozen=True, slots=True)
class Loop:
    """A unit repeated back to back.

    Args:
        start: First character of the first copy, in the text as written.
        keep: End of the second copy; what follows up to ``end`` is repetition.
        end: End of the last copy and the punctuation behind it.
        copies: How many.
    """

    start: int
    keep: int
    end: int
    copies: int


def spoken(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the letters, digits and hanzi of ``text``, and where each stood."""
    places = tuple(k for k, char in enumerate(text) if unicodedata.category(char)[0] in "LN")
    return "".join(text[k] for k in places), places


def find_loop(text: str) -> Loop | None:
    """Find a unit of 2 to 15 characters written at least 5 times back to back.

    Punctuation and blanks between the copies do not matter. Runs of one character count from
    12 on, groups of digits from 8 copies on, because people do say those.
    """
    compact, places = spoken(text)
    position = 0
    while match := _LOOP.search(compact, position):
        unit = match.group(1)
        copies = len(match.group()) // len(unit)
        single = len(set(unit)) == 1
        if (single and len(match.group()) < _SINGLE_RUN) or (
            set(unit) <= _DIGITS and copies < _DIGIT_COPIES
        ):
            position = match.end()
            continue
        last = match.start() + _KEPT_COPIES * len(unit)
        return Loop(
            start=places[match.start()],
            keep=places[last],
            end=places[match.end()] if match.end() < len(places) else len(text),
            copies=copies,
        )
    return None
