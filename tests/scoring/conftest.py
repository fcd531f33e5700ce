"""Small policies and audits to score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from auditor.conditions.operators.logic import AnyOf
from auditor.domain.calls import Call
from auditor.domain.findings import (
    CallAudit,
    CallOutcome,
    Category,
    Disclosure,
    Finding,
    Kind,
    Outcome,
    RuleOutcome,
    Severity,
    Status,
)
from auditor.domain.runs import CallRecord
from auditor.policy.model import Rule, Scoring
from auditor.scoring.calls import score_call


@dataclass(frozen=True, slots=True)
class Check:
    """A rule with its answer for one call."""

    topic: Category | Disclosure
    outcome: Outcome
    weight: float = 10.0
    severity: Severity = Severity.MAJOR
    status: Status = Status.STABLE
    hits: int = 1


@dataclass(frozen=True, slots=True)
class Bench:
    """Turns checks into rules, audits and records."""

    scoring: Scoring

    def rules(self, checks: Sequence[Check]) -> tuple[Rule, ...]:
        """One rule a check."""
        return tuple(
            Rule(
                rule_id=f"rule-{number}",
                version=1,
                title=f"规则{number}",
                title_en="",
                kind=_kind(check),
                category=check.topic if isinstance(check.topic, Category) else None,
                disclosure=check.topic if isinstance(check.topic, Disclosure) else None,
                clauses=(),
                severity=check.severity,
                weight=check.weight,
                status=check.status,
                find=AnyOf(()),
            )
            for number, check in enumerate(checks)
        )

    def audit(self, checks: Sequence[Check], call_id: str = "C1", agent: str = "A1") -> CallAudit:
        """An audit in which every rule answered as its check says."""
        rules = self.rules(checks)
        findings = [
            Finding(
                call_id=call_id,
                agent_id=agent,
                kind=rule.kind,
                rule_id=rule.rule_id,
                rule_version=1,
                title=rule.title,
                status=rule.status,
                outcome=check.outcome,
                severity=rule.severity,
                weight=rule.weight,
                clauses=(),
                confidence=0.9,
                explanation="",
                category=rule.category,
                disclosure=rule.disclosure,
                occurrence=hit,
            )
            for rule, check in zip(rules, checks, strict=True)
            if check.outcome in (Outcome.FAIL, Outcome.UNDETERMINED)
            for hit in range(check.hits)
        ]
        outcomes = tuple(
            RuleOutcome(
                rule_id=rule.rule_id,
                outcome=check.outcome,
                category=rule.category,
                disclosure=rule.disclosure,
                status=rule.status,
            )
            for rule, check in zip(rules, checks, strict=True)
        )
        return CallAudit(call_id=call_id, agent_id=agent, findings=tuple(findings), rules=outcomes)

    def record(self, checks: Sequence[Check], call_id: str = "C1", agent: str = "A1") -> CallRecord:
        """An audited and scored call."""
        audit = self.audit(checks, call_id, agent)
        return CallRecord(
            call_id=call_id,
            outcome=CallOutcome.AUDITED,
            call=Call(call_id=call_id, agent_id=agent, agent_name="陈思雨", team="早期一组"),
            audit=audit,
            score=score_call(audit, self.rules(checks), self.scoring),
            duration=60.0,
        )


def _kind(check: Check) -> Kind:
    return Kind.VIOLATION if isinstance(check.topic, Category) else Kind.OMISSION


SCORING = Scoring(
    base=100.0,
    fatal_score=0.0,
    min_calls=3,
    dimensions={"conduct": ("abuse", "threat"), "opening": ("recording_notice",)},
)


@pytest.fixture
def check() -> type[Check]:
    """A rule with its answer."""
    return Check


@pytest.fixture
def bench() -> Bench:
    """Two dimensions, three calls to be ranked."""
    return Bench(SCORING)


@pytest.fixture
def bench_with() -> Callable[[Scoring], Bench]:
    """A bench with other constants."""
    return Bench
