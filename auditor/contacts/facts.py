"""What a single contact is, read from the dialler's columns and from what was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.domain.calls import Call, Callee, Direction
from auditor.domain.contacts import Contact, Party

ZONE_COLUMNS = ("timezone", "customer_timezone")
"""Further manifest columns with the debtor's IANA zone; the first that is filled counts."""

NUMBER_COLUMNS = ("number", "callee_number", "called_number", "phone")
"""Further manifest columns with the number dialled."""

_SHORTEST_NUMBER = 5
_MOBILE = 11

_CALLEES = {
    Callee.DEBTOR: Party.DEBTOR,
    Callee.GUARANTOR: Party.GUARANTOR,
    Callee.THIRD_PARTY: Party.THIRD_PARTY,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a contact began where the debtor is.

    Args:
        local: In the debtor's zone.
        zone: Its IANA name.
        sure: False where the manifest names a zone that does not exist.
    """

    local: datetime
    zone: str
    sure: bool = True


def began(contact: Contact) -> datetime | None:
    """When the contact began, in UTC: comparable across zones and changes of clocks."""
    started = contact.call.started_at
    return None if started is None else started.astimezone(UTC)


def ended(contact: Contact) -> datetime | None:
    """When it ended, in UTC; where nobody knows how long it took, when it began."""
    start = began(contact)
    if start is None or contact.duration is None:
        return start
    return start + timedelta(seconds=contact.duration)


def moment(contact: Contact, default: str) -> Moment | None:
    """When it began at the debtor's place; ``None`` where the manifest has no time."""
    started = contact.call.started_at
    if started is None:
        return None
    named = _first(contact.call, ZONE_COLUMNS)
    zone = _zone(named) if named else None
    if zone is not None:
        return Moment(started.astimezone(zone), str(named))
    return Moment(started.astimezone(ZoneInfo(default)), default, sure=not named)


def number(contact: Contact) -> str | None:
    """The number dialled without marks; ``None`` where the manifest has none.

    Too short to be one (0, n/a, 未知) is none: it would throw strangers together. A mainland
    number is the same with and without its country code.
    """
    written = _first(contact.call, NUMBER_COLUMNS) or ""
    kept = written if written.isalnum() else "".join(filter(str.isalnum, written))
    if len(kept) < _SHORTEST_NUMBER:
        return None
    for prefix in ("0086", "86") if kept.startswith(("0", "8")) else ():
        if kept.isdigit() and len(kept) == len(prefix) + _MOBILE and kept.startswith(prefix + "1"):
            return kept[len(prefix) :]
    return kept


def inbound(contact: Contact) -> bool:
    """Whether the other side called."""
    return contact.call.direction is Direction.INBOUND


def surely_outbound(contact: Contact) -> bool:
    """Whether the manifest says that we called."""
    return contact.call.direction is Direction.OUTBOUND


def party(contact: Contact) -> Party:
    """Whom the contact was with: what was heard goes before what the dialler believed."""
    heard = Party.UNKNOWN if contact.cues is None else contact.cues.party
    if heard not in (Party.UNKNOWN, Party.MACHINE):
        return heard
    return addressee(contact)


def addressee(contact: Contact) -> Party:
    """Whom the dialler meant to reach."""
    callee = contact.call.callee
    return Party.UNKNOWN if callee is None else _CALLEES.get(callee, Party.UNKNOWN)


def reached(contact: Contact) -> bool | None:
    """Whether a person answered; ``None`` where nobody can say.

    What was heard goes before the dialler's column: a machine's voice is no answer.
    """
    if contact.cues is not None:
        if contact.cues.talked:
            return True
        if contact.cues.party is Party.MACHINE:
            return False
    return contact.call.answered


def effective(contact: Contact, shortest: float) -> bool | None:
    """Whether it was a talk with a person; ``None`` where it may have been one.

    A call that was listened to needs words of both sides; one that broke off at once may not
    count. A call that nobody heard counts when it was answered and lasted ``shortest`` seconds,
    or nobody knows how long it lasted.
    """
    cues = contact.cues
    if cues is not None:
        if not cues.talked:
            return False
        return None if cues.early else True
    if contact.call.answered is None:
        return None
    if not contact.call.answered:
        return False
    return True if contact.duration is None or contact.duration >= shortest else None


def _first(call: Call, columns: tuple[str, ...]) -> str | None:
    for column in columns:
        written = call.attributes.get(column)
        if written:
            return written
    return None


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
