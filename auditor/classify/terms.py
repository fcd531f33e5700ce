"""The n-grams that count, and finding them in the turns of many calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from auditor.classify.grams import Grams, Hashes, Places, View, char_grams, sound_grams

CHAR_ORDERS = (1, 2, 3)
SOUND_ORDERS = (1, 2, 3)
_SLOT_BITS = 21
_SHIFT = np.uint64(64 - _SLOT_BITS)
RARITY_UNIT = 32
"""Rarities are kept as whole numbers of this part, so that sums of squares are exact."""


def slot_of(hashes: Hashes) -> Places:
    """Return where in a table of terms each n-gram would stand."""
    return (hashes >> _SHIFT).astype(np.int64)


@dataclass(frozen=True)
class Terms:
    """The terms of one kind (characters or sounds) by frequency, the most frequent first.

    Args:
        keys: Hash of each; no two share a slot.
        rarity: Inverse document frequency of each, in parts of ``RARITY_UNIT``.
    """

    keys: Hashes
    rarity: NDArray[np.uint16]

    @cached_property
    def table(self) -> NDArray[np.int32]:
        """Row of the term in each slot; 0 where there is none (the key decides)."""
        table = np.zeros(1 << _SLOT_BITS, np.int32)
        table[slot_of(self.keys)] = np.arange(len(self.keys))
        return table

    def find(self, grams: Sequence[Grams], turns: Places, count: int) -> Hits:
        """Return the terms among n-grams, ascending by turn.

        Args:
            grams: N-grams of a view.
            turns: Turn of each character of the view.
            count: Number of turns.
        """
        if not len(self.keys) or not grams:
            empty = np.zeros(0, np.int64)
            return _hits(empty, empty, empty, empty, self.rarity, count)
        rows, owner, first, order = [], [], [], []
        for gram in grams:
            # Nothing is out of bounds; said so, nothing is looked at twice.
            row = self.table.take(slot_of(gram.hashes), mode="clip")
            good = np.flatnonzero(self.keys.take(row, mode="clip") == gram.hashes)
            rows.append(row[good].astype(np.int64))
            first.append(gram.first[good])
            owner.append(turns[gram.first[good]])
            order.append(np.full(len(good), gram.order))
        owners = np.concatenate(owner)
        # Stable: equal turns keep the order of the n-grams, whatever other turns there are.
        sort = np.argsort(owners, kind="stable")
        return _hits(
            np.concatenate(rows)[sort],
            owners[sort],
            np.concatenate(first)[sort],
            np.concatenate(order)[sort],
            self.rarity,
            count,
        )


@dataclass(frozen=True, slots=True)
class Hits:
    """Terms found in turns, ascending by turn.

    Args:
        rows: Row of each term.
        turns: Turn of each.
        first: Index of its first character in the view.
        order: Characters it has.
        bounds: First hit of each turn, and the number of hits.
        scale: For each turn 1 over the length of its vector of rarities; 0 without terms.
    """

    rows: Places
    turns: Places
    first: Places
    order: Places
    bounds: Places
    scale: NDArray[np.float32]


def _hits(
    rows: Places,
    turns: Places,
    first: Places,
    order: Places,
    rarity: NDArray[np.uint16],
    count: int,
) -> Hits:
    bounds = np.searchsorted(turns, np.arange(count + 1))
    squares = rarity[rows].astype(np.int64) ** 2 if len(rows) else np.zeros(0, np.int64)
    total = np.concatenate(([0], np.cumsum(squares)))
    length = np.sqrt((total[bounds[1:]] - total[bounds[:-1]]).astype(np.float64)) / RARITY_UNIT
    scale = np.divide(1.0, length, out=np.zeros(count), where=length > 0)
    return Hits(rows, turns, first, order, bounds, scale.astype(np.float32))


def find_all(view: View, chars: Terms, sounds: Terms) -> tuple[Hits, Hits]:
    """Return the character terms and the sound terms of the turns of a view."""
    return (
        chars.find(char_grams(view, CHAR_ORDERS), view.turns, view.count),
        sounds.find(sound_grams(view, SOUND_ORDERS), view.turns, view.count),
    )
