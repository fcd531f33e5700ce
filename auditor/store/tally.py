"""What a run came to, counted by the database instead of by reading every record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from auditor.domain.findings import CallOutcome, Outcome, Severity, Status
from auditor.domain.runs import CallRecord
from auditor.store import tables
from auditor.store.database import reading

_o, _r, _f, _l = tables.outcomes, tables.results, tables.findings, tables.result_findings
_FINAL = _o.join(_r, _r.c.key == _o.c.final)
_PAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of a run.

    Args:
        outcomes: Rows by how they ended.
        reasons: Rows by why they were skipped or failed, by name.
        findings: Counted findings.
        undetermined: Findings left to a person.
        fatal_calls: Calls that a finding fails.
        demo: The demo recogniser wrote a transcript.
        worst: Severity of the worst counted finding; ``None`` where none counts.
    """

    outcomes: Mapping[CallOutcome, int]
    reasons: Mapping[str, int]
    findings: int
    undetermined: int
    fatal_calls: int
    demo: bool
    worst: Severity | None

    @property
    def rows(self) -> int:
        """How many rows have their outcome."""
        return sum(self.outcomes.values())

    @property
    def heard(self) -> int:
        """Calls that were listened to; a silent one was."""
        return self.outcomes[CallOutcome.AUDITED] + self.reasons.get("no_speech", 0)


def tally(engine: Engine, run_id: str) -> Tally:
    """Count a run's outcomes.

    Raises:
        OutputError: The database cannot be read.
    """
    mine = _o.c.run_id == run_id
    one = func.count()
    with reading(engine) as connection:
        ended = select(_r.c.outcome, _r.c.reason, one).select_from(_FINAL).where(mine)
        outcomes = dict.fromkeys(CallOutcome, 0)
        reasons: dict[str, int] = {}
        for outcome, reason, number in connection.execute(
            ended.group_by(_r.c.outcome, _r.c.reason)
        ):
            outcomes[CallOutcome(outcome)] += number
            if reason is not None:
                reasons[reason] = reasons.get(reason, 0) + number
        sums = select(func.sum(_r.c.counted), func.sum(_r.c.undetermined)).select_from(_FINAL)
        findings, undetermined = connection.execute(sums.where(mine)).one()
        number = select(one).select_from(_FINAL)
        fatal = connection.execute(number.where(mine, _r.c.fatal.is_(True))).scalar_one()
        demo = connection.execute(number.where(mine, _r.c.synthetic.is_(True))).scalar_one()
        counted = (
            select(_f.c.severity)
            .distinct()
            .select_from(_o.join(_l, _l.c.result == _o.c.final).join(_f, _f.c.key == _l.c.finding))
            .where(mine, _f.c.status == Status.STABLE.value, _f.c.outcome == Outcome.FAIL.value)
        )
        found = [Severity[label.upper()] for label in connection.execute(counted).scalars()]
    return Tally(
        outcomes=outcomes,
        reasons=dict(sorted(reasons.items())),
        findings=int(findings or 0),
        undetermined=int(undetermined or 0),
        fatal_calls=fatal,
        demo=demo > 0,
        worst=max(found, default=None),
    )


def glances(engine: Engine, run_id: str) -> Iterator[CallRecord]:
    """Go through a run's outcomes without calls, audits and scores: for progress.

    Raises:
        OutputError: The database cannot be read.
    """
    last = -1
    while True:
        with reading(engine) as connection:
            query = (
                select(_o.c.place, _r.c.call_id, _r.c.outcome, _r.c.reason, _r.c.duration)
                .select_from(_FINAL)
                .where(_o.c.run_id == run_id, _o.c.place > last)
                .order_by(_o.c.place)
                .limit(_PAGE)
            )
            page = connection.execute(query).all()
        for row in page:
            yield CallRecord(
                call_id=row.call_id,
                outcome=CallOutcome(row.outcome),
                reason=row.reason,
                duration=row.duration,
            )
        if len(page) < _PAGE:
            return
        last = page[-1].place


def shared_ids(engine: Engine, run_id: str) -> tuple[int, ...]:
    """Return the places of calls that were heard under an id that another one has, too.

    Raises:
        OutputError: The database cannot be read.
    """
    own = _o.join(_r, _r.c.key == _o.c.result)
    heard = (_r.c.outcome == CallOutcome.AUDITED.value) | (_r.c.reason == "no_speech")
    mine = (_o.c.run_id == run_id) & heard
    several = (
        select(_r.c.call_id)
        .select_from(own)
        .where(mine)
        .group_by(_r.c.call_id)
        .having(func.count() > 1)
    )
    query = select(_o.c.place).select_from(own).where(mine, _r.c.call_id.in_(several))
    with reading(engine) as connection:
        return tuple(connection.execute(query.order_by(_o.c.place)).scalars())
