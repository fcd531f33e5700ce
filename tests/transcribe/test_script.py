"""Script conversion keeps the words, their times and the punctuation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.transcribe.script import simplify, simplify_piece


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("請問您是陳先生嗎？", "请问您是陈先生吗？"),
        ("您的帳單逾期了，還沒還款。", "您的帐单逾期了，还没还款。"),
        ("打开 APP，３５００元", "打开 APP，３５００元"),
        ("Ａ卡", "Ａ卡"),
        ("", ""),
    ],
)
def test_only_the_script_changes(text, simplified, fold):
    """Width, case and punctuation stay as the recogniser wrote them."""
    assert simplify(text, fold) == simplified


@given(st.text("請問您銀行還款，ＡＢc 。", max_size=30))  # noqa: RUF001 # full width on purpose
def test_words_still_spell_the_text(piece, fold, text):
    """Converted character by character, so times stay with their characters."""
    before = piece(text)
    after = simplify_piece(before, fold)
    assert [(w.start, w.end, len(w.text)) for w in after.words] == [
        (w.start, w.end, len(w.text)) for w in before.words
    ]
    assert after.text == simplify(text, fold)
