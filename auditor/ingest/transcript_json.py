"""Write transcripts in the interchange format."""

from __future__ import annotations

from typing import Any

from auditor.domain.calls import Call
from auditor.domain.transcripts import Health, Transcript, Turn, Word

CALL_KEYS = (
    *("call_id", "agent_id", "agent_name", "team", "customer_id", "started_at", "direction"),
    *("callee", "overdue_days", "seat", "answered", "amount_due", "amount_as_of", "case_status"),
    *("synthetic", "attributes"),
)
"""Keys of a call, in the order they are written."""


def transcript_to_json(transcript: Transcript) -> dict[str, Any]:
    """Return the JSON object of a transcript; absent values are left out.

    Reading the result back gives an equal transcript. Beyond the contract's keys it has
    ``speaker_confidence``, ``speaker_method`` and ``marks`` in a segment where they say more
    than the default, and ``health`` at the top. Keys of ``extra`` come last.
    """
    written: dict[str, Any] = call_to_json(transcript.call)
    if transcript.duration is not None:
        written["duration"] = transcript.duration
    written["segments"] = [_segment(turn) for turn in transcript.turns]
    if transcript.source:
        written["source"] = dict(transcript.source)
    if transcript.health is not None:
        written["health"] = health_to_json(transcript.health)
    for key, value in transcript.extra.items():
        written.setdefault(key, value)
    return written


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


def _segment(turn: Turn) -> dict[str, Any]:
    written: dict[str, Any] = {
        "start": turn.time.start,
        "end": turn.time.end,
        "speaker": turn.speaker.value,
        "text": turn.text,
    }
    if turn.words:
        written["words"] = [_word(word) for word in turn.words]
    if turn.avg_logprob is not None:
        written["avg_logprob"] = turn.avg_logprob
    if turn.speaker_confidence != 1.0:
        written["speaker_confidence"] = turn.speaker_confidence
    if turn.speaker_method != "declared":
        written["speaker_method"] = turn.speaker_method
    if turn.marks:
        written["marks"] = [mark.value for mark in turn.marks]
    return written


def _word(word: Word) -> dict[str, Any]:
    written: dict[str, Any] = {"start": word.time.start, "end": word.time.end, "text": word.text}
    if word.probability is not None:
        written["probability"] = word.probability
    return written
