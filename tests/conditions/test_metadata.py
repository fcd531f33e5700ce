"""Conditions on what the dialler or the manifest says."""

from __future__ import annotations

import pytest

from auditor.conditions.base import MISS, UNDETERMINED, Answer
from auditor.conditions.node import Node, Source
from auditor.conditions.operators.metadata import read
from auditor.conditions.reading import Reading, Vocabulary
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.domain.calls import Call, Seat
from auditor.domain.transcripts import Transcript


def answer(told: dict[str, object], call: Call) -> tuple[Answer, Source]:
    """Read a condition from a rule and put it to a call."""
    source = Source("rule.yaml", {}, [])
    vocabulary = Vocabulary.build({}, (), str, str)
    condition = read(Node({"metadata": told}, source), "metadata", Reading(vocabulary))
    transcript = Transcript(call=call, turns=(), duration=0.0)
    return condition.find(Scene(transcript, (), lambda _: iter(()), {})), source


def call(**told: object) -> Call:
    """A call with some fields filled in."""
    return Call(call_id="c", agent_id="a", **told)  # type: ignore[arg-type]


BIG_FEE = call(
    amount_due=100.0,
    attributes={"fee": "1,200.5", "due": "2026-03-05", "signed": "2025-01-01", "remark": "无"},
)


@pytest.mark.parametrize(
    ("told", "of", "truth"),
    [
        ({"field": "seat", "is": "agency"}, call(seat=Seat.AGENCY), Truth.HIT),
        ({"field": "seat", "is": ["agency"]}, call(seat=Seat.AGENCY), Truth.HIT),
        ({"field": "seat", "is": "agency"}, call(seat=Seat.OWN), Truth.MISS),
        ({"field": "overdue_days", "at_most": 30}, call(overdue_days=30), Truth.HIT),
        ({"field": "overdue_days", "below": 30}, call(overdue_days=30), Truth.MISS),
        ({"field": "overdue_days", "above": 90}, call(overdue_days=180), Truth.HIT),
        ({"field": "fee", "above": {"field": "amount_due"}}, BIG_FEE, Truth.HIT),
        ({"field": "amount_due", "below": {"field": "fee"}}, BIG_FEE, Truth.HIT),
        ({"field": "due", "at_least": "2026-03-01"}, BIG_FEE, Truth.HIT),
        ({"field": "due", "above": {"field": "signed"}}, BIG_FEE, Truth.HIT),
        ({"field": "fee", "below": {"field": "amount_due"}}, BIG_FEE, Truth.MISS),
        ({"field": "due", "below": "2026-03-01"}, BIG_FEE, Truth.MISS),
        ({"field": "fee", "above": {"field": "nowhere"}}, BIG_FEE, Truth.UNDETERMINED),
        ({"field": "remark", "above": 3}, BIG_FEE, Truth.UNDETERMINED),
        ({"field": "fee", "above": 3, "is": "1"}, BIG_FEE, Truth.MISS),
    ],
)
def test_compares_a_known_value(told: dict[str, object], of: Call, truth: Truth) -> None:
    """A recorded value is compared with the values or bounds given."""
    found, source = answer(told, of)
    assert (found.truth, source.problems) == (truth, [])


@pytest.mark.parametrize("extra", [{}, {"if_missing": "undetermined"}])
def test_a_missing_value_leaves_the_check_open(extra: dict[str, object]) -> None:
    """Without the value nothing is passed or failed."""
    found, _ = answer({"field": "seat", "is": "agency", **extra}, call())
    assert found == UNDETERMINED


def test_a_rule_may_say_that_it_does_not_apply_without_the_value() -> None:
    """``if_missing: miss`` keeps a rule from asking for review of every call."""
    found, _ = answer({"field": "seat", "is": "agency", "if_missing": "miss"}, call())
    assert found == MISS


def test_other_words_for_missing_are_refused() -> None:
    """Only the two answers exist."""
    _, source = answer({"field": "seat", "is": "agency", "if_missing": "pass"}, call())
    assert [problem.reason for problem in source.problems] == ["unknown_word"]


@pytest.mark.parametrize("bound", ["soon", True, {"column": "fee"}, "3"])
def test_bounds_are_numbers_dates_or_fields(bound: object) -> None:
    """Anything else is a problem of the file."""
    _, source = answer({"field": "fee", "above": bound}, call())
    assert source.problems != []
