"""Contacts with a debtor over many calls: what was heard that binds later calls, and the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.domain.calls import Call


class Party(StrEnum):
    """Whom a call reached, as far as the talk or the dialler shows."""

    DEBTOR = "debtor"
    GUARANTOR = "guarantor"
    THIRD_PARTY = "third_party"
    MACHINE = "machine"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Later:
    """Another time for the next call.

    Args:
        not_before: Earliest instant the words can mean; ``None`` where they leave it open.
        agreed: The agent took it up; otherwise the customer only asked for it.
    """

    not_before: datetime | None
    agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """What was heard in one call that matters to the next ones.

    Args:
        party: Who was on the line.
        talked: Both sides spoke, and the other side was a person.
        early: The talk ended before it got anywhere.
        stop: Somebody other than the agent asked not to be called again.
        later: Another time was named instead.
        hardship: The customer said that he is in difficulty.
        dispute: The customer denied or disputed the debt.
        taken_up: The agent offered help, a plan, a check or details.
    """

    party: Party = Party.UNKNOWN
    talked: bool = False
    early: bool = False
    stop: bool = False
    later: Later | None = None
    hardship: bool = False
    dispute: bool = False
    taken_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One call, or attempt at one, as the checks across calls see it.

    Args:
        call: What the dialler says.
        duration: Seconds from ``started_at`` to the end, where known.
        cues: What was heard; ``None`` where nobody listened.
        place: Place in the run being judged; ``None`` for calls of earlier nights, which are
            looked back at and not judged again.
    """

    call: Call
    duration: float | None = None
    cues: Cues | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailCall:
    """One of the calls that a finding across calls rests on.

    Args:
        started_at: In the debtor's time zone.
        answered: ``None`` where nobody said.
        party: Whom the call was to.
    """

    call_id: str
    agent_id: str
    started_at: datetime
    duration: float | None = None
    answered: bool | None = None
    seat: str | None = None
    party: Party = Party.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The evidence of a finding across calls: times and counts instead of a quoted turn.

    Args:
        customer_id: Whose contacts were looked at; ``None`` where the check needs nobody.
        timezone: IANA name of the zone the times are told in.
        limit: What the policy allows, e.g. ``08:00-22:00`` or ``3``.
        measured: What was found, e.g. ``22:00:00`` or ``4``.
        calls: The calls concerned, by time; the last one is the finding's own.
        left_out: Further earlier calls that are not listed.
    """

    customer_id: str | None
    timezone: str
    limit: str
    measured: str
    calls: tuple[TrailCall, ...]
    left_out: int = 0
