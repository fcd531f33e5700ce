"""Contacts of earlier nights and of other agencies, from tables and earlier output folders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from auditor.contacts.rows import NOT_A_CONTACT, contact_from_json
from auditor.domain.calls import Call, Callee, Direction, Seat
from auditor.domain.contacts import Contact, Cues, Later, Party
from auditor.errors import AuditorError, Problem, UsageError
from auditor.ingest.cells import Cells
from auditor.ingest.instants import zone
from auditor.ingest.strict_json import parse_object
from auditor.ingest.tables import read_table

REQUIRED = ("call_id", "agent_id", "customer_id", "started_at")
"""Columns that a table of contacts has; others of a manifest are read where they are there."""

HEARD = ("talked", "early", "stop", "hardship", "dispute", "taken_up")
"""Words of the column ``heard``, besides who was on the line, with ``;`` between them."""

_KNOWN = frozenset(
    {
        *REQUIRED,
        *("agent_name", "team", "direction", "callee", "seat", "answered", "duration"),
        *("heard", "later", "agreed", "path"),
    }
)
_MAX_LINE = 4_000_000
_MAX_PROBLEMS = 100


class ContactHistory(Protocol):
    """Where contacts of earlier nights come from."""

    def contacts(self, customers: Collection[str]) -> Iterator[Contact]:
        """Yield them in any order; none has a place.

        Args:
            customers: Debtors that are asked for; further contacts do no harm.

        Raises:
            UsageError: The source is damaged; the file and row or line are named.
        """
        ...


@dataclass(frozen=True, slots=True)
class TableHistory:
    """A CSV or Parquet table, one row a contact.

    Args:
        path: The table.
        timezone: Zone of times without offset; ``None`` makes them problems.
        encoding: Of a CSV; ``None`` detects it.
    """

    path: Path
    timezone: str | None = None
    encoding: str | None = None

    def contacts(self, customers: Collection[str] = ()) -> Iterator[Contact]:  # noqa: ARG002
        """Yield all contacts of the table."""
        try:
            table = read_table(self.path, self.encoding)
        except AuditorError as error:
            raise UsageError("the history cannot be used", *error.problems) from error
        problems = [
            Problem(self.path.name, "missing_column", f"has no column {name}")
            for name in REQUIRED
            if name not in table.header
        ]
        local, now = zone(self.timezone), datetime.now(UTC)
        for raw in table.rows if not problems else ():
            where = f"{self.path.name}, row {raw.number}"
            if raw.fault is not None or len(raw.cells) != len(table.header):
                problems.append(Problem(where, "ragged_row", "the row does not fit the header"))
            else:
                cells = Cells(where, dict(zip(table.header, raw.cells, strict=True)))
                contact = _row(cells, cells.instant("started_at", local, now))
                contact = _with_cues(contact, cells, cells.instant("later", local, now))
                problems += cells.problems
                if not problems:
                    yield contact
            if len(problems) >= _MAX_PROBLEMS:
                break
        if problems:
            raise UsageError("the history cannot be used", *problems)


@dataclass(frozen=True, slots=True)
class LinesHistory:
    """JSON lines: ``calls.jsonl`` of an earlier output folder, or contacts."""

    path: Path

    def contacts(self, customers: Collection[str] = ()) -> Iterator[Contact]:  # noqa: ARG002
        """Yield all contacts of the file; calls without circumstances are left out."""
        try:
            with self.path.open(encoding="utf-8") as file:
                number = 0
                while line := file.readline(_MAX_LINE):
                    number += 1
                    contact = self._line(line, number)
                    if contact is not None:
                        yield contact
        except (OSError, UnicodeDecodeError) as error:
            problem = Problem(self.path.name, "unreadable", type(error).__name__)
            raise UsageError("the history cannot be used", problem) from error

    def _line(self, line: str, number: int) -> Contact | None:
        if not line.strip():
            return None
        where = f"{self.path.name}, line {number}"
        try:
            return contact_of_line(parse_object(line, where))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problem = Problem(where, "bad_value", f"is no contact: {type(error).__name__}")
            raise UsageError("the history cannot be used", problem) from error
        except AuditorError as error:
            raise UsageError("the history cannot be used", *error.problems) from error


def open_history(path: Path, timezone: str | None = None) -> ContactHistory:
    """Choose how to read a history: an earlier output folder, JSON lines, or a table.

    Raises:
        UsageError: There is nothing of the kind.
    """
    lines = path / "calls.jsonl" if path.is_dir() else path
    if not lines.is_file():
        problem = Problem(path.name, "missing", "is no table and no output folder of a run")
        raise UsageError("the history cannot be used", problem)
    if lines.suffix.lower() == ".jsonl":
        return LinesHistory(lines)
    return TableHistory(lines, timezone)


def contact_of_line(data: Mapping[str, Any]) -> Contact | None:
    """Return the contact of a line of ``calls.jsonl`` or of a list of contacts.

    Raises:
        KeyError, TypeError, ValueError: A value does not fit.
    """
    if "outcome" not in data:
        return contact_from_json({**data, "place": None})
    if data["call"] is None or data["agent_id"] is None or data["reason"] in NOT_A_CONTACT:
        return None
    return contact_from_json(
        {
            **data["call"],
            "call_id": data["call_id"],
            "agent_id": data["agent_id"],
            "duration": data["duration"],
            "cues": data.get("cues"),
        }
    )


def _row(cells: Cells, started: datetime | None) -> Contact:
    for column in REQUIRED:
        if cells.text(column) is None:
            cells.problem(column, "missing_key", "is empty")
    attributes = {
        name: value for name, value in cells.values.items() if name and name not in _KNOWN and value
    }
    call = Call(
        call_id=cells.text("call_id") or "",
        agent_id=cells.text("agent_id") or "",
        agent_name=cells.text("agent_name"),
        team=cells.text("team"),
        customer_id=cells.text("customer_id"),
        started_at=started,
        direction=cells.choice("direction", Direction),
        callee=cells.choice("callee", Callee),
        seat=cells.choice("seat", Seat),
        answered=cells.truth("answered"),
        attributes=MappingProxyType(attributes),
    )
    return Contact(call=call, duration=cells.number("duration"))


def _with_cues(contact: Contact, cells: Cells, later: datetime | None) -> Contact:
    written = cells.text("heard")
    if written is None and later is None:
        return contact
    words = [word.strip().lower() for word in (written or "").split(";") if word.strip()]
    parties = [Party(word) for word in words if word in list(Party)]
    if any(word not in (*HEARD, *Party) for word in words) or len(parties) > 1:
        cells.problem("heard", "bad_value", f"has words other than {', '.join((*HEARD, *Party))}")
    agreed = cells.truth("agreed") is not False
    cues = Cues(
        party=parties[0] if parties else Party.UNKNOWN,
        later=None if later is None else Later(later, agreed),
        **{name: name in words for name in HEARD},
    )
    return Contact(call=contact.call, duration=contact.duration, cues=cues)
