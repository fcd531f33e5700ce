"""Make a finding from the answer of a check across calls."""

from __future__ import annotations

from auditor.contacts.answers import Answer
from auditor.contacts.facts import moment, party, reached
from auditor.domain.contacts import Contact, Trail, TrailCall
from auditor.domain.findings import Finding
from auditor.policy.contactrules import ContactRule


def finding_of(rule: ContactRule, contact: Contact, answer: Answer) -> Finding:
    """Return the finding of a contact: no turn is quoted, the calls concerned are listed."""
    at = moment(contact, rule.limits.timezone)
    if at is None:
        raise ValueError("a finding needs a time")
    listed = [_trail_call(one, rule) for one in (*answer.earlier, contact)]
    return Finding(
        call_id=contact.call.call_id,
        agent_id=contact.call.agent_id,
        kind=rule.kind,
        category=rule.category,
        rule_id=rule.rule_id,
        rule_version=rule.version,
        title=rule.title,
        title_en=rule.title_en,
        status=rule.status,
        outcome=answer.outcome,
        severity=rule.severity,
        weight=rule.weight,
        clauses=tuple(dict.fromkeys(clause.ref for clause in rule.clauses)),
        confidence=rule.confidence,
        explanation=answer.zh,
        explanation_en=answer.en,
        trail=Trail(
            customer_id=contact.call.customer_id,
            timezone=at.zone,
            limit=answer.limit,
            measured=answer.measured,
            calls=tuple(one for one in listed if one is not None),
            left_out=answer.left_out,
        ),
    )


def _trail_call(contact: Contact, rule: ContactRule) -> TrailCall | None:
    at = moment(contact, rule.limits.timezone)
    if at is None:
        return None
    call = contact.call
    return TrailCall(
        call_id=call.call_id,
        agent_id=call.agent_id,
        started_at=at.local,
        duration=contact.duration,
        answered=reached(contact),
        seat=None if call.seat is None else call.seat.value,
        party=party(contact),
    )
