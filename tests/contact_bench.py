"""Making contacts and judging them; helpers that several tests share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from auditor.contacts.consents import Consents
from auditor.contacts.engine import check_contacts
from auditor.domain.calls import Call, Callee, Direction, Seat
from auditor.domain.contacts import Contact, Cues
from auditor.domain.findings import Finding, Outcome
from auditor.policy.contactrules import ContactRule
from auditor.policy.loader import load_policy
from auditor.text.normalise import Normaliser

SHIPPED = Path(__file__).parents[1] / "lexicons"
CHINA = ZoneInfo("Asia/Shanghai")


def contact(
    at: str | None,
    call_id: str | None = None,
    *,
    customer: str | None = "D1",
    seconds: float | None = 60.0,
    answered: bool | None = True,
    direction: str | None = "outbound",
    callee: str | None = "debtor",
    agent: str = "A1",
    cues: Cues | None = None,
    place: int | None = None,
    seat: str | None = None,
    **attributes: str,
) -> Contact:
    """A contact; times without offset are Chinese."""
    started = None if at is None else datetime.fromisoformat(at)
    if started is not None and started.tzinfo is None:
        started = started.replace(tzinfo=CHINA)
    call = Call(
        call_id=call_id or f"C {customer} {at} {attributes.get('number', '')}",
        agent_id=agent,
        customer_id=customer,
        started_at=started,
        direction=None if direction is None else Direction(direction),
        callee=None if callee is None else Callee(callee),
        seat=None if seat is None else Seat(seat),
        answered=answered,
        attributes=MappingProxyType(attributes),
    )
    return Contact(call=call, duration=seconds, cues=cues, place=place)


def numbered(contacts: Iterable[Contact]) -> list[Contact]:
    """The contacts as those of one run."""
    return [replace(one, place=place) for place, one in enumerate(contacts)]


Answers = dict[str, tuple[Outcome, Finding | None]]


def judged(
    rules: Iterable[ContactRule], contacts: Iterable[Contact], consents: Consents | None = None
) -> list[Answers]:
    """Answers by rule id, for each contact of the run in the order given."""
    run = numbered(contacts)
    verdicts = check_contacts(run, rules, consents or Consents())
    return [
        {
            outcome.rule_id: (
                outcome.outcome,
                next((f for f in verdicts[place].findings if f.rule_id == outcome.rule_id), None),
            )
            for outcome in verdicts[place].outcomes
        }
        for place in range(len(run))
    ]


def outcomes(
    rule: ContactRule, contacts: Iterable[Contact], consents: Consents | None = None
) -> list[str]:
    """Outcomes of one rule for each contact of the run."""
    return [
        answers[rule.rule_id][0].value if rule.rule_id in answers else "not in force"
        for answers in judged([rule], contacts, consents)
    ]


@cache
def shipped_rules() -> dict[str, ContactRule]:
    """The shipped rules about contacts by name."""
    policy = load_policy(SHIPPED, Normaliser())
    return {
        rule.rule_id.partition(".")[2]: rule
        for rule in policy.rules
        if isinstance(rule, ContactRule)
    }
