"""Folding keeps every offset; compact views point back."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.domain.spans import CharSpan
from auditor.text.compact import compact
from auditor.text.normalise import Normaliser

NORMALISER = Normaliser()
WIDE = "".join(chr(ord(char) + 0xFEE0) for char in "ABC123%")
CALL_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(WIDE + "您好请把验证码告诉我還錢著甚麼妳，。！？、 ,.!?:%…\n\u3000İßﬁ℃½①"),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("請您把驗證碼告訴我", "请您把验证码告诉我"),
        ("還錢！你等著，甚麼時候", "还钱!你等着,什么时候"),
        ("著名的催收公司", "著名的催收公司"),
        ("显著", "显著"),
        ("甚至", "甚至"),
        (WIDE, "abc123%"),
        ("App登录", "app登录"),
        ("妳瞭解嗎", "你了解吗"),
        ("乾净", "干净"),
        ("。、《》", "。、《》"),
        ("…℃½ß", "…℃½ß"),
        ("①㊀", "1一"),
        ("İ", "İ"),
    ],
)
def test_folds_one_character_to_one(raw: str, folded: str) -> None:
    """Traditional, full-width and upper-case characters fold; what would change length stays."""
    assert NORMALISER.fold(raw) == folded


@given(CALL_TEXT)
@example("薴著名著麼甚麼")
@example("\ud800還")
def test_folding_keeps_length_and_is_idempotent(text: str) -> None:
    """Any string keeps its length, and a second fold changes nothing."""
    folded = NORMALISER.fold(text)
    assert len(folded) == len(text)
    assert NORMALISER.fold(folded) == folded


def test_every_code_point_folds_to_a_fixed_point() -> None:
    """No character of the basic plane needs two folds."""
    every = "".join(chr(code) for code in range(0x10000) if chr(code) not in "著甚")
    once = NORMALISER.fold(every)
    assert len(once) == len(every)
    assert NORMALISER.fold(once) == once


@pytest.mark.parametrize(
    ("pattern", "text", "hits"),
    [
        ("還錢嗎？", "还钱吗?", True),
        ("還錢嗎？", "还钱", False),
        (r"\S證", "验证", True),
        (r"（是）", "(是)", True),
        (r"（是）", "是", False),
        ("[，。]好", ",好", True),
    ],
)
def test_patterns_fold_without_changing_their_meaning(
    *,
    pattern: str,
    text: str,
    hits: bool,
) -> None:
    """Full-width punctuation in a pattern stays literal after folding."""
    assert (re.search(NORMALISER.fold_pattern(pattern), text) is not None) is hits


@given(CALL_TEXT)
def test_compact_offsets_point_at_the_same_characters(text: str) -> None:
    """Each kept character is found at its offset, in order, and nothing alphanumeric is lost."""
    folded = NORMALISER.fold(text)
    view = compact(folded)
    assert len(view.text) == len(view.offsets)
    assert "".join(folded[place] for place in view.offsets) == view.text
    assert list(view.offsets) == sorted(set(view.offsets))
    assert view.text == "".join(char for char in folded if char.isalnum())
    assert set(view.stops) <= set(view.breaks)
    assert all(0 < place < len(view.text) for place in view.breaks)


@given(CALL_TEXT, st.data())
def test_spans_go_there_and_back(text: str, data: st.DataObject) -> None:
    """A compact range maps to an original span that maps to the same range."""
    view = compact(NORMALISER.fold(text))
    start = data.draw(st.integers(0, len(view.text)))
    end = data.draw(st.integers(start, len(view.text)))
    span = view.span_back(start, end)
    assert 0 <= span.start <= span.end <= len(text)
    if start < end:
        assert view.span_here(span) == (start, end)


@pytest.mark.parametrize(
    ("text", "compacted", "breaks", "stops"),
    [
        ("您好,请问。好", "您好请问好", (2, 4), (4,)),
        ("卡号、密码和验证码", "卡号密码和验证码", (), ()),
        ("还3,500元", "还3500元", (), ()),
        ("十点10:30来", "十点1030来", (), ()),
        ("喂 您好", "喂您好", (1,), ()),
        ("abc def", "abcdef", (), ()),
        ("2045.7元", "20457元", (), ()),
        (",。好的。,", "好的", (), ()),
        ("好, 。的", "好的", (1,), (1,)),
        ("", "", (), ()),
        ("。。", "", (), ()),
    ],
)
def test_compact_view_remembers_clause_boundaries(
    text: str, compacted: str, breaks: tuple[int, ...], stops: tuple[int, ...]
) -> None:
    """Commas and pauses break clauses, sentence ends stop them, list marks and numbers do not."""
    view = compact(text)
    assert (view.text, view.breaks, view.stops) == (compacted, breaks, stops)


def test_clause_around_a_hit() -> None:
    """The clause of a range reaches to the breaks on both sides."""
    view = compact("不是,我没说你坐牢,真的")
    start = view.text.index("坐牢")
    assert view.clause(start, start + 2) == (2, 8)


def test_a_range_outside_the_view_is_refused() -> None:
    """Positions beyond the text are a programming mistake."""
    with pytest.raises(ValueError, match="not a range"):
        compact("好").span_back(0, 2)


def test_empty_range_maps_to_an_empty_span() -> None:
    """An empty range still has a place in the original."""
    view = compact(",好,")
    assert view.span_back(0, 0) == CharSpan(1, 1)
    assert view.span_back(1, 1) == CharSpan(3, 3)
