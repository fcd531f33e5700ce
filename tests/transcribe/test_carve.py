"""Cut pieces are pieces again, and nothing gets lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.transcribe.base import Piece, PieceWord
from auditor.transcribe.carve import carve, without


@st.composite
def pieces(draw):
    """Pieces with words of one to four characters."""
    at = draw(st.floats(0, 5))
    start, words = at, []
    for text, gap, length in draw(
        st.lists(
            st.tuples(
                st.text("您好，a ", min_size=1, max_size=4), st.floats(0, 1), st.floats(0, 1)
            ),
            max_size=8,
        )
    ):
        words.append(PieceWord(at + gap, at + gap + length, text, 0.5))
        at += gap + length
    text = "".join(word.text for word in words)
    return Piece(start, at + 0.25, text, tuple(words), -0.1, 0.0, 1.0)


@given(pieces(), st.lists(st.integers(-3, 40), max_size=5))
def test_parts_join_to_the_whole(piece, cuts):
    """Text, order and outer times are kept (that parts are valid is checked by the piece)."""
    parts = carve(piece, cuts)
    assert "".join(part.text for part in parts) == piece.text
    assert (parts[0].start, parts[-1].end) == (piece.start, piece.end)
    assert all(part.text for part in parts) or parts == (piece,)
    inside = {cut for cut in cuts if 0 < cut < len(piece.text)}
    assert len(parts) == len(inside) + 1


@given(pieces(), st.integers(0, 30), st.integers(0, 30))
def test_only_the_named_characters_go(piece, one, other):
    """The rest stays, with its times."""
    start, end = sorted((one, other))
    assert without(piece, start, end).text == piece.text[:start] + piece.text[end:]


def test_a_word_across_a_cut_is_divided():
    """Its time is shared by characters."""
    piece = Piece(0, 4, "您好请问", (PieceWord(0, 4, "您好请问", 0.5),), -0.1, 0.0, 1.0)
    first, second = carve(piece, [1])
    assert (first.text, first.end) == ("您", pytest.approx(1.0))
    assert (second.text, second.start) == ("好请问", pytest.approx(1.0))
