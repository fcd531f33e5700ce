"""The first stage for both sides at once: every term of a turn is looked up a single time.

A turn's character terms count for the turn itself, for the turns whose neighbour it is, and for
all that its side says in the call. Their weights for the latter two stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.classify.calls import ABSENT, Flags, Floats, Index, Layout, Slot
from auditor.classify.linear import Linear, times
from auditor.classify.packed import Packed
from auditor.classify.terms import Hits

_CUSTOMER, _AGENT = 0, 1
_SLOTS = ((Slot.CUSTOMER_BEFORE, Slot.CUSTOMER_AFTER), (Slot.AGENT_BEFORE, Slot.AGENT_AFTER))
"""As what the turns of customers and of agents can be neighbours."""


@dataclass(frozen=True, slots=True)
class _Side:
    """What the terms of one side's turns add to.

    Args:
        chars: To the turn's own labels, by its character terms.
        sounds: The same by its sound terms.
        beside: To everything else, by its character terms.
        columns: Where in ``beside`` stands what it adds to a model as a slot, or as the whole talk.
    """

    chars: Packed
    sounds: Packed
    beside: Packed
    columns: dict[tuple[int, Slot | None], slice]


class FirstStage:
    """Both linear models, their weights laid out by whose turn a term is found in."""

    __slots__ = ("_models", "_sides")

    def __init__(self, agent: Linear, customer: Linear) -> None:
        """Lay the weights out; takes some 40 ms."""
        self._models = (customer, agent)
        self._sides = tuple(self._side(number) for number in (_CUSTOMER, _AGENT))

    def _side(self, number: int) -> _Side:
        blocks = []
        columns: dict[tuple[int, Slot | None], slice] = {}
        begin = 0
        for to, model in enumerate(self._models):
            parts = {slot: model.context[slot] for slot in _SLOTS[number]}
            for slot, weights in (*parts.items(), (None, model.whole[number])):
                blocks.append(weights)
                columns[to, slot] = slice(begin, begin + weights.shape[1])
                begin += weights.shape[1]
        own = self._models[number]
        return _Side(Packed(own.chars), Packed(own.sounds), Packed(np.hstack(blocks)), columns)

    def logits(self, layout: Layout, chars: Hits, sounds: Hits) -> tuple[Floats, Floats]:
        """Return the logits of every turn by the agents' and by the customers' model.

        Turns of the other side, and of unknown speakers, get 0.
        """
        sides = (layout.customer, layout.agent)
        beside = [
            _scaled(own.beside, chars, side) for own, side in zip(self._sides, sides, strict=True)
        ]
        judged = []
        for number, (model, own, side) in enumerate(
            zip(self._models, self._sides, sides, strict=True)
        ):
            turns = np.flatnonzero(side)
            total = np.zeros((len(side), len(model.bias)), np.float32)
            sums = model.bias + times(layout.extras[turns], model.extras)
            sums = sums + _scaled(own.chars, chars, side) * model.char_scale
            sums = sums + _scaled(own.sounds, sounds, side) * model.sound_scale
            self._add_neighbours(sums, number, layout, turns, beside)
            for speaker, said in enumerate(sides):
                columns = self._sides[speaker].columns[number, None]
                talk = _talk(layout, beside[speaker][:, columns], said)
                sums += (talk * model.whole_scale[speaker])[layout.call[turns]]
            total[turns] = sums
            judged.append(total)
        return judged[_AGENT], judged[_CUSTOMER]

    def _add_neighbours(
        self, sums: Floats, number: int, layout: Layout, turns: Index, beside: list[Floats]
    ) -> None:
        places = [np.cumsum(side) - 1 for side in (layout.customer, layout.agent)]
        for slot in Slot:
            speaker = _AGENT if slot in _SLOTS[_AGENT] else _CUSTOMER
            near = layout.neighbours[slot, turns]
            there = np.flatnonzero(near != ABSENT)
            weighed = beside[speaker][places[speaker][near[there]]]
            columns = self._sides[speaker].columns[number, slot]
            sums[there] += weighed[:, columns] * self._models[number].context_scale[slot]


def _scaled(packed: Packed, hits: Hits, side: Flags) -> Floats:
    """For each turn of a side the sum of its terms' weights over its length."""
    scaled: Floats = packed.sums(hits, side).astype(np.float32) * hits.scale[side][:, None]
    return scaled


def _talk(layout: Layout, weighed: Floats, said: Flags) -> Floats:
    """Calls x labels: what a side says in a call, over the root of its number of turns."""
    out = np.zeros((len(layout.begins) - 1, weighed.shape[1]), np.float32)
    if len(weighed):
        calls, heads, counts = np.unique(layout.call[said], return_index=True, return_counts=True)
        sums = np.add.reduceat(weighed, heads, axis=0)
        out[calls] = sums / np.sqrt(counts, dtype=np.float32)[:, None]
    return out
