"""Choose calls of the store, over many runs, to be judged again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, func, select

from auditor.domain.runs import CallRecord
from auditor.store import tables
from auditor.store.coding import Decoder
from auditor.store.database import reading
from auditor.store.runs import FINISHED

_o, _r, _c, _runs = tables.outcomes, tables.results, tables.calls, tables.runs
_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which calls are wanted; every condition that is given has to hold.

    Args:
        run_id: Of one run only; ``None`` for all finished ones, where the newest outcome of a
            call counts.
        since: Calls that started at this instant or later.
        until: Calls that started before this instant.
        agents: Calls of these agents; empty for all.
    """

    run_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    agents: tuple[str, ...] = ()

    @property
    def narrow(self) -> bool:
        """Whether a call must be known to be chosen."""
        return self.since is not None or self.until is not None or bool(self.agents)


def selected(engine: Engine, selection: Selection) -> Iterator[CallRecord]:
    """Go through the chosen calls, oldest run first, without their audits.

    Runs that judged again are not looked at: their calls are those of the runs before.

    Raises:
        OutputError: The database cannot be read.
    """
    chosen = _chosen(selection).subquery()
    decoder = Decoder()
    last = ("", "", -1)
    while True:
        c = chosen.c
        after = (
            (c.begun > last[0])
            | ((c.begun == last[0]) & (c.run_id > last[1]))
            | ((c.begun == last[0]) & (c.run_id == last[1]) & (c.place > last[2]))
        )
        query = select(chosen).order_by(c.begun, c.run_id, c.place).limit(_PAGE)
        if last[2] >= 0:
            query = query.where(after)
        with reading(engine) as connection:
            page = connection.execute(query).mappings().all()
        for row in page:
            yield decoder.record({**row, "rulebook": None, "answers": None}, ())
        if len(page) < _PAGE:
            return
        last = (page[-1]["begun"], page[-1]["run_id"], page[-1]["place"])


def _chosen(selection: Selection) -> Select[tuple[object, ...]]:
    newest = func.row_number().over(
        partition_by=_r.c.call_id, order_by=(_runs.c.started_at.desc(), _o.c.place)
    )
    query = (
        select(
            *(_o.c.run_id, _o.c.place, _o.c.row, _o.c.seconds, _runs.c.started_at.label("begun")),
            *(_r.c.body, _c.c.body.label("call"), newest.label("newest")),
        )
        .select_from(
            _o.join(_r, _r.c.key == _o.c.result)
            .join(_runs, _runs.c.run_id == _o.c.run_id)
            .outerjoin(_c, _c.c.key == _r.c.call)
        )
        .where(_runs.c.state == FINISHED)
    )
    if selection.run_id is None:
        query = query.where(_runs.c.kind == "run")
    else:
        query = query.where(_o.c.run_id == selection.run_id)
    if selection.since is not None:
        query = query.where(_c.c.started_at >= selection.since)
    if selection.until is not None:
        query = query.where(_c.c.started_at < selection.until)
    if selection.agents:
        query = query.where(_c.c.agent_id.in_(selection.agents))
    ranked = query.subquery()
    whole = select(ranked)
    return whole if selection.run_id is not None else whole.where(ranked.c.newest == 1)
