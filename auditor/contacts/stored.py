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

_CHUNK = 500
"""Customers asked for at once."""


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
        from sqlalchemy import select

        from auditor.store import tables
        from auditor.store.database import reading

        o, r, c, runs = tables.outcomes, tables.results, tables.calls, tables.runs
        query = (
            select(r.c.call_id, c.c.customer_id, r.c.body, c.c.body.label("call"))
            .select_from(
                o.join(r, r.c.key == o.c.result)
                .join(c, c.c.key == r.c.call)
                .join(runs, runs.c.run_id == o.c.run_id)
            )
            .where(o.c.run_id != self.run_id, runs.c.finished_at.is_not(None))
            .order_by(runs.c.started_at.desc(), o.c.place)
        )
        wanted = sorted(customers)
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            seen: set[tuple[str, str]] = set()
            with reading(self.store.engine) as connection:
                rows = connection.execute(query.where(c.c.customer_id.in_(chunk))).all()
            for row in rows:
                name = (row.call_id, row.customer_id)
                if name not in seen:
                    seen.add(name)
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
