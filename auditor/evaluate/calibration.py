"""How often findings of a stated confidence are right."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.domain.findings import Category, Disclosure
from auditor.domain.runs import Rate
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall
from auditor.scoring.stats import wilson

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Bounds of the bins; a bin holds its lower bound, the last one both."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of call and topic whose confidence lies from ``low`` to ``high``.

    Args:
        mean: Mean of the stated confidences.
        right: Share that is labelled.
    """

    low: float
    high: float
    mean: float
    right: Rate


@dataclass(frozen=True, slots=True)
class Reliability:
    """Stated confidence against what is right.

    Args:
        bins: Those with findings, in order.
        error: Expected calibration error: mean distance of stated and right, weighted by findings.
        brier: Mean squared distance of confidence and truth (Brier 1950).
        without: Findings that state no confidence.
    """

    bins: tuple[Bin, ...]
    error: float | None
    brier: float | None
    without: int


def reliability(
    labels: Sequence[LabelledCall],
    held: Iterable[Found],
    kind: type[Category] | type[Disclosure],
) -> Reliability:
    """Compare confidences with labels, one figure for each call and topic: its surest finding.

    Args:
        labels: Every call once.
        held: Findings that count.
        kind: Look at violations (``Category``) or omissions (``Disclosure``).
    """
    right = {
        (call.call_id, topic) for call in labels for topic in (*call.categories, *call.omissions)
    }
    sure: dict[tuple[str, object], float] = {}
    unstated: set[tuple[str, object]] = set()
    for one in held:
        if not isinstance(one.topic, kind):
            continue
        pair = (one.call_id, one.topic)
        if one.confidence is None:
            unstated.add(pair)
        else:
            sure[pair] = max(one.confidence, sure.get(pair, 0.0))
    points = [(confidence, pair in right) for pair, confidence in sure.items()]
    bins = tuple(_bins(points))
    total = len(points)
    error = sum(abs(b.mean - b.right.part / b.right.whole) * b.right.whole for b in bins)
    brier = sum((confidence - hit) ** 2 for confidence, hit in points)
    return Reliability(
        bins,
        error / total if total else None,
        brier / total if total else None,
        len(unstated - sure.keys()),
    )


def _bins(points: Sequence[tuple[float, bool]]) -> Iterable[Bin]:
    for low, high in itertools.pairwise(EDGES):
        last = high == EDGES[-1]
        inside = [(c, hit) for c, hit in points if low <= c < high or (last and c == high)]
        if inside:
            mean = sum(confidence for confidence, _ in inside) / len(inside)
            yield Bin(low, high, mean, wilson(sum(hit for _, hit in inside), len(inside)))
