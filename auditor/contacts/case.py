"""The contacts of one debtor by time, with what the checks across calls found in them."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from auditor.contacts.facts import Moment, inbound, moment, party, reached
from auditor.contacts.gather import contact_of
from auditor.domain.contacts import Contact, Cues, Party, TrailCall
from auditor.domain.findings import CallOutcome, Finding
from auditor.domain.runs import CallRecord
from auditor.policy.contactrules import DEFAULT_ZONE

MOST_CALLS = 60
"""Calls of one debtor that are listed; those with findings come first."""

Records = Iterable[CallRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCall:
    """One contact of a debtor.

    Args:
        started: At the debtor's place; ``None`` where nobody knows.
        inbound: The debtor called.
        outcome: How the call ended in the run; ``None`` for calls of earlier nights.
        cues: What was heard.
        findings: Of the checks across calls.
        words: How many other findings the call has.
    """

    call_id: str
    agent_id: str
    started: Moment | None
    duration: float | None = None
    answered: bool | None = None
    inbound: bool = False
    seat: str | None = None
    party: Party = Party.UNKNOWN
    outcome: CallOutcome | None = None
    cues: Cues | None = None
    findings: tuple[Finding, ...] = ()
    words: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A debtor's contacts.

    Args:
        calls: By time; those without a time come first.
        left_out: Further calls, none of them with findings unless all listed ones have some.
        counted: Findings that enter scores.
        review: Findings for a person.
    """

    customer_id: str
    calls: tuple[CaseCall, ...]
    left_out: int = 0
    counted: int = 0
    review: int = 0


@dataclass(slots=True)
class _Sums:
    counted: int = 0
    review: int = 0
    worst: int = 0

    def add(self, finding: Finding) -> None:
        self.counted += finding.counts
        self.review += not finding.counts
        self.worst = max(self.worst, int(finding.severity) if finding.counts else 0)


@dataclass(slots=True)
class _Calls:
    """The calls of one debtor; at most twice as many are held as are listed."""

    found: list[CaseCall] = field(default_factory=list)
    others: list[CaseCall] = field(default_factory=list)
    left_out: int = 0
    earlier: dict[str, TrailCall] = field(default_factory=dict)

    def add(self, call: CaseCall) -> None:
        kept = self.found if call.findings else self.others
        if len(kept) < MOST_CALLS:
            kept.append(call)
        else:
            self.left_out += 1
        for finding in call.findings:
            for one in () if finding.trail is None else finding.trail.calls:
                self.earlier.setdefault(one.call_id, one)


def find_cases(records: Callable[[], Records], most: int) -> tuple[tuple[Case, ...], int]:
    """Return the debtors whose contacts have findings, the worst first, and how many there are.

    Args:
        records: Gives the run's records; called twice.
        most: Debtors returned at most.
    """
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    for record in records():
        for finding in _across(record):
            if finding.trail is not None and finding.trail.customer_id is not None:
                sums[finding.trail.customer_id].add(finding)
    chosen = heapq.nsmallest(
        most, sums, key=lambda one: (-sums[one].counted, -sums[one].worst, -sums[one].review, one)
    )
    calls: dict[str, _Calls] = {customer: _Calls() for customer in chosen}
    for record in records():
        customer = None if record.call is None else record.call.customer_id
        kept = calls.get(customer or "")
        call = None if kept is None else case_call(record)
        if kept is not None and call is not None:
            kept.add(call)
    return tuple(_case(customer, calls[customer]) for customer in chosen), len(sums)


def case_of(customer_id: str, records: Records) -> Case | None:
    """Return the contacts of one debtor; ``None`` where there are none."""
    calls = _Calls()
    for record in records:
        if record.call is not None and record.call.customer_id == customer_id:
            call = case_call(record)
            if call is not None:
                calls.add(call)
    return _case(customer_id, calls) if calls.found or calls.others else None


def case_call(record: CallRecord) -> CaseCall | None:
    """Return the contact that a record is; ``None`` where it is none."""
    contact = contact_of(0, record, {})
    if contact is None:
        return None
    audit = record.audit
    findings = tuple(_across(record))
    return CaseCall(
        call_id=record.call_id,
        agent_id=contact.call.agent_id,
        started=moment(contact, DEFAULT_ZONE),
        duration=contact.duration,
        answered=reached(contact),
        inbound=inbound(contact),
        seat=_seat(contact),
        party=party(contact),
        outcome=record.outcome,
        cues=contact.cues,
        findings=findings,
        words=0 if audit is None else len(audit.findings) - len(findings),
    )


def _across(record: CallRecord) -> Iterable[Finding]:
    findings = () if record.audit is None else record.audit.findings
    return (finding for finding in findings if finding.trail is not None)


def _seat(contact: Contact) -> str | None:
    return None if contact.call.seat is None else contact.call.seat.value


def _case(customer_id: str, calls: _Calls) -> Case:
    room = max(0, MOST_CALLS - len(calls.found))
    listed = [*calls.found, *calls.others[:room]]
    known = {call.call_id for call in (*calls.found, *calls.others)}
    listed += [_earlier(one) for one in calls.earlier.values() if one.call_id not in known]
    sums = _Sums()
    for call in calls.found:
        for finding in call.findings:
            sums.add(finding)
    return Case(
        customer_id=customer_id,
        calls=tuple(sorted(listed, key=_when)),
        left_out=calls.left_out + max(0, len(calls.others) - room),
        counted=sums.counted,
        review=sums.review,
    )


def _earlier(one: TrailCall) -> CaseCall:
    zone = getattr(one.started_at.tzinfo, "key", None) or DEFAULT_ZONE
    return CaseCall(
        call_id=one.call_id,
        agent_id=one.agent_id,
        started=Moment(one.started_at, zone),
        duration=one.duration,
        answered=one.answered,
        seat=one.seat,
        party=one.party,
    )


def _when(call: CaseCall) -> tuple[datetime, str]:
    start = call.started
    return (
        datetime.min.replace(tzinfo=UTC) if start is None else start.local.astimezone(UTC),
        call.call_id,
    )
