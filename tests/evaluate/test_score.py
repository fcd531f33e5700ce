"""The figures: hand-counted sets, and laws that hold for any labels and findings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from auditor.domain.findings import Category, Disclosure, Status
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.score import Counts, score
from auditor.evaluate.written import score_to_json

ABUSE, THREAT = Category.ABUSE, Category.THREAT
NOTICE, AMOUNT = Disclosure.RECORDING_NOTICE, Disclosure.OVERDUE_AMOUNT
UNDEFINED = {"tp": 0, "fp": 0, "fn": 0, "precision": None, "recall": None, "f1": None}


def labelled(call_id: str, *violations: tuple[Category, int], omits: Any = ()) -> LabelledCall:
    """A labelled call."""
    return LabelledCall(call_id, frozenset(violations), frozenset(omits))


def figures(labels: list[LabelledCall], *found: Found, trial: bool = False) -> dict[str, Any]:
    """The figures as JSON."""
    return score_to_json(score(labels, found, trial=trial))


def test_nothing_labelled_and_nothing_found_leaves_all_ratios_undefined() -> None:
    """Undefined is null, never 0 or 1."""
    made = figures([labelled("a"), labelled("b")])
    assert made["violations"] == UNDEFINED | {"macro_f1": None}
    assert made["omissions"] == made["calls_flagged"] == UNDEFINED
    assert made["located"] == {"precision": None, "recall": None}
    assert made["wrongly_accused"] == {"calls": 0, "of": 2, "share": 0.0}
    assert made["by_category"] == made["by_disclosure"] == {}


def test_nothing_found_has_no_precision_and_recall_0() -> None:
    """What is labelled is all missed."""
    made = figures([labelled("a", (ABUSE, 2), omits=[NOTICE])])
    none_found = {"tp": 0, "fp": 0, "fn": 1, "precision": None, "recall": 0.0, "f1": 0.0}
    assert made["violations"] == none_found | {"macro_f1": 0.0}
    assert made["omissions"] == made["by_disclosure"]["recording_notice"] == none_found
    assert made["located"] == {"precision": None, "recall": 0.0}
    assert made["wrongly_accused"] == {"calls": 0, "of": 0, "share": None}
    assert made["errors"]["missed"] == [["a", "abuse"]]
    assert made["errors"]["missed_omissions"] == [["a", "recording_notice"]]


def test_nothing_labelled_makes_every_finding_a_wrong_accusation() -> None:
    """Recall is undefined; an omission accuses nobody of a violation."""
    found = [Found("a", ABUSE, 1), Found("b", NOTICE)]
    made = figures([labelled("a"), labelled("b")], *found)
    assert made["violations"]["precision"] == made["violations"]["f1"] == 0.0
    assert made["violations"]["recall"] is None
    assert made["wrongly_accused"] == {"calls": 1, "of": 2, "share": 0.5}
    assert made["calls_flagged"] == {
        "tp": 0,
        "fp": 1,
        "fn": 0,
        "precision": 0.0,
        "recall": None,
        "f1": 0.0,
    }
    assert made["errors"]["false_omissions"] == [["b", "recording_notice"]]


def test_a_mixed_set_counted_by_hand() -> None:
    """Three calls: abuse and threat labelled in a, abuse in b, nothing in c.

    Found: abuse in a (twice), threat in b and c. Pairs: 1 right, 2 false, 2 missed.
    """
    labels = [
        labelled("a", (ABUSE, 4), (ABUSE, 9), (THREAT, 6), omits=[NOTICE, AMOUNT]),
        labelled("b", (ABUSE, 1), omits=[NOTICE]),
        labelled("c"),
    ]
    made = figures(
        labels,
        *(Found("a", ABUSE, 4), Found("a", ABUSE, 20), Found("b", THREAT, 1)),
        *(Found("c", THREAT, 0), Found("a", NOTICE), Found("b", NOTICE, 3), Found("c", AMOUNT)),
    )
    assert made["violations"] == {
        "tp": 1,
        "fp": 2,
        "fn": 2,
        "precision": 1 / 3,
        "recall": 1 / 3,
        "f1": 1 / 3,
        "macro_f1": pytest.approx((2 / 3 + 0) / 2),
    }
    assert made["by_category"]["abuse"] == {
        "tp": 1,
        "fp": 0,
        "fn": 1,
        "precision": 1.0,
        "recall": 0.5,
        "f1": 2 / 3,
    }
    # Of four places found one is labelled; of four labelled turns one is found.
    assert made["located"] == {"precision": 0.25, "recall": 0.25}
    assert (made["calls_flagged"]["tp"], made["calls_flagged"]["fp"]) == (2, 1)
    assert made["wrongly_accused"] == {"calls": 1, "of": 1, "share": 1.0}
    assert made["omissions"] == {
        "tp": 2,
        "fp": 1,
        "fn": 1,
        "precision": 2 / 3,
        "recall": 2 / 3,
        "f1": 2 / 3,
    }


@pytest.mark.parametrize(
    ("segment", "right"), [(4, 0), (5, 1), (6, 1), (7, 1), (8, 0), (None, 0), (0, 0)]
)
def test_a_place_may_be_one_turn_off(segment: int | None, right: int) -> None:
    """Labelled at 6: 5 to 7 are there, 4, 8 and nowhere are not; the pair counts all the same."""
    made = figures([labelled("a", (ABUSE, 6))], Found("a", ABUSE, segment))
    assert made["located"] == {"precision": float(right), "recall": float(right)}
    assert made["violations"]["f1"] == 1.0


@pytest.mark.parametrize(
    "ignored",
    [
        Found("a", ABUSE, 6, Status.TRIAL),
        Found("a", ABUSE, 6, Status.DRAFT),
        Found("a", ABUSE, 6, Status.RETIRED),
        Found("a", ABUSE, 6, undetermined=True),
        Found("a", ABUSE, 6, Status.TRIAL, undetermined=True),
        Found("another call", ABUSE, 6),
        Found("another call", NOTICE),
    ],
)
def test_what_does_not_count_changes_nothing(ignored: Found) -> None:
    """Trial, draft, retired and undetermined findings, and findings of other calls."""
    labels = [labelled("a", (ABUSE, 6))]
    assert figures(labels, ignored) == figures(labels)


def test_trial_counts_when_asked_and_undetermined_never() -> None:
    """Drafts and retired rules stay out as well."""
    labels = [labelled("a", (ABUSE, 6))]
    found = [
        Found("a", ABUSE, 6, Status.TRIAL),
        Found("a", THREAT, 6, Status.DRAFT),
        Found("a", THREAT, 6, Status.TRIAL, undetermined=True),
    ]
    made = figures(labels, *found, trial=True)
    assert (made["violations"]["tp"], made["violations"]["fp"]) == (1, 0)


CALLS = st.sampled_from(["a", "b", "c"])
VIOLATIONS = st.frozensets(st.tuples(st.sampled_from([ABUSE, THREAT]), st.integers(0, 5)))
LABELS = st.dictionaries(CALLS, VIOLATIONS, min_size=1).map(
    lambda calls: [LabelledCall(call_id, labels) for call_id, labels in calls.items()]
)
FOUND = st.lists(
    st.builds(
        Found,
        CALLS,
        st.sampled_from([ABUSE, THREAT, NOTICE]),
        st.none() | st.integers(0, 5),
        st.sampled_from(list(Status)),
        st.booleans(),
    )
)


@settings(deadline=None)
@given(LABELS, FOUND)
def test_totals_are_the_sums_of_their_topics(
    labels: list[LabelledCall], found: list[Found]
) -> None:
    """Micro figures count what the rows count; the error lists are as long as the counts say."""
    made = score(labels, found)
    for total, rows in ((made.violations, made.by_category), (made.omissions, made.by_disclosure)):
        for key in ("tp", "fp", "fn"):
            assert getattr(total, key) == sum(getattr(row, key) for row in rows.values())
    assert (len(made.missed), len(made.false)) == (made.violations.fn, made.violations.fp)
    assert made.wrongly_accused.part == made.calls_flagged.fp  # no violation labelled: innocent


@settings(deadline=None)
@given(LABELS)
def test_reporting_exactly_the_labels_is_perfect(labels: list[LabelledCall]) -> None:
    """Every defined figure is 1 and nobody is wrongly accused."""
    found = [Found(c.call_id, topic, segment) for c in labels for topic, segment in c.violations]
    made = score(labels, found)
    assert made.missed == made.false == ()
    assert {made.violations.f1.value, made.located.precision.value, made.located.recall.value} <= {
        None,
        1.0,
    }
    assert made.wrongly_accused.part == 0


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_intervals_are_wilsons_and_hold_the_figure(tp: int, fp: int, fn: int) -> None:
    """Precision and recall as scipy has them; F1 lies inside its own interval."""
    row = Counts(tp, fp, fn)
    for rate, whole in ((row.precision, tp + fp), (row.recall, tp + fn)):
        if whole:
            told = binomtest(tp, whole).proportion_ci(0.95, "wilson")
            assert (rate.low, rate.high) == pytest.approx((told.low, told.high), abs=1e-9)
        else:
            assert rate.value is rate.low is rate.high is None
    if tp + fp + fn:
        assert row.f1.low is not None
        assert row.f1.high is not None
        assert row.f1.value == pytest.approx(2 * tp / (2 * tp + fp + fn))
        assert row.f1.low - 1e-12 <= row.f1.value <= row.f1.high + 1e-12
        assert 0 <= row.f1.low <= row.f1.high <= 1
