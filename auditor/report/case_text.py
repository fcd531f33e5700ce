"""One debtor's contacts as text for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.contacts.case import Case, CaseCall
from auditor.domain.contactform import cues_to_json
from auditor.domain.findings import Finding, Outcome
from auditor.domain.jsonform import finding_to_json
from auditor.report.columns import clock
from auditor.report.contact_section import contact_heard, contact_state, trail_text
from auditor.report.i18n import Words


def case_lines(case: Case, words: Words) -> Iterator[str]:
    """Yield the time line: a line a contact, its findings below it."""
    total = len(case.calls) + case.left_out
    yield words("case", customer=case.customer_id)
    yield words("case_sums", calls=total, counted=case.counted, review=case.review)
    for call in case.calls:
        yield _line(call, words)
        for finding in call.findings:
            yield f"    {_mark(finding, words)} {words.title_of(finding)}"
            yield f"      {words.explanation_of(finding)}"
            yield f"      {trail_text(finding.trail, words)}"
            for ref in finding.clauses:
                yield f"      {ref.document} {ref.section} ({ref.grade})"
            yield f"      {finding.rule_id} v{finding.rule_version} · {finding.finding_id}"
    if case.left_out:
        yield words("and_more", number=case.left_out)


def case_to_json(case: Case) -> dict[str, Any]:
    """Return the time line as JSON."""
    return {
        "customer_id": case.customer_id,
        "counted": case.counted,
        "review": case.review,
        "left_out": case.left_out,
        "calls": [_call_to_json(call) for call in case.calls],
    }


def _line(call: CaseCall, words: Words) -> str:
    started, zone = words("unknown"), ""
    if call.started is not None:
        started, zone = f"{call.started.local:%Y-%m-%d %H:%M:%S}", call.started.zone
    seat = "" if call.seat is None else words.label("seat", call.seat)
    told = [
        words.label("party", call.party.value),
        contact_state(call, words),
        "" if call.duration is None else clock(call.duration),
        *contact_heard(call.cues, words),
        words("case_words", number=call.words) if call.words else "",
    ]
    who = " ".join(filter(None, (call.agent_id, seat)))
    return f"{started} {zone}  {call.call_id}  {who}  " + " · ".join(filter(None, told))


def _mark(finding: Finding, words: Words) -> str:
    if finding.outcome is Outcome.UNDETERMINED:
        return f"[{words('for_review')}]"
    if not finding.counts:
        return f"[{words.label('status', finding.status.value)}]"
    return f"[{words.label('severity', finding.severity.label)}]"


def _call_to_json(call: CaseCall) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "agent_id": call.agent_id,
        "started_at": None if call.started is None else call.started.local.isoformat(),
        "timezone": None if call.started is None else call.started.zone,
        "duration": call.duration,
        "answered": call.answered,
        "inbound": call.inbound,
        "seat": call.seat,
        "party": call.party.value,
        "outcome": None if call.outcome is None else call.outcome.value,
        "heard": None if call.cues is None else cues_to_json(call.cues),
        "findings": [finding_to_json(finding) for finding in call.findings],
        "other_findings": call.words,
    }
