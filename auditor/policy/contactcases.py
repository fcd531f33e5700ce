"""Read the examples kept beside rules about contacts."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from auditor.conditions.node import Node
from auditor.domain.calls import Call, Callee, Direction, Seat
from auditor.domain.contacts import Contact, Cues, Later, Party
from auditor.policy.contactrules import ContactCase, Limits

EXPECTATIONS = ("finding", "undetermined", "none", "not_applicable")
HEARD = ("talked", "early", "stop", "hardship", "dispute", "taken_up")
"""What may have been heard in a contact of an example, besides who was on the line."""

_KEYS = ("name", "expect", "contacts", "consent", "known_wrong")
_CONTACT_KEYS = (
    *("at", "seconds", "answered", "direction", "callee", "number", "seat", "agent", "zone"),
    *("customer", "heard", "later", "agreed"),
)
_DAWN = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))


def read_cases(node: Node, limits: Limits) -> tuple[ContactCase, ...]:
    """Read ``examples:``; names must differ, and each needs contacts.

    Args:
        node: The list.
        limits: Their time zone is that of times without offset.
    """
    cases = tuple(_case(item, limits) for item in node.items())
    names = [case.name for case in cases]
    for name in sorted({name for name in names if names.count(name) > 1}):
        node.problem("duplicate_example", f"two examples are named {name!r}")
    return cases


def _case(node: Node, limits: Limits) -> ContactCase:
    node.only(_KEYS)
    contacts = tuple(
        _contact(item, limits, place) for place, item in enumerate(node.child("contacts").items())
    )
    if not contacts:
        node.problem("no_contacts", "an example needs contacts")
    return ContactCase(
        name=node.child("name").text(),
        expect=node.child("expect").choice(EXPECTATIONS),
        contacts=contacts,
        consent=node.child("consent").text(""),
        known_wrong=node.child("known_wrong").flag(),
        line=node.line,
    )


def _contact(node: Node, limits: Limits, place: int) -> Contact:
    node.only(_CONTACT_KEYS)
    attributes = {
        name: node.child(key).text()
        for key, name in (("number", "number"), ("zone", "timezone"))
        if node.has(key)
    }
    call = Call(
        call_id=f"example-{place + 1}",
        agent_id=node.child("agent").text("example"),
        customer_id=node.child("customer").text("example"),
        started_at=_instant(node.child("at"), limits) if node.has("at") else None,
        direction=Direction(node.child("direction").choice([*Direction], "outbound")),
        callee=Callee(node.child("callee").choice([*Callee], "debtor")),
        seat=Seat(node.child("seat").choice([*Seat])) if node.has("seat") else None,
        answered=node.child("answered").flag(default=True),
        attributes=MappingProxyType(attributes),
    )
    seconds = node.child("seconds").number(0.0, high=86_400) if node.has("seconds") else None
    return Contact(call=call, duration=seconds, cues=_cues(node, limits), place=place)


def _cues(node: Node, limits: Limits) -> Cues | None:
    if not node.has("heard") and not node.has("later"):
        return None
    words = [item.choice((*HEARD, *Party)) for item in node.child("heard").items(single=True)]
    parties = [Party(word) for word in words if word in list(Party)]
    return Cues(
        party=parties[0] if parties else Party.DEBTOR,
        later=_later(node, limits) if node.has("later") else None,
        **{name: name in words for name in HEARD},
    )


def _later(node: Node, limits: Limits) -> Later:
    place = node.child("later")
    at = None if place.value == "unclear" else _instant(place, limits)
    return Later(at, node.child("agreed").flag())


def _instant(node: Node, limits: Limits) -> datetime:
    try:
        instant = datetime.fromisoformat(node.text())
    except ValueError:
        node.problem("not_a_time", "expected a time like 2026-03-05 21:59:59")
        return _DAWN
    return (
        instant if instant.tzinfo is not None else instant.replace(tzinfo=ZoneInfo(limits.timezone))
    )
