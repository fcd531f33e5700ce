"""Bring every row of a run to its one outcome in the store."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import OutputError, printable
from auditor.failpoints import Point, reach
from auditor.pipeline.canary import Canary, CanaryEnd, ends_of, mixed
from auditor.pipeline.doing import Do, do_jobs
from auditor.pipeline.jobs import Job, Plan, Recipe
from auditor.pipeline.keys import Keys
from auditor.store.archive import Archive
from auditor.store.atomic import write_bytes
from auditor.store.names import file_name
from auditor.store.store import Earlier, Store
from auditor.store.tally import glances, shared_ids

MOST_NAMED = 5
"""Files of one call id that its message names."""

Watch = Callable[[CallRecord], None]
"""Told of every record as it is settled, for progress; of those done earlier, only the outcome."""


def settle_all(
    store: Store,
    run_id: str,
    plan: Plan,
    recipe: Recipe,
    keys: Keys,
    watch: Watch,
    canaries: Sequence[Canary] = (),
    *,
    do: Do = do_jobs,
) -> tuple[CanaryEnd, ...]:
    """Settle every row: those of an interrupted run stay, equal jobs are taken over, the rest done.

    Returns:
        What became of the canaries, which are done anew each time and kept nowhere.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
        OutputError: The output folder or the database cannot be written.
    """
    there = _Texts(recipe)
    sung: dict[int, CallRecord] = {}
    present = store.settled(run_id)
    earlier = (
        Earlier(job.index, keys.jobs[job.index], job.row)
        for job in plan.jobs
        if job.index not in present
    )
    present |= store.take_over(run_id, earlier, there.restore)
    for record in glances(store.engine, run_id):
        watch(record)
    try:
        for place, record in plan.settled:
            if place not in present:
                store.settle(run_id, place, record)
                watch(record)
        jobs = [job for job in plan.jobs if job.index not in present]
        # Whatever ends the run ends its workers, too, and at once.
        with closing(do(list(mixed(jobs, canaries)), recipe)) as done:
            for place, record in done:
                if place < 0:
                    sung[place] = record
                    continue
                store.settle(run_id, place, record, keys.jobs[place])
                reach(Point.AFTER_SETTLING)
                watch(record)
    except BaseException:
        # What is done is done, whatever ended the run; unless it was the database itself.
        with suppress(OutputError):
            store.flush()
        raise
    store.flush()
    return ends_of(canaries, sung)


def fail_shared_ids(store: Store, run_id: str, plan: Plan) -> None:
    """Fail what would give one call two transcripts: equal ids from different files.

    Raises:
        OutputError: The database cannot be written.
    """
    places = shared_ids(store.engine, run_id)
    records = store.records(run_id, own=True).at(*places)
    for place, record in _conflicts(records, plan):
        store.revise(run_id, place, record)
    store.flush()


def settle_in_memory(plan: Plan, recipe: Recipe, watch: Watch) -> tuple[CallRecord, ...]:
    """Bring every row of a plan to its outcome without a store, in input order.

    Raises:
        RecogniserError: The model is missing or cannot be loaded.
        OutputError: The output folder cannot be written.
    """
    settled = dict(plan.settled)
    for record in settled.values():
        watch(record)
    for index, record in do_jobs(plan.jobs, recipe):
        settled[index] = record
        watch(record)
    if len(settled) != plan.rows:
        raise RuntimeError(f"{plan.rows} rows, but {len(settled)} outcomes")
    settled.update(_conflicts(settled, plan))
    return tuple(settled[index] for index in sorted(settled))


def was_heard(record: CallRecord) -> bool:
    """Tell whether somebody listened; a silent recording was listened to."""
    return record.outcome is CallOutcome.AUDITED or record.reason == "no_speech"


def _conflicts(records: Mapping[int, CallRecord], plan: Plan) -> Iterator[tuple[int, CallRecord]]:
    """Yield the failures of calls that were heard under one id, each naming all their files."""
    places = defaultdict(list)
    for place, record in sorted(records.items()):
        if was_heard(record):
            places[record.call_id].append(place)
    shared = [own for own in places.values() if len(own) > 1]
    wanted = {place for own in shared for place in own}
    files = {job.index: _file(job) for job in plan.jobs if job.index in wanted}
    for own in shared:
        named = [files.get(place, records[place].call_id) for place in own]
        for number, place in enumerate(own):
            # Its own file first: that is where whoever reads it looks.
            others = [*named[:number], *named[number + 1 :]]
            yield place, _conflict(records[place], (named[number], *others))


def _file(job: Job) -> str:
    shown = printable(job.shown)
    return shown if job.row is None else f"{shown} (row {job.row})"


def _conflict(record: CallRecord, files: Sequence[str]) -> CallRecord:
    named = ", ".join(files[:MOST_NAMED])
    if len(files) > MOST_NAMED:
        named += f" and {len(files) - MOST_NAMED} more"
    return replace(
        record,
        outcome=CallOutcome.FAILED,
        reason="conflicting_duplicate",
        message=f"{named}: these files carry one call id, {printable(record.call_id)}; "
        "give each call its own",
        audit=None,
        score=None,
    )


@dataclass(frozen=True, slots=True)
class _Texts:
    """The transcripts of the output folder, from the archive where they are not there."""

    recipe: Recipe

    def restore(self, call_id: str, digest: str | None) -> bool:
        """Make sure of a call's transcript; tell whether it is there now."""
        if digest is None:
            return True
        if "\ufffd" in call_id:
            # The id may hold what no database takes, and then this is not its file.
            return False
        path = self.recipe.out / "transcripts" / file_name(call_id, ".json")
        if _digest(path) == digest:
            return True
        archive = self.recipe.archive
        data = None if archive is None else Archive(archive).load(digest)
        if data is None:
            return False
        write_bytes(path, data)
        return True


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
