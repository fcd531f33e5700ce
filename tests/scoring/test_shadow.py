"""What rules on trial would cost, and what others found anyway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from auditor.domain.calls import Call, Speaker
from auditor.domain.findings import (
    CallAudit,
    CallOutcome,
    Category,
    Disclosure,
    Evidence,
    Finding,
    Kind,
    Outcome,
    RuleOutcome,
    Severity,
    Status,
)
from auditor.domain.runs import CallRecord
from auditor.domain.spans import TimeSpan
from auditor.scoring.shadow import DECIDE_S, LEAD_S, shadows


def finding(rule_id: str, turn: int | None = 3, **changes: Any) -> Finding:
    """Something found in a turn, or in the whole call."""
    evidence = None
    if turn is not None:
        evidence = Evidence(turn, TimeSpan(40_000, 44_000), Speaker.AGENT, "……")
    values: dict[str, Any] = {
        "call_id": "C1",
        "agent_id": "A1",
        "kind": Kind.VIOLATION,
        "category": Category.ABUSE,
        "rule_id": rule_id,
        "rule_version": 1,
        "title": "规则",
        "status": Status.TRIAL,
        "outcome": Outcome.FAIL,
        "severity": Severity.MINOR,
        "weight": 5.0,
        "clauses": (),
        "confidence": 0.9,
        "explanation": "",
        "evidence": evidence,
    }
    return Finding(**{**values, **changes})


def record(*found: Finding, answers: dict[str, Outcome] | None = None, **more: Any) -> CallRecord:
    """An audited call of two minutes."""
    rules = tuple(
        RuleOutcome(rule_id=name, outcome=outcome, status=Status.TRIAL)
        for name, outcome in (answers or {}).items()
    )
    audit = CallAudit(call_id="C1", agent_id="A1", findings=found, rules=rules)
    call = Call(call_id="C1", agent_id="A1")
    given = {"call": call, "audit": audit, "duration": 120.0, **more}
    return CallRecord(call_id="C1", outcome=CallOutcome.AUDITED, **given)


STABLE = {"status": Status.STABLE}


@pytest.mark.parametrize(
    ("others", "same_turn", "same_topic", "alone"),
    [
        ((), 0, 0, 1),
        ((finding("s", 3, **STABLE),), 1, 0, 0),
        ((finding("s", 7, **STABLE),), 0, 1, 0),
        ((finding("s", 3, category=Category.THREAT, **STABLE),), 1, 0, 0),
        ((finding("s", 7, category=Category.THREAT, **STABLE),), 0, 0, 0),
        ((finding("s", 3, outcome=Outcome.UNDETERMINED, **STABLE),), 0, 0, 1),
        ((finding("t2", 3),), 0, 0, 1),
    ],
)
def test_overlap_is_with_findings_that_count(
    others: tuple[Finding, ...], same_turn: int, same_topic: int, alone: int
) -> None:
    """The same words, or the same topic elsewhere in the call; others on trial do not cover."""
    rule = next(s for s in shadows([record(finding("t"), *others)]) if s.rule_id == "t")
    assert (rule.same_turn, rule.same_topic, rule.alone) == (same_turn, same_topic, alone)
    assert (rule.minutes == 0) is bool(same_turn or same_topic)


@pytest.mark.parametrize(
    ("found", "duration", "seconds"),
    [
        (finding("t"), 120.0, 4.0 + 2 * LEAD_S),
        (finding("t"), 20.0, 20.0),
        (finding("t"), None, 4.0 + 2 * LEAD_S),
        (finding("t", None), 120.0, 120.0),
        (finding("t", None), None, 0.0),
    ],
)
def test_review_costs_listening_and_a_minute(
    found: Finding, duration: float | None, seconds: float
) -> None:
    """Around the words, never longer than the call; the whole call where something is missing."""
    (rule,) = shadows([record(found, duration=duration)])
    assert rule.seconds == pytest.approx(seconds + DECIDE_S)


def test_denominators_are_the_calls_that_were_judged() -> None:
    """Passed and failed count, not applicable and undetermined do not."""
    outcomes = (Outcome.PASS, Outcome.FAIL, Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE)
    (rule,) = shadows([record(answers={"t": outcome}) for outcome in outcomes])
    assert (rule.applied, rule.findings, rule.calls, rule.overlap) == (2, 0, 0, None)


def test_undetermined_and_stable_findings_are_not_on_trial() -> None:
    """Nothing is listed that counts already or that is reviewed anyway."""
    unsure = finding("t", outcome=Outcome.UNDETERMINED)
    assert (
        shadows(
            [
                record(unsure, finding("s", **STABLE)),
                CallRecord(call_id="C2", outcome=CallOutcome.FAILED),
            ]
        )
        == ()
    )


def test_what_costs_most_comes_first() -> None:
    """Several findings in a call are one call."""
    cheap = finding("cheap")
    dear = finding("dear", category=None, disclosure=Disclosure.DEBT_DETAIL)
    made = [record(dear, replace(dear, occurrence=1)), record(dear, cheap)]
    first, second = shadows(made)
    assert (first.rule_id, first.findings, first.calls, first.alone) == ("dear", 3, 2, 2)
    assert second.rule_id == "cheap"
    assert first.disclosure is Disclosure.DEBT_DETAIL
