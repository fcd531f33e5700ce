"""Read a run's records in input order, a page at a time: memory does not grow with the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, Engine, Join, Select, func, null, select

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import OutputError
from auditor.store import tables
from auditor.store.coding import Decoder
from auditor.store.database import reading

PAGE = 500

_o, _r, _c, _f, _l = (
    tables.outcomes,
    tables.results,
    tables.calls,
    tables.findings,
    tables.result_findings,
)


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a run, to be gone through as often as wanted; ``len`` costs a query.

    Args:
        engine: Where to read.
        run_id: Whose outcomes.
        own: As each call came out by itself, before the other calls were looked at.
        besides: Leave out records of this outcome.
        grounds: Read the grounds of findings, too, which take as long as everything else.
    """

    engine: Engine
    run_id: str
    own: bool = False
    besides: CallOutcome | None = None
    grounds: bool = True
    decoder: Decoder = field(default_factory=Decoder, repr=False, compare=False)

    def __len__(self) -> int:
        with reading(self.engine) as connection:
            query = select(func.count()).select_from(self._joined()).where(*self._mine())
            return int(connection.execute(query).scalar_one())

    def __iter__(self) -> Iterator[CallRecord]:
        return (record for _, record in self.placed())

    def __contains__(self, record: object) -> bool:
        return any(record == own for own in self)

    def lean(self) -> Records:
        """Return the same records with findings that lack their grounds: quicker to read."""
        return replace(self, grounds=False)

    def placed(self) -> Iterator[tuple[int, CallRecord]]:
        """Go through places and records in input order."""
        last = -1
        while True:
            with reading(self.engine) as connection:
                page = self._page(connection, last)
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1][0]

    def at(self, *places: int) -> dict[int, CallRecord]:
        """Return the records of some places, keyed by place; what is not there is left out."""
        found: dict[int, CallRecord] = {}
        wanted = sorted(set(places))
        for start, end in pairwise([*range(0, len(wanted), PAGE), len(wanted)]):
            chosen = wanted[start:end]
            with reading(self.engine) as connection:
                query = self._query().where(_o.c.place.in_(chosen))
                found |= dict(self._decoded(connection, query))
        return found

    def _page(self, connection: Connection, after: int) -> list[tuple[int, CallRecord]]:
        query = self._query().where(_o.c.place > after).limit(PAGE)
        return self._decoded(connection, query)

    def _query(self) -> Select[tuple[object, ...]]:
        return (
            select(
                *(_o.c.place, _o.c.row, _o.c.seconds, _r.c.key),
                *(_r.c.body, _r.c.rulebook, _r.c.answers, _c.c.body.label("call")),
            )
            .select_from(self._joined().outerjoin(_c, _c.c.key == _r.c.call))
            .where(*self._mine())
            .order_by(_o.c.place)
        )

    def _joined(self) -> Join:
        return _o.join(_r, _r.c.key == (_o.c.result if self.own else _o.c.final))

    def _mine(self) -> list[ColumnElement[bool]]:
        mine = [_o.c.run_id == self.run_id]
        if self.besides is not None:
            mine.append(_r.c.outcome != self.besides.value)
        return mine

    def _decoded(
        self, connection: Connection, query: Select[tuple[object, ...]]
    ) -> list[tuple[int, CallRecord]]:
        rows = [dict(row) for row in connection.execute(query).mappings()]
        bodies = self._findings(connection, [row["key"] for row in rows])
        self._learn(connection, {row["rulebook"] for row in rows})
        return [(row["place"], self.decoder.record(row, bodies[row["key"]])) for row in rows]

    def _findings(
        self, connection: Connection, keys: list[str]
    ) -> dict[str, list[tuple[str, str | None]]]:
        grounds = _f.c.grounds if self.grounds else null()
        query = (
            select(_l.c.result, _f.c.body, grounds)
            .join_from(_l, _f, _f.c.key == _l.c.finding)
            .where(_l.c.result.in_(keys))
            .order_by(_l.c.result, _l.c.number)
        )
        bodies: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for key, body, why in connection.execute(query):
            bodies[key].append((body, why))
        return bodies

    def _learn(self, connection: Connection, books: set[str | None]) -> None:
        new = [key for key in books if key is not None and key not in self.decoder.books]
        if not new:
            return
        book = tables.rulebooks
        for key, body in connection.execute(
            select(book.c.key, book.c.body).where(book.c.key.in_(new))
        ):
            self.decoder.learn(key, body)
        if any(key not in self.decoder.books for key in new):
            raise OutputError("the database is damaged: a rulebook is missing")
