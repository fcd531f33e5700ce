"""Error rates between what was said and what was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.voice.measure import Errors, distance


@pytest.mark.parametrize(
    ("said", "written", "edits"),
    [
        ("您好。", "您好", 0),
        ("您好，王先生", "您 好王先生！", 0),
        ("欠两千块", "欠三千块", 1),
        ("好的", "", 2),
        ("好的", "好的好的", 2),
        ("逾期", "预期", 1),
    ],
)
def test_character_errors_ignore_punctuation(said: str, written: str, edits: int) -> None:
    """Substitutions, insertions and deletions count one each."""
    errors = Errors.between([(said, written)])
    assert errors.edits == edits


@pytest.mark.parametrize(
    ("said", "written", "edits"),
    [("逾期", "预期", 0), ("征信", "真信", 1), ("妈妈骂马", "马马妈骂", 0), ("还款", "还", 1)],
)
def test_pinyin_errors_ignore_homophones_and_tones(said: str, written: str, edits: int) -> None:
    """Same sound in another tone is no error, another sound is."""
    assert Errors.between([(said, written)], pinyin=True).edits == edits


def test_errors_add_up_over_texts() -> None:
    """The rate is edits over all reference characters, not a mean of rates."""
    errors = Errors.between([("一二三四五六七八", "一二三四五六七八"), ("九十", "九")])
    assert (errors.edits, errors.units) == (1, 10)
    assert errors.rate == pytest.approx(0.1)
    assert Errors().rate == 0


@settings(deadline=None)
@given(st.text("甲乙丙", max_size=8), st.text("甲乙丙", max_size=8), st.text("甲乙丙", max_size=8))
def test_distance_is_a_metric(one: str, two: str, three: str) -> None:
    """Zero for equal texts only, symmetric, and no detour is shorter."""
    assert (distance(one, two) == 0) is (one == two)
    assert distance(one, two) == distance(two, one)
    assert distance(one, three) <= distance(one, two) + distance(two, three)
