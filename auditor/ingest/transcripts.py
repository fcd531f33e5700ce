"""Read transcript files of the interchange format, strictly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any

from auditor.domain.calls import Call, Callee, Direction, Seat, Speaker
from auditor.domain.jsonform import CALL_KEYS
from auditor.domain.transcripts import Health, HealthIssue, Mark, Transcript, Turn, Word
from auditor.errors import Problem, TranscriptError
from auditor.ingest.fields import MAX_NAME, MAX_SECONDS, Fields
from auditor.ingest.instants import InstantError, parse_day, parse_instant, zone
from auditor.ingest.paths import id_problem
from auditor.ingest.strict_json import is_finite, parse_object, read_object
from auditor.ingest.transcript_json import transcript_to_json

__all__ = [
    "LoadedTranscript",
    "load_transcript",
    "parse_transcript",
    "read_transcript",
    "transcript_to_json",
]

MAX_SEGMENTS = 100_000
MAX_TEXT = 20_000
"""Characters of one segment; an hour of fast speech of one speaker without a pause."""

_MAX_PROBLEMS = 200
_SEGMENT_KEYS = frozenset(
    {
        *("start", "end", "speaker", "text", "words", "avg_logprob"),
        *("speaker_confidence", "speaker_method", "marks"),
    }
)
_TOP_KEYS = frozenset({*CALL_KEYS, "duration", "segments", "source", "health"})


@dataclass(frozen=True, slots=True)
class LoadedTranscript:
    """A transcript, and what is odd about it without making it unusable.

    Args:
        transcript: The call; turn numbers are the file's segment numbers.
        notes: ``overlap_same_speaker``, ``out_of_order``, ``cleaned_text``, ``ignored_key``,
            ``words_differ``, each with its segment.
    """

    transcript: Transcript
    notes: tuple[Problem, ...]


def read_transcript(path: Path, timezone: str | None = None) -> Transcript:
    """Read one transcript file.

    Args:
        path: The file.
        timezone: IANA name for ``started_at`` without offset; ``None`` makes it an error.

    Raises:
        TranscriptError: Every problem of the file, up to 200.
        UsageError: ``unknown_timezone``.
    """
    return load_transcript(path, timezone).transcript


def load_transcript(path: Path, timezone: str | None = None) -> LoadedTranscript:
    """Read one transcript file and keep the notes; else as ``read_transcript``."""
    return _load(read_object(path), path.name, zone(timezone))


def parse_transcript(
    text: str, where: str = "transcript", timezone: str | None = None
) -> LoadedTranscript:
    """Read a transcript from JSON text; else as ``load_transcript``.

    Args:
        text: The JSON.
        where: What to call the source in problems.
        timezone: As for ``read_transcript``.
    """
    return _load(parse_object(text, where), where, zone(timezone))


def _load(values: dict[str, Any], where: str, local: tzinfo | None) -> LoadedTranscript:
    problems: list[Problem] = []
    notes: list[Problem] = []
    top = Fields(where, values, problems)
    call = _call(top, local)
    turns = _turns(top, notes)
    duration = top.number("duration", high=MAX_SECONDS)
    source = top.mapping("source")
    health = _health(top)
    extra = {key: values[key] for key in values if key not in _TOP_KEYS}
    for key, content in (("source", source), ("keys outside the format", extra)):
        if not is_finite(content):
            top.problem(key, "bad_value", "must hold finite numbers only")
    if problems:
        raise TranscriptError("the transcript cannot be used", *problems[:_MAX_PROBLEMS])
    _note_times(where, turns, notes)
    transcript = Transcript(
        call=call,
        turns=tuple(turns),
        duration=duration,
        source=MappingProxyType(dict(source or {})),
        health=health,
        extra=MappingProxyType(extra),
    )
    return LoadedTranscript(transcript, tuple(notes))


def _call(top: Fields, local: tzinfo | None) -> Call:
    ids: dict[str, str] = {}
    for key in ("call_id", "agent_id"):
        ids[key] = (top.text(key, required=True) or "").strip()
        raw = top.values.get(key)
        if isinstance(raw, str):
            fault = "is empty" if not raw.strip() else id_problem(raw)
            if fault is not None:
                top.problem(key, f"bad_{key}", fault)
    return Call(
        call_id=ids["call_id"],
        agent_id=ids["agent_id"],
        agent_name=top.text("agent_name"),
        team=top.text("team"),
        customer_id=top.text("customer_id"),
        started_at=_instant(top, local),
        direction=top.choice("direction", Direction),
        callee=top.choice("callee", Callee),
        overdue_days=top.whole("overdue_days"),
        seat=top.choice("seat", Seat),
        answered=top.truth("answered"),
        amount_due=top.number("amount_due"),
        amount_as_of=_day(top),
        case_status=top.text("case_status"),
        synthetic=top.truth("synthetic") or False,
        attributes=_attributes(top),
    )


def _instant(top: Fields, local: tzinfo | None) -> datetime | None:
    written = top.text("started_at")
    if written is None:
        return None
    try:
        return parse_instant(written, local, datetime.now(UTC))
    except InstantError as error:
        top.problem("started_at", error.reason, error.message)
        return None


def _day(top: Fields) -> Any:
    written = top.text("amount_as_of")
    if written is None:
        return None
    try:
        return parse_day(written)
    except InstantError as error:
        top.problem("amount_as_of", error.reason, error.message)
        return None


def _attributes(top: Fields) -> Mapping[str, str]:
    values = top.mapping("attributes") or {}
    # Keys of an open mapping are the user's data: problems name their place instead.
    inner = _by_place(f"{top.where}, attributes", values, top.problems)
    read = {key: inner.text(place) for key, place in zip(values, inner.values, strict=True)}
    return MappingProxyType({key: value for key, value in read.items() if value is not None})


def _by_place(where: str, values: Mapping[str, Any], problems: list[Problem]) -> Fields:
    entries = {f"entry {place}": value for place, value in enumerate(values.values())}
    return Fields(where, entries, problems)


def _turns(top: Fields, notes: list[Problem]) -> list[Turn]:
    turns: list[Turn] = []
    for index, value in enumerate(top.items("segments", most=MAX_SEGMENTS, required=True) or []):
        if len(top.problems) >= _MAX_PROBLEMS:
            break
        where = f"{top.where}, segment {index}"
        if not isinstance(value, dict):
            top.problems.append(Problem(where, "wrong_type", "must be an object"))
            continue
        turn = _turn(Fields(where, value, top.problems), index, notes)
        if turn is not None:
            turns.append(turn)
    return turns


def _turn(segment: Fields, index: int, notes: list[Problem]) -> Turn | None:
    before = len(segment.problems)
    time = segment.time()
    if "speaker" not in segment.values:
        segment.problem("speaker", "missing_key", "is required")
    elif segment.values["speaker"] is None:
        segment.problem("speaker", "wrong_type", "must be text")
    speaker = segment.choice("speaker", Speaker, reason="unknown_speaker")
    text = segment.text("text", required=True, longest=MAX_TEXT)
    words = _words(segment)
    confidence = segment.number("speaker_confidence", high=1.0)
    logprob = segment.number("avg_logprob", low=-math.inf)
    marks = _members(segment, "marks", Mark)
    method = segment.text("speaker_method")
    if time is None or speaker is None or text is None or len(segment.problems) > before:
        return None
    if text != segment.values["text"]:
        notes.append(Problem(segment.where, "cleaned_text", "held control characters"))
    if words and "".join(word.text for word in words) != text:
        notes.append(Problem(segment.where, "words_differ", "the words do not spell the text"))
    if segment.values.keys() - _SEGMENT_KEYS:
        notes.append(Problem(segment.where, "ignored_key", "has keys outside the format"))
    return Turn(
        index=index,
        speaker=speaker,
        text=text,
        time=time,
        words=words,
        speaker_confidence=1.0 if confidence is None else confidence,
        speaker_method=method or "declared",
        avg_logprob=logprob,
        marks=marks,
    )


def _words(segment: Fields) -> tuple[Word, ...]:
    words: list[Word] = []
    for place, value in enumerate(segment.items("words", most=MAX_TEXT) or []):
        where = f"{segment.where}, word {place}"
        if not isinstance(value, dict):
            segment.problems.append(Problem(where, "wrong_type", "must be an object"))
            continue
        fields = Fields(where, value, segment.problems)
        time = fields.time()
        text = fields.text("text", required=True, longest=MAX_NAME)
        probability = fields.number("probability", high=1.0)
        if time is not None and text is not None:
            words.append(Word(text, time, probability))
    return tuple(words)


def _members(fields: Fields, key: str, kind: type[Any]) -> tuple[Any, ...]:
    values = fields.items(key, most=100) or []
    inner = Fields(fields.where, {f"{key} {i}": v for i, v in enumerate(values)}, fields.problems)
    members = [inner.choice(name, kind) for name in inner.values]
    if any(value is None for value in values):
        fields.problem(key, "wrong_type", "must hold text only")
    return tuple(member for member in members if member is not None)


def _health(top: Fields) -> Health | None:
    values = top.mapping("health")
    if values is None:
        return None
    fields = Fields(f"{top.where}, health", values, top.problems)
    measures = fields.mapping("measures") or {}
    inner = _by_place(f"{top.where}, health, measures", measures, top.problems)
    numbers = {
        key: inner.number(place, low=-math.inf)
        for key, place in zip(measures, inner.values, strict=True)
    }
    usable = fields.truth("usable")
    return Health(
        usable=True if usable is None else usable,
        issues=_members(fields, "issues", HealthIssue),
        measures=MappingProxyType({k: v for k, v in numbers.items() if v is not None}),
    )


def _note_times(where: str, turns: list[Turn], notes: list[Problem]) -> None:
    last: dict[Speaker, int] = {}
    previous = 0
    for turn in turns:
        place = f"{where}, segment {turn.index}"
        if turn.time.start_ms < previous:
            notes.append(Problem(place, "out_of_order", "starts before the segment above it"))
        elif turn.speaker is not Speaker.UNKNOWN and turn.time.start_ms < last.get(turn.speaker, 0):
            message = "begins before the same speaker's last segment ends"
            notes.append(Problem(place, "overlap_same_speaker", message))
        previous = turn.time.start_ms
        last[turn.speaker] = max(last.get(turn.speaker, 0), turn.time.end_ms)
