"""Rows of bits, one for each way a pattern can match and one for each lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.conditions.seeking import Sought
from auditor.conditions.words import Words, cost, least
from auditor.domain.calls import Speaker

_PLANES = 2
"""Sets of words looked for in each way a pattern can match: the rarest ones."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the patterns of a condition stand among all.

    Args:
        first: Row of the first way of its first pattern.
        mask: A one for each of its rows.
        owners: For each row the number of its pattern.
        held: Among all rows those of the patterns that make it hold, as bits.
    """

    first: int
    mask: int
    owners: tuple[int, ...]
    held: int


class Table:
    """Gives out rows, and collects the words that set their bits.

    Rows of lexicons come first; every row has a bit in each plane, and is live when all are set.
    """

    def __init__(self, lexicons: Mapping[str, Iterable[str]]) -> None:
        terms: dict[str, list[str]] = {}
        for name, own in lexicons.items():
            for term in own:
                terms.setdefault(term, []).append(name)
        self._terms = terms
        self._lexicons = {name: row for row, name in enumerate(lexicons)}
        # Many patterns need one of the same words, such as a surname: each set is looked at once.
        self._known: dict[Words, tuple[float, Words]] = {}
        self._planes: tuple[dict[Words, int], ...] = tuple({} for _ in range(_PLANES))
        self._always = [0] * _PLANES
        self.speakers: list[Speaker | None] = [None] * len(self._lexicons)
        self.terms = [tuple(names) for names in terms.values()]

    def add(self, sought: Sought) -> Rows:
        """Give rows to a condition's patterns."""
        first = len(self.speakers)
        owners: list[int] = []
        for number, ways in enumerate(sought.patterns):
            for way in ways:
                self._add(1 << (first + len(owners)), way)
                owners.append(number)
        self.speakers += [sought.speaker] * len(owners)
        held = sum(number < sought.held for number in owners)
        return Rows(first, (1 << len(owners)) - 1, tuple(owners), ((1 << held) - 1) << first)

    def _add(self, bit: int, way: tuple[Words, ...]) -> None:
        for words in way:
            if words not in self._known:
                self._known[words] = cost(words), least(words)
        rarest = sorted(map(self._known.__getitem__, way), key=lambda known: known[0])
        for plane in range(_PLANES):
            if plane < len(rarest):
                _, words = rarest[plane]
                self._planes[plane][words] = self._planes[plane].get(words, 0) | bit
            else:
                self._always[plane] |= bit

    def rows_of(self, lexicons: Iterable[str]) -> int:
        """Rows of lexicons, as bits."""
        return sum(1 << self._lexicons[name] for name in set(lexicons))

    def words(self) -> tuple[int, tuple[str, ...], list[int]]:
        """Bits that are always set, all words, terms first, and the bits that each sets."""
        size = len(self.speakers)
        bits: dict[str, int] = {}
        for term, names in self._terms.items():
            rows = self.rows_of(names)
            bits[term] = sum(rows << plane * size for plane in range(_PLANES))
        for plane, sets in enumerate(self._planes):
            for words, rows in sets.items():
                mask = rows << plane * size
                for word in words:
                    bits[word] = bits.get(word, 0) | mask
        always = sum(mask << plane * size for plane, mask in enumerate(self._always))
        return always, tuple(bits), [*bits.values()]

    def allowed(self, speaker: Speaker) -> int:
        """Rows that look at what a speaker says."""
        wanted = (row for row, own in enumerate(self.speakers) if own in (None, speaker))
        return sum(1 << row for row in wanted)
