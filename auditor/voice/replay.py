"""Encoder states of earlier batches, on which the decoder practises again.

Most of the cost of a training step is the encoder, and most of what is slow to learn is which
characters belong to which sounds. The encoder changes slowly, so its states of some minutes ago
still serve: a decoder step on them costs a fifth of a whole step.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Remembered:
    """One batch as the decoder sees it.

    Args:
        states: Encoder states without gradient, (rows, positions, width).
        inputs: Decoder input ids, (rows, tokens).
        targets: Ids to predict.
        centres: Encoder position of each target, -1 where it has no sound.
    """

    states: Tensor
    inputs: Tensor
    targets: Tensor
    centres: Tensor


class Replay:
    """The last batches, drawn at random."""

    def __init__(self, size: int, seed: int) -> None:
        self._kept: deque[Remembered] = deque(maxlen=size)
        self._rng = random.Random(seed)

    def keep(self, batch: Remembered) -> None:
        """Remember a batch; the oldest is forgotten when there are too many."""
        self._kept.append(batch)

    def draw(self, count: int) -> list[Remembered]:
        """``count`` remembered batches, fewer when there are not so many yet."""
        return self._rng.sample(list(self._kept), min(count, len(self._kept)))
