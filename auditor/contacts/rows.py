"""A contact as one JSON object: in files that wait to be sorted, and in tables of history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from auditor.domain.calls import Call, Callee, Direction, Seat
from auditor.domain.contactform import cues_from_json, cues_to_json
from auditor.domain.contacts import Contact
from auditor.domain.jsonform import call_to_json

NOT_A_CONTACT = frozenset({"duplicate_row", "conflicting_duplicate"})
"""Reasons of records that are no call of their own, or nobody knows which."""


def contact_to_json(contact: Contact) -> dict[str, Any]:
    """Return a contact as JSON; absent values are left out."""
    written = call_to_json(contact.call)
    if contact.duration is not None:
        written["duration"] = contact.duration
    if contact.cues is not None:
        written["cues"] = cues_to_json(contact.cues)
    if contact.place is not None:
        written["place"] = contact.place
    return written


def contact_from_json(data: Mapping[str, Any]) -> Contact:
    """Read what ``contact_to_json`` wrote; columns that no check looks at are dropped.

    Raises:
        KeyError, TypeError, ValueError: A value does not fit.
    """
    cues = data.get("cues")
    duration = data.get("duration")
    return Contact(
        call=call_from_json(data),
        duration=None if duration is None else float(duration),
        cues=None if cues is None else cues_from_json(cues),
        place=data.get("place"),
    )


def call_from_json(data: Mapping[str, Any]) -> Call:
    """Read the part of a call that checks across calls look at.

    Raises:
        KeyError, TypeError, ValueError: A value does not fit.
    """
    started = data.get("started_at")
    direction, callee, seat = data.get("direction"), data.get("callee"), data.get("seat")
    return Call(
        call_id=_text(data["call_id"]),
        agent_id=_text(data["agent_id"]),
        agent_name=data.get("agent_name"),
        team=data.get("team"),
        customer_id=None if data.get("customer_id") is None else _text(data["customer_id"]),
        started_at=None if started is None else _aware(started),
        direction=None if direction is None else Direction(direction),
        callee=None if callee is None else Callee(callee),
        seat=None if seat is None else Seat(seat),
        answered=data.get("answered"),
        attributes=MappingProxyType(dict(data.get("attributes") or {})),
    )


def _aware(written: str) -> datetime:
    instant = datetime.fromisoformat(written)
    if instant.tzinfo is None:
        raise ValueError("an instant without offset")
    return instant


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("ids are text")
    return value
