"""Write outcomes in batches: each batch is one transaction, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from auditor.domain.runs import CallRecord
from auditor.store import tables
from auditor.store.coding import Encoder, Row, plain
from auditor.store.database import writing

BATCH = 500
"""Outcomes of one transaction at most."""

PATIENCE_S = 0.5
"""A batch is written when the last one is this old, however small it is."""


@dataclass(slots=True)
class _Batch:
    rows: dict[Table, dict[Any, Row]] = field(default_factory=dict)
    finals: list[Row] = field(default_factory=list)
    size: int = 0

    def add(self, table: Table, *rows: Row) -> None:
        kept = self.rows.setdefault(table, {})
        keys = [column.name for column in table.primary_key]
        for row in rows:
            kept.setdefault(tuple(row[key] for key in keys), row)


# Parents before children, as the foreign keys want it.
_ORDER = (
    *(tables.calls, tables.rulebooks, tables.results, tables.findings),
    *(tables.result_findings, tables.disclosures, tables.outcomes),
)


@dataclass(slots=True)
class Writer:
    """Takes records one by one and writes them in batches.

    Nothing here is durable until ``flush`` returns; what a crash takes away is done again.

    Args:
        engine: Where to write.
    """

    engine: Engine
    encoder: Encoder = field(default_factory=Encoder)
    batch: _Batch = field(default_factory=_Batch)
    written_at: float = 0.0
    clock: Callable[[], float] = monotonic

    def settle(self, run_id: str, place: int, record: CallRecord, job: str | None) -> None:
        """Take the outcome of one row; the first one of a row counts."""
        key = self._content(record)
        self.batch.add(
            tables.outcomes,
            {
                "run_id": run_id,
                "place": place,
                "result": key,
                "final": key,
                "job": job,
                "row": record.row,
                "seconds": plain(dict(record.seconds)),
            },
        )
        self._grown()

    def revise(self, run_id: str, place: int, record: CallRecord) -> None:
        """Take what a row's outcome came to in the light of the other calls."""
        final = self._content(record)
        self.batch.finals.append({"of_run": run_id, "at_place": place, "final": final})
        self._grown()

    def flush(self) -> None:
        """Write what is waiting.

        Raises:
            OutputError: The database cannot be written; nothing of the batch was.
        """
        if not self.batch.size:
            return
        with writing(self.engine) as connection:
            for table in _ORDER:
                insert_new(connection, table, self.batch.rows.get(table, {}).values())
            if self.batch.finals:
                outcomes = tables.outcomes
                connection.execute(
                    outcomes.update()
                    .where(outcomes.c.run_id == bindparam("of_run"))
                    .where(outcomes.c.place == bindparam("at_place")),
                    self.batch.finals,
                )
        self.batch = _Batch()
        self.written_at = self.clock()

    def _content(self, record: CallRecord) -> str:
        rows = self.encoder.rows(record)
        if rows.call is not None:
            self.batch.add(tables.calls, rows.call)
        if rows.rulebook is not None:
            self.batch.add(tables.rulebooks, rows.rulebook)
        self.batch.add(tables.results, rows.result)
        self.batch.add(tables.findings, *rows.findings)
        self.batch.add(tables.result_findings, *rows.links)
        self.batch.add(tables.disclosures, *rows.disclosures)
        return str(rows.result["key"])

    def _grown(self) -> None:
        self.batch.size += 1
        late = self.clock() - self.written_at >= PATIENCE_S
        if self.batch.size >= BATCH or late:
            self.flush()


def insert_new(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows that are not there yet, told by their primary key."""
    given = list(rows)
    if not given:
        return
    postgres = connection.dialect.name == "postgresql"
    insert = (postgresql if postgres else sqlite).insert(table)
    connection.execute(insert.on_conflict_do_nothing(), given)
