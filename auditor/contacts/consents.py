"""Consent records: which debtor agreed to be called at which other hours."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType

from auditor.errors import AuditorError, Problem, UsageError
from auditor.ingest.cells import Cells
from auditor.ingest.tables import read_table

COLUMNS = ("customer_id", "from", "until", "hours")
"""Columns of the table: days included, empty for open ends; hours such as ``21:00-23:00``."""

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-~～—–至到]\s*([01]?\d|2[0-4]):([0-5]\d)\Z")
_ALWAYS = frozenset({"any", "all", "全天", "任何时间"})


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the day from ``start`` to ``end``, exclusive; over midnight where end is less."""

    start: time
    end: time

    def holds(self, clock: time) -> bool:
        """Whether a clock time lies inside."""
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True)
class Consent:
    """One record: on the days from ``first`` to ``last``, the hours."""

    hours: Hours
    first: date | None = None
    last: date | None = None

    def covers(self, local: datetime) -> bool:
        """Whether a moment at the debtor's place is consented to."""
        day = local.date()
        early = self.first is not None and day < self.first
        late = self.last is not None and day > self.last
        return not early and not late and self.hours.holds(local.time())


@dataclass(frozen=True, slots=True)
class Consents:
    """All records, by customer."""

    by_customer: Mapping[str, tuple[Consent, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def cover(self, customer_id: str | None, local: datetime) -> bool:
        """Whether the customer agreed to be called at that moment of his day."""
        if customer_id is None:
            return False
        return any(consent.covers(local) for consent in self.by_customer.get(customer_id, ()))


def read_consents(path: Path, encoding: str | None = None) -> Consents:
    """Read a table of consents, CSV or Parquet.

    Raises:
        UsageError: The table cannot be used; every problem with its row and column.
    """
    try:
        table = read_table(path, encoding)
    except AuditorError as error:
        raise UsageError("the table of consents cannot be used", *error.problems) from error
    missing = [column for column in COLUMNS if column not in table.header]
    problems = [Problem(path.name, "missing_column", f"has no column {name}") for name in missing]
    found: defaultdict[str, list[Consent]] = defaultdict(list)
    for raw in table.rows if not problems else ():
        where = f"{path.name}, row {raw.number}"
        if raw.fault is not None or len(raw.cells) != len(table.header):
            problems.append(Problem(where, "ragged_row", "the row does not fit the header"))
            continue
        cells = Cells(where, dict(zip(table.header, raw.cells, strict=True)))
        customer = cells.text("customer_id")
        if customer is None:
            cells.problem("customer_id", "missing_key", "is empty")
        first, last = cells.day("from"), cells.day("until")
        for hours in _hours(cells):
            found[customer or ""].append(Consent(hours, first, last))
        problems += cells.problems
    if problems:
        raise UsageError("the table of consents cannot be used", *problems)
    return Consents(MappingProxyType({name: tuple(kept) for name, kept in found.items()}))


def parse_hours(written: str) -> Hours | None:
    """Read ``21:00-23:00``; ``None`` where it is nothing of the kind."""
    if written.lower() in _ALWAYS:
        return Hours(time(0), time.max)
    found = _HOURS.match(written)
    if found is None:
        return None
    start = time(int(found[1]), int(found[2]))
    if found[3] == "24":
        return Hours(start, time(0)) if found[4] == "00" else None
    return Hours(start, time(int(found[3]), int(found[4])))


def _hours(cells: Cells) -> Iterable[Hours]:
    written = cells.text("hours")
    if written is None:
        cells.problem("hours", "missing_key", "is empty; write any for the whole day")
        return ()
    found = [parse_hours(part.strip()) for part in re.split(r"[;；,，]", written) if part.strip()]
    if not found or any(hours is None for hours in found):
        cells.problem("hours", "bad_value", "is no list of hours such as 21:00-23:00")
        return ()
    return [hours for hours in found if hours is not None]
