"""Many texts at once are folded and sounded as each by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.text.codetable import CodeTable
from auditor.text.normalise import Normaliser
from auditor.text.pinyin import Syllables

NORMALISER, SYLLABLES = Normaliser(), Syllables()
CHARACTERS = st.one_of(st.characters(), st.sampled_from("請您\uff21B著名甚么還钱\n😀"))
TEXTS = st.lists(st.text(CHARACTERS, max_size=12))


@given(TEXTS)
def test_folding_many_texts_is_folding_each(texts: list[str]) -> None:
    """Whatever the texts hold: surrogates, line ends, what lies beyond the basic plane."""
    assert NORMALISER.fold_all(texts) == [NORMALISER.fold(text) for text in texts]


@given(st.text(st.one_of(st.characters(), st.sampled_from("银行长重\n1a")), max_size=20))
def test_sounds_of_a_long_text_are_those_of_its_characters(text: str) -> None:
    """The same syllables, and the same classes of them."""
    exact = SYLLABLES.encode(text)
    assert SYLLABLES.sounds(text) == (exact, SYLLABLES.blur(exact))


@pytest.mark.parametrize(
    ("other", "text", "replaced"),
    [
        (None, "", ""),
        (None, "abc", "xbc"),
        (None, "a还\U0001f600", "x还\U0001f600"),
        ("-", "", ""),
        ("-", "abc", "x--"),
        ("-", "a还\U0001f600\ud800", "x---"),
    ],
)
def test_what_the_table_does_not_hold(other: str | None, text: str, replaced: str) -> None:
    """Other characters stay, or become one that stands for all of them."""
    assert CodeTable({ord("a"): "x"}, other)(text) == replaced


def test_an_empty_table_changes_nothing() -> None:
    """There is nothing to look up."""
    assert CodeTable({})("还a") == "还a"
