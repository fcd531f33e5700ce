"""Silence, overlap, interruption, pace and figures of the call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rule_bench import OPEN, Bench, timed

from auditor.conditions.truth import Truth
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Mark, Transcript, Turn, Word

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
WAIT = {"speaker": "agent", "pattern": "稍等"}


def found(told: dict[str, Any], transcript: Transcript) -> tuple[Truth, list[int]]:
    """Answer of a sound condition and the turns of its hits."""
    bench = Bench()
    condition = bench.condition(told)
    assert bench.source.problems == []
    answer = condition.find(bench.laid_out(transcript))
    return answer.truth, [hit.turn for hit in answer.hits]


def without_times(transcript: Transcript) -> Transcript:
    """The same text, nobody knows when it was said."""
    turns = tuple(replace(turn, time=TimeSpan(0, 0)) for turn in transcript.turns)
    return replace(transcript, turns=turns, duration=None)


def marked(transcript: Transcript, index: int, **told: Any) -> Transcript:
    """The same with one turn changed."""
    turns = [replace(t, **told) if t.index == index else t for t in transcript.turns]
    return replace(transcript, turns=tuple(turns))


QUIET = timed("A 0 2 请稍等", "C 3 4 好", "A 14 16 查到了", "C 16 17 嗯", duration=30)


@pytest.mark.parametrize(
    ("told", "truth", "turns"),
    [
        ({"above": 8}, H, [1]),
        ({"at_least": 1}, H, [0, 1]),
        ({"above": 8, "after": "customer", "before": "agent"}, H, [1]),
        ({"above": 0.5, "below": 5}, H, [0]),
        ({"above": 8, "unless_said": {"speaker": "customer", "pattern": "等"}}, H, [1]),
        ({"above": 0.5, "unless_said": WAIT}, H, [1]),
        ({"above": 8, "unless_said": OPEN}, U, [1]),
        ({"above": 10}, M, []),
        ({"above": 8, "after": "agent"}, M, []),
        ({"above": 8, "before": "customer"}, M, []),
        ({"above": 8, "unless_said": {"speaker": "customer", "pattern": "好"}}, M, []),
        ({"above": 60}, M, []),
    ],
)
def test_silence(told: dict[str, Any], truth: Truth, turns: list[int]) -> None:
    """Between the end of all talk and the next turn; the turn before is quoted."""
    assert found({"silence": told}, QUIET) == (truth, turns)


def test_silence_and_what_the_recogniser_made_up() -> None:
    """Text without voice is silence; other turns that cannot be judged were spoken."""
    talk = timed("A 0 2 您好", "C 5 6 请订阅", "A 9 11 喂", duration=12)
    assert found({"silence": {"above": 5}}, talk) == (M, [])
    assert found({"silence": {"above": 5}}, marked(talk, 1, marks=(Mark.NO_VOICE,))) == (H, [0])
    assert found({"silence": {"above": 5}}, marked(talk, 1, marks=(Mark.LOOP,))) == (M, [])


def with_words(turn: Turn, *times: tuple[int, int]) -> Turn:
    """The turn with a timed word for each character."""
    words = tuple(Word(c, TimeSpan(*span)) for c, span in zip(turn.text, times, strict=True))
    return replace(turn, words=words)


def test_pauses_inside_a_turn_need_the_times_of_words() -> None:
    """With ``inside`` a turn without words leaves open that nobody paused."""
    told = {"silence": {"above": 3, "inside": True}}
    talk = timed("A 0 6 您好", duration=8)
    assert found(told, talk) == (U, [])
    paused = replace(talk, turns=(with_words(talk.turns[0], (0, 500), (5000, 6000)),))
    assert found(told, paused) == (H, [0])
    steady = replace(talk, turns=(with_words(talk.turns[0], (0, 3000), (3000, 6000)),))
    assert found(told, steady) == (M, [])
    assert found({"silence": {"above": 3}}, paused) == (M, [])


BUSY = timed("C 0 6 我想说", "A 4 9 你听我说", "C 8.5 9.5 嗯", "A 10 11 好", duration=12)


@pytest.mark.parametrize(
    ("told", "truth", "turns"),
    [
        ({"speaker": "agent", "overlap": {"above": 1}}, H, [1]),
        ({"speaker": "any", "overlap": {"above": 0.2}}, H, [1, 2]),
        ({"speaker": "agent", "interruption": {"above": 1, "ahead": 3}}, H, [1]),
        ({"speaker": "customer", "overlap": {"below": 1}}, H, [2]),
        ({"speaker": "agent", "overlap": {"above": 2}}, M, []),
        ({"speaker": "agent", "interruption": {"above": 1, "ahead": 5}}, M, []),
        ({"speaker": "customer", "overlap": {"above": 1}}, M, []),
        ({"speaker": "agent", "interruption": {"above": 0.1, "ahead": 4.5}}, M, []),
    ],
)
def test_talking_at_once(told: dict[str, Any], truth: Truth, turns: list[int]) -> None:
    """Who begins while the other talks, after how long, for how long."""
    assert found(told, BUSY) == (truth, turns)


def test_a_murmur_is_no_interruption() -> None:
    """Where the first one goes on talking nobody was cut short."""
    talk = timed("C 0 9 我想说", "A 4 5 嗯", duration=10)
    assert found({"speaker": "agent", "overlap": {"above": 0.5}}, talk) == (H, [1])
    assert found({"speaker": "agent", "interruption": {"above": 0.5}}, talk) == (M, [])


def test_one_track_cannot_show_that_nobody_talked_over() -> None:
    """Where speakers were told apart by text, no overlap means nothing."""
    calm = timed("C 0 2 您好", "A 3 4 好", duration=5)
    told = {"speaker": "agent", "overlap": {"above": 0.5}}
    assert found(told, calm) == (M, [])
    assert found(told, marked(calm, 1, speaker_method="text")) == (U, [])


PACE = timed(f"A 0 6 {'快' * 40}", f"A 7 27 {'慢' * 40}", f"C 27 30 {'快' * 40}", "A 30 30.1 好的")


@pytest.mark.parametrize(
    ("told", "truth", "turns"),
    [
        ({"speaker": "agent", "speech_rate": {"above": 350}}, H, [0]),
        ({"speaker": "agent", "speech_rate": {"below": 150}}, H, [1]),
        ({"speaker": "any", "speech_rate": {"above": 350}}, H, [0, 2]),
        ({"speaker": "agent", "speech_rate": {"above": 350, "shortest": 2}}, H, [0, 3]),
        ({"speaker": "agent", "speech_rate": {"above": 400}}, M, []),
        ({"speaker": "agent", "speech_rate": {"above": 350, "shortest": 41}}, M, []),
        ({"speaker": "customer", "speech_rate": {"below": 500}}, M, []),
    ],
)
def test_speech_rate(told: dict[str, Any], truth: Truth, turns: list[int]) -> None:
    """Characters a minute of each turn that is long enough."""
    assert found(told, PACE) == (truth, turns)


FIGURES = timed("C 4 6 您好", "A 6 16 请还款请还款", "C 18 20 好", duration=30)


@pytest.mark.parametrize(
    ("told", "truth"),
    [
        ({"measure": {"of": "duration", "at_least": 30}}, H),
        ({"measure": {"of": "turns", "at_most": 3}}, H),
        ({"speaker": "agent", "measure": {"of": "turns", "below": 2}}, H),
        ({"speaker": "agent", "measure": {"of": "talk_share", "above": 70}}, H),
        ({"speaker": "customer", "measure": {"of": "talk_seconds", "below": 5}}, H),
        ({"measure": {"of": "silence_share", "above": 50}}, H),
        ({"speaker": "agent", "measure": {"of": "speech_rate", "below": 40}}, H),
        ({"measure": {"of": "late_answer", "above": 3}}, H),
        ({"speaker": "agent", "measure": {"of": "late_answer", "above": 5}}, H),
        ({"measure": {"of": "late_hang_up", "above": 9}}, H),
        ({"speaks_first": "customer"}, H),
        ({"speaks_last": "customer"}, H),
        ({"measure": {"of": "duration", "below": 30}}, M),
        ({"measure": {"of": "turns", "above": 3}}, M),
        ({"speaker": "agent", "measure": {"of": "talk_share", "above": 80}}, M),
        ({"speaker": "agent", "measure": {"of": "talk_seconds", "above": 10}}, M),
        ({"measure": {"of": "silence_share", "above": 54}}, M),
        ({"measure": {"of": "late_answer", "above": 4}}, M),
        ({"measure": {"of": "late_hang_up", "above": 10}}, M),
        ({"speaker": "agent", "measure": {"of": "late_hang_up", "below": 14}}, M),
        ({"speaks_first": "agent"}, M),
        ({"speaks_last": "agent"}, M),
    ],
)
def test_figures_of_the_call(told: dict[str, Any], truth: Truth) -> None:
    """Length, shares, pace, first and last word."""
    assert found(told, FIGURES)[0] is truth


TIMELESS = without_times(FIGURES)


@pytest.mark.parametrize(
    ("told", "truth"),
    [
        ({"silence": {"above": 3}}, U),
        ({"speaker": "agent", "overlap": {"above": 1}}, U),
        ({"speaker": "agent", "speech_rate": {"above": 300, "shortest": 2}}, U),
        ({"measure": {"of": "duration", "above": 3}}, U),
        ({"speaker": "agent", "measure": {"of": "talk_share", "above": 3}}, U),
        ({"measure": {"of": "silence_share", "above": 3}}, U),
        ({"measure": {"of": "late_answer", "above": 3}}, U),
        ({"measure": {"of": "late_hang_up", "above": 3}}, U),
        ({"measure": {"of": "turns", "at_most": 3}}, H),
        ({"speaks_first": "customer"}, H),
    ],
)
def test_without_times_nothing_is_known_of_them(told: dict[str, Any], truth: Truth) -> None:
    """A text whose turns have no times can show its turns and nothing else."""
    assert found(told, TIMELESS)[0] is truth


@pytest.mark.parametrize(
    ("told", "truth"),
    [
        ({"speaker": "agent", "measure": {"of": "talk_share", "above": 50}}, U),
        ({"speaker": "agent", "measure": {"of": "turns", "at_least": 2}}, U),
        ({"speaker": "agent", "measure": {"of": "talk_share", "below": 95}}, H),
        ({"speaks_last": "agent"}, U),
        ({"measure": {"of": "turns", "at_least": 2}}, H),
        ({"speaker": "agent", "measure": {"of": "turns", "at_least": 3}}, M),
    ],
)
def test_an_unknown_speaker_counts_both_ways(told: dict[str, Any], truth: Truth) -> None:
    """What depends on whose turn it was is open; what does not is decided."""
    talk = timed("C 0 4 您好", "A 4 8 好", "U 8 12 嗯", duration=13)
    assert found(told, talk)[0] is truth


def test_without_the_length_of_the_recording_the_hang_up_is_open() -> None:
    """The end of the last turn is not the end of the call."""
    talk = replace(FIGURES, duration=None)
    assert found({"measure": {"of": "late_hang_up", "above": 3}}, talk)[0] is U
    assert found({"measure": {"of": "silence_share", "above": 3}}, talk)[0] is U


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"silence": {}}, "no_comparison"),
        ({"silence": {"above": -1}}, "out_of_range"),
        ({"silence": {"above": 3, "after": "boss"}}, "unknown_word"),
        ({"silence": 8}, "not_a_mapping"),
        ({"overlap": {"above": 1}}, "no_speaker"),
        ({"speaker": "agent", "overlap": {}}, "no_comparison"),
        ({"speaker": "agent", "interruption": {"above": 1, "after": 3}}, "unknown_key"),
        ({"speaker": "agent", "speech_rate": {"shortest": 3}}, "no_comparison"),
        ({"speech_rate": {"above": 3}}, "no_speaker"),
        ({"measure": {"of": "mood", "above": 3}}, "unknown_word"),
        ({"measure": {"of": "duration"}}, "no_comparison"),
        ({"measure": {"of": "talk_share", "above": 3}}, "no_speaker"),
        ({"speaks_first": "anybody"}, "unknown_word"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Figures, bounds and speakers are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


@pytest.mark.parametrize(
    ("told", "part"),
    [
        ({"silence": {"above": 8}}, "静音超过8秒"),
        ({"speaker": "agent", "interruption": {"above": 1}}, "打断对方超过1秒"),
        ({"speaker": "agent", "speech_rate": {"above": 300}}, "每分钟超过300字"),
        ({"measure": {"of": "duration", "below": 9}}, "通话时长低于9秒"),
        ({"speaks_last": "agent"}, "坐席最后说话"),
    ],
)
def test_says_itself_in_chinese(told: dict[str, Any], part: str) -> None:
    """What is measured and its bounds are named."""
    assert part in Bench().condition(told).describe()
