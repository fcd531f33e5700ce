"""Labelled calls as sparse matrices, for fitting the first stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Flags, Index, Layout, Slot, lay_out
from auditor.classify.corpus import Labelled, Truths
from auditor.classify.grams import Grams, View, Viewer, char_grams, sound_grams, term_of
from auditor.classify.terms import RARITY_UNIT, Hits, Terms, slot_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Groups = NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Calls, several versions of each, ready for counting.

    Args:
        calls: All versions of all calls.
        source: For each of ``calls`` the number of the call it is a version of.
        viewer: Makes views.
    """

    calls: tuple[Labelled, ...]
    source: Groups
    viewer: Viewer

    @cached_property
    def layout(self) -> Layout:
        """Where the turns stand."""
        return lay_out([call.dialogue for call in self.calls])

    @cached_property
    def view(self) -> View:
        """Counted characters of all turns."""
        return self.viewer.view([text for call in self.calls for _, text in call.dialogue.turns])

    @cached_property
    def truths(self) -> Truths:
        """Turns x ``LABELS``."""
        return np.concatenate([call.truths for call in self.calls])

    @cached_property
    def batches(self) -> NDArray[np.str_]:
        """Batch of each turn."""
        return np.array([call.batch for call in self.calls])[self.layout.call]

    def grams(self, kind: str, orders: Sequence[int]) -> list[Grams]:
        """Return n-grams of ``chars`` or ``sounds``."""
        return (char_grams if kind == "chars" else sound_grams)(self.view, orders)

    def terms(
        self, kind: str, orders: Sequence[int], turns: Flags, *, most: int, calls: int = 2
    ) -> Terms:
        """Choose the terms said in at least ``calls`` different calls, the commonest first.

        Args:
            kind: ``chars`` or ``sounds``.
            orders: Lengths of n-grams.
            turns: Turns to count in.
            most: Keep at most so many.
            calls: In how many calls a term must be said.
        """
        grams = self.grams(kind, orders)
        if not grams:
            return Terms(np.zeros(0, np.uint64), np.zeros(0, np.uint16))
        owner = np.concatenate([self.view.turns[gram.first] for gram in grams])
        keys = np.concatenate([gram.hashes for gram in grams])
        good = turns[owner]
        keys, owner = keys[good], owner[good]
        in_calls = _distinct(keys, self.source[self.layout.call[owner]])
        in_turns = _distinct(keys, owner)
        known, spread = np.unique(in_calls, return_counts=True)
        _, frequent = np.unique(in_turns, return_counts=True)
        order = np.lexsort((known, -spread))
        order = order[spread[order] >= calls]
        # Of terms that would share a slot of the table, the commonest stays.
        slots = slot_of(known[order])
        _, leaders = np.unique(slots, return_index=True)
        order = order[np.sort(leaders)][:most]
        rarity = np.log(turns.sum() / (1 + frequent[order])) + 1
        units = np.round(np.maximum(rarity, 0.1) * RARITY_UNIT).astype(np.uint16)
        return Terms(known[order], units)

    def hits(self, kind: str, orders: Sequence[int], terms: Terms) -> Hits:
        """Find terms in all turns."""
        return terms.find(self.grams(kind, orders), self.view.turns, self.view.count)

    def names(self, kind: str, orders: Sequence[int], terms: Terms) -> list[str]:
        """Return the terms as people read them; those of sound by a word that sounds so."""
        names = [""] * len(terms.keys)
        for gram in self.grams(kind, orders):
            keys, where = np.unique(gram.hashes, return_index=True)
            rows = terms.table[slot_of(keys)]
            for index in np.flatnonzero(terms.keys[rows] == keys):
                first = int(gram.first[where[index]])
                names[int(rows[index])] = term_of(self.view, first, gram.order)
        return names


def vectors(hits: Hits, terms: Terms) -> csr_matrix:
    """Return turns x terms: count times rarity over the length of the turn's vector."""
    from scipy.sparse import csr_matrix

    values = terms.rarity[hits.rows] / np.float32(RARITY_UNIT) * hits.scale[hits.turns]
    shape = (len(hits.scale), len(terms.keys))
    matrix = csr_matrix((values.astype(np.float32), (hits.turns, hits.rows)), shape=shape)
    matrix.sort_indices()
    return matrix


def neighbours(matrix: Any, layout: Layout, turns: Index, slots: Sequence[Slot]) -> list[Any]:
    """Return for each slot the rows of the neighbours of ``turns``; empty where there is none."""
    from scipy.sparse import csr_matrix, vstack

    padded = vstack([matrix, csr_matrix((1, matrix.shape[1]), dtype=np.float32)]).tocsr()
    return [padded[layout.neighbours[slot, turns]] for slot in slots]


def whole_talk(matrix: Any, layout: Layout, turns: Index) -> list[Any]:
    """Return for customer and agent what they say in the whole call of each of ``turns``.

    Rows of a call are added up and divided by the root of their number.
    """
    from scipy.sparse import csr_matrix

    rows = []
    for said in (layout.customer, layout.agent):
        spoken = np.flatnonzero(said)
        calls = layout.call[spoken]
        counts = np.bincount(calls, minlength=len(layout.begins) - 1)
        shares = (1 / np.sqrt(counts[calls])).astype(np.float32)
        shape = (len(counts), matrix.shape[0])
        rows.append(
            (csr_matrix((shares, (calls, spoken)), shape=shape) @ matrix)[layout.call[turns]]
        )
    return rows


def _distinct(keys: NDArray[np.uint64], groups: Groups) -> NDArray[np.uint64]:
    """The key of every different pair of key and group."""
    order = np.lexsort((groups, keys))
    keys, groups = keys[order], groups[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (groups[1:] != groups[:-1])
    return keys[new]
