"""Judging calls with a trained model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from auditor.classify.calls import ABSENT, Dialogue, Flags, Floats, Index, Layout, Slot, lay_out
from auditor.classify.grams import View, Viewer
from auditor.classify.labels import AGENT_COLUMNS, CATEGORIES, CUSTOMER_COLUMNS, LABELS
from auditor.classify.linear import Linear
from auditor.classify.second import call_features, sparse_logits, turn_features
from auditor.classify.spans import Contribution, heaviest
from auditor.classify.stage import FirstStage
from auditor.classify.store import Stored, read_model
from auditor.classify.terms import Hits, find_all
from auditor.text.normalise import Normaliser

_AT_ONCE = 2048
"""Turns judged together: more do not fit the cache. Whole calls only."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Probabilities of a sequence of calls.

    Args:
        turns: Turns x ``LABELS``; 0 where a label cannot be (an agent's cue, an unknown speaker).
        calls: Calls x ``CATEGORIES``: that the category is violated anywhere in the call.
        begins: First turn of each call, and the number of turns.
    """

    turns: Floats
    calls: Floats
    begins: Index

    def turns_of(self, call: int) -> Floats:
        """Return the rows of one call."""
        return self.turns[self.begins[call] : self.begins[call + 1]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the first stage makes of calls."""

    layout: Layout
    view: View
    chars: Hits
    sounds: Hits
    logits: Floats


class TurnRisk:
    """A trained classifier; safe to share between threads, nothing in it changes."""

    __slots__ = ("_first", "_viewer", "card", "stored", "thresholds")

    def __init__(
        self, stored: Stored, card: Mapping[str, object], normaliser: Normaliser | None = None
    ) -> None:
        self.stored = stored
        self.card = card
        self.thresholds = _thresholds(card)
        self._viewer = Viewer(normaliser)
        self._first: FirstStage | None = None  # laid out when first asked

    def predict(self, calls: Sequence[Dialogue]) -> Judged:
        """Judge calls; the same call gets the same numbers in any company."""
        read = [judged for _, judged in self.read(calls)]
        sizes = np.array([len(call.turns) for call in calls], np.int64)
        return Judged(
            np.concatenate([np.zeros((0, len(LABELS)), np.float32), *(one.turns for one in read)]),
            np.concatenate(
                [np.zeros((0, len(CATEGORIES)), np.float32), *(one.calls for one in read)]
            ),
            np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        )

    def read(self, calls: Sequence[Dialogue]) -> Iterator[tuple[Heard, Judged]]:
        """Judge calls, some at a time, and keep what the first stage heard, for explanations."""
        for group in _groups(calls):
            heard = self.hear(group)
            rows = np.zeros(heard.logits.shape, np.float32)
            features = turn_features(heard.layout, heard.logits)
            for side, columns, judge in (
                (heard.layout.agent, AGENT_COLUMNS, self.stored.agent_judge),
                (heard.layout.customer, CUSTOMER_COLUMNS, self.stored.customer_judge),
            ):
                rows[side, columns] = judge.probabilities(features[side])
            whole = self.stored.call_judge.probabilities(call_features(heard.layout, heard.logits))
            yield heard, Judged(rows, whole, heard.layout.begins)

    def hear(self, calls: Sequence[Dialogue]) -> Heard:
        """Return the first stage's view of calls; for explanations and training."""
        layout = lay_out(calls)
        view = self._viewer.view([text for call in calls for _, text in call.turns])
        chars, sounds = find_all(view, self.stored.chars, self.stored.sounds)
        logits = sparse_logits(layout, *self._stage().logits(layout, chars, sounds))
        return Heard(layout, view, chars, sounds, logits)

    def _stage(self) -> FirstStage:
        if self._first is None:
            self._first = FirstStage(self.stored.agent, self.stored.customer)
        return self._first

    def explain(
        self, call: Dialogue, turn: int, label: str, *, limit: int = 3
    ) -> tuple[Contribution, ...]:
        """Return the stretches of text that speak most for a label in a turn, heaviest first.

        Stretches of the turn itself come before those of its neighbours. What the first stage
        adds up is told exactly; the second stage's regard for the rest of the call is not.

        Args:
            call: The whole call.
            turn: Index of the turn.
            label: One of ``LABELS`` that fits the turn's speaker.
            limit: At most so many of the turn, and as many of the neighbours.

        Raises:
            ValueError: There is no such label or turn.
        """
        if label not in LABELS:
            raise ValueError(f"there is no label {label!r}")
        if not 0 <= turn < len(call.turns):
            raise ValueError(f"the call has no turn {turn}")
        heard = self.hear([call])
        linear, column, side = self._judging(heard, label)
        if not side[turn]:
            return ()
        own = self.heaviest(heard, turn, label)
        around: list[Contribution] = []
        for slot in Slot:
            near = int(heard.layout.neighbours[slot, turn])
            if near != ABSENT:
                weights = linear.context[slot][:, column]
                scale = float(linear.context_scale[slot, column])
                around += heaviest(heard.view, near, ((heard.chars, weights, scale),))
        around.sort(key=lambda found: (-found.weight, found.turn, found.span.start))
        return own[:limit] + tuple(around[:limit])

    def heaviest(self, heard: Heard, turn: int, label: str) -> tuple[Contribution, ...]:
        """Return the stretches of a turn's own text that speak most for a label.

        Args:
            heard: Of the calls that were judged together.
            turn: Index among all their turns.
            label: One of ``LABELS``; a turn of another speaker has nothing that speaks for it.
        """
        linear, column, side = self._judging(heard, label)
        if not side[turn]:
            return ()
        return heaviest(
            heard.view,
            turn,
            (
                (heard.chars, linear.chars[:, column], float(linear.char_scale[column])),
                (heard.sounds, linear.sounds[:, column], float(linear.sound_scale[column])),
            ),
        )

    def _judging(self, heard: Heard, label: str) -> tuple[Linear, int, Flags]:
        """What judges a label, in which column, and the turns that can have it."""
        column = LABELS.index(label)
        if column < AGENT_COLUMNS.stop:
            return self.stored.agent, column, heard.layout.agent
        return self.stored.customer, column - CUSTOMER_COLUMNS.start, heard.layout.customer


def load_model(folder: Path, normaliser: Normaliser | None = None) -> TurnRisk:
    """Read a trained model.

    Args:
        folder: As ``python -m auditor.classify.train`` writes it.
        normaliser: One that was built before; making another takes time.

    Raises:
        ModelError: Files are missing, changed since the card was written, or inconsistent.
    """
    stored, card = read_model(folder)
    return TurnRisk(stored, MappingProxyType(card), normaliser)


def _groups(calls: Sequence[Dialogue]) -> list[Sequence[Dialogue]]:
    groups: list[Sequence[Dialogue]] = []
    start = size = 0
    for number, call in enumerate(calls):
        if size and size + len(call.turns) > _AT_ONCE:
            groups.append(calls[start:number])
            start, size = number, 0
        size += len(call.turns)
    if start < len(calls):
        groups.append(calls[start:])
    return groups


def _thresholds(card: Mapping[str, object]) -> Mapping[str, float]:
    given = card.get("thresholds")
    values = given if isinstance(given, Mapping) else {}
    return MappingProxyType({str(name): float(value) for name, value in values.items()})
