"""A damaged transcript is a transcript, and labels follow the turns."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.domain.calls import Speaker
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Transcript, Word
from auditor.errors import UsageError
from auditor.ingest.transcripts import parse_transcript, read_transcript, transcript_to_json
from auditor.noise.damage import Damager
from auditor.noise.recipe import ALL_KINDS, Kind, Recipe
from auditor.noise.transcripts import damage_transcript, move_labels

from .conftest import CALL, transcript_of

HERE = Path(__file__).parent
QUICK = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def written(transcript: Transcript) -> str:
    """The file of a transcript."""
    return json.dumps(transcript_to_json(transcript), ensure_ascii=False, indent=1) + "\n"


@given(
    seed=st.integers(),
    share=st.sampled_from([0.05, 0.1, 0.2, 0.3, 0.5]),
    kinds=st.frozensets(st.sampled_from([*Kind])) | st.just(ALL_KINDS),
    order=st.permutations(CALL),
)
@QUICK
def test_the_result_is_a_transcript_and_the_map_is_total_and_monotone(
    damager: Damager,
    seed: int,
    share: float,
    kinds: frozenset[Kind],
    order: list[tuple[Speaker, str]],
) -> None:
    """It reads back equal and without notes; every turn is somewhere, and none overtakes."""
    transcript = transcript_of(order)
    damaged = damage_transcript(damager, transcript, Recipe(share, seed, kinds))
    loaded = parse_transcript(written(damaged.transcript))
    assert loaded.notes == ()
    assert loaded.transcript.turns == damaged.transcript.turns
    assert loaded.transcript.call == transcript.call
    size = len(damaged.transcript.turns)
    assert len(damaged.segments) == len(damaged.main) == len(order)
    for numbers, main in zip(damaged.segments, damaged.main, strict=True):
        assert numbers
        assert main in numbers
        assert list(numbers) == list(range(numbers[0], numbers[-1] + 1))
        assert numbers[-1] < size
    for one, following in pairwise(damaged.segments):
        assert one[-1] <= following[0]
    noise = loaded.transcript.extra["noise"]
    assert noise["segments"] == [list(numbers) for numbers in damaged.segments]
    assert noise["main_segments"] == list(damaged.main)


def test_nothing_asked_nothing_changed(damager: Damager) -> None:
    """A share of 0 keeps every turn, with its timed words."""
    transcript = transcript_of(CALL[:1])
    turn = transcript.turns[0]
    words = (Word(turn.text, turn.time, 0.9),)
    timed = Transcript(call=transcript.call, turns=(type(turn)(**fields(turn, words=words)),))
    damaged = damage_transcript(damager, timed, Recipe(0, 1))
    assert damaged.transcript.turns == timed.turns
    assert damaged.segments == ((0,),)
    assert damaged.errors.errors == 0


def test_words_of_a_damaged_turn_are_left_out(damager: Damager) -> None:
    """They would spell what was said, not what was heard."""
    turns = tuple(
        type(turn)(**fields(turn, words=(Word(turn.text, turn.time),)))
        for turn in transcript_of(CALL).turns
    )
    transcript = Transcript(call=transcript_of(CALL).call, turns=turns)
    damaged = damage_transcript(damager, transcript, Recipe(0.2, 1)).transcript
    assert any(turn.words for turn in damaged.turns)
    for turn in damaged.turns:
        assert not turn.words or "".join(word.text for word in turn.words) == turn.text
    assert parse_transcript(written(damaged)).notes == ()


def fields(turn: Any, **changes: Any) -> dict[str, Any]:
    """The fields of a turn, some of them changed."""
    return {name: getattr(turn, name) for name in type(turn).__slots__} | changes


def test_the_times_of_halves_and_joins(damager: Damager) -> None:
    """Halves share the time of the turn, joins span both, an invented turn lies between."""
    seen = set()
    for seed in range(60):
        damaged = damage_transcript(damager, transcript_of(CALL), Recipe(0.3, seed))
        turns = damaged.transcript.turns
        for number, numbers in enumerate(damaged.segments):
            whole = TimeSpan(4000 * number, 4000 * number + 3500)
            assert turns[numbers[0]].time.start_ms <= whole.start_ms
            assert turns[numbers[-1]].time.end_ms >= whole.end_ms
            if len(numbers) > 1:
                seen.add("split")
                for one, following in pairwise(numbers):
                    assert turns[one].time.end_ms == turns[following].time.start_ms
        for one, following in pairwise(turns):
            assert one.time.end_ms <= following.time.start_ms
        known = {number for numbers in damaged.segments for number in numbers}
        seen |= {"invented"} if len(known) < len(turns) else set()
        seen |= {"merge"} if len(set(damaged.main)) < len(CALL) else set()
    assert seen == {"split", "merge", "invented"}


@pytest.mark.parametrize(
    ("row", "moved"),
    [
        (
            {"call_id": "C1", "violations": [{"category": "threat", "segment": 1, "note": "x"}]},
            {"call_id": "C1", "violations": [{"category": "threat", "segment": 2, "note": "x"}]},
        ),
        (
            {"violations": [{"category": "threat", "segment": 2, "note": "x"}] * 2},
            {"violations": [{"category": "threat", "segment": 3, "note": "x"}]},
        ),
        (
            {
                "violations": [
                    {"category": "threat", "segment": 2, "note": "x"},
                    {"category": "threat", "segment": 3, "note": "y"},
                    {"category": "abuse", "segment": 3},
                ]
            },
            {
                "violations": [
                    {"category": "threat", "segment": 3, "note": "x"},
                    {"category": "abuse", "segment": 3},
                ]
            },
        ),
        (
            {"acts": [{"act": "plan", "segment": 3}], "cues": [{"cue": "dispute", "segment": 0}]},
            {"acts": [{"act": "plan", "segment": 3}], "cues": [{"cue": "dispute", "segment": 0}]},
        ),
        (
            {"omissions": ["fee_explanation"], "applicable": [], "note": "n", "x": {"segment": 9}},
            {"omissions": ["fee_explanation"], "applicable": [], "note": "n", "x": {"segment": 9}},
        ),
        ({"acts": [{"segment": None}] * 2}, {"acts": [{"segment": None}]}),
    ],
)
def test_labels_move(row: dict[str, Any], moved: dict[str, Any]) -> None:
    """Turn 1 was split (its second half is longer), turns 2 and 3 were merged."""
    assert move_labels(row, (0, 2, 3, 3), "row") == moved


@pytest.mark.parametrize("segment", [4, -1, "1", 1.0, True])
def test_labels_of_no_turn_are_refused(segment: object) -> None:
    """With the place of the row, without its contents."""
    with pytest.raises(UsageError, match="line 3"):
        move_labels({"violations": [{"segment": segment}]}, (0, 1, 2, 3), "labels, line 3")


def test_labels_find_the_words_they_were_given_for(damager: Damager) -> None:
    """The turn a label moves to holds the longer part of what it pointed at."""
    for seed in range(30):
        recipe = Recipe(0.3, seed, frozenset({Kind.SPLIT, Kind.MERGE, Kind.INVENTED_TURN}))
        damaged = damage_transcript(damager, transcript_of(CALL), recipe)
        for number, (_, said) in enumerate(CALL):
            text = damaged.transcript.turns[damaged.main[number]].text
            half = len(said) // 2
            assert said[: half + 1] in text or said[half:] in text or said[half // 2 : half] in text


def test_a_small_call_comes_out_as_it_did(damager: Damager) -> None:
    """Every character of the result is pinned; a change of the tool shows here."""
    damaged = damage_transcript(
        damager, read_transcript(HERE / "golden" / "call.json"), Recipe(0.2, 32)
    )
    golden = (HERE / "golden" / "damaged.json").read_text(encoding="utf-8")
    assert written(damaged.transcript) == golden
