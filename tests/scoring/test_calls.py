"""The score of one call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.domain.findings import Category, Disclosure, Outcome, Severity, Status
from auditor.policy.model import Scoring
from auditor.scoring.calls import score_call

ABUSE, THREAT = Category.ABUSE, Category.THREAT
NOTICE = Disclosure.RECORDING_NOTICE
FIXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def scored(bench: Any, *checks: Any) -> Any:
    """Score one call."""
    return score_call(bench.audit(checks), bench.rules(checks), bench.scoring)


def test_a_failed_rule_takes_its_points_once_however_often_it_was_hit(
    bench: Any, check: Any
) -> None:
    """Five hits of one rule cost as much as one."""
    score = scored(bench, check(ABUSE, Outcome.FAIL, weight=12, hits=5))
    assert (score.score, score.weighted, score.fatal) == (88.0, 88.0, False)
    assert [item.points for item in score.deductions] == [12]


def test_a_fatal_failure_is_shown_apart_from_the_points(bench: Any, check: Any) -> None:
    """The score is the fatal score; what would be left without it is kept."""
    score = scored(
        bench,
        check(THREAT, Outcome.FAIL, weight=30, severity=Severity.CRITICAL),
        check(NOTICE, Outcome.FAIL, weight=5),
    )
    assert (score.score, score.weighted, score.fatal) == (0.0, 65.0, True)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.PASS, Status.STABLE),
        (Outcome.UNDETERMINED, Status.STABLE),
        (Outcome.NOT_APPLICABLE, Status.STABLE),
        (Outcome.FAIL, Status.TRIAL),
        (Outcome.UNDETERMINED, Status.TRIAL),
    ],
)
def test_only_failures_of_rules_in_force_take_points(
    bench: Any, check: Any, outcome: Outcome, status: Status
) -> None:
    """Passed, open, inapplicable and trial checks leave the base untouched, also fatal ones."""
    score = scored(
        bench, check(ABUSE, outcome, weight=50, severity=Severity.CRITICAL, status=status)
    )
    assert (score.score, score.fatal, score.deductions) == (100.0, False, ())


@pytest.mark.parametrize(
    ("outcome", "status", "kept"),
    [
        (Outcome.PASS, Status.STABLE, 100.0),
        (Outcome.FAIL, Status.STABLE, 75.0),
        (Outcome.UNDETERMINED, Status.STABLE, None),
        (Outcome.NOT_APPLICABLE, Status.STABLE, None),
        (Outcome.PASS, Status.TRIAL, None),
        (Outcome.FAIL, Status.TRIAL, None),
    ],
)
def test_a_dimension_without_an_answer_has_no_score(
    bench: Any, check: Any, outcome: Outcome, status: Status, kept: float | None
) -> None:
    """Undefined is not zero and not full marks."""
    score = scored(bench, check(ABUSE, outcome, weight=25, status=status))
    assert score.dimensions == {"conduct": kept, "opening": None}


def test_the_score_never_falls_below_zero(bench: Any, check: Any) -> None:
    """Deductions above the base leave nothing, not less."""
    score = scored(bench, *(check(ABUSE, Outcome.FAIL, weight=40) for _ in range(4)))
    assert (score.score, score.dimensions["conduct"]) == (0.0, 0.0)


def test_a_fatal_score_above_the_points_left_does_not_lift_them(
    bench_with: Any, check: Any
) -> None:
    """A policy with fatal score 60 cannot raise a call that is at 30."""
    bench = bench_with(Scoring(fatal_score=60.0))
    checks = [check(ABUSE, Outcome.FAIL, weight=70, severity=Severity.CRITICAL)]
    assert scored(bench, *checks).score == 30.0


CHECKS = st.tuples(
    st.sampled_from([ABUSE, THREAT, NOTICE, Category.HARASSMENT]),
    st.sampled_from(list(Outcome)),
    st.floats(0, 120),
    st.sampled_from(list(Severity)),
    st.sampled_from([Status.STABLE, Status.TRIAL]),
)


@FIXED
@given(st.lists(CHECKS, min_size=1, max_size=8), st.integers(0, 7), st.floats(0, 100))
def test_a_further_failed_rule_never_raises_a_score(
    bench: Any, check: Any, given_checks: list[Any], place: int, fatal_score: float
) -> None:
    """Turning any answer into a failure lowers every figure or leaves it, and ends in 0..base."""
    bench = replace(bench, scoring=replace(bench.scoring, fatal_score=fatal_score))
    checks = [check(*values) for values in given_checks]
    worse = list(checks)
    worse[place % len(checks)] = replace(checks[place % len(checks)], outcome=Outcome.FAIL)
    before, after = scored(bench, *checks), scored(bench, *worse)
    assert 0.0 <= after.score <= before.score <= 100.0
    assert after.weighted <= before.weighted
    for name, kept in before.dimensions.items():
        if kept is not None:
            assert after.dimensions[name] <= kept
