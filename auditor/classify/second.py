"""The second stage: what the first says of a turn, weighed with the rest of the call.

Who is on the line is part of it: how surely a customer turn so far said "I am not the debtor" and
an agent turn so far asked for proof, both as the first stage hears them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Floats, Layout, Slot
from auditor.classify.labels import AGENT_COLUMNS, CUSTOMER_COLUMNS, LABELS
from auditor.classify.linear import times

FLOOR = -1.5
"""Logit of what nobody said; those of the first stage seldom lie below."""

PERSON = (LABELS.index("cue:not_debtor"), LABELS.index("debtor_verification"))
_AGENTS = AGENT_COLUMNS.stop
_CUES = CUSTOMER_COLUMNS.stop - CUSTOMER_COLUMNS.start

TURN_WIDTH = 2 * len(LABELS) + 2 * _CUES + 2 * _AGENTS + len(PERSON)
CALL_WIDTH = len(LABELS) * 3


@dataclass(frozen=True, slots=True)
class Judge:
    """Logistic models over features of the second stage.

    Args:
        weights: Features x labels.
        bias: For each label.
        slope: Calibration (Platt 1999): probability is the logistic of slope x + offset.
        offset: See ``slope``.
    """

    weights: Floats
    bias: Floats
    slope: Floats
    offset: Floats

    def logits(self, features: Floats) -> Floats:
        """Return rows x labels before calibration."""
        return times(features, self.weights) + self.bias

    def probabilities(self, features: Floats) -> Floats:
        """Return rows x labels."""
        return logistic(self.logits(features) * self.slope + self.offset)


def logistic(logits: Floats) -> Floats:
    """Return probabilities, to six places: beyond them processors differ."""
    clipped = np.clip(logits.astype(np.float64), -30, 30)
    rounded: Floats = np.round(1 / (1 + np.exp(-clipped)), 6).astype(np.float32)
    return rounded


def sparse_logits(layout: Layout, agent: Floats, customer: Floats) -> Floats:
    """Return turns x ``LABELS``: logits of the first stage, ``FLOOR`` where a label cannot be."""
    out = np.full((len(layout.call), len(LABELS)), FLOOR, np.float32)
    out[layout.agent, AGENT_COLUMNS] = agent[layout.agent]
    out[layout.customer, CUSTOMER_COLUMNS] = customer[layout.customer]
    return out


def turn_features(layout: Layout, logits: Floats) -> Floats:
    """Return turns x ``TURN_WIDTH``: own logits, the neighbours', the call's highest, the person's.

    Args:
        layout: Of the calls.
        logits: Of ``sparse_logits``.
    """
    padded = np.concatenate((logits, np.full((1, len(LABELS)), FLOOR, np.float32)))
    near = [padded[layout.neighbours[slot]] for slot in Slot]
    blocks = (
        logits,
        near[Slot.CUSTOMER_BEFORE][:, CUSTOMER_COLUMNS],
        near[Slot.CUSTOMER_AFTER][:, CUSTOMER_COLUMNS],
        near[Slot.AGENT_BEFORE][:, AGENT_COLUMNS],
        near[Slot.AGENT_AFTER][:, AGENT_COLUMNS],
        _highest(layout, logits)[layout.call],
        _so_far(layout, logits[:, PERSON]),
    )
    return np.concatenate(blocks, 1)


def call_features(layout: Layout, logits: Floats) -> Floats:
    """Return calls x ``CALL_WIDTH``: highest, second highest and summed logits of each label."""
    highest = _highest(layout, logits)
    second = np.full_like(highest, FLOOR)
    total = np.zeros_like(highest)
    filled = np.flatnonzero(np.diff(layout.begins) > 0)
    if len(filled):
        begins = layout.begins[filled]
        # Lower the first place that holds the maximum, then the maximum is the second.
        lowered = logits.copy()
        top = logits == highest[layout.call]
        seen = np.cumsum(top, 0)
        before = np.concatenate((np.zeros((1, len(LABELS)), seen.dtype), seen))[layout.begins[:-1]]
        lowered[top & (seen - before[layout.call] == 1)] = FLOOR
        second[filled] = np.maximum(np.maximum.reduceat(lowered, begins, axis=0), FLOOR)
        total[filled] = np.add.reduceat(np.clip(logits + 1, 0, 2), begins, axis=0)
    return np.concatenate((highest, second, total), 1)


def own_call_columns(category: int) -> NDArray[np.int64]:
    """Return the columns of ``call_features`` that are about a category itself."""
    return np.arange(3) * len(LABELS) + category


def _highest(layout: Layout, logits: Floats) -> Floats:
    out = np.full((len(layout.begins) - 1, len(LABELS)), FLOOR, np.float32)
    filled = np.flatnonzero(np.diff(layout.begins) > 0)
    if len(filled):
        out[filled] = np.maximum.reduceat(logits, layout.begins[filled], axis=0)
    return np.maximum(out, FLOOR)


def _so_far(layout: Layout, logits: Floats) -> Floats:
    """The highest of each column among the turns before, in the same call."""
    out = np.full_like(logits, FLOOR)
    seen = np.full((len(layout.begins) - 1, logits.shape[1]), FLOOR, np.float32)
    longest = int(layout.position.max(initial=-1)) + 1
    order = np.argsort(layout.position, kind="stable")
    bounds = np.searchsorted(layout.position[order], np.arange(longest + 1))
    # All calls in step, turn by turn.
    for step in range(longest):
        turns = order[bounds[step] : bounds[step + 1]]
        call = layout.call[turns]
        out[turns] = seen[call]
        seen[call] = np.maximum(seen[call], logits[turns])
    return out
