"""Geometry of the page's drawings; the template turns the numbers into inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord, Scorecard

SCORE_WIDTH = 120.0
TREND_HEIGHT = 90.0
MOST_BARS = 31


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """Mean score as a bar with its interval, in drawing units from 0 to ``SCORE_WIDTH``."""

    length: float
    low: float | None
    high: float | None


def score_bar(card: Scorecard, base: float) -> ScoreBar | None:
    """Return the bar of an agent; ``None`` without a score."""
    if card.score is None or base <= 0:
        return None

    def place(value: float) -> float:
        return round(SCORE_WIDTH * min(1.0, max(0.0, value / base)), 1)

    low = None if card.score_low is None else place(card.score_low)
    high = None if card.score_high is None else place(card.score_high)
    return ScoreBar(place(card.score), low, high)


@dataclass(slots=True)
class _Days:
    calls: int = 0
    fatal: int = 0
    flagged: int = 0
    scores: list[float] = field(default_factory=lambda: [0.0, 0.0])


@dataclass(frozen=True, slots=True)
class TrendBar:
    """One day, week or month: calls that were clean, with findings, and fatal.

    Heights are in drawing units and add up to the bar.
    """

    label: str
    calls: int
    fatal: int
    flagged: int
    score: float | None
    fatal_height: float
    flagged_height: float
    clean_height: float


@dataclass(frozen=True, slots=True)
class Trend:
    """Bars over time.

    Args:
        unit: ``day``, ``week`` (by its Monday) or ``month``.
        bars: The latest ``MOST_BARS``, oldest first.
    """

    unit: str
    bars: tuple[TrendBar, ...]


@dataclass(slots=True)
class Timeline:
    """Counts the audited calls of each day."""

    days: dict[date, _Days] = field(default_factory=dict)

    def add(self, record: CallRecord) -> None:
        """Take in a call; one that was not audited, or has no time, says nothing."""
        started = None if record.call is None else record.call.started_at
        if record.outcome is not CallOutcome.AUDITED or started is None or record.score is None:
            return
        day = self.days.setdefault(started.date(), _Days())
        day.calls += 1
        day.fatal += record.score.fatal
        day.flagged += bool(record.score.deductions) and not record.score.fatal
        day.scores[0] += record.score.score
        day.scores[1] += 1

    def trend(self) -> Trend | None:
        """Return the calls by day; by week or month where days would be too many.

        ``None`` where the calls do not span at least two days.
        """
        days = self.days
        if len(days) < 2:
            return None
        unit, label = "day", _by_day
        if len(days) > MOST_BARS:
            few = len({_by_week(day) for day in days}) <= MOST_BARS
            unit, label = ("week", _by_week) if few else ("month", _by_month)
        groups = _grouped(days, label)
        most = max(group.calls for group in groups.values())
        return Trend(unit, tuple(_bar(name, group, most) for name, group in groups.items()))


def trend(records: Iterable[CallRecord]) -> Trend | None:
    """Return the audited calls over time; see ``Timeline.trend``."""
    line = Timeline()
    for record in records:
        line.add(record)
    return line.trend()


def _grouped(days: dict[date, _Days], label: Callable[[date], str]) -> dict[str, _Days]:
    groups: dict[str, _Days] = {}
    for day in sorted(days):
        group, own = groups.setdefault(label(day), _Days()), days[day]
        group.calls += own.calls
        group.fatal += own.fatal
        group.flagged += own.flagged
        group.scores = [a + b for a, b in zip(group.scores, own.scores, strict=True)]
    return dict(list(groups.items())[-MOST_BARS:])


def _by_day(day: date) -> str:
    return day.isoformat()


def _by_week(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


def _by_month(day: date) -> str:
    return day.strftime("%Y-%m")


def _bar(label: str, group: _Days, most: int) -> TrendBar:
    unit = TREND_HEIGHT / most
    total, number = group.scores
    return TrendBar(
        label=label[5:] if len(label) == len("2026-03-05") else label,
        calls=group.calls,
        fatal=group.fatal,
        flagged=group.flagged,
        score=round(total / number, 1) if number else None,
        fatal_height=round(unit * group.fatal, 1),
        flagged_height=round(unit * group.flagged, 1),
        clean_height=round(unit * (group.calls - group.fatal - group.flagged), 1),
    )
