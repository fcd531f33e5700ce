"""Write transcripts in the interchange format."""

from __future__ import annotations

from typing import Any

from auditor.domain.jsonform import call_to_json, health_to_json
from auditor.domain.transcripts import Transcript, Turn, Word


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
