"""Plan to judge stored transcripts again, without any recording or recogniser."""

from __future__ import annotations

from pathlib import Path

from auditor.domain.runs import CallRecord
from auditor.errors import UsageError
from auditor.pipeline.jobs import Job, Plan
from auditor.store.selection import Selection, selected
from auditor.store.store import Store


def plan_again(store: Store, selection: Selection) -> Plan:
    """Make a plan of stored calls; those that were never heard keep their outcome.

    Args:
        store: Where the calls are.
        selection: Which of them.

    Raises:
        UsageError: No call fits.
        OutputError: The database cannot be read.
    """
    jobs: list[Job] = []
    settled: list[tuple[int, CallRecord]] = []
    for index, record in enumerate(selected(store.engine, selection)):
        if record.transcript is None:
            settled.append((index, record))
        else:
            jobs.append(_job(index, record))
    if not jobs:
        raise UsageError(f"no call in {store.name} that was heard fits")
    newest = store.finished_run(selection.run_id)
    return Plan(
        jobs=tuple(jobs),
        settled=tuple(settled),
        source=Path(selection.run_id or "stored calls"),
        root=None,
        again=True,
        judged_again=selection.run_id,
        heard_by=newest.info.recogniser,
    )


def _job(index: int, record: CallRecord) -> Job:
    return Job(
        index=index,
        call_id=record.call_id,
        shown=record.recording or record.call_id,
        row=record.row,
        call=record.call,
        kept=record.transcript,
        heard_in=record.recording,
        synthetic_model=record.synthetic_model,
    )
