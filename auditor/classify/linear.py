"""The first stage: weights of terms in a turn and its neighbours, added up in whole numbers.

Sums of whole numbers do not depend on their order, so the same call gets the same probabilities to
the last bit, alone or among thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import ABSENT, Flags, Floats, Index, Layout, Slot
from auditor.classify.terms import Hits

Weights = NDArray[np.int8]
_BLOCK = 1 << 15


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear model for each label of one side.

    The logit of a turn is the sum of its own terms' weights, those of the character terms of its
    neighbours and of each side's whole talk, its extras' and the bias. Weights of terms are already
    multiplied by the term's rarity.

    Args:
        chars: Terms x labels.
        sounds: Terms x labels.
        context: For each slot the most frequent character terms x labels.
        char_scale: What one unit of ``chars`` is worth, for each label.
        sound_scale: The same of ``sounds``.
        context_scale: Slots x labels, the same of ``context``.
        whole: For all the customer and all the agent says, the same terms x labels.
        whole_scale: Sides x labels, the same of ``whole``.
        extras: Extras x labels.
        bias: For each label.
    """

    chars: Weights
    sounds: Weights
    context: Weights
    char_scale: Floats
    sound_scale: Floats
    context_scale: Floats
    whole: Weights
    whole_scale: Floats
    extras: Floats
    bias: Floats

    def logits(self, layout: Layout, chars: Hits, sounds: Hits, side: Flags) -> Floats:
        """Return the logits of every turn of a side, other turns 0.

        Args:
            layout: Of the calls.
            chars: Character terms found in all turns.
            sounds: Sound terms found in all turns.
            side: Turns to judge.
        """
        turns = np.flatnonzero(side)
        total = np.zeros((len(side), len(self.bias)), np.float32)
        own = self.bias + times(layout.extras[turns], self.extras)
        own = own + weigh(chars, self.chars, turns) * self.char_scale
        own = own + weigh(sounds, self.sounds, turns) * self.sound_scale
        for slot in Slot:
            near = layout.neighbours[slot, turns]
            there = np.flatnonzero(near != ABSENT)
            # A turn can be the neighbour of many (a monologue): weigh it once.
            wanted, back = np.unique(near[there], return_inverse=True)
            weighed = weigh(chars, self.context[slot], wanted) * self.context_scale[slot]
            own[there] += weighed[back]
        for number, said in enumerate((layout.customer, layout.agent)):
            talk = self._talk(layout, chars, said, number)
            own += talk[layout.call[turns]]
        total[turns] = own
        return total

    def _talk(self, layout: Layout, chars: Hits, said: Flags, number: int) -> Floats:
        """Calls x labels: what a side says in a call, over the root of its number of turns."""
        out = np.zeros((len(layout.begins) - 1, len(self.bias)), np.float32)
        spoken = np.flatnonzero(said)
        if len(spoken):
            calls, heads, counts = np.unique(
                layout.call[spoken], return_index=True, return_counts=True
            )
            sums = np.add.reduceat(weigh(chars, self.whole[number], spoken), heads, axis=0)
            out[calls] = sums / np.sqrt(counts, dtype=np.float32)[:, None]
        scaled: Floats = out * self.whole_scale[number]
        return scaled


def weigh(hits: Hits, weights: Weights, turns: Index) -> Floats:
    """Return for each of some turns the sum of its terms' weights over its length.

    Args:
        hits: Terms found.
        weights: Of the first so many terms; further terms weigh nothing.
        turns: Ascending.
    """
    wanted = np.zeros(len(hits.scale), np.bool_)
    wanted[turns] = True
    rows, owner = hits.rows, hits.turns
    good = wanted[owner] & (rows < len(weights))
    rows, owner = rows[good], owner[good]
    place = np.cumsum(wanted) - 1
    owner = place[owner]
    sums = np.zeros((len(turns), weights.shape[1]), np.int32)
    start = 0
    while start < len(rows):
        # Whole turns only; the blocks keep what is gathered in the cache.
        stop = min(start + _BLOCK, len(rows))
        if stop < len(rows):
            cut = int(np.searchsorted(owner, owner[stop - 1]))
            stop = cut if cut > start else int(np.searchsorted(owner, owner[stop - 1], "right"))
        part = owner[start:stop]
        heads = np.flatnonzero(np.diff(part, prepend=-1))
        gathered = weights[rows[start:stop]].astype(np.int32)
        sums[part[heads]] = np.add.reduceat(gathered, heads, axis=0)
        start = stop
    scaled: Floats = sums.astype(np.float32) * hits.scale[turns][:, None]
    return scaled


def times(left: Floats, right: Floats) -> Floats:
    """A matrix product in a fixed order of additions, unlike that of a tuned library."""
    out = np.zeros((len(left), right.shape[1]), np.float32)
    for column in range(left.shape[1]):
        out += left[:, column, None] * right[column]
    return out
