"""Cues and trails as JSON, there and back; instants are ISO 8601 with offset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auditor.domain.contacts import Cues, Later, Party, Trail, TrailCall

_FLAGS = ("talked", "early", "stop", "hardship", "dispute", "taken_up")


def cues_to_json(cues: Cues) -> dict[str, Any]:
    """Return what was heard in a call; flags that are not set are left out."""
    written: dict[str, Any] = {"party": cues.party.value}
    written.update({name: True for name in _FLAGS if getattr(cues, name)})
    if cues.later is not None:
        at = cues.later.not_before
        written["later"] = {
            "not_before": None if at is None else at.isoformat(),
            "agreed": cues.later.agreed,
        }
    return written


def cues_from_json(data: Mapping[str, Any]) -> Cues:
    """Read what ``cues_to_json`` wrote.

    Raises:
        KeyError, TypeError, ValueError: A value does not fit.
    """
    later = data.get("later")
    return Cues(
        party=Party(data["party"]),
        later=None if later is None else Later(_instant(later["not_before"]), later["agreed"]),
        **{name: bool(data.get(name, False)) for name in _FLAGS},
    )


def trail_to_json(trail: Trail) -> dict[str, Any]:
    """Return the evidence of a finding across calls."""
    return {
        "customer_id": trail.customer_id,
        "timezone": trail.timezone,
        "limit": trail.limit,
        "measured": trail.measured,
        "calls": [
            {
                "call_id": one.call_id,
                "agent_id": one.agent_id,
                "started_at": one.started_at.isoformat(),
                "duration": one.duration,
                "answered": one.answered,
                "seat": one.seat,
                "party": one.party.value,
            }
            for one in trail.calls
        ],
        "left_out": trail.left_out,
    }


def trail_from_json(data: Mapping[str, Any]) -> Trail:
    """Read what ``trail_to_json`` wrote.

    Raises:
        KeyError, TypeError, ValueError: A value does not fit.
    """
    return Trail(
        customer_id=data["customer_id"],
        timezone=data["timezone"],
        limit=data["limit"],
        measured=data["measured"],
        calls=tuple(
            TrailCall(
                call_id=one["call_id"],
                agent_id=one["agent_id"],
                started_at=datetime.fromisoformat(one["started_at"]),
                duration=one["duration"],
                answered=one["answered"],
                seat=one["seat"],
                party=Party(one["party"]),
            )
            for one in data["calls"]
        ),
        left_out=data["left_out"],
    )


def _instant(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
