"""Words of a window find their way back to the stretch of speech they were said in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.transcribe.assemble import Decoded, assemble, spread
from auditor.transcribe.base import SAMPLE_RATE, Piece, PieceWord
from auditor.transcribe.packing import pack


def seconds(*ranges):
    """Sample ranges from seconds."""
    return [(round(a * SAMPLE_RATE), round(b * SAMPLE_RATE)) for a, b in ranges]


def heard(*words):
    """A decoded window from (start, end, text)."""
    return Decoded(tuple(PieceWord(a, b, text, 0.9) for a, b, text in words), -0.2, 0.0, 1.0)


def test_words_go_to_the_stretch_they_were_said_in():
    """Silence that was cut out of the window is put back into the times."""
    (window,) = pack(seconds((1, 2), (10, 12)), 28 * SAMPLE_RATE, SAMPLE_RATE)
    first, second = assemble(window, heard((0.2, 0.6, "您好"), (1.5, 2.0, "请问")))
    assert (first.text, first.start, first.end) == ("您好", 1, 2)
    assert (second.text, second.start, second.end) == ("请问", 10, 12)
    assert second.words[0].start == pytest.approx(10.5)


def test_a_word_across_a_cut_stays_in_one_stretch():
    """Attention smears words over a cut; the middle decides, times stay inside."""
    (window,) = pack(seconds((1, 2), (10, 12)), 28 * SAMPLE_RATE, SAMPLE_RATE)
    (piece,) = assemble(window, heard((0.9, 1.6, "好的")))
    assert (piece.start, piece.words[0].start) == (10, 10)


def test_blanks_at_the_ends_are_dropped_and_inner_ones_kept():
    """The recogniser puts a blank before Latin words."""
    (window,) = pack(seconds((0, 2)), 28 * SAMPLE_RATE, SAMPLE_RATE)
    (piece,) = assemble(window, heard((0, 0.2, " "), (0.2, 0.5, "打开"), (0.5, 1, " APP ")))
    assert piece.text == "打开 APP"


def test_no_text_gives_no_piece():
    """A window in which nothing was heard leaves nothing behind."""
    (window,) = pack(seconds((0, 2)), 28 * SAMPLE_RATE, SAMPLE_RATE)
    assert assemble(window, heard((0, 1, " "))) == ()


def test_text_without_times_is_spread_evenly():
    """Where alignment gives nothing, characters share the time."""
    assert [word.end for word in spread("你好", 3.0)] == [1.5, 3.0]


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0.05, 3)), min_size=1, max_size=8),
    st.lists(
        st.tuples(st.floats(0, 40), st.floats(-1, 3), st.text("您好请问 ，", min_size=1)),
        max_size=30,
    ),
)
def test_no_character_is_lost_and_times_stay_inside(gaps, words):
    """Whatever times come, pieces are valid (their constructor checks) and spell everything."""
    ranges, position = [], 0.0
    for gap, length in gaps:
        ranges.append((position + gap, position + gap + length))
        position += gap + length
    (window, *_) = pack(seconds(*ranges), 28 * SAMPLE_RATE, SAMPLE_RATE)
    decoded = heard(*((start, max(0, start + length), text) for start, length, text in words))
    pieces = assemble(window, decoded)
    spelled = "".join(piece.text for piece in pieces)
    assert spelled.replace(" ", "") == decoded.text.replace(" ", "")
    assert all(b.start >= a.start for a, b in pairwise(pieces))


@pytest.mark.parametrize(
    ("text", "words", "start"),
    [
        ("你好", ((0, 1, "你"),), 0),
        ("你好", ((0, 1, "你"), (0.5, 3, "好")), 0),
        ("你好", ((1, 1.5, "你"), (0.5, 0.8, "好")), 0),
        ("", (), 5),
    ],
)
def test_an_inconsistent_piece_is_refused(text, words, start):
    """Words that do not spell the text, or lie outside, are a programming mistake."""
    timed = tuple(PieceWord(a, b, t, 0.5) for a, b, t in words)
    with pytest.raises(ValueError, match="piece"):
        Piece(start, 2, text, timed, -0.1, 0.0, 1.0)
