"""Contacts of earlier runs in the store, and one debtor's records of a run."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.contacts.rows import NOT_A_CONTACT, contact_from_json
from auditor.domain.contacts import Contact
from auditor.domain.runs import CallRecord
from auditor.errors import OutputError

if TYPE_CHECKING:
    from auditor.store.store import Store

_PAGE = 5_000
_CHUNK = 500
"""Calls looked at, and bodies read, at once."""


@dataclass(frozen=True, slots=True)
class StoreHistory:
    """The calls that other finished runs of the store hold of the customers wanted.

    Args:
        store: Where to read.
        run_id: The run being judged, which is no history of itself.
    """

    store: Store
    run_id: str

    def contacts(self, customers: Collection[str]) -> Iterator[Contact]:
        """Yield the contacts; of a call in several runs, what the newest one knows.

        Raises:
            OutputError: The database cannot be read, or is damaged.
        """
        wanted = frozenset(customers)
        seen: set[int] = set()
        for run_id in self._runs() if wanted else ():
            for page in self._pages(run_id):
                keys = []
                for key, call_id, customer_id in page:
                    name = hash((call_id, customer_id))
                    if customer_id in wanted and name not in seen:
                        seen.add(name)
                        keys.append(key)
                yield from self._read(keys)

    def _runs(self) -> list[str]:
        """Other finished runs, the newest first."""
        found = self.store.runs()
        return [run.run_id for run in found if run.finished and run.run_id != self.run_id]

    def _pages(self, run_id: str) -> Iterator[list[tuple[str, str, str | None]]]:
        """Go through a run's calls by their keys; bodies are read of those that are wanted."""
        from sqlalchemy import select

        from auditor.store import tables
        from auditor.store.database import reading

        o, r, c = tables.outcomes, tables.results, tables.calls
        query = (
            select(o.c.place, r.c.key, r.c.call_id, c.c.customer_id)
            .select_from(o.join(r, r.c.key == o.c.result).join(c, c.c.key == r.c.call))
            .where(o.c.run_id == run_id)
            .order_by(o.c.place)
            .limit(_PAGE)
        )
        last = -1
        while True:
            with reading(self.store.engine) as connection:
                page = connection.execute(query.where(o.c.place > last)).all()
            yield [(row.key, row.call_id, row.customer_id) for row in page]
            if len(page) < _PAGE:
                return
            last = page[-1].place

    def _read(self, keys: list[str]) -> Iterator[Contact]:
        from sqlalchemy import select

        from auditor.store import tables
        from auditor.store.database import reading

        r, c = tables.results, tables.calls
        query = select(r.c.body, c.c.body.label("call")).select_from(r.join(c, c.c.key == r.c.call))
        for start in range(0, len(keys), _CHUNK):
            with reading(self.store.engine) as connection:
                chunk = query.where(r.c.key.in_(keys[start : start + _CHUNK]))
                rows = connection.execute(chunk).all()
            for row in rows:
                yield from _contact(row.call, row.body)


def records_of(store: Store, run_id: str, customer_id: str) -> tuple[CallRecord, ...]:
    """Return the records of one debtor in a run, in input order.

    Raises:
        OutputError: The database cannot be read.
    """
    from sqlalchemy import select

    from auditor.store import tables
    from auditor.store.database import reading

    o, r, c = tables.outcomes, tables.results, tables.calls
    query = (
        select(o.c.place)
        .select_from(o.join(r, r.c.key == o.c.final).join(c, c.c.key == r.c.call))
        .where(o.c.run_id == run_id, c.c.customer_id == customer_id)
    )
    with reading(store.engine) as connection:
        places = connection.execute(query).scalars().all()
    found = store.records(run_id).at(*places)
    return tuple(found[place] for place in sorted(found))


def _contact(call: str, body: str) -> Iterator[Contact]:
    try:
        told = json.loads(body)
        if told.get("reason") not in NOT_A_CONTACT:
            yield contact_from_json(
                {
                    **json.loads(call),
                    "duration": told.get("duration"),
                    "cues": told.get("cues"),
                    "place": None,
                }
            )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OutputError("the database is damaged: a call of an earlier run") from error
