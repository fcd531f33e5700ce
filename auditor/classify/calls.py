"""Calls as the classifier reads them, many at once: who speaks, and who spoke before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from auditor.domain.calls import Callee, Speaker

Index = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]

ABSENT = -1
"""Index of a neighbour that is not there."""


class Slot(IntEnum):
    """A neighbouring turn, of the nearest speaker of that side in that direction."""

    CUSTOMER_BEFORE = 0
    AGENT_BEFORE = 1
    CUSTOMER_AFTER = 2
    AGENT_AFTER = 3


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One call.

    Args:
        turns: Speaker and text of each, as written. Turns of unknown speakers get no
            probabilities and are no context.
        callee: Whom the dialler says it called.
    """

    turns: tuple[tuple[Speaker, str], ...]
    callee: Callee = Callee.UNKNOWN


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the turns of many calls stand.

    Args:
        call: Which call each turn belongs to.
        agent: Turns of agents.
        customer: Turns of customers.
        neighbours: For each slot and turn the index of that turn, or ``ABSENT``.
        position: Turns before each turn in its call.
        begins: First turn of each call, and the number of turns.
        extras: Turns x ``EXTRAS``: place in the call and whom the dialler called, as 0 and 1.
    """

    call: Index
    agent: Flags
    customer: Flags
    neighbours: Index
    position: Index
    begins: Index
    extras: Floats


EXTRAS = (
    "first turn",
    "first two turns",
    "first four turns",
    "first third",
    "last third",
    "last tenth",
    *(f"callee {callee.value}" for callee in Callee),
)


def lay_out(calls: Sequence[Dialogue]) -> Layout:
    """Return where every turn of the calls stands."""
    sizes = np.array([len(call.turns) for call in calls], np.int64)
    begins = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    call = np.repeat(np.arange(len(calls)), sizes)
    speakers = [speaker for one in calls for speaker, _ in one.turns]
    agent = np.array([speaker is Speaker.AGENT for speaker in speakers], np.bool_)
    customer = np.array([speaker is Speaker.CUSTOMER for speaker in speakers], np.bool_)
    position = np.arange(len(call)) - begins[call]
    neighbours = np.stack(
        [
            _before(customer, begins[call]),
            _before(agent, begins[call]),
            _after(customer, begins[call + 1]),
            _after(agent, begins[call + 1]),
        ]
    )
    extras = _extras(calls, call, position, sizes)
    return Layout(call, agent, customer, neighbours, position, begins, extras)


def _before(flags: Flags, first: Index) -> Index:
    """The last flagged turn before each turn of the same call."""
    places = np.where(flags, np.arange(len(flags)), ABSENT)
    seen = np.maximum.accumulate(np.concatenate(([ABSENT], places)))[:-1]
    return np.where(seen >= first, seen, ABSENT)


def _after(flags: Flags, past: Index) -> Index:
    """The first flagged turn after each turn of the same call."""
    size = len(flags)
    places = np.where(flags, np.arange(size), size)
    seen = np.minimum.accumulate(np.concatenate((places, [size]))[::-1])[::-1][1:]
    return np.where(seen < past, seen, ABSENT)


def _extras(calls: Sequence[Dialogue], call: Index, position: Index, sizes: Index) -> Floats:
    relative = position / np.maximum(sizes[call] - 1, 1)
    callees = {callee: number for number, callee in enumerate(Callee)}
    callee = np.array([callees[one.callee] for one in calls], np.int64)
    columns = [
        position == 0,
        position < 2,
        position < 4,
        relative < 1 / 3,
        relative > 2 / 3,
        relative > 0.9,
        *(callee[call] == number for number in range(len(callees))),
    ]
    return np.stack(columns, 1).astype(np.float32)
