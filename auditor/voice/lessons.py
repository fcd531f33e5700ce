"""Batches of cached encoder states for training the decoder alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from auditor.voice.batches import Sounds
from auditor.voice.states import POSITIONS, Heard, States, StateStore
from auditor.voice.targets import IGNORED, Writer
from auditor.voice.tokens import Vocabulary

#: Share of the characters given to the decoder that are replaced, mostly by ones that sound alike.
REPLACED = 0.06
_POOL_BATCHES = 8
#: Share of batches in the width of the whole window, as the product always has it.
_WHOLE = 0.06
_TIMED = 0.02
_TAIL = (4, 30)
#: Rows of silence at the end of a window that is good to fill up others.
_SILENT = 40


@dataclass(frozen=True, slots=True)
class Lesson:
    """One padded batch.

    Args:
        states: float16 (windows, rows, width).
        inputs: Decoder input ids, (windows, tokens).
        targets: Ids to predict, -100 where nothing is to be learned.
        centres: Row at which each target is spoken, -1 where unknown, (windows, tokens).
    """

    states: States
    inputs: NDArray[np.int64]
    targets: NDArray[np.int64]
    centres: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Example:
    states: States
    spoken: int
    inputs: list[int]
    targets: list[int]
    centres: list[tuple[int, float]]


class LessonMaker:
    """Draws lessons from a growing store.

    Args:
        store: Cached states.
        vocabulary: Of the decoder.
        sounds: Of the store.
        rows: Encoder rows a batch, all windows together.
        seed: Of the draws.
    """

    def __init__(
        self, store: StateStore, vocabulary: Vocabulary, sounds: Sounds, rows: int, seed: int
    ) -> None:
        self.rng = random.Random(seed)
        self.store = store
        self.vocabulary = vocabulary
        self.rows = rows
        self._writer = Writer(vocabulary, self.rng, timed=_TIMED)
        self._alike = alike(vocabulary, sounds)
        self._ahead: list[Heard] = []
        self._silent: list[tuple[Heard, int]] = []

    def refresh(self) -> None:
        """Take in new states; they come next."""
        new = self.store.refresh()
        for window in new:
            spoken = window.edges[-1] if window.edges else POSITIONS
            if window.length == POSITIONS and spoken + _SILENT < POSITIONS:
                self._silent.append((window, spoken))
        self.rng.shuffle(new)
        self._ahead += new

    def lessons(self) -> Iterator[Lesson]:
        """Some batches in random order."""
        drawn: list[_Example] = []
        total = 0
        while total < self.rows * _POOL_BATCHES:
            if not self._ahead:
                self._ahead = self.rng.sample(self.store.windows, len(self.store.windows))
            example = self._example(self._ahead.pop())
            if example is not None:
                drawn.append(example)
                total += example.spoken
        drawn.sort(key=lambda example: example.spoken)
        groups: list[tuple[int, list[_Example]]] = []
        while drawn:
            width = min(POSITIONS, drawn[-1].spoken + self.rng.randint(*_TAIL))
            if self.rng.random() < _WHOLE:
                width = POSITIONS
            count = max(4, self.rows // width)
            groups.append((width, drawn[-count:]))
            del drawn[-count:]
        self.rng.shuffle(groups)
        for width, group in groups:
            yield self._pad(group, width)

    def _example(self, window: Heard) -> _Example | None:
        if not all(self.vocabulary.encode(text) for text in window.texts):
            return None
        inputs, targets, columns = self._writer.tokens(window.texts, window.spans)
        sounding = [c for c, units in zip(columns, window.sounds, strict=True) if units]
        spoken = window.edges[-1] if window.edges else window.length
        return _Example(
            self.store.rows(window),
            min(spoken, window.length),
            inputs,
            targets,
            _centres(sounding, window.edges),
        )

    def _pad(self, group: list[_Example], width: int) -> Lesson:
        longest = max(len(example.inputs) for example in group)
        end = self.vocabulary.ids["<|endoftext|>"]
        states = np.zeros((len(group), width, self.store.width), np.float16)
        inputs = np.full((len(group), longest), end, np.int64)
        targets = np.full((len(group), longest), IGNORED, np.int64)
        centres = np.full((len(group), longest), -1, np.float32)
        for row, example in enumerate(group):
            known = min(width, len(example.states))
            states[row, :known] = example.states[:known]
            if known < width:
                states[row, known:] = self._silence(known, width)
            inputs[row, : len(example.inputs)] = self._blur(example.inputs)
            targets[row, : len(example.targets)] = example.targets
            for column, centre in example.centres:
                centres[row, column] = centre
        return Lesson(states, inputs, targets, centres)

    def _silence(self, first: int, last: int) -> States:
        """States of the silence behind some speech, from one row to another."""
        for _ in range(64 if self._silent else 0):
            window, spoken = self.rng.choice(self._silent)
            if spoken <= first:
                return self.store.rows(window, first, last)
        return np.zeros((last - first, self.store.width), np.float16)

    def _blur(self, inputs: list[int]) -> list[int]:
        """Replace some characters, so that the decoder learns to go on after a mistake."""
        rng = self.rng
        share = rng.choice((0.0, REPLACED, 2 * REPLACED))
        return [
            rng.choice(self._alike[token])
            if token in self._alike and rng.random() < share
            else token
            for token in inputs
        ]


def _centres(columns: list[int], edges: tuple[int, ...]) -> list[tuple[int, float]]:
    middles = [(first + last) / 2 for first, last in pairwise(edges)]
    return list(zip(columns, middles, strict=True)) if len(columns) == len(middles) else []


def alike(vocabulary: Vocabulary, sounds: Sounds) -> dict[int, list[int]]:
    """For each character token the tokens of all characters that share its usual reading."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for token in range(3, vocabulary.text_count):
        units = sounds.encode(vocabulary.tokens[token])
        if units:
            groups.setdefault(tuple(units), []).append(token)
    return {token: group for group in groups.values() if len(group) > 1 for token in group}
