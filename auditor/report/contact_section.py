"""The part of the page about debtors whose contacts have findings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from auditor.contacts.case import Case, CaseCall, find_cases
from auditor.domain.contacts import Cues, Trail
from auditor.domain.findings import Finding, Outcome
from auditor.domain.runs import CallRecord
from auditor.report.columns import clock
from auditor.report.i18n import Words

MOST_DEBTORS = 200
"""Debtors on the page; ``findings.jsonl`` holds every finding."""

_HEARD = ("stop", "hardship", "dispute", "taken_up")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFinding:
    """A finding of a contact, in short.

    Args:
        tone: Class of its tag: a severity, or ``open`` where it goes to review or is on trial.
    """

    title: str
    tone: str
    tag: str
    explanation: str
    clauses: tuple[tuple[str, str, str], ...]
    rule: str
    finding_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """A call on a debtor's time line."""

    call_id: str
    agent: str
    started: str
    minutes: str
    who: str
    state: str
    heard: tuple[str, ...]
    findings: tuple[ContactFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtorView:
    """A debtor with his time line."""

    anchor: str
    customer_id: str
    counted: int
    review: int
    rows: tuple[ContactRow, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSection:
    """Debtors with findings, the worst first.

    Args:
        total: How many there are.
    """

    debtors: tuple[DebtorView, ...]
    total: int


def contact_section(records: Collection[CallRecord], words: Words) -> ContactSection:
    """Build the section, in two passes over the records."""
    cases, total = find_cases(lambda: records, MOST_DEBTORS)
    debtors = tuple(_debtor(number, case, words) for number, case in enumerate(cases))
    return ContactSection(debtors=debtors, total=total)


def trail_text(trail: Trail | None, words: Words) -> str:
    """Return the calls of a trail in one line: what was found, what is allowed, which calls."""
    if trail is None:
        return ""
    calls = words("comma").join(
        f"{one.started_at:%m-%d %H:%M:%S} {one.call_id} ({one.agent_id})" for one in trail.calls
    )
    more = words("and_more", number=trail.left_out) if trail.left_out else ""
    head = words("trail", measured=trail.measured, limit=trail.limit, zone=trail.timezone)
    return f"{head} {calls}{more}"


def contact_heard(cues: Cues | None, words: Words) -> tuple[str, ...]:
    """Return what was heard in a call that binds later ones, in words."""
    if cues is None:
        return ()
    heard = [words.label("heard", name) for name in _HEARD if getattr(cues, name)]
    if cues.later is not None:
        at = cues.later.not_before
        when = words.label("heard", "unclear") if at is None else f"{at:%Y-%m-%d %H:%M}"
        agreed = "later_agreed" if cues.later.agreed else "later_asked"
        heard.append(f"{words.label('heard', agreed)} {when}")
    return tuple(heard)


def contact_state(call: CaseCall, words: Words) -> str:
    """Return whether a call was answered, and by whom it was made."""
    if call.inbound:
        return words.label("direction", "inbound")
    name = {True: "answered", False: "unanswered", None: "unknown"}[call.answered]
    return words.label("contact", name)


def _debtor(number: int, case: Case, words: Words) -> DebtorView:
    return DebtorView(
        anchor=f"d{number}",
        customer_id=case.customer_id,
        counted=case.counted,
        review=case.review,
        rows=tuple(_row(call, words) for call in case.calls),
        left_out=case.left_out,
    )


def _row(call: CaseCall, words: Words) -> ContactRow:
    seat = "" if call.seat is None else words.label("seat", call.seat)
    started = "" if call.started is None else f"{call.started.local:%Y-%m-%d %H:%M:%S}"
    return ContactRow(
        call_id=call.call_id,
        agent=" ".join(filter(None, (call.agent_id, seat))),
        started=started,
        minutes="" if call.duration is None else clock(call.duration),
        who=words.label("party", call.party.value),
        state=contact_state(call, words),
        heard=contact_heard(call.cues, words),
        findings=tuple(_finding(finding, words) for finding in call.findings),
    )


def _finding(finding: Finding, words: Words) -> ContactFinding:
    if finding.outcome is Outcome.UNDETERMINED:
        tone, tag = "open", words("for_review")
    elif not finding.counts:
        tone, tag = "open", words.label("status", finding.status.value)
    else:
        tone, tag = finding.severity.label, words.label("severity", finding.severity.label)
    return ContactFinding(
        title=words.title_of(finding),
        tone=tone,
        tag=tag,
        explanation=words.explanation_of(finding),
        clauses=tuple((ref.document, ref.section, ref.grade) for ref in finding.clauses),
        rule=f"{finding.rule_id} v{finding.rule_version}",
        finding_id=finding.finding_id,
    )
