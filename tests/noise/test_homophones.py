"""Rivals of a word sound like it, exist, and are frequent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.noise.homophones import Homophones
from auditor.noise.sounds import Readings, telephone_class
from auditor.text.prob import WordFrequencies

COMMON = [
    "银行",
    "逾期",
    "还款",
    "核实",
    "分期",
    "征信",
    "录音",
    "起诉",
    "减免",
    "单位",
    "工号",
    "他",
    "钱",
    "到",
]


@pytest.mark.parametrize(
    ("word", "rival"),
    [
        ("核实", "何时"),
        ("工号", "功耗"),
        ("记录", "纪录"),
        ("家人", "佳人"),
        ("客服", "克服"),
        ("他", "她"),
        ("在", "再"),
        ("钱", "前"),
    ],
)
def test_same_sound_and_tone(homophones: Homophones, word: str, rival: str) -> None:
    """Words of equal syllables and tones are told from those that are only near."""
    same, near = homophones.of(word)
    assert rival in same.words
    assert rival not in near.words


@pytest.mark.parametrize(
    ("word", "rival", "why"),
    [
        ("逾期", "预期", "tone"),
        ("录音", "露营", "in and ing"),
        ("男", "蓝", "n and l"),
        ("找", "早", "zh and z"),
        ("吃", "次", "ch and c"),
        ("四", "十", "s and sh"),
        ("征信", "真心", "eng and en"),
        ("金", "经", "in and ing"),
        ("单位", "党委", "an and ang"),
        ("分期", "婚期", "f and hu"),
        ("法院", "花园", "f and hu"),
    ],
)
def test_near_sound(homophones: Homophones, word: str, rival: str, why: str) -> None:
    """What telephones and accents make alike is near, not same."""
    same, near = homophones.of(word)
    assert rival in near.words, why
    assert rival not in same.words


@pytest.mark.parametrize("word", ["验证码", "您好", "信用卡", "abc", "", "㐂", "贷款", "工号"])
def test_without_a_real_rival_there_is_none(homophones: Homophones, word: str) -> None:
    """No word is made up; a word of unknown reading has no rival."""
    for rivals in homophones.of(word):
        assert word not in rivals.words
        assert bool(rivals.words) == bool(rivals.total)
        assert rivals.words or rivals.strength == 0


@pytest.mark.parametrize("word", COMMON)
def test_every_rival_is_a_word_that_sounds_alike(
    homophones: Homophones, frequencies: WordFrequencies, word: str
) -> None:
    """Each is in the dictionary, as long as the word, and of its class of sounds."""
    readings = Readings()

    def classes(text: str) -> list[str]:
        return [telephone_class(syllable[:-1]) for syllable in readings.of(text) or ()]

    same, near = homophones.of(word)
    assert same.words or near.words
    for rival in (*same.words, *near.words):
        assert frequencies.table[rival] > 0
        assert len(rival) == len(word)
        assert classes(rival) == classes(word)
    assert all(readings.of(rival) == readings.of(word) for rival in same.words)


@given(uniform=st.floats(0, 1, exclude_max=True), word=st.sampled_from(COMMON))
def test_a_draw_is_one_of_the_rivals(homophones: Homophones, uniform: float, word: str) -> None:
    """Whatever the chance."""
    for rivals in homophones.of(word):
        if rivals.words:
            assert rivals.draw(uniform) in rivals.words


def test_the_frequent_rival_is_drawn_most(homophones: Homophones) -> None:
    """The running sums give the first word the largest stretch."""
    _, near = homophones.of("逾期")
    drawn = [near.draw(step / 1000) for step in range(1000)]
    assert max(set(drawn), key=drawn.count) == near.words[0]
    assert set(drawn) == set(near.words)


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("银行", ("yin2", "hang2")),
        ("行人", ("xing2", "ren2")),
        ("重新", ("chong2", "xin1")),
        ("了解", ("liao3", "jie3")),
        ("我们", ("wo3", "men5")),
        ("不要", ("bu4", "yao4")),
    ],
)
def test_a_word_decides_how_its_characters_are_read(word: str, reading: tuple[str, ...]) -> None:
    """The table of words goes before that of characters."""
    assert Readings().of(word) == reading
