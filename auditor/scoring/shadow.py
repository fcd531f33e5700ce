"""What rules on trial found, what it would cost to review, and what stable rules found anyway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from auditor.domain.findings import Category, Disclosure, Finding, Outcome, RuleOutcome, Status
from auditor.domain.runs import CallRecord

DECIDE_S = 60.0
"""Seconds to read a finding, decide and note why."""

LEAD_S = 15.0
"""Seconds listened to before and after the words found."""

_ANSWERED = (Outcome.PASS, Outcome.FAIL)


@dataclass(slots=True)
class Shadow:
    """One rule on trial in one run.

    Args:
        applied: Calls in which it gave an answer.
        findings: What it found.
        calls: Calls with a finding of it.
        same_turn: Findings where a finding that counts quotes the same turn.
        same_topic: Further findings in calls where its category or disclosure counts anyway.
        alone: Calls with a finding of it and none that counts.
        seconds: What it would take to review the findings that nothing else leads to: listening
            around the words, or to the whole call where something was left out, and deciding.
    """

    rule_id: str
    title: str = ""
    title_en: str = ""
    category: Category | None = None
    disclosure: Disclosure | None = None
    applied: int = 0
    findings: int = 0
    calls: int = 0
    same_turn: int = 0
    same_topic: int = 0
    alone: int = 0
    seconds: float = 0.0

    @property
    def minutes(self) -> float:
        """Minutes of review."""
        return self.seconds / 60

    @property
    def overlap(self) -> float | None:
        """Share of its findings that stable rules lead to anyway; ``None`` without any."""
        return (self.same_turn + self.same_topic) / self.findings if self.findings else None


@dataclass(slots=True)
class Shadows:
    """Counts what rules on trial did, call by call."""

    rules: dict[str, Shadow] = field(default_factory=dict)

    def add(self, record: CallRecord) -> None:
        """Take in a call."""
        audit = record.audit
        if audit is None:
            return
        for rule in audit.rules:
            if rule.status is Status.TRIAL:
                self._of(rule).applied += rule.outcome in _ANSWERED
        trial = [finding for finding in audit.findings if _on_trial(finding)]
        if not trial:
            return
        counted = [finding for finding in audit.findings if finding.counts]
        turns = {f.evidence.turn for f in counted if f.evidence is not None}
        topics = {f.category or f.disclosure for f in counted}
        for finding in trial:
            self._find(finding, turns, topics, record.duration)
        for rule_id in {finding.rule_id for finding in trial}:
            self.rules[rule_id].calls += 1
            self.rules[rule_id].alone += not counted

    def result(self) -> tuple[Shadow, ...]:
        """Return the rules, those that cost most first; also those that found nothing."""
        return tuple(sorted(self.rules.values(), key=lambda rule: (-rule.seconds, rule.rule_id)))

    def _of(self, rule: RuleOutcome | Finding) -> Shadow:
        shadow = self.rules.get(rule.rule_id)
        if shadow is None:
            shadow = Shadow(rule.rule_id, category=rule.category, disclosure=rule.disclosure)
            self.rules[rule.rule_id] = shadow
        return shadow

    def _find(
        self,
        finding: Finding,
        turns: set[int],
        topics: set[Category | Disclosure | None],
        duration: float | None,
    ) -> None:
        shadow = self._of(finding)
        shadow.title, shadow.title_en = finding.title, finding.title_en
        shadow.findings += 1
        if finding.evidence is not None and finding.evidence.turn in turns:
            shadow.same_turn += 1
        elif (finding.category or finding.disclosure) in topics:
            shadow.same_topic += 1
        else:
            shadow.seconds += DECIDE_S + _listening(finding, duration)


def shadows(records: Iterable[CallRecord]) -> tuple[Shadow, ...]:
    """Count what rules on trial did in a run; records are read once."""
    counting = Shadows()
    for record in records:
        counting.add(record)
    return counting.result()


def _on_trial(finding: Finding) -> bool:
    return finding.status is Status.TRIAL and finding.outcome is Outcome.FAIL


def _listening(finding: Finding, duration: float | None) -> float:
    if finding.trail is not None:
        return 0.0
    whole = duration or 0.0
    if finding.evidence is None:
        return whole
    around = finding.evidence.time.seconds + 2 * LEAD_S
    return min(around, whole) if whole else around
