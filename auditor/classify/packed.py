"""Sums of rows of small whole numbers, four at a time.

The weights of a term are bytes. Raised above zero and put side by side into 64-bit words with 16
bits each, four of them are added at once, exactly, as long as no more than 256 rows meet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Flags, Index
from auditor.classify.terms import Hits

Weights = NDArray[np.int8]
Sums = NDArray[np.int32]

_LANES = 4
_RAISED = 128
_BLOCK = 4096
_MOST_ROWS = 256
"""So many rows of at most 255 fit into 16 bits."""


class Packed:
    """Rows of weights, ready to be added up."""

    __slots__ = ("_columns", "_rows", "_words")

    def __init__(self, weights: Weights) -> None:
        """Pack terms x columns."""
        self._rows, self._columns = weights.shape
        raised = np.full((self._rows, -self._columns % _LANES + self._columns), _RAISED, np.uint16)
        raised[:, : self._columns] += weights.astype(np.uint16)
        self._words = raised.view(np.uint64)

    def sums(self, hits: Hits, side: Flags) -> Sums:
        """Return for every turn of a side the sum of its terms' rows.

        Args:
            hits: Terms found in all turns; terms beyond the rows count nothing.
            side: Turns that are wanted.

        Returns:
            Wanted turns x columns.
        """
        wanted = np.flatnonzero(side)
        out = np.zeros((len(wanted), self._columns), np.int32)
        good = side[hits.turns] & (hits.rows < self._rows)
        rows = hits.rows[good]
        if not len(rows):
            return out
        place = np.cumsum(side) - 1
        owner = place[hits.turns[good]]
        heads = _heads(owner)
        total = self._added(rows, heads)
        lanes = total.view(np.uint16)[:, : self._columns].astype(np.int32)
        counts = np.diff(heads, append=len(rows)).astype(np.int32)
        lanes -= _RAISED * counts[:, None]
        owners = owner[heads]
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        if len(firsts) < len(owners):
            lanes = np.add.reduceat(lanes, firsts, axis=0)
        out[owners[firsts]] = lanes
        return out

    def _added(self, rows: Index, heads: Index) -> NDArray[np.uint64]:
        """Add up runs of rows, some thousand at a time: what is gathered stays in the cache."""
        cuts = np.searchsorted(heads, np.arange(0, len(rows), _BLOCK)[1:])
        cuts = np.unique(np.concatenate(([0], cuts, [len(heads)])))
        bounds = np.append(heads, len(rows))
        parts = []
        for first, past in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            begin = bounds[first]
            # No row is out of bounds; said so, they are copied without being looked at first.
            gathered = self._words.take(rows[begin : bounds[past]], axis=0, mode="clip")
            parts.append(np.add.reduceat(gathered, heads[first:past] - begin, axis=0))
        return np.concatenate(parts)


def _heads(owner: Index) -> Index:
    """Where the rows of each turn begin, and every 256 of them anew."""
    heads = np.flatnonzero(np.diff(owner, prepend=-1))
    lengths = np.diff(heads, append=len(owner))
    if lengths.max() <= _MOST_ROWS:
        return heads
    inside = np.arange(len(owner)) - np.repeat(heads, lengths)
    return np.flatnonzero(inside % _MOST_ROWS == 0)
