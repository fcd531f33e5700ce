"""Findings, calls and run information as JSON: of the output folder, and of the store."""

from __future__ import annotations

from typing import Any

from auditor.domain.calls import Call
from auditor.domain.contactform import cues_to_json, trail_to_json
from auditor.domain.findings import CallAudit, Finding, Grounds, Match
from auditor.domain.runs import CallRecord, CallScore, RunInfo
from auditor.domain.transcripts import Health

CALL_KEYS = (
    *("call_id", "agent_id", "agent_name", "team", "customer_id", "started_at", "direction"),
    *("callee", "overdue_days", "seat", "answered", "amount_due", "amount_as_of", "case_status"),
    *("synthetic", "attributes"),
)
"""Keys of a call, in the order they are written."""

GROUNDS = ("conditions", "heard", "exemptions", "excused", "missing")
"""Kinds of sentences that say why a finding stands."""


def call_to_json(call: Call) -> dict[str, Any]:
    """Return what is known of a call, under ``CALL_KEYS``; absent values are left out."""
    values: dict[str, Any] = {
        "call_id": call.call_id,
        "agent_id": call.agent_id,
        "agent_name": call.agent_name,
        "team": call.team,
        "customer_id": call.customer_id,
        "started_at": None if call.started_at is None else call.started_at.isoformat(),
        "direction": None if call.direction is None else call.direction.value,
        "callee": None if call.callee is None else call.callee.value,
        "overdue_days": call.overdue_days,
        "seat": None if call.seat is None else call.seat.value,
        "answered": call.answered,
        "amount_due": call.amount_due,
        "amount_as_of": None if call.amount_as_of is None else call.amount_as_of.isoformat(),
        "case_status": call.case_status,
        "synthetic": True if call.synthetic else None,
        "attributes": dict(call.attributes) or None,
    }
    return {key: value for key, value in values.items() if value is not None}


def health_to_json(health: Health) -> dict[str, Any]:
    """Return the quality of a call's sound: ``usable``, ``issues`` and ``measures``."""
    return {
        "usable": health.usable,
        "issues": [issue.value for issue in health.issues],
        "measures": dict(health.measures),
    }


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """Return one line of ``findings.jsonl``: the contract's keys, then ours.

    Beyond the contract: ``title``, ``title_en``, ``explanation_en``, ``weight``, ``occurrence``
    and ``source`` of a match; ``trail`` where the finding rests on several calls; ``grounds``:
    why it stands point by point (``conditions``, ``heard``, ``exemptions``, ``excused``,
    ``missing``, each a list of sentences in both languages) and the signals of the joint
    judgement (``voices``, with the log-odds each adds).
    """
    evidence = finding.evidence
    written: dict[str, Any] = {
        "finding_id": finding.finding_id,
        "call_id": finding.call_id,
        "agent_id": finding.agent_id,
        "kind": finding.kind.value,
        "category": None if finding.category is None else finding.category.value,
        "disclosure": None if finding.disclosure is None else finding.disclosure.value,
        "rule_id": finding.rule_id,
        "rule_version": finding.rule_version,
        "status": finding.status.value,
        "outcome": finding.outcome.value,
        "severity": finding.severity.label,
        "clauses": [
            {"document": ref.document, "section": ref.section, "grade": ref.grade}
            for ref in finding.clauses
        ],
        "segment": None if evidence is None else evidence.turn,
        "start": None if evidence is None else evidence.time.start,
        "end": None if evidence is None else evidence.time.end,
        "speaker": None if evidence is None else evidence.speaker.value,
        "quote": None if evidence is None else evidence.quote,
        "matched": [] if evidence is None else [_match(match) for match in evidence.matches],
        "confidence": finding.confidence,
        "explanation": finding.explanation,
        "title": finding.title,
        "title_en": finding.title_en,
        "explanation_en": finding.explanation_en,
        "weight": finding.weight,
        "occurrence": finding.occurrence,
        "grounds": _grounds(finding.grounds),
    }
    if finding.trail is not None:
        written["trail"] = trail_to_json(finding.trail)
    return written


def _grounds(grounds: Grounds) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: [{"zh": point.zh, "en": point.en} for point in getattr(grounds, name)]
        for name in GROUNDS
    }
    told["voices"] = [
        {"zh": voice.zh, "en": voice.en, "weight": voice.weight} for voice in grounds.voices
    ]
    return {name: points for name, points in told.items() if points}


def _match(match: Match) -> dict[str, Any]:
    return {
        "text": match.text,
        "start": match.span.start,
        "end": match.span.end,
        "how": match.how.value,
        "source": match.source,
    }


def record_to_json(record: CallRecord) -> dict[str, Any]:
    """Return one line of ``calls.jsonl``: how the call ended, with everything but the findings.

    ``disclosures_made`` maps a disclosure to the segment where it was made. ``rules`` holds the
    answer of every rule in force, the denominators of all rates. ``score`` is ``null`` for calls
    that were not judged. ``cues``, where something was heard, is what binds later calls.
    """
    score, audit = record.score, record.audit
    written: dict[str, Any] = {
        "call_id": record.call_id,
        "agent_id": None if record.call is None else record.call.agent_id,
        "outcome": record.outcome.value,
        "reason": record.reason,
        "message": record.message,
        "row": record.row,
        "recording": record.recording,
        "duration": record.duration,
        "synthetic_model": record.synthetic_model,
        "transcript": record.transcript,
        "score": None if score is None else score.score,
        "weighted_score": None if score is None else score.weighted,
        "auto_fail": None if score is None else score.fatal,
        "dimensions": None if score is None else dict(score.dimensions),
        "deductions": None if score is None else _deductions(score),
        "findings": 0 if audit is None else sum(finding.counts for finding in audit.findings),
        "disclosures_made": None if audit is None else _made(audit),
        "rules": None if audit is None else _rules(audit),
        "seconds": dict(record.seconds),
        "health": None if record.health is None else health_to_json(record.health),
        "call": None if record.call is None else _circumstances(record.call),
    }
    if audit is not None and audit.cues is not None:
        written["cues"] = cues_to_json(audit.cues)
    return written


def _deductions(score: CallScore) -> list[dict[str, Any]]:
    return [
        {
            "rule_id": item.rule_id,
            "title": item.title,
            "points": item.points,
            "dimension": item.dimension,
            "fatal": item.fatal,
        }
        for item in score.deductions
    ]


def _made(audit: CallAudit) -> dict[str, int]:
    return {disclosure.value: turn for disclosure, turn in audit.made.items()}


def _rules(audit: CallAudit) -> list[dict[str, Any]]:
    return [
        {
            "rule_id": item.rule_id,
            "outcome": item.outcome.value,
            "status": item.status.value,
            "category": None if item.category is None else item.category.value,
            "disclosure": None if item.disclosure is None else item.disclosure.value,
        }
        for item in audit.rules
    ]


def _circumstances(call: Call) -> dict[str, Any]:
    # The two ids stand one level up, where also a call without circumstances has them.
    values = call_to_json(call)
    return {key: values[key] for key in values if key not in ("call_id", "agent_id")}


def run_to_json(info: RunInfo) -> dict[str, Any]:
    """Return the content of ``run.json``: what the run was made with and how it came out."""
    return {
        "run_id": info.run_id,
        "started_at": info.started_at.isoformat(),
        "finished_at": info.finished_at.isoformat(),
        "input_path": info.input_path,
        "demo": info.demo,
        "counts": dict(info.counts),
        "reasons": dict(info.reasons),
        "policy": dict(info.policy),
        "recogniser": dict(info.recogniser),
        "versions": dict(info.versions),
    }
