"""What is told when a run ends: few values, which a note can keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from auditor.domain.findings import Severity
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.errors import ExitCode
from auditor.ingest.manifest import NO_RECORDING

MOST_TOLD = 500
"""Calls whose failure is told one by one."""


@dataclass(frozen=True, slots=True)
class AgentLine:
    """What is told of one agent when a run ends."""

    agent_id: str
    calls: int
    score: float | None
    fatal_calls: int
    violations: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told when a run ends, and what its exit status says.

    Args:
        info: Of the run.
        status: Without regard to findings.
        worst: Severity of the worst counted finding.
        failures: A line for each call that was skipped or failed, up to ``MOST_TOLD``.
        more: How many more there are.
        agents: One for every agent.
    """

    info: RunInfo
    status: ExitCode
    worst: Severity | None
    failures: tuple[str, ...]
    more: int
    agents: tuple[AgentLine, ...]

    def exit_code(self, fail_on: Severity | None) -> ExitCode:
        """The exit status: anything else weighs more than findings."""
        if self.status is not ExitCode.DONE or fail_on is None or self.worst is None:
            return self.status
        return ExitCode.FINDINGS if self.worst >= fail_on else self.status


def tell(
    info: RunInfo,
    status: ExitCode,
    worst: Severity | None,
    unheard: Iterable[CallRecord],
    cards: Iterable[Scorecard],
) -> Told:
    """Return what is told of a run.

    Args:
        info: Of the run.
        status: Its exit status without regard to findings.
        worst: Severity of the worst counted finding.
        unheard: Calls that were skipped or failed.
        cards: One for every agent.
    """
    lines, more = failures_of(unheard)
    return Told(
        info=info,
        status=status,
        worst=worst,
        failures=lines,
        more=more,
        agents=tuple(
            AgentLine(
                card.agent_id,
                card.calls,
                card.score,
                card.fatal_calls,
                tuple((name.value, rate.part) for name, rate in card.categories.items()),
            )
            for card in cards
        ),
    )


def failures_of(unheard: Iterable[CallRecord]) -> tuple[tuple[str, ...], int]:
    """Return a line for each call that was not audited, and how many more there are."""
    # Attempts that nobody answered are many, and nothing is wrong with them.
    rest = (record for record in unheard if record.reason != NO_RECORDING)
    lines = tuple(f"{r.outcome.value}: {r.message}" for r in islice(rest, MOST_TOLD))
    return lines, sum(1 for _ in rest)
