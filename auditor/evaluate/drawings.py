"""Geometry of the drawings on the page; the template turns it into inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.domain.runs import Rate
from auditor.evaluate.calibration import Reliability
from auditor.evaluate.evaluation import NoisePoint

BAR_WIDTH = 100.0
SIDE = 220.0
"""Width and height of the drawing area of a diagram."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar with its interval, in drawing units up to ``BAR_WIDTH``."""

    length: float
    low: float
    high: float


def bar(rate: Rate) -> Bar | None:
    """Return the bar of a share; ``None`` where it is undefined."""
    if rate.value is None or rate.low is None or rate.high is None:
        return None
    value, low, high = (round(BAR_WIDTH * part, 1) for part in (rate.value, rate.low, rate.high))
    return Bar(value, low, high)


@dataclass(frozen=True, slots=True)
class Dot:
    """One bin of a reliability diagram; ``y`` grows downwards."""

    x: float
    y: float
    low: float
    high: float
    size: float


def dots(found: Reliability) -> tuple[Dot, ...]:
    """Return the bins as dots, larger where there are more findings."""
    most = max((one.right.whole for one in found.bins), default=1)
    return tuple(
        Dot(
            round(SIDE * one.mean, 1),
            _down(one.right.value),
            _down(one.right.low),
            _down(one.right.high),
            round(3 + 4 * (one.right.whole / most) ** 0.5, 1),
        )
        for one in found.bins
    )


def _down(share: float | None) -> float:
    return round(SIDE * (1 - (share or 0.0)), 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: corner points as SVG wants them, and the points for marks."""

    name: str
    points: str
    marks: tuple[tuple[float, float], ...]


def noise_lines(points: Sequence[NoisePoint]) -> tuple[Line, ...]:
    """Return the curves of precision, recall and F1 of violations, and F1 of omissions."""
    most = max((point.share for point in points), default=0.0) or 1.0
    curves: tuple[tuple[str, Callable[[NoisePoint], float | None]], ...] = (
        ("precision", lambda point: point.score.violations.precision.value),
        ("recall", lambda point: point.score.violations.recall.value),
        ("f1", lambda point: point.score.violations.f1.value),
        ("omissions_f1", lambda point: point.score.omissions.f1.value),
    )
    return tuple(_line(name, points, read, most) for name, read in curves)


def _line(
    name: str,
    points: Sequence[NoisePoint],
    read: Callable[[NoisePoint], float | None],
    most: float,
) -> Line:
    marks = tuple(
        (round(SIDE * point.share / most, 1), _down(value))
        for point in points
        if (value := read(point)) is not None
    )
    return Line(name, " ".join(f"{x},{y}" for x, y in marks), marks)
