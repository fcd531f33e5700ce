"""Read instants strictly: every one ends up with an offset, or is a problem."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.errors import Problem, UsageError

_EARLIEST = 1990


class InstantError(Exception):
    """What is wrong with a written instant.

    Args:
        reason: ``bad_value``, ``naive_time``, ``ambiguous_time`` or ``future_time``.
        message: For people.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message


def zone(name: str | None) -> tzinfo | None:
    """Return a time zone by its IANA name.

    Raises:
        UsageError: ``unknown_timezone``.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        problem = Problem("timezone", "unknown_timezone", "no such zone; e.g. Asia/Shanghai")
        raise UsageError("the time zone cannot be used", problem) from error


def parse_instant(written: str, local: tzinfo | None, now: datetime) -> datetime:
    """Read an ISO 8601 instant; one without offset is taken in ``local``.

    Slashes instead of dashes in the date are accepted, as spreadsheets write them.

    Args:
        written: E.g. ``2026-03-05T10:15:00+08:00``.
        local: Zone of instants without offset; ``None`` makes them an error.
        now: Instants more than a day later are an error.

    Raises:
        InstantError: With the reason.
    """
    try:
        instant = datetime.fromisoformat(_dashes(written))
    except ValueError as error:
        raise InstantError("bad_value", "is no ISO 8601 time") from error
    if instant.tzinfo is None:
        if local is None:
            raise InstantError("naive_time", "has no offset; add one or declare a time zone")
        instant = instant.replace(tzinfo=local)
        if instant.utcoffset() != instant.replace(fold=1).utcoffset():
            raise InstantError("ambiguous_time", "falls into a change of clocks; add the offset")
    if instant.year < _EARLIEST:
        raise InstantError("bad_value", f"lies before {_EARLIEST}")
    if instant.year > now.year + 2 or instant > now + timedelta(days=1):
        raise InstantError("future_time", "lies in the future")
    return instant


def parse_day(written: str) -> date:
    """Read a calendar day.

    Raises:
        InstantError: ``bad_value``.
    """
    try:
        return date.fromisoformat(_dashes(written))
    except ValueError as error:
        raise InstantError("bad_value", "is no day such as 2026-03-05") from error


def _dashes(written: str) -> str:
    head, separator, tail = written.strip().partition(" ")
    if "/" in head:
        parts = head.split("/")
        if len(parts) == 3:
            head = "-".join(part.zfill(2) for part in parts)
            if separator and len(tail.split(":")[0]) == 1:
                tail = "0" + tail
    return head + separator + tail
