"""When each sound of a known text is spoken, by the best path through CTC scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_NEVER = np.float32(-1e30)


def align(
    scores: NDArray[np.float32],
    labels: NDArray[np.int64],
    counts: NDArray[np.int64],
    steps: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Viterbi alignment (Graves et al. 2006) of a batch.

    Args:
        scores: Log-probabilities, (rows, steps, classes); class 0 is the blank.
        labels: Classes of all rows, one row after the other.
        counts: Number of labels of each row.
        steps: Steps that count in each row.

    Returns:
        The mean step of each label, in the order of ``labels``; -1 for rows whose labels do not
        fit into their steps.
    """
    rows, length, _ = scores.shape
    states = 2 * int(counts.max(initial=0)) + 1
    path_classes = np.zeros((rows, states), np.int64)
    filled = np.arange(states // 2) < counts[:, None]
    path_classes[:, 1::2][filled] = labels
    emitted = np.take_along_axis(scores, path_classes[:, None, :], axis=2)
    skips = np.zeros((rows, states), bool)
    skips[:, 3::2] = path_classes[:, 3::2] != path_classes[:, 1:-2:2]
    best = np.full((rows, states), _NEVER, np.float32)
    best[:, :2] = emitted[:, 0, :2]
    back = np.zeros((length, rows, states), np.int8)
    for step in range(1, length):
        one = np.full_like(best, _NEVER)
        one[:, 1:] = best[:, :-1]
        two = np.full_like(best, _NEVER)
        two[:, 2:] = np.where(skips[:, 2:], best[:, :-2], _NEVER)
        moved = np.stack([best, one, two])
        back[step] = moved.argmax(axis=0)
        alive = (step < steps)[:, None]
        best = np.where(alive, moved.max(axis=0) + emitted[:, step], best)
    return _trace(best, back, counts, steps)


def _trace(
    best: NDArray[np.float32],
    back: NDArray[np.int8],
    counts: NDArray[np.int64],
    steps: NDArray[np.int64],
) -> NDArray[np.float32]:
    rows, states = best.shape
    every = np.arange(rows)
    last = 2 * counts
    earlier = np.maximum(last - 1, 0)
    state = np.where(best[every, last] >= best[every, earlier], last, earlier)
    fits = best[every, state] > _NEVER / 2
    total = np.zeros((rows, states), np.float32)
    visits = np.zeros((rows, states), np.float32)
    for step in range(len(back) - 1, -1, -1):
        alive = step < steps
        np.add.at(total, (every[alive], state[alive]), step)
        np.add.at(visits, (every[alive], state[alive]), 1)
        state = np.where(alive, state - back[step, every, state], state)
    means = np.where(fits[:, None], total / np.maximum(visits, 1), -1)[:, 1::2]
    wanted = np.arange(states // 2) < counts[:, None]
    return np.asarray(means[wanted], np.float32)
