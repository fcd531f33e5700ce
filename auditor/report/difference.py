"""What flips from one run to another: findings, calls, agents, rules and clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.domain.findings import (
    ClauseRef,
    Finding,
    Outcome,
    Status,
)
from auditor.domain.runs import RunInfo
from auditor.scoring.stats import Mean

MOST_FLIPS = 50_000
"""Flips of findings that are listed; all are counted."""


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
        new: Findings that count in the second run and did not in the first.
        gone: Findings that counted in the first run and do not in the second.
        flips: How many findings mean something else.
        findings: Those that count or counted first, severe ones first; at most ``MOST_FLIPS``.
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
    new: int
    gone: int
    flips: int
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
