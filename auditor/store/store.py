"""The store: runs, and what came out of every call of them, in SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, select

from auditor.domain.findings import CallOutcome
from auditor.domain.jsonform import run_to_json
from auditor.domain.runs import CallRecord, RunInfo
from auditor.errors import OutputError, UsageError
from auditor.store import tables
from auditor.store.claims import claimed
from auditor.store.coding import fit, plain
from auditor.store.database import database_url, make_engine, reading, shown, writing
from auditor.store.reader import PAGE, Records
from auditor.store.runs import FINISHED, RUNNING, StoredRun, model_row, policy_row, stored_run
from auditor.store.schema import upgrade
from auditor.store.writer import Writer, insert_new

_o, _r, _runs = tables.outcomes, tables.results, tables.runs


@dataclass(frozen=True, slots=True)
class Earlier:
    """A row of a new run that an earlier one may have done already.

    Args:
        place: Of the row in the new run.
        job: Digest of everything its outcome depends on.
        row: Manifest row.
    """

    place: int
    job: str
    row: int | None = None


@dataclass(slots=True)
class Store:
    """An open database with the newest schema; one for each process.

    Args:
        engine: The database.
    """

    engine: Engine
    writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        self.writer = Writer(self.engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; what was not flushed is not written."""
        self.engine.dispose()

    @property
    def name(self) -> str:
        """What to call the database in messages."""
        return shown(self.engine.url)

    def begin_run(
        self,
        info: RunInfo,
        *,
        fingerprint: str,
        rows: int,
        kind: str = "run",
        judged_again: str | None = None,
    ) -> StoredRun:
        """Begin a run, or go on with an unfinished one of the same fingerprint.

        Args:
            info: Of the new run; counts may be empty.
            fingerprint: Digest of inputs, policy, model and settings together.
            rows: How many outcomes it will have.
            kind: ``run`` or ``reaudit``.
            judged_again: The run whose transcripts are judged again.

        Raises:
            OutputError: The database cannot be written.
        """
        with writing(self.engine) as connection:
            query = (
                select(_runs)
                .where(_runs.c.fingerprint == fingerprint, _runs.c.state == RUNNING)
                .order_by(_runs.c.started_at.desc())
                .limit(1)
            )
            earlier = connection.execute(query).first()
            if earlier is not None:
                return stored_run(earlier)
            policy, model = policy_row(info.policy), model_row(info.recogniser)
            insert_new(connection, tables.policies, [policy])
            insert_new(connection, tables.models, [] if model is None else [model])
            connection.execute(
                _runs.insert().values(
                    run_id=info.run_id,
                    kind=kind,
                    state=RUNNING,
                    fingerprint=fingerprint,
                    judged_again=judged_again,
                    started_at=info.started_at,
                    rows=rows,
                    input=fit(info.input_path),
                    policy=policy["key"],
                    model=None if model is None else model["key"],
                    demo=info.demo,
                    body=plain(run_to_json(info), ordered=True),
                )
            )
        return StoredRun(info, kind, finished=False, rows=rows, judged_again=judged_again)

    def settle(self, run_id: str, place: int, record: CallRecord, job: str | None = None) -> None:
        """Keep the outcome of one row; the first one of a row counts.

        Written in batches: what ``flush`` has not written yet, a crash takes away.

        Args:
            run_id: Of a run that was begun.
            place: Of the row in the input.
            record: The outcome.
            job: Digest of everything it depends on, for later runs; ``None`` for rows that
                cannot be taken over.

        Raises:
            OutputError: The database cannot be written.
        """
        self.writer.settle(run_id, place, record, job)

    def revise(self, run_id: str, place: int, record: CallRecord) -> None:
        """Keep what an outcome came to in the light of the other calls of the run.

        What the call came to by itself stays in ``records(run_id, own=True)``.

        Raises:
            OutputError: The database cannot be written.
        """
        self.writer.revise(run_id, place, record)

    def unrevise(self, run_id: str) -> None:
        """Let every outcome be again what the call came to by itself.

        Raises:
            OutputError: The database cannot be written.
        """
        self.flush()
        with writing(self.engine) as connection:
            connection.execute(
                _o.update()
                .where(_o.c.run_id == run_id, _o.c.final != _o.c.result)
                .values(final=_o.c.result)
            )

    def flush(self) -> None:
        """Write everything that was settled so far; durable when it returns.

        Raises:
            OutputError: The database cannot be written.
        """
        self.writer.flush()

    def settled(self, run_id: str) -> set[int]:
        """Return the places of a run that have their outcome.

        Raises:
            OutputError: The database cannot be read.
        """
        self.flush()
        with reading(self.engine) as connection:
            query = select(_o.c.place).where(_o.c.run_id == run_id)
            return set(connection.execute(query).scalars())

    def take_over(
        self,
        run_id: str,
        rows: Iterable[Earlier],
        usable: Callable[[str, str | None], bool] = lambda _call_id, _transcript: True,
    ) -> set[int]:
        """Give rows the outcome that an earlier run came to for the very same job.

        Failures are not taken over: they may have gone away.

        Args:
            run_id: The new run.
            rows: What may have been done.
            usable: Asked about each call id and transcript digest found; what it refuses is not
                taken over.

        Returns:
            The places that have their outcome now.

        Raises:
            OutputError: The database cannot be read or written.
        """
        taken: set[int] = set()
        waiting = iter(rows)
        while chunk := list(islice(waiting, PAGE)):
            with writing(self.engine) as connection:
                query = (
                    select(_o.c.job, _o.c.result, _o.c.seconds, _r.c.call_id, _r.c.transcript)
                    .join_from(_o, _r, _r.c.key == _o.c.result)
                    .join(_runs, _runs.c.run_id == _o.c.run_id)
                    .where(_o.c.job.in_([row.job for row in chunk]), _o.c.run_id != run_id)
                    .where(_r.c.outcome != CallOutcome.FAILED.value)
                    .order_by(_runs.c.started_at)
                )
                known = {row.job: row for row in connection.execute(query)}
                mine = [
                    row
                    for row in chunk
                    if (found := known.get(row.job)) is not None
                    and usable(found.call_id, found.transcript)
                ]
                insert_new(
                    connection,
                    _o,
                    (
                        {
                            "run_id": run_id,
                            "place": row.place,
                            "result": known[row.job].result,
                            "final": known[row.job].result,
                            "job": row.job,
                            "row": row.row,
                            "seconds": known[row.job].seconds,
                        }
                        for row in mine
                    ),
                )
            taken |= {row.place for row in mine}
        return taken

    def finish_run(self, info: RunInfo) -> None:
        """Note that every row of a run has its outcome, and how the run came out.

        Raises:
            OutputError: Rows are missing, or the database cannot be written.
        """
        self.flush()
        stored = self.run(info.run_id)
        present = len(self.records(info.run_id))
        if present != stored.rows:
            raise OutputError(f"run {info.run_id}: {stored.rows} rows, but {present} outcomes")
        with writing(self.engine) as connection:
            connection.execute(
                _runs.update()
                .where(_runs.c.run_id == info.run_id)
                .values(
                    state=FINISHED,
                    finished_at=info.finished_at,
                    demo=info.demo,
                    body=plain(run_to_json(info), ordered=True),
                )
            )

    def records(
        self, run_id: str, *, own: bool = False, besides: CallOutcome | None = None
    ) -> Records:
        """Return a run's records in input order, read a page at a time.

        Args:
            run_id: Of a run of the store.
            own: As each call came out by itself, before the other calls were looked at.
            besides: Leave out records of this outcome.
        """
        self.flush()
        return Records(self.engine, run_id, own, besides)

    def runs(self) -> tuple[StoredRun, ...]:
        """Return all runs, the newest first.

        Raises:
            OutputError: The database cannot be read.
        """
        with reading(self.engine) as connection:
            query = select(_runs).order_by(_runs.c.started_at.desc(), _runs.c.run_id.desc())
            return tuple(map(stored_run, connection.execute(query)))

    def run(self, run_id: str | None = None) -> StoredRun:
        """Return a run by its id, or by a beginning or end of it that no other run has.

        Args:
            run_id: ``None`` for the newest finished run.

        Raises:
            UsageError: There is no such run, or several.
            OutputError: The database cannot be read.
        """
        runs = self.runs()
        if run_id is None:
            fitting = [run for run in runs if run.finished][:1]
        else:
            fitting = [run for run in runs if run.run_id == run_id] or [
                run for run in runs if run.run_id.startswith(run_id) or run.run_id.endswith(run_id)
            ]
        if len(fitting) == 1:
            return fitting[0]
        wanted = "finished run" if run_id is None else f"run {run_id}"
        known = ", ".join(run.run_id for run in runs[:10]) or "none"
        said = "several runs fit" if fitting else "there is no"
        raise UsageError(f"{said} {wanted} in {self.name}; runs: {known}")

    def finished_run(self, run_id: str | None = None) -> StoredRun:
        """Return a run as ``run`` does, but only one that has all its outcomes.

        Raises:
            UsageError: There is no such run, several, or it was interrupted.
            OutputError: The database cannot be read.
        """
        found = self.run(run_id)
        if not found.finished:
            raise UsageError(
                f"run {found.run_id} was interrupted; the command that began it finishes it"
            )
        return found

    @contextmanager
    def claimed(self, fingerprint: str) -> Iterator[None]:
        """Keep other hosts from doing the same run until the block ends, however it ends.

        Raises:
            OutputError: Somebody is at it; who is said.
        """
        with claimed(self.engine, fingerprint):
            yield


def open_store(given: str | Path) -> Store:
    """Open a database, making or upgrading its tables.

    Args:
        given: File for SQLite, or ``postgresql://user@host/name``.

    Raises:
        UsageError: It is no address of a supported database, or the driver is missing.
        OutputError: It cannot be reached, or a newer version wrote it.
    """
    url = database_url(given)
    if url.get_backend_name() == "sqlite" and url.database is not None:
        parent = Path(url.database).parent
        if not parent.is_dir():
            raise OutputError(f"there is no folder {parent} for the database")
    engine = make_engine(url)
    try:
        upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)
