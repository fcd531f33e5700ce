"""Two runs over the same calls: what turned, and whether chance would do as much."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from auditor.domain.findings import Category, Disclosure
from auditor.evaluate.compare import Change, compare, mcnemar
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall

ABUSE, THREAT = Category.ABUSE, Category.THREAT
NOTICE = Disclosure.RECORDING_NOTICE


@settings(deadline=None)
@given(st.integers(0, 600), st.integers(0, 600))
def test_mcnemar_is_the_exact_binomial_test(one: int, other: int) -> None:
    """As scipy computes it, for few and for many pairs, and alike from both sides."""
    expected = binomtest(one, one + other, 0.5).pvalue if one + other else 1.0
    assert mcnemar(one, other) == pytest.approx(expected, rel=1e-6, abs=1e-300)
    assert mcnemar(one, other) == mcnemar(other, one)


def test_mcnemar_by_hand() -> None:
    """Five against none is 2 / 32; nothing turned is no evidence; less than none is an error."""
    assert mcnemar(5, 0) == 0.0625
    assert mcnemar(0, 0) == 1.0
    with pytest.raises(ValueError, match="negative"):
        mcnemar(-1, 3)


def test_each_way_of_turning_has_its_name() -> None:
    """Violations and omissions are compared pair by pair; worse ones come first."""
    labels = [
        LabelledCall("a", frozenset({(ABUSE, 1), (THREAT, 2)}), frozenset({NOTICE})),
        LabelledCall("b"),
        LabelledCall("c"),
    ]
    earlier = [Found("a", THREAT, 2), Found("b", ABUSE, 0)]
    now = [Found("a", ABUSE, 1), Found("c", THREAT, 0), Found("a", NOTICE)]
    made = compare(labels, now, earlier)
    assert [(flip.change, flip.call_id, flip.topic) for flip in made.flips] == [
        (Change.FALSE_NOW, "c", "threat"),
        (Change.MISSED_NOW, "a", "threat"),
        (Change.CLEARED_NOW, "b", "abuse"),
        (Change.FOUND_NOW, "a", "abuse"),
        (Change.FOUND_NOW, "a", "recording_notice"),
    ]
    assert (made.violations.better, made.violations.worse) == (2, 2)
    assert (made.omissions.better, made.omissions.worse) == (1, 0)
    # Call a is flagged by both; b is cleared, c accused.
    assert (made.calls.better, made.calls.worse) == (1, 1)


PAIRS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([ABUSE, THREAT, NOTICE])))


@settings(deadline=None)
@given(PAIRS, PAIRS, PAIRS)
def test_flips_explain_the_whole_difference(
    gold: list[tuple[str, Category]],
    old: list[tuple[str, Category]],
    new: list[tuple[str, Category]],
) -> None:
    """Errors before, less those mended, plus those made, are the errors now."""
    labels = [
        LabelledCall(
            call,
            frozenset((t, 0) for c, t in gold if c == call and isinstance(t, Category)),
            frozenset(t for c, t in gold if c == call and isinstance(t, Disclosure)),
        )
        for call in "abcd"
    ]
    made = compare(labels, [Found(*pair) for pair in new], [Found(*pair) for pair in old])
    for before, after, pair in (
        (made.earlier.violations, made.now.violations, made.violations),
        (made.earlier.omissions, made.now.omissions, made.omissions),
        (made.earlier.calls_flagged, made.now.calls_flagged, made.calls),
    ):
        assert before.fp + before.fn - pair.better + pair.worse == after.fp + after.fn


def test_a_run_against_itself_turns_nothing() -> None:
    """Equal findings, no flip, p 1."""
    found = [Found("a", ABUSE, 1), Found("a", NOTICE)]
    made = compare([LabelledCall("a")], found, found)
    assert made.flips == ()
    assert made.violations.p == made.omissions.p == made.calls.p == 1.0
