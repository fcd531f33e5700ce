"""Character error rate between a text and its damaged copy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_NOT_COUNTED = re.compile("[^0-9㐀-鿿]+")


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Insertions, deletions and substitutions among so many characters of the original."""

    errors: int = 0
    characters: int = 0

    @property
    def rate(self) -> float | None:
        """Errors a character, ``None`` without characters."""
        return self.errors / self.characters if self.characters else None

    def __add__(self, other: ErrorRate) -> ErrorRate:
        return ErrorRate(self.errors + other.errors, self.characters + other.characters)


def counted(folded: str) -> str:
    """Return the hanzi and digits of a folded text.

    >>> counted("欠3,500元。")
    '欠3500元'
    """
    return _NOT_COUNTED.sub("", folded)


def error_rate(
    original: Iterable[str], damaged: Iterable[str], fold: Callable[[str], str]
) -> ErrorRate:
    """Compare the turns of a call with those of its damaged copy, script folded.

    Args:
        original: Texts in order.
        damaged: Texts in order; there may be more or fewer.
        fold: Makes script and width alike, see ``auditor.text.normalise``.
    """
    said = counted(fold("".join(original)))
    heard = counted(fold("".join(damaged)))
    return ErrorRate(distance(said, heard), len(said))


def distance(said: str, heard: str) -> int:
    """Return the Levenshtein distance, by bit-parallel columns (Myers 1999, Hyyrö 2003).

    >>> distance("核实身份", "何时身")
    3
    """
    if not said:
        return len(heard)
    places: dict[str, int] = {}
    for index, char in enumerate(said):
        places[char] = places.get(char, 0) | 1 << index
    full = (1 << len(said)) - 1
    last = 1 << (len(said) - 1)
    up, down, score = full, 0, len(said)
    for char in heard:
        match = places.get(char, 0)
        diagonal = (((match & up) + up) ^ up) | match | down
        rise = down | (full & ~(diagonal | up))
        fall = up & diagonal
        score += bool(rise & last) - bool(fall & last)
        rise = (rise << 1 | 1) & full
        fall = (fall << 1) & full
        up = fall | (full & ~(diagonal | rise))
        down = rise & diagonal
    return score
