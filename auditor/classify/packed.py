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
        lanes = self._added(rows, heads).view(np.uint16)[:, : self._columns].astype(np.int32)
        lanes -= _RAISED * _lengths(heads, len(rows)).astype(np.int32)[:, None]
        owners = owner[heads]
        firsts = _changes(owners)
        if len(firsts) < len(owners):
            lanes = np.add.reduceat(lanes, firsts, axis=0)
        out[owners[firsts]] = lanes
        return out

    def _added(self, rows: Index, heads: Index) -> NDArray[np.uint64]:
        """Add up runs of rows, some thousand at a time: what is gathered stays in the cache."""
        if len(rows) <= _BLOCK:
            return self._runs(rows, heads)
        cuts = np.searchsorted(heads, np.arange(0, len(rows), _BLOCK)[1:])
        cuts = np.unique(np.concatenate(([0], cuts, [len(heads)])))
        bounds = np.append(heads, len(rows))
        return np.concatenate(
            [
                self._runs(rows[bounds[first] : bounds[past]], heads[first:past] - bounds[first])
                for first, past in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
            ]
        )

    def _runs(self, rows: Index, heads: Index) -> NDArray[np.uint64]:
        # No row is out of bounds; said so, they are copied without being looked at first.
        added: NDArray[np.uint64] = np.add.reduceat(
            self._words.take(rows, axis=0, mode="clip"), heads, axis=0
        )
        return added


def _changes(values: Index) -> Index:
    """Where a value differs from the one before; the first always does."""
    new = np.empty(len(values), np.bool_)
    new[:1] = True
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return np.flatnonzero(new)


def _lengths(heads: Index, size: int) -> Index:
    lengths = np.empty(len(heads), np.int64)
    np.subtract(heads[1:], heads[:-1], out=lengths[:-1])
    lengths[-1] = size - heads[-1]
    return lengths


def _heads(owner: Index) -> Index:
    """Where the rows of each turn begin, and every 256 of them anew."""
    heads = _changes(owner)
    lengths = _lengths(heads, len(owner))
    if lengths.max() <= _MOST_ROWS:
        return heads
    inside = np.arange(len(owner)) - np.repeat(heads, lengths)
    return np.flatnonzero(inside % _MOST_ROWS == 0)
