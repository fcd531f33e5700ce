"""What flips from one run to another: findings, calls, agents, rules and clauses.

The runs are gone through one after the other. What is held is small for each call and large only
for findings, so that two nights of 200,000 calls fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.domain.findings import CallOutcome, ClauseRef, Finding, Outcome, Status
from auditor.domain.runs import CallRecord, RunInfo
from auditor.scoring.stats import Mean


class State(StrEnum):
    """What a finding means in a run."""

    ABSENT = "absent"
    TRIAL = "trial"
    REVIEW = "review"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class FindingFlip:
    """A finding that means something else in the second run.

    Args:
        finding: As the later run has it, else as the earlier one had it.
        before: In the first run.
        after: In the second.
        severity: Name of its severity in the first run; ``None`` where it was absent.
        new_severity: In the second.
    """

    finding: Finding
    before: State
    after: State
    severity: str | None
    new_severity: str | None


@dataclass(frozen=True, slots=True)
class CallFlip:
    """A call that ended otherwise, became or stopped being fatal, or has another score."""

    call_id: str
    agent_id: str
    outcome: str
    new_outcome: str
    score: float | None
    new_score: float | None
    fatal: bool
    new_fatal: bool

    @property
    def change(self) -> float:
        """Points won or lost; 0 where one of the scores is undefined."""
        return 0.0 if self.score is None or self.new_score is None else self.new_score - self.score


@dataclass(slots=True)
class AgentSide:
    """One agent in one run.

    Args:
        place: By mean score among the agents of the run, 1 is best; ``None`` without a score.
    """

    calls: int = 0
    fatal_calls: int = 0
    findings: int = 0
    review: int = 0
    mean: Mean = field(default_factory=Mean)
    place: int | None = None

    @property
    def score(self) -> float | None:
        """Mean score of the calls."""
        return self.mean.value


@dataclass(frozen=True, slots=True)
class AgentShift:
    """One agent in both runs."""

    agent_id: str
    name: str
    before: AgentSide
    after: AgentSide


@dataclass(frozen=True, slots=True)
class RuleShift:
    """Findings of a rule by what they mean, in both runs, and how many came and went.

    Args:
        new: Findings that count now and did not.
        gone: Findings that counted and do not now.
    """

    rule_id: str
    title: str
    title_en: str
    before: Mapping[State, int]
    after: Mapping[State, int]
    new: int
    gone: int


@dataclass(frozen=True, slots=True)
class ClauseShift:
    """Counted findings that cite a clause, in both runs."""

    clause: ClauseRef
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that flips from one run to another.

    Args:
        first: The run before.
        second: The run after.
        shared: Calls of both.
        only_first: Calls that only the first has.
        only_second: Calls that only the second has.
        findings: Flips, those that count or counted first, severe ones first.
        calls: Flips, the largest change of score first.
        agents: Agents of either run, the largest change of score first.
        rules: Rules whose findings differ.
        clauses: Clauses whose counted findings differ in number.
    """

    first: RunInfo
    second: RunInfo
    shared: int
    only_first: int
    only_second: int
    findings: tuple[FindingFlip, ...]
    calls: tuple[CallFlip, ...]
    agents: tuple[AgentShift, ...]
    rules: tuple[RuleShift, ...]
    clauses: tuple[ClauseShift, ...]


def state_of(finding: Finding) -> State:
    """Return what a finding means."""
    if finding.outcome is Outcome.UNDETERMINED:
        return State.REVIEW
    return State.COUNTED if finding.status is Status.STABLE else State.TRIAL


def compare(
    first: RunInfo,
    before: Iterable[CallRecord],
    second: RunInfo,
    after: Iterable[CallRecord],
) -> Difference:
    """Compare two runs call by call and finding by finding.

    Calls are the same where their id is, findings where theirs is: call, rule, turn and words.

    Args:
        first: What the first run was made with.
        before: Its records, in any order; read once.
        second: What the second run was made with.
        after: Its records.
    """
    one, other = _Side(), _Side()
    for record in before:
        one.add(record)
    comparing = _Comparing(one)
    for record in after:
        other.add(record, keep=False)
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
        findings=tuple(sorted(comparing.findings, key=_weight)),
        calls=tuple(sorted(comparing.calls, key=lambda flip: (-abs(flip.change), flip.call_id))),
        agents=tuple(agents),
        rules=tuple(_rules(one, other, comparing.findings)),
        clauses=tuple(_clauses(one, other)),
    )


def _weight(flip: FindingFlip) -> tuple[bool, int, str, str]:
    counts = State.COUNTED in (flip.before, flip.after)
    return (not counts, -int(flip.finding.severity), flip.finding.rule_id, flip.finding.call_id)


@dataclass(frozen=True, slots=True)
class _Gist:
    """What comparing needs of a call."""

    agent_id: str
    outcome: str
    score: float | None
    fatal: bool
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Side:
    """One run: sums by agent, rule and clause, and what is needed of each call."""

    calls: dict[str, _Gist] = field(default_factory=dict)
    agents: dict[str, AgentSide] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Counter[State]] = field(default_factory=dict)
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    clauses: Counter[ClauseRef] = field(default_factory=Counter)

    def add(self, record: CallRecord, *, keep: bool = True) -> None:
        if keep:
            self.calls[record.call_id] = _gist(record)
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
    findings: list[FindingFlip] = field(default_factory=list)
    calls: list[CallFlip] = field(default_factory=list)

    def meet(self, record: CallRecord) -> None:
        now = _gist(record)
        was = self.first.calls.get(record.call_id)
        if was is None:
            self.only_second += 1
            return
        self.shared += 1
        self._flips(was.findings, now.findings)
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

    def _flips(self, before: tuple[Finding, ...], after: tuple[Finding, ...]) -> None:
        old = {finding.finding_id: finding for finding in before}
        new = {finding.finding_id: finding for finding in after}
        for finding_id in old.keys() | new.keys():
            was, now = old.get(finding_id), new.get(finding_id)
            flip = FindingFlip(
                finding=now or old[finding_id],
                before=State.ABSENT if was is None else state_of(was),
                after=State.ABSENT if now is None else state_of(now),
                severity=None if was is None else was.severity.label,
                new_severity=None if now is None else now.severity.label,
            )
            if flip.before is not flip.after or flip.severity != flip.new_severity:
                self.findings.append(flip)


def _gist(record: CallRecord) -> _Gist:
    score = record.score
    return _Gist(
        agent_id="" if record.call is None else record.call.agent_id,
        outcome=record.outcome.value,
        score=None if score is None else score.score,
        fatal=score is not None and score.fatal,
        findings=() if record.audit is None else record.audit.findings,
    )


def _rules(one: _Side, other: _Side, flips: Iterable[FindingFlip]) -> Iterator[RuleShift]:
    new: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for flip in flips:
        new[flip.finding.rule_id] += flip.after is State.COUNTED is not flip.before
        gone[flip.finding.rule_id] += flip.before is State.COUNTED is not flip.after
    for rule_id in sorted(one.rules.keys() | other.rules.keys()):
        before, after = one.rules.get(rule_id, Counter()), other.rules.get(rule_id, Counter())
        if before == after and not new[rule_id] and not gone[rule_id]:
            continue
        title, title_en = other.titles.get(rule_id) or one.titles[rule_id]
        yield RuleShift(
            rule_id, title, title_en, before, after, new=new[rule_id], gone=gone[rule_id]
        )


def _clauses(one: _Side, other: _Side) -> Iterator[ClauseShift]:
    every = sorted(
        one.clauses.keys() | other.clauses.keys(), key=lambda ref: (ref.document, ref.section)
    )
    for ref in every:
        if one.clauses[ref] != other.clauses[ref]:
            yield ClauseShift(ref, one.clauses[ref], other.clauses[ref])
