"""How good probabilities are: of turns, of (call, category) pairs, of innocent calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Truths = NDArray[np.bool_]

PRECISION = 0.9
"""What a threshold is chosen for."""

NEVER = 2.0
"""Threshold of a label that no threshold makes precise enough."""

_LEAST_FOUND = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """Right, wrong and missed decisions.

    Args:
        right: Found and true.
        wrong: Found and not true.
        missed: True and not found.
    """

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is true; 0 if nothing was found."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what is true that was found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def average_precision(truth: Truths, scores: Scores) -> float:
    """Mean precision at the rank of each true row; ``nan`` if none is true."""
    if not truth.any():
        return float("nan")
    hits = truth[np.argsort(-scores, kind="stable")]
    ranks = np.flatnonzero(hits) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).mean())


def counts(truth: Truths, found: Truths) -> Counts:
    """Compare decisions with the truth."""
    return Counts(
        int((truth & found).sum()), int((~truth & found).sum()), int((truth & ~found).sum())
    )


def threshold(truth: Truths, scores: Scores, precision: float = PRECISION) -> float:
    """Return the lowest score at and above which enough of what is found is true.

    At least three must be found, else ``NEVER``: one lucky hit proves nothing.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    right = np.cumsum(truth[order])
    share = right / np.arange(1, len(order) + 1)
    # A threshold lies between different scores only.
    ends = np.append(ranked[1:] != ranked[:-1], True)
    good = np.flatnonzero((share >= precision) & ends & (right >= _LEAST_FOUND))
    return float(ranked[good[-1]]) if len(good) else NEVER


def recall_at(truth: Truths, scores: Scores, precision: float = PRECISION) -> float:
    """Share of the true rows found at the lowest threshold precise enough."""
    level = threshold(truth, scores, precision)
    return float((truth & (scores >= level)).sum() / max(1, truth.sum()))


def best_f1(truth: Truths, scores: Scores) -> float:
    """F1 at the best threshold there is."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(truth[order])
    size = np.arange(1, len(order) + 1)
    return float((2 * right / (size + truth.sum())).max(initial=0.0))


def wrongly_accused(truths: Truths, found: Truths) -> float:
    """Share of calls without any violation in which one was found."""
    innocent = ~truths.any(1)
    return float(found[innocent].any(1).mean()) if innocent.any() else 0.0


def reliability(truth: Truths, scores: Scores, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return mean probability, share true and number of rows of each tenth of the scale."""
    place = np.minimum((scores * bins).astype(np.int64), bins - 1)
    rows = []
    for number in range(bins):
        here = place == number
        if here.any():
            mean, share = float(scores[here].mean()), float(truth[here].mean())
            rows.append((round(mean, 4), round(share, 4), int(here.sum())))
    return rows


def calibration_error(truth: Truths, scores: Scores) -> float:
    """Expected calibration error over ten bins (Naeini et al. 2015)."""
    rows = reliability(truth, scores)
    total = sum(count for _, _, count in rows)
    return sum(abs(mean - share) * count for mean, share, count in rows) / max(1, total)
