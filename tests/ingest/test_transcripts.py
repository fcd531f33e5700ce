"""Transcript files are read strictly, kept exactly, and written back equal."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.domain.calls import Call, Callee, Direction, Seat, Speaker
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Health, HealthIssue, Mark, Transcript, Turn, Word
from auditor.errors import TranscriptError
from auditor.ingest.clean import clean
from auditor.ingest.transcripts import (
    load_transcript,
    parse_transcript,
    read_transcript,
    transcript_to_json,
)

FULL: dict[str, Any] = {
    "call_id": "C-1001",
    "agent_id": "A07",
    "agent_name": "张伟",
    "team": "一组",
    "customer_id": "110101199001011234",
    "started_at": "2026-03-05T10:15:00+08:00",
    "direction": "outbound",
    "callee": "debtor",
    "overdue_days": 12,
    "duration": 95.0,
    "segments": [
        {
            "start": 0.0,
            "end": 2.4,
            "speaker": "agent",
            "text": "您好",
            "words": [
                {"start": 0.0, "end": 0.3, "text": "您", "probability": 0.98},
                {"start": 0.3, "end": 0.5, "text": "好"},
            ],
            "avg_logprob": -0.2,
        },
        {"start": 2.0, "end": 3.0, "speaker": "customer", "text": "喂"},
    ],
    "source": {"engine": "faster-whisper 1.2.1", "audio_sha256": "00"},
    "vendor": {"queue": [1, 2, None]},
}


def _with(**changes: Any) -> str:
    return json.dumps(FULL | changes)


def _segment(**changes: Any) -> str:
    return _with(segments=[FULL["segments"][1], FULL["segments"][1] | changes])


def test_contract_example(tmp_path: Path) -> None:
    """The example of the format arrives complete; unknown keys stay in ``extra``."""
    path = tmp_path / "C-1001.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(FULL).encode())  # Windows editors add a mark
    loaded = load_transcript(path)
    transcript = loaded.transcript
    assert loaded.notes == ()
    assert read_transcript(path) == transcript
    call = transcript.call
    assert (call.call_id, call.agent_id, call.overdue_days) == ("C-1001", "A07", 12)
    assert call.started_at == datetime(2026, 3, 5, 2, 15, tzinfo=UTC)
    assert (call.direction, call.callee) == (Direction.OUTBOUND, Callee.DEBTOR)
    first, second = transcript.turns
    assert (first.speaker, first.text, first.time) == (Speaker.AGENT, "您好", TimeSpan(0, 2400))
    assert first.words[0] == Word("您", TimeSpan(0, 300), 0.98)
    assert (first.avg_logprob, first.speaker_method, first.speaker_confidence) == (
        -0.2,
        "declared",
        1.0,
    )
    assert (second.index, second.words) == (1, ())
    assert (transcript.duration, transcript.source["audio_sha256"]) == (95.0, "00")
    assert dict(transcript.extra) == {"vendor": {"queue": [1, 2, None]}}
    assert transcript_to_json(transcript) == FULL


def test_least(tmp_path: Path) -> None:
    """Ids and segments are enough; what nobody said is None."""
    text = json.dumps({"call_id": "1", "agent_id": "2", "segments": []})
    transcript = parse_transcript(text).transcript
    assert transcript.turns == ()
    assert transcript.duration is transcript.health is transcript.call.callee is None
    assert transcript_to_json(transcript) == json.loads(text)


BAD = [
    ("[]", "not_an_object"),
    ("", "bad_json"),
    ("{", "bad_json"),
    ('{"call_id": "1", "call_id": "2"}', "bad_json"),
    (_with().replace("95.0", "NaN"), "bad_json"),
    (_with().replace("95.0", "Infinity"), "bad_json"),
    (_with().replace("95.0", "1e999"), "bad_value"),
    (_with().replace("95.0", "9" * 5000), "bad_json"),
    ("[" * 100_000, "too_deep"),
    (_with(vendor=json.loads("[" * 40 + "]" * 40)), "too_deep"),
    (_with(call_id=None), "missing_key"),
    (_with(call_id=1001), "wrong_type"),
    (_with(call_id=""), "bad_call_id"),
    (_with(call_id="../C"), "bad_call_id"),
    (_with(agent_id=" "), "bad_agent_id"),
    (_with(agent_name=["x"]), "wrong_type"),
    (_with(agent_name="x" * 3000), "oversized"),
    (_with(started_at="2026-03-05T10:15:00"), "naive_time"),
    (_with(started_at="soon"), "bad_value"),
    (_with(direction="up"), "bad_value"),
    (_with(callee="friend"), "bad_value"),
    (_with(overdue_days="12"), "wrong_type"),
    (_with(overdue_days=1.5), "bad_value"),
    (_with(overdue_days=True), "wrong_type"),
    (_with(duration=-1), "bad_value"),
    (_with(segments=None), "missing_key"),
    (_with(segments={}), "wrong_type"),
    (_with(segments=["您好"]), "wrong_type"),
    (_with(source="whisper"), "wrong_type"),
    (_with(health={"usable": "yes"}), "wrong_type"),
    (_with(health={"issues": ["tired"]}), "bad_value"),
    (_with(attributes={"a": 1}), "wrong_type"),
    (_segment(speaker="坐席"), "unknown_speaker"),
    (_segment(speaker=None), "wrong_type"),
    (_segment(speaker=0), "wrong_type"),
    (_segment(start=-0.1), "bad_value"),
    (_segment(start="0"), "wrong_type"),
    (_segment(start=None), "missing_key"),
    (_segment(start=5.0, end=4.0), "end_before_start"),
    (_segment(end=1e9), "bad_value"),
    (_segment(text=None), "missing_key"),
    (_segment(text=7), "wrong_type"),
    (_segment(text="一" * 1_000_000), "oversized"),
    (_segment(words={}), "wrong_type"),
    (_segment(words=[1]), "wrong_type"),
    (_segment(words=[{"start": 0, "end": 1}]), "missing_key"),
    (_segment(words=[{"start": 2, "end": 1, "text": "喂"}]), "end_before_start"),
    (_segment(words=[{"start": 0, "end": 1, "text": "喂", "probability": 2}]), "bad_value"),
    (_segment(avg_logprob="low"), "wrong_type"),
    (_segment(speaker_confidence=1.1), "bad_value"),
    (_segment(marks=["odd"]), "bad_value"),
    (_segment(marks=[None]), "wrong_type"),
]


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_bad(text: str, reason: str) -> None:
    """Each way to break the format has its reason, and no error repeats the text."""
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(text, "t.json")
    (problem,) = caught.value.problems
    assert problem.reason == reason
    assert problem.where.startswith("t.json")
    assert "一一" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_missing_keys() -> None:
    """Keys that are absent altogether are all listed."""
    with pytest.raises(TranscriptError) as caught:
        parse_transcript('{"segments": [{}]}', "t")
    assert [problem.where for problem in caught.value.problems] == [
        "t, call_id",
        "t, agent_id",
        "t, segment 0, start",
        "t, segment 0, end",
        "t, segment 0, speaker",
        "t, segment 0, text",
    ]


def test_problems_are_bounded() -> None:
    """Ten thousand broken segments give two hundred problems."""
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(_with(segments=[{}] * 10_000))
    assert len(caught.value.problems) == 200


def _notes(*segments: dict[str, Any]) -> list[tuple[str, str]]:
    loaded = parse_transcript(_with(segments=list(segments)), "t")
    return [(note.where, note.reason) for note in loaded.notes]


def _said(start: float, end: float, speaker: str = "agent", text: str = "好") -> dict[str, Any]:
    return {"start": start, "end": end, "speaker": speaker, "text": text}


def test_overlaps() -> None:
    """Two people talking at once is normal; one talking twice at once is noted."""
    assert _notes(_said(0, 5), _said(2, 4, "customer"), _said(5, 6)) == []
    assert _notes(_said(0, 5), _said(2, 6)) == [("t, segment 1", "overlap_same_speaker")]
    assert _notes(_said(0, 5, "unknown"), _said(2, 6, "unknown")) == []


def test_order_is_kept() -> None:
    """Segments out of order keep their numbers, which others refer to."""
    assert _notes(_said(5, 6), _said(0, 1, "customer")) == [("t, segment 1", "out_of_order")]
    loaded = parse_transcript(_with(segments=[_said(5, 6), _said(0, 1)]))
    assert [turn.time.start for turn in loaded.transcript.turns] == [5.0, 0.0]


def test_control_characters_keep_offsets() -> None:
    """Control characters become spaces in text and words; every other offset stays."""
    text = "您\x00好\n，\x1b[31m王\u202e生\ud800"
    segment = _said(0, 1, text=text)
    segment["words"] = [{"start": 0, "end": 1, "text": text}]
    loaded = parse_transcript(_with(segments=[segment]), "t")
    (turn,) = loaded.transcript.turns
    assert turn.text == "您 好 ， [31m王 生\ufffd" == turn.words[0].text
    assert len(turn.text) == len(text)
    assert [note.reason for note in loaded.notes] == ["cleaned_text"]


def test_half_characters_anywhere() -> None:
    """Half a surrogate pair in any key or value is replaced, so that the file can be written."""
    text = _with(vendor={"k\ud800": ["\udfff", {"a": "好\ud800"}]}, source={"model": "\ud800"})
    transcript = parse_transcript(text).transcript
    written = json.dumps(transcript_to_json(transcript), ensure_ascii=False).encode()
    assert json.loads(written)["vendor"] == {"k\ufffd": ["\ufffd", {"a": "好\ufffd"}]}


def test_odd_segments_are_noted() -> None:
    """Words that do not spell the text and unknown keys of a segment are noted."""
    segment = _said(0, 1, text="您好") | {"emotion": "calm"}
    segment["words"] = [{"start": 0, "end": 1, "text": "您"}]
    assert [reason for _, reason in _notes(segment)] == ["words_differ", "ignored_key"]


def test_file_problems(tmp_path: Path) -> None:
    """Missing, too large and wrongly encoded files have their reasons."""
    (tmp_path / "gbk.json").write_bytes('{"a": "中文"}'.encode("gbk"))
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(65 * 2**20)
    for name, reason in (
        ("none.json", "missing"),
        (".", "missing"),
        ("gbk.json", "bad_encoding"),
        ("large.json", "too_large"),
    ):
        with pytest.raises(TranscriptError) as caught:
            read_transcript(tmp_path / name)
        assert caught.value.problems[0].reason == reason


def test_time_zone() -> None:
    """A declared zone completes a time without offset."""
    text = _with(started_at="2026-03-05 10:15:00")
    call = parse_transcript(text, timezone="Asia/Shanghai").transcript.call
    assert call.started_at == datetime(2026, 3, 5, 2, 15, tzinfo=UTC)


TEXTS = st.text(max_size=30).map(clean)
IDS = st.text("abC019-_ 张", min_size=1, max_size=12).filter(lambda t: t == t.strip())
SECONDS = st.integers(0, 600_000)
SHARE = st.floats(0, 1)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spans(draw: st.DrawFn) -> TimeSpan:
    """Any time span of up to ten minutes."""
    return TimeSpan(*sorted((draw(SECONDS), draw(SECONDS))))


CALLS = st.builds(
    Call,
    call_id=IDS,
    agent_id=IDS,
    agent_name=st.none() | TEXTS,
    customer_id=st.none() | TEXTS,
    started_at=st.none()
    | st.datetimes(datetime(1995, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    direction=st.none() | st.sampled_from(Direction),
    callee=st.none() | st.sampled_from(Callee),
    overdue_days=st.none() | st.integers(0, 5000),
    seat=st.none() | st.sampled_from(Seat),
    answered=st.none() | st.booleans(),
    amount_due=st.none() | st.floats(0, 1e9),
    amount_as_of=st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    synthetic=st.booleans(),
    attributes=st.dictionaries(TEXTS, TEXTS, max_size=3).map(MappingProxyType),
)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Any transcript the domain can hold."""
    words = st.lists(st.builds(Word, TEXTS, spans(), st.none() | SHARE), max_size=3).map(tuple)
    turns = [
        Turn(
            index=index,
            speaker=draw(st.sampled_from(Speaker)),
            text=draw(TEXTS),
            time=draw(spans()),
            words=draw(words),
            speaker_confidence=draw(SHARE),
            speaker_method=draw(st.sampled_from(["declared", "channel", "text"])),
            avg_logprob=draw(st.none() | st.floats(-20, 0)),
            marks=tuple(draw(st.lists(st.sampled_from(Mark), unique=True, max_size=2))),
        )
        for index in range(draw(st.integers(0, 4)))
    ]
    issues = tuple(draw(st.lists(st.sampled_from(HealthIssue), unique=True, max_size=2)))
    measures = st.dictionaries(TEXTS, st.floats(-200, 200), max_size=2).map(MappingProxyType)
    return Transcript(
        call=draw(CALLS),
        turns=tuple(turns),
        duration=draw(st.none() | st.floats(0, 1e5)),
        source=draw(st.dictionaries(TEXTS, JSON_VALUES, max_size=2).map(MappingProxyType)),
        health=draw(st.none() | st.just(Health(draw(st.booleans()), issues, draw(measures)))),
        extra=MappingProxyType(
            {f"x-{k}": v for k, v in draw(st.dictionaries(TEXTS, JSON_VALUES, max_size=2)).items()}
        ),
    )


@settings(max_examples=150, deadline=None)
@given(transcripts())
def test_round_trip(transcript: Transcript) -> None:
    """Writing and reading any transcript gives an equal one."""
    text = json.dumps(transcript_to_json(transcript), ensure_ascii=False, allow_nan=False)
    assert parse_transcript(text).transcript == transcript


@settings(max_examples=150, deadline=None)
@given(JSON_VALUES, st.sampled_from([*FULL, "health", "attributes"]))
def test_any_value_anywhere(value: Any, key: str) -> None:
    """Any value in place of any key is read or refused by name, never a crash."""
    outcome = "read"
    try:
        parse_transcript(_with(**{key: value}))
    except TranscriptError as error:
        outcome = error.problems[0].where
    assert outcome == "read" or key.removesuffix("s") in outcome


@given(st.text())
def test_clean(text: str) -> None:
    """Cleaning keeps the length, can be written as UTF-8, and does nothing twice."""
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert clean(cleaned) == cleaned
    assert cleaned.encode().decode() == cleaned


@pytest.mark.parametrize(
    "more",
    ['"x":1e999', '"x":{"y":[-1e999]}', '"source":{"a":1e999}', '"duration":1e300'],
)
def test_numbers_beyond_measure_are_named(more: str) -> None:
    """A number that reads as infinity, or a length of years, is refused wherever it stands."""
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(f'{{"call_id":"C","agent_id":"A","segments":[],{more}}}')
    assert [problem.reason for problem in caught.value.problems] == ["bad_value"]


def test_keys_of_attributes_stay_out_of_problems() -> None:
    """The keys of open mappings are data of the user; their place is named instead."""
    text = '{"call_id":"C","agent_id":"A","segments":[],"attributes":{"a":"x","13800000000":5}}'
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(text)
    assert "13800000000" not in str(caught.value)
    assert "attributes, entry 1" in str(caught.value)
