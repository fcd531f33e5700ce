"""Shares and means with 95 % intervals; undefined is ``None``, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from auditor.domain.runs import Rate

_Z = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""

# Two-sided 95 % points of Student's t; between entries 1/df is interpolated (error under 0.001).
_T95 = (
    (1, 12.7062),
    (2, 4.3027),
    (3, 3.1824),
    (4, 2.7764),
    (5, 2.5706),
    (6, 2.4469),
    (7, 2.3646),
    (8, 2.3060),
    (9, 2.2622),
    (10, 2.2281),
    (12, 2.1788),
    (15, 2.1314),
    (20, 2.0860),
    (30, 2.0423),
    (60, 2.0003),
    (120, 1.9799),
)


def wilson(part: int, whole: int) -> Rate:
    """Return a share with its Wilson score interval at 95 %.

    Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference",
    JASA 22: 209-212. Unlike the normal interval it stays inside 0..1 and is honest for small
    counts.

    Raises:
        ValueError: ``part`` is not between 0 and ``whole``.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"not a share: {part}/{whole}")
    if whole == 0:
        return Rate(part, whole, None, None, None)
    share = part / whole
    spread = _Z * _Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    # At the ends the formula touches 0 or 1 exactly; rounding must not push it beside.
    low = 0.0 if part == 0 else max(0.0, middle - half)
    high = 1.0 if part == whole else min(1.0, middle + half)
    return Rate(part, whole, share, low, high)


def t95(freedom: int) -> float:
    """Return the two-sided 95 % point of Student's t for whole degrees of freedom."""
    if freedom < 1:
        raise ValueError("at least one degree of freedom")
    for (low_df, low), (high_df, high) in zip(_T95, (*_T95[1:], (None, _Z)), strict=True):
        if freedom == low_df:
            return low
        if high_df is None or freedom < high_df:
            top = 0.0 if high_df is None else 1 / high_df
            part = (1 / freedom - top) / (1 / low_df - top)
            return high + part * (low - high)
    return _Z


@dataclass(slots=True)
class Mean:
    """A running mean with its spread: one pass, three numbers (Welford 1962)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """Count one more value."""
        self.count += 1
        step = value - self.mean
        self.mean += step / self.count
        self.squares += step * (value - self.mean)

    @property
    def value(self) -> float | None:
        """The mean; ``None`` without values."""
        return self.mean if self.count else None

    def interval(self, low: float, high: float) -> tuple[float | None, float | None]:
        """The 95 % interval of the mean by Student's t, cut to the range a value can have.

        ``None`` under two values and where all are equal: nothing is known about the spread
        then, and an interval without width would claim certainty.
        """
        if self.count < 2 or self.squares <= 1e-9:
            return None, None
        half = t95(self.count - 1) * sqrt(self.squares / (self.count - 1) / self.count)
        return max(low, min(self.mean, self.mean - half)), min(
            high, max(self.mean, self.mean + half)
        )
