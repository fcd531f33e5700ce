"""A call as the dialler or the manifest describes it, before anybody listened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType


class Speaker(StrEnum):
    """Who is talking."""

    AGENT = "agent"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


class Callee(StrEnum):
    """Whom the dialler believes it reached; the talk may prove it wrong."""

    DEBTOR = "debtor"
    GUARANTOR = "guarantor"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Who placed the call."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Seat(StrEnum):
    """Who employs the agent."""

    OWN = "own"
    AGENCY = "agency"


class AgentChannel(StrEnum):
    """Which track of the recording is the agent's."""

    LEFT = "left"
    RIGHT = "right"
    MONO = "mono"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One telephone call: ids, people and circumstances; ``None`` means nobody said.

    Args:
        call_id: Unique in a run; a string, so that ``007`` stays ``007``.
        agent_id: Whose scorecard the call belongs to.
        started_at: Aware instant.
        overdue_days: Days past due on the day of the call.
        amount_due: Amount owed in yuan according to the ledger.
        amount_as_of: Day the ledger amount was true.
        synthetic: The recording is machine speech, not a person.
        attributes: Further manifest columns, for rules to test.
    """

    call_id: str
    agent_id: str
    agent_name: str | None = None
    team: str | None = None
    customer_id: str | None = None
    started_at: datetime | None = None
    direction: Direction | None = None
    callee: Callee | None = None
    overdue_days: int | None = None
    seat: Seat | None = None
    answered: bool | None = None
    amount_due: float | None = None
    amount_as_of: date | None = None
    case_status: str | None = None
    synthetic: bool = False
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Where the sound of a call is and what the manifest promises about it.

    Args:
        path: Absolute path inside the recordings root.
        agent_channel: Declared by the manifest; ``None`` leaves it to the talk.
        sha256: Expected content hash in hex, where declared.
        duration: Expected length in seconds, where declared.
        rate: Declared sample rate in Hz of a headerless file.
        fresh: To be listened to even where what was heard is known.
    """

    path: Path
    agent_channel: AgentChannel | None = None
    sha256: str | None = None
    duration: float | None = None
    rate: int | None = None
    fresh: bool = False
