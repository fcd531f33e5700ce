"""Turns: who speaks when, nothing lost, everything in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.calls import Speaker
from auditor.domain.transcripts import Mark
from auditor.transcribe.base import Piece, PieceWord
from auditor.transcribe.turns import Owner, Spoken, TurnLimits, build_utterances, to_turns

AGENT = Owner(Speaker.AGENT, 0.97, "channel_text")


def texts(*lanes, **limits):
    """Lane and text of every utterance."""
    said = build_utterances([[Spoken(p) for p in lane] for lane in lanes], TurnLimits(**limits))
    return [(one.lane, one.text) for one in said]


def test_a_short_pause_joins_and_a_long_one_parts(piece):
    """A breath is no end of a turn; silence is."""
    lane = [piece("您好，", 0, 1), piece("请问是", 1.5, 2.5), piece("喂？", 4, 4.5)]
    assert texts(lane) == [(0, "您好，请问是"), (0, "喂？")]


def test_the_other_side_in_between_ends_a_turn(piece):
    """An answer in a short gap keeps question, answer and follow-up apart."""
    agent = [piece("请问是王先生吗", 0, 2), piece("我是银行的", 2.6, 4)]
    assert texts(agent, [piece("是", 2.1, 2.5)]) == [
        (0, "请问是王先生吗"),
        (1, "是"),
        (0, "我是银行的"),
    ]


def test_talking_over_each_other_does_not_cut_sentences(piece):
    """Overlap is normal talk: a nod while the other speaks leaves the sentence whole."""
    agent = [piece("这边提醒您", 0, 2), piece("今天还款", 2.1, 4)]
    assert texts(agent, [piece("嗯嗯", 1, 1.8), piece("好", 2, 2.2)]) == [
        (0, "这边提醒您今天还款"),
        (1, "嗯嗯好"),
    ]


def test_marked_speech_is_a_turn_of_its_own(piece):
    """An invention does not take genuine speech down with it."""
    lane = [
        Spoken(piece("您好", 0, 1)),
        Spoken(piece("谢谢观看", 1.1, 2), (Mark.INVENTION,)),
        Spoken(piece("请问", 2.1, 3)),
    ]
    said = build_utterances([lane])
    assert [(one.text, one.marks) for one in said] == [
        ("您好", ()),
        ("谢谢观看", (Mark.INVENTION,)),
        ("请问", ()),
    ]


def test_a_monologue_ends_at_a_pause_some_time(piece):
    """A turn of minutes is no evidence anybody can read."""
    lane = [piece("说了又说", k * 4.5, k * 4.5 + 4) for k in range(20)]
    lengths = [len(text) / 4 for _, text in texts(lane)]
    assert max(lengths) * 4.5 <= 40 + 4.5
    assert sum(lengths) == 20


def test_probabilities_and_confidence_are_weighted_by_characters(piece):
    """A bare 嗯 of doubtful owner says little about the sentence around it."""
    lane = [
        Spoken(piece("我这边是银行的", 0, 2, avg_logprob=-0.1), (), 1.0),
        Spoken(piece("嗯", 2, 2.3, avg_logprob=-0.9), (), 0.2),
    ]
    (said,) = build_utterances([lane])
    assert said.confidence == pytest.approx((7 * 1.0 + 0.2) / 8)
    assert said.avg_logprob == pytest.approx((7 * -0.1 - 0.9) / 8)


def test_turns_carry_owner_words_and_marks(piece):
    """What was decided arrives in the transcript."""
    (said,) = build_utterances([[Spoken(piece("您好", 1, 2), (Mark.LOOP,))]])
    (turn,) = to_turns([(said, AGENT)], 10.0)
    assert (turn.speaker, turn.speaker_confidence, turn.speaker_method) == (
        Speaker.AGENT,
        0.97,
        "channel_text",
    )
    assert (turn.time.start_ms, turn.time.end_ms) == (1000, 2000)
    assert "".join(word.text for word in turn.words) == turn.text == "您好"
    assert not turn.usable


@st.composite
def lanes(draw):
    """One to three lanes of pieces in order, some of them marked."""
    out = []
    for _ in range(draw(st.integers(1, 3))):
        position, lane = 0.0, []
        for gap, lengths in draw(
            st.lists(st.tuples(st.floats(0, 3), st.lists(st.floats(0, 1), max_size=6)), max_size=8)
        ):
            start = position + gap
            words, at = [], start
            for number, length in enumerate(lengths):
                words.append(PieceWord(at, at + length, "好请问，"[number % 4], 0.5))
                at += length
            text = "".join(word.text for word in words)
            marks = draw(st.sampled_from([(), (), (), (Mark.NO_VOICE,)]))
            lane.append(Spoken(Piece(start, at, text, tuple(words), -0.3, 0.0, 1.0), marks))
            position = at
        out.append(lane)
    return out


@given(lanes(), st.floats(0, 40))
def test_no_word_is_lost_and_times_lie_in_the_recording(lanes, duration):
    """Whatever is heard: all words in the order of their lane, indices consecutive."""
    said = build_utterances(lanes)
    for number, lane in enumerate(lanes):
        spelled = "".join(one.text for one in said if one.lane == number)
        assert spelled == "".join(spoken.piece.text for spoken in lane)
    turns = to_turns([(one, AGENT) for one in said], duration)
    assert [turn.index for turn in turns] == list(range(len(turns)))
    last = round(duration * 1000)
    starts = [turn.time.start_ms for turn in turns]
    assert starts == sorted(starts)
    for turn in turns:
        assert turn.text
        assert turn.time.end_ms <= last
        for word in turn.words:
            assert turn.time.start_ms <= word.time.start_ms <= word.time.end_ms
            assert word.time.end_ms <= turn.time.end_ms


@given(lanes())
def test_one_turn_is_either_all_marked_or_not_at_all(lanes):
    """Marks never spread to other words."""
    marked = sum(len(s.piece.words) for lane in lanes for s in lane if s.marks)
    assert sum(len(one.words) for one in build_utterances(lanes) if one.marks) == marked
