"""One pass over a run's records: everything the page needs to know before it shows any call.

What is kept grows with agents, days and the room on the page, not with the calls.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from auditor.domain.findings import CallOutcome, Finding, Outcome
from auditor.domain.runs import CallRecord
from auditor.report.agent_tables import Period
from auditor.report.charts import Timeline
from auditor.scoring.shadow import Shadows

Key = tuple[bool, bool, int, float, int, int]
"""How much a finding wants to be seen, least first; the last two are call and number."""


@dataclass(slots=True)
class AgentSums:
    """What one agent's calls came to.

    Args:
        judged: Findings that are not for review.
        clean: Ids of calls without one, at most as many as wanted.
        clean_total: How many there are.
    """

    judged: int = 0
    clean: list[str] = field(default_factory=list)
    clean_total: int = 0


@dataclass(slots=True)
class Survey:
    """What a run came to as far as the page goes.

    Args:
        most: Findings that the page has room for.
        most_unheard: Calls not audited that it has room for.
        most_clean: Ids of clean calls kept for an agent.
    """

    most: int
    most_unheard: int
    most_clean: int
    seconds: float = 0.0
    fatal_calls: int = 0
    total: int = 0
    unheard: list[CallRecord] = field(default_factory=list)
    unheard_total: int = 0
    agents: dict[str, AgentSums] = field(default_factory=dict)
    period: Period = field(default_factory=Period)
    timeline: Timeline = field(default_factory=Timeline)
    shadows: Shadows = field(default_factory=Shadows)

    def chosen(self, records: Iterable[CallRecord]) -> Mapping[int, list[int]]:
        """Go through the records; return the findings to be shown, by place of their call.

        Counted ones come before those for review and those on trial, severe ones first, and
        among equals those of the worst calls.
        """
        keys = heapq.nsmallest(self.most, self._keys(records))
        places: dict[int, list[int]] = defaultdict(list)
        for *_, place, number in keys:
            places[place].append(number)
        return {place: sorted(places[place]) for place in sorted(places)}

    def _keys(self, records: Iterable[CallRecord]) -> Iterator[Key]:
        for place, record in enumerate(records):
            self.period.add(record)
            self.timeline.add(record)
            self.shadows.add(record)
            if record.outcome is CallOutcome.AUDITED:
                self._audited(record)
            else:
                self.unheard_total += 1
                if len(self.unheard) < self.most_unheard:
                    self.unheard.append(record)
            weighted = 0.0 if record.score is None else record.score.weighted
            # What times show of calls that nobody listened to has its own section.
            judged = record.audit is not None and record.score is not None
            findings = record.audit.findings if record.audit is not None and judged else ()
            for number, finding in enumerate(findings):
                yield (*_order(finding), weighted, place, number)

    def _audited(self, record: CallRecord) -> None:
        self.seconds += record.duration or 0.0
        self.fatal_calls += record.score is not None and record.score.fatal
        self.total += 0 if record.audit is None else len(record.audit.findings)
        if record.call is None:
            return
        sums = self.agents.setdefault(record.call.agent_id, AgentSums())
        judged = judged_findings(record)
        sums.judged += judged
        if not judged:
            sums.clean_total += 1
            if len(sums.clean) < self.most_clean:
                sums.clean.append(record.call_id)


def judged_findings(record: CallRecord) -> int:
    """Count a call's findings that are not for review."""
    findings = () if record.audit is None else record.audit.findings
    return sum(finding.outcome is not Outcome.UNDETERMINED for finding in findings)


def _order(finding: Finding) -> tuple[bool, bool, int]:
    undetermined = finding.outcome is Outcome.UNDETERMINED
    return (not finding.counts, not undetermined, -int(finding.severity))
