"""Which characters of a turn a linear model rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from auditor.classify.grams import View
from auditor.classify.linear import Weights
from auditor.classify.terms import Hits
from auditor.domain.spans import CharSpan

_LEAST_SHARE = 0.25
_BRIDGE = 1


@dataclass(frozen=True, slots=True)
class Contribution:
    """A stretch of text that speaks for a label.

    Args:
        turn: Index of the turn it stands in.
        span: Its characters in the turn's text as written.
        weight: What it adds to the first stage's logit.
    """

    turn: int
    span: CharSpan
    weight: float


def heaviest(
    view: View, turn: int, parts: Iterable[tuple[Hits, Weights, float]]
) -> tuple[Contribution, ...]:
    """Return stretches of a turn that speak for a label, heaviest first.

    Every term's weight is shared out evenly over its characters. A stretch is characters in a row
    with at least a quarter of the best character's weight, single gaps bridged.

    Args:
        view: Of all turns.
        turn: Index of the turn.
        parts: Terms found, their weights for the label, and what a unit of weight is worth.
    """
    begin, end = np.searchsorted(view.turns, (turn, turn + 1))
    load = np.zeros(int(end - begin))
    for hits, weights, unit in parts:
        here = slice(int(hits.bounds[turn]), int(hits.bounds[turn + 1]))
        rows, first, order = hits.rows[here], hits.first[here], hits.order[here]
        known = rows < len(weights)
        rows, first, order = rows[known], first[known] - begin, order[known]
        worth = weights[rows] * (unit * float(hits.scale[turn])) / order
        for step in range(int(order.max(initial=0))):
            reached = order > step
            np.add.at(load, first[reached] + step, worth[reached])
    # Marks at the ends have no characters.
    load[(view.ends == view.starts)[begin:end]] = 0
    best = float(load.max(initial=0.0))
    if best <= 0:
        return ()
    strong = np.flatnonzero(load >= best * _LEAST_SHARE)
    cuts = np.flatnonzero(np.diff(strong) > _BRIDGE + 1) + 1
    found = []
    for run in np.split(strong, cuts):
        low, high = int(run[0]), int(run[-1])
        weight = float(load[low : high + 1].sum())
        if weight > 0:  # what was bridged may speak against it
            span = CharSpan(int(view.starts[begin + low]), int(view.ends[begin + high]))
            found.append(Contribution(turn, span, weight))
    found.sort(key=lambda one: (-one.weight, one.span.start))
    return tuple(found)
