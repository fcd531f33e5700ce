"""Character error and toneless-pinyin error between what was said and what was written."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

_NOT_SPOKEN = re.compile(r"[^\u3400-\u9fffA-Za-z0-9]+")


def distance(reference: Sequence[Hashable], written: Sequence[Hashable]) -> int:
    """Levenshtein distance: substitutions, insertions and deletions cost one each."""
    row = list(range(len(written) + 1))
    for place, unit in enumerate(reference, start=1):
        diagonal, row[0] = row[0], place
        for column, other in enumerate(written, start=1):
            cost = min(row[column] + 1, row[column - 1] + 1, diagonal + (unit != other))
            diagonal, row[column] = row[column], cost
    return row[-1]


def spoken(text: str) -> str:
    """The text without punctuation and blanks."""
    return _NOT_SPOKEN.sub("", text)


def toneless(text: str) -> list[str]:
    """Pinyin syllables without tones."""
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(spoken(text), errors="default"))


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits over reference units, summed over texts."""

    edits: int = 0
    units: int = 0

    @property
    def rate(self) -> float:
        """Edits a reference unit; 0 when there is no reference."""
        return self.edits / self.units if self.units else 0.0

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.edits + other.edits, self.units + other.units)

    @classmethod
    def between(cls, pairs: Iterable[tuple[str, str]], *, pinyin: bool = False) -> Errors:
        """Errors over (said, written) pairs, in characters or in toneless syllables."""
        cut = toneless if pinyin else lambda text: list(spoken(text))
        total = cls()
        for said, written in pairs:
            reference = cut(said)
            total += cls(distance(reference, cut(written)), len(reference))
        return total
