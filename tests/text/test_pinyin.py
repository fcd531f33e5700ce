"""Syllables agree with a full pinyin library; near classes merge what telephones merge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from auditor.text.pinyin import Syllables, near_class

SENTENCES = (
    "您好请问是王先生本人吗我是海岱银行信用卡中心的工号三一六二",
    "您尾号四四零八的卡上月账单一千八百六十三块四到期日过了五天",
    "请您把收到的短信验证码告诉我我们绝不会要求您提供银行卡密码",
    "再不还钱我们就联系您单位领导和家里人后果自负",
    "我现在确实有困难工资拖了两个月能不能申请分期还款",
    "如果继续逾期可能会影响您的征信我们也可能依法提起民事诉讼",
)


def test_usual_readings_agree_with_a_pinyin_library(syllables: Syllables) -> None:
    """At least 97 of 100 characters of call talk read as a phrase dictionary reads them."""
    pairs = [
        (syllables.name(number), name)
        for sentence in SENTENCES
        for number, name in zip(syllables.ids(sentence), lazy_pinyin(sentence), strict=True)
    ]
    agree = sum(ours == theirs for ours, theirs in pairs)
    assert agree / len(pairs) >= 0.97


@pytest.mark.parametrize(
    ("one", "other", "same", "near"),
    [
        ("证", "正", True, True),
        ("证", "增", False, True),
        ("码", "吗", True, True),
        ("您", "零", False, True),
        ("因", "应", False, True),
        ("单", "当", False, True),
        ("吃", "词", False, True),
        ("事", "四", False, True),
        ("法", "花", False, False),
        ("还", "款", False, False),
        ("老", "脑", False, True),
        ("录", "怒", False, True),
        ("起", "去", False, False),
        ("警", "竟", True, True),
    ],
)
def test_same_and_near_sounds(
    *, syllables: Syllables, one: str, other: str, same: bool, near: bool
) -> None:
    """Same syllables share an id; near syllables share a class."""
    assert (syllables.ids(one) == syllables.ids(other)) is same
    assert (syllables.ids(one, near=True) == syllables.ids(other, near=True)) is near


@given(text=st.text(max_size=30))
def test_one_id_a_character(syllables: Syllables, text: str) -> None:
    """Every character has an id, 0 for what is not Han."""
    for near in (False, True):
        ids = syllables.ids(text, near=near)
        assert len(ids) == len(text)
        assert all(ids[place] == 0 for place, char in enumerate(text) if char.isascii())


def test_near_class_is_stable() -> None:
    """The class of a class is itself."""
    names = ("zhang", "shi", "ning", "neng", "li", "ang", "en", "e", "cheng", "hua", "lve")
    assert all(near_class(near_class(name)) == near_class(name) for name in names)


def test_terms_have_all_readings_in_use(syllables: Syllables) -> None:
    """行 is hang and xing; a term with a character that has no sound has no spelling."""
    assert set(syllables.spellings("银行")) == {syllables.encode("银航"), syllables.encode("银形")}
    assert syllables.spellings("app") == ()
    assert len(syllables.spellings("行" * 10, limit=16)) == 16
