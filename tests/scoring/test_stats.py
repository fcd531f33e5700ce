"""Shares and means with intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as reference

from auditor.scoring.stats import Mean, t95, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_wilson_gives_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    """The interval agrees with Newcombe's table to four places."""
    rate = wilson(part, whole)
    assert rate.low == pytest.approx(low, abs=5e-5)
    assert rate.high == pytest.approx(high, abs=5e-5)


def test_nothing_of_nothing_is_undefined() -> None:
    """A denominator of 0 gives no figure at all, not 0 and not 1."""
    rate = wilson(0, 0)
    assert (rate.value, rate.low, rate.high) == (None, None, None)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (-1, 3), (4, 3)])
def test_impossible_shares_are_refused(part: int, whole: int) -> None:
    """More hits than cases is a mistake of the caller."""
    with pytest.raises(ValueError, match="not a share"):
        wilson(part, whole)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_inside(case: tuple[int, int]) -> None:
    """Low end, share and high end are in order and between 0 and 1."""
    rate = wilson(*case)
    assert rate.low is not None
    assert rate.value is not None
    assert rate.high is not None
    assert 0.0 <= rate.low <= rate.value <= rate.high <= 1.0


@given(st.integers(1, 100_000))
def test_t_points_agree_with_scipy(freedom: int) -> None:
    """The small table with its interpolation is good to a thousandth."""
    assert t95(freedom) == pytest.approx(float(reference.t.ppf(0.975, freedom)), abs=2e-3)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=60))
def test_the_running_mean_agrees_with_two_passes(values: list[float]) -> None:
    """One pass gives the mean and the interval that scipy gives from the whole list."""
    mean = Mean()
    for value in values:
        mean.add(value)
    assert mean.value == pytest.approx(sum(values) / len(values), abs=1e-9)
    low, high = mean.interval(0.0, 100.0)
    spread = float(reference.sem(values))
    if low is None or high is None:
        assert spread == pytest.approx(0.0, abs=1e-4)
        return
    half = float(reference.t.ppf(0.975, len(values) - 1)) * spread
    assert low == pytest.approx(max(0.0, sum(values) / len(values) - half), abs=0.05)
    assert high == pytest.approx(min(100.0, sum(values) / len(values) + half), abs=0.05)


@pytest.mark.parametrize("values", [[], [80.0], [80.0, 80.0], [0.0, 0.0, 0.0]])
def test_no_spread_no_interval(values: list[float]) -> None:
    """Under two different values nothing is claimed about the spread."""
    mean = Mean()
    for value in values:
        mean.add(value)
    assert mean.interval(0.0, 100.0) == (None, None)


def test_no_values_no_mean() -> None:
    """The mean of nothing is undefined."""
    assert Mean().value is None
