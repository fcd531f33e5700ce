"""Read a manifest: one row a call, every row ends in exactly one ``Row``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from auditor.domain.calls import AgentChannel, Call, Callee, Direction, Recording, Seat
from auditor.errors import ManifestError, Problem
from auditor.ingest.cells import Cells
from auditor.ingest.instants import zone
from auditor.ingest.paths import id_problem, inside
from auditor.ingest.tables import RawRow, read_table

REQUIRED = ("call_id", "path", "agent_id")
"""Columns every manifest has."""

OPTIONAL = (
    *("agent_name", "team", "customer_id", "started_at", "direction", "callee", "overdue_days"),
    *("agent_channel", "seat", "answered", "amount_due", "amount_as_of", "case_status", "sha256"),
    *("synthetic", "rate", "duration"),
)
"""Columns with a meaning; all others become attributes."""

NO_RECORDING = "no_recording"
"""Reason of a row that needs none: nobody answered, so there is nothing to hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestOptions:
    """How to read what a manifest leaves open.

    Args:
        encoding: Of a CSV; ``None`` detects UTF-8, UTF-16 with mark and GBK strictly.
        timezone: IANA name for times without offset; ``None`` makes them problems.
        now: Times more than a day later are problems; ``None`` reads the clock.
    """

    encoding: str | None = None
    timezone: str | None = None
    now: datetime | None = None


_MOST_NAMED = 5
"""Rows of one call id that its message names."""


class RowOutcome(StrEnum):
    """What happens to a row."""

    READY = "ready"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One data row of a manifest.

    Args:
        number: As a spreadsheet counts: the header is row 1.
        call_id: As written, also where the row failed; ``None`` where there is none.
        agent_id: The same.
        call: Set where the call's own columns are in order.
        recording: Set where the recording's columns are in order.
        duration: Seconds of the call as the manifest says, also where there is no recording.
        problems: All of them; the first one's reason is the outcome's.
        outcome: ``READY`` exactly when there is no problem.
    """

    number: int
    call_id: str | None = None
    agent_id: str | None = None
    call: Call | None = None
    recording: Recording | None = None
    duration: float | None = None
    problems: tuple[Problem, ...] = ()
    outcome: RowOutcome = RowOutcome.READY

    @property
    def reason(self) -> str | None:
        """Why the row does not go on, in snake case."""
        return self.problems[0].reason if self.problems else None


@dataclass(frozen=True, slots=True)
class Manifest:
    """All rows of a manifest, in order.

    Args:
        path: The file.
        root: Folder its paths are relative to.
        rows: One for each data row.
    """

    path: Path
    root: Path
    rows: tuple[Row, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with any row."""
        return tuple(problem for row in self.rows for problem in row.problems)


def read_manifest(path: Path, root: Path, options: ManifestOptions | None = None) -> Manifest:
    """Read a CSV or Parquet manifest.

    Args:
        path: The manifest.
        root: Folder that its paths are relative to and must stay inside.
        options: Encoding and time zone.

    Raises:
        ManifestError: The file as a whole cannot be used: unreadable, wrong encoding, missing or
            duplicate columns; all such problems at once.
        UsageError: ``unknown_timezone``.
    """
    options = options or ManifestOptions()
    local = zone(options.timezone)
    now = options.now or datetime.now(UTC)
    table = read_table(path, options.encoding)
    _check_header(path, table.header)
    rows = [_row(path, raw, table.header, root, local, now) for raw in table.rows]
    return Manifest(path, root, tuple(_settle_duplicates(path, rows)))


def _check_header(path: Path, header: tuple[str, ...]) -> None:
    problems = [
        Problem(path.name, "missing_column", f"has no column {column}")
        for column in REQUIRED
        if column not in header
    ]
    problems += [
        # The name itself may be data: a table without header has a call as its first row.
        Problem(
            f"{path.name}, column {place}",
            "duplicate_column",
            f"repeats the name of column {header.index(name) + 1}",
        )
        for place, name in enumerate(header, 1)
        if name and name in header[: place - 1]
    ]
    if problems:
        raise ManifestError("the manifest cannot be used", *problems)


def _row(
    path: Path,
    raw: RawRow,
    header: tuple[str, ...],
    root: Path,
    local: tzinfo | None,
    now: datetime,
) -> Row:
    where = f"{path.name}, row {raw.number}"
    values = {name: cell for name, cell in zip(header, raw.cells, strict=False) if name}
    call_id, agent_id = values.get("call_id") or None, values.get("agent_id") or None
    fault = raw.fault
    if fault is None and len(raw.cells) != len(header):
        fault = ("ragged_row", f"has {len(raw.cells)} cells; the header has {len(header)}")
    if fault is not None:
        problem = Problem(where, fault[0], f"the row {fault[1]}")
        return Row(
            number=raw.number,
            call_id=call_id,
            agent_id=agent_id,
            problems=(problem,),
            outcome=RowOutcome.FAILED,
        )
    cells = Cells(where, values)
    call: Call | None = _call(cells, header, local, now)
    if cells.problems:
        call = None
    before = len(cells.problems)
    recording, duration = _recording(
        cells, root, unanswered=call is not None and call.answered is False
    )
    problems = tuple(cells.problems)
    unheard = [problem.reason for problem in problems] == [NO_RECORDING]
    failed = RowOutcome.SKIPPED if unheard else RowOutcome.FAILED
    return Row(
        number=raw.number,
        call_id=call_id,
        agent_id=agent_id,
        call=call,
        recording=recording if len(problems) == before else None,
        duration=duration,
        problems=problems,
        outcome=failed if problems else RowOutcome.READY,
    )


def _call(cells: Cells, header: tuple[str, ...], local: tzinfo | None, now: datetime) -> Call:
    for column in ("call_id", "agent_id"):
        value = cells.text(column)
        if value is None:
            cells.problem(column, f"{column}_missing", "is empty; every call needs one")
        elif (fault := id_problem(value)) is not None:
            cells.problem(column, f"bad_{column}", fault)
    known = {*REQUIRED, *OPTIONAL}
    return Call(
        call_id=cells.text("call_id") or "",
        agent_id=cells.text("agent_id") or "",
        agent_name=cells.text("agent_name"),
        team=cells.text("team"),
        customer_id=cells.text("customer_id"),
        started_at=cells.instant("started_at", local, now),
        direction=cells.choice("direction", Direction),
        callee=cells.choice("callee", Callee),
        overdue_days=cells.whole("overdue_days"),
        seat=cells.choice("seat", Seat),
        answered=cells.truth("answered"),
        amount_due=cells.number("amount_due"),
        amount_as_of=cells.day("amount_as_of"),
        case_status=cells.text("case_status"),
        synthetic=cells.truth("synthetic") or False,
        attributes=MappingProxyType(
            {name: cells.values[name] for name in header if name and name not in known}
        ),
    )


def _recording(
    cells: Cells, root: Path, *, unanswered: bool
) -> tuple[Recording | None, float | None]:
    """Return the recording, and the length of the call also where there is none."""
    written = cells.text("path")
    path: Path | None = None
    if written is None and unanswered:
        cells.problem("path", NO_RECORDING, "is empty, as nobody answered; its time is checked")
    elif written is None:
        cells.problem("path", "path_missing", "is empty; there is no recording to audit")
    elif (path := inside(root, written)) is None:
        cells.problem("path", "path_outside_root", "leads outside the recordings folder")
    channel = cells.choice("agent_channel", AgentChannel)
    sha256 = cells.sha256("sha256")
    duration = cells.number("duration")
    rate = cells.whole("rate", least=1)
    if path is None:
        return None, duration
    recording = Recording(
        path=path, agent_channel=channel, sha256=sha256, duration=duration, rate=rate
    )
    return recording, duration


def _target(row: Row) -> object:
    """What a row is about: its recording, or the attempt itself; ``None`` where that is unclear."""
    if row.recording is not None:
        return row.recording.path
    call = row.call
    if call is None or row.reason != NO_RECORDING:
        return None
    return (call.customer_id, call.started_at, tuple(call.attributes.items()), row.duration)


def _settle_duplicates(path: Path, rows: Iterable[Row]) -> list[Row]:
    """Skip repeated rows, and fail all rows of an id that names several recordings."""
    settled = list(rows)
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(settled):
        if row.call_id is not None:
            groups.setdefault(row.call_id, []).append(index)
    for indexes in groups.values():
        if len(indexes) < 2:
            continue
        targets = {_target(settled[i]) for i in indexes}
        same = len(targets) == 1 and None not in targets
        first = settled[indexes[0]].number
        named = _numbers(settled[i].number for i in indexes)
        for i in indexes[1:] if same else indexes:
            where = f"{path.name}, row {settled[i].number}, column call_id"
            problem = (
                Problem(where, "duplicate_row", f"repeats row {first}")
                if same
                else Problem(
                    where, "conflicting_duplicate", f"{named} give one id to several calls"
                )
            )
            settled[i] = replace(
                settled[i],
                problems=(problem, *settled[i].problems),
                outcome=RowOutcome.SKIPPED if same else RowOutcome.FAILED,
            )
    return settled


def _numbers(rows: Iterable[int]) -> str:
    """Name rows of one id, not all where they are many."""
    given = [str(row) for row in rows]
    if len(given) > _MOST_NAMED:
        return f"rows {', '.join(given[:_MOST_NAMED])} and {len(given) - _MOST_NAMED} more"
    return f"rows {', '.join(given[:-1])} and {given[-1]}"
