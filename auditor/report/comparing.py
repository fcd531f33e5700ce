"""Compare two runs.

The runs are gone through one after the other, twice: once to see what flips, once to fetch the
findings that are shown. What is held of every other call is small, so that two nights of 200,000
calls fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from auditor.domain.findings import CallOutcome, ClauseRef, Finding, Severity
from auditor.domain.runs import CallRecord, RunInfo
from auditor.report.difference import (
    MOST_FLIPS,
    AgentShift,
    AgentSide,
    CallFlip,
    ClauseShift,
    Difference,
    FindingFlip,
    RuleShift,
    State,
    state_of,
)


def compare(
    first: RunInfo,
    before: Iterable[CallRecord],
    second: RunInfo,
    after: Iterable[CallRecord],
    *,
    most: int = MOST_FLIPS,
) -> Difference:
    """Compare two runs call by call and finding by finding.

    Calls are the same where their id is, findings where theirs is: call, rule, turn and words.

    Args:
        first: What the first run was made with.
        before: Its records, in any order; gone through twice.
        second: What the second run was made with.
        after: Its records; gone through twice.
        most: Flips of findings that are listed.
    """
    one, other = _Side(), _Side()
    for record in before:
        one.add(record)
        one.calls[record.call_id] = _gist(record)
    comparing = _Comparing(one)
    for record in after:
        other.add(record)
        comparing.meet(record)
    one.rank()
    other.rank()
    agents = [
        AgentShift(
            agent_id,
            other.names.get(agent_id) or one.names.get(agent_id, ""),
            one.agents.get(agent_id, AgentSide()),
            other.agents.get(agent_id, AgentSide()),
        )
        for agent_id in sorted(one.agents.keys() | other.agents.keys())
    ]
    agents.sort(key=lambda shift: -abs((shift.after.score or 0.0) - (shift.before.score or 0.0)))
    return Difference(
        first=first,
        second=second,
        shared=comparing.shared,
        only_first=len(one.calls) - comparing.shared,
        only_second=comparing.only_second,
        new=comparing.new.total(),
        gone=comparing.gone.total(),
        flips=len(comparing.flips),
        findings=tuple(_fetched(nsmallest(most, comparing.flips, key=_weight), before, after)),
        calls=tuple(sorted(comparing.calls, key=lambda flip: (-abs(flip.change), flip.call_id))),
        agents=tuple(agents),
        rules=tuple(_rules(one, other, comparing)),
        clauses=tuple(_clauses(one, other)),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What comparing needs of a finding."""

    rule_id: str
    state: State
    severity: Severity


@dataclass(frozen=True, slots=True)
class _Flip:
    """A finding that flips, before it is fetched."""

    call_id: str
    finding_id: str
    was: _Found | None
    now: _Found | None


def _weight(flip: _Flip) -> tuple[bool, int, str, str, str]:
    sides = [found for found in (flip.was, flip.now) if found is not None]
    counts = any(found.state is State.COUNTED for found in sides)
    severity = max(found.severity for found in sides)
    return (not counts, -int(severity), sides[0].rule_id, flip.call_id, flip.finding_id)


def _fetched(
    flips: Sequence[_Flip], before: Iterable[CallRecord], after: Iterable[CallRecord]
) -> Iterator[FindingFlip]:
    old = _fetch(before, {(f.call_id, f.finding_id) for f in flips if f.now is None})
    new = _fetch(after, {(f.call_id, f.finding_id) for f in flips if f.now is not None})
    for flip in flips:
        place = (flip.call_id, flip.finding_id)
        yield FindingFlip(
            finding=old[place] if flip.now is None else new[place],
            before=State.ABSENT if flip.was is None else flip.was.state,
            after=State.ABSENT if flip.now is None else flip.now.state,
            severity=None if flip.was is None else flip.was.severity.label,
            new_severity=None if flip.now is None else flip.now.severity.label,
        )


def _fetch(
    records: Iterable[CallRecord], wanted: set[tuple[str, str]]
) -> dict[tuple[str, str], Finding]:
    if not wanted:
        return {}
    calls = {call_id for call_id, _ in wanted}
    return {
        (record.call_id, finding.finding_id): finding
        for record in records
        if record.audit is not None and record.call_id in calls
        for finding in record.audit.findings
        if (record.call_id, finding.finding_id) in wanted
    }


@dataclass(frozen=True, slots=True)
class _Gist:
    """What comparing needs of a call."""

    agent_id: str
    outcome: str
    score: float | None
    fatal: bool
    findings: Mapping[str, _Found]


@dataclass(slots=True)
class _Side:
    """One run: sums by agent, rule and clause, and what is needed of each call."""

    calls: dict[str, _Gist] = field(default_factory=dict)
    agents: dict[str, AgentSide] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Counter[State]] = field(default_factory=dict)
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    clauses: Counter[ClauseRef] = field(default_factory=Counter)

    def add(self, record: CallRecord) -> None:
        if record.call is None or record.outcome is not CallOutcome.AUDITED:
            return
        agent = self.agents.setdefault(record.call.agent_id, AgentSide())
        if record.call.agent_name:
            self.names.setdefault(record.call.agent_id, record.call.agent_name)
        agent.calls += 1
        if record.score is not None:
            agent.mean.add(record.score.score)
            agent.fatal_calls += record.score.fatal
        for finding in () if record.audit is None else record.audit.findings:
            state = state_of(finding)
            agent.findings += state is State.COUNTED
            agent.review += state is State.REVIEW
            self.rules.setdefault(finding.rule_id, Counter())[state] += 1
            self.titles[finding.rule_id] = (finding.title, finding.title_en)
            if state is State.COUNTED:
                self.clauses.update(set(finding.clauses))

    def rank(self) -> None:
        """Give agents their places; equal means share one."""
        ranked = sorted(
            (agent for agent in self.agents.values() if agent.score is not None),
            key=lambda agent: -(agent.score or 0.0),
        )
        for number, agent in enumerate(ranked, start=1):
            tied = number > 1 and ranked[number - 2].score == agent.score
            agent.place = ranked[number - 2].place if tied else number


@dataclass(slots=True)
class _Comparing:
    """Holds the records of the second run against those of the first as they come."""

    first: _Side
    shared: int = 0
    only_second: int = 0
    flips: list[_Flip] = field(default_factory=list)
    calls: list[CallFlip] = field(default_factory=list)
    new: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)

    def meet(self, record: CallRecord) -> None:
        now = _gist(record)
        was = self.first.calls.get(record.call_id)
        if was is None:
            self.only_second += 1
            return
        self.shared += 1
        self._flips(record.call_id, was.findings, now.findings)
        if (was.outcome, was.score, was.fatal) != (now.outcome, now.score, now.fatal):
            self.calls.append(
                CallFlip(
                    call_id=record.call_id,
                    agent_id=now.agent_id or was.agent_id,
                    outcome=was.outcome,
                    new_outcome=now.outcome,
                    score=was.score,
                    new_score=now.score,
                    fatal=was.fatal,
                    new_fatal=now.fatal,
                )
            )

    def _flips(
        self, call_id: str, before: Mapping[str, _Found], after: Mapping[str, _Found]
    ) -> None:
        for finding_id in before.keys() | after.keys():
            was, now = before.get(finding_id), after.get(finding_id)
            if was == now:
                continue
            self.flips.append(_Flip(call_id, finding_id, was, now))
            counted = [found is not None and found.state is State.COUNTED for found in (was, now)]
            rule_id = now.rule_id if now is not None else was.rule_id  # type: ignore[union-attr]
            if counted == [False, True]:
                self.new[rule_id] += 1
            elif counted == [True, False]:
                self.gone[rule_id] += 1


def _gist(record: CallRecord) -> _Gist:
    score = record.score
    return _Gist(
        agent_id="" if record.call is None else record.call.agent_id,
        outcome=record.outcome.value,
        score=None if score is None else score.score,
        fatal=score is not None and score.fatal,
        findings={
            finding.finding_id: _Found(finding.rule_id, state_of(finding), finding.severity)
            for finding in (() if record.audit is None else record.audit.findings)
        },
    )


def _rules(one: _Side, other: _Side, comparing: _Comparing) -> Iterator[RuleShift]:
    for rule_id in sorted(one.rules.keys() | other.rules.keys()):
        before, after = one.rules.get(rule_id, Counter()), other.rules.get(rule_id, Counter())
        new, gone = comparing.new[rule_id], comparing.gone[rule_id]
        if before == after and not new and not gone:
            continue
        title, title_en = other.titles.get(rule_id) or one.titles[rule_id]
        yield RuleShift(rule_id, title, title_en, before, after, new=new, gone=gone)


def _clauses(one: _Side, other: _Side) -> Iterator[ClauseShift]:
    every = sorted(
        one.clauses.keys() | other.clauses.keys(), key=lambda ref: (ref.document, ref.section)
    )
    for ref in every:
        if one.clauses[ref] != other.clauses[ref]:
            yield ClauseShift(ref, one.clauses[ref], other.clauses[ref])
