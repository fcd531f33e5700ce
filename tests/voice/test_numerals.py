"""Numbers as they are said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.voice.numerals import (
    DIGITS,
    cardinal,
    clock,
    decimal,
    digit_string,
    money,
    spell_out,
)


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (200, "二百"),
        (1005, "一千零五"),
        (2045, "两千零四十五"),
        (3500, "三千五百"),
        (10_000, "一万"),
        (12_002, "一万两千零二"),
        (20_000, "两万"),
        (30_005, "三万零五"),
        (100_000, "十万"),
        (120_000, "十二万"),
        (1_020_000, "一百零二万"),
        (200_000_000, "两亿"),
        (100_000_010, "一亿零一十"),
    ],
)
def test_whole_numbers_are_said_with_their_units(number: int, spoken: str) -> None:
    """Zeros are said once between groups, 两 stands before 千, 万 and 亿."""
    assert cardinal(number) == spoken


_VALUES = {digit: value for value, digit in enumerate(DIGITS)} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def _value(spoken: str) -> int:
    total = group = digit = 0
    for character in spoken:
        if character in "万亿":
            total = (total + group + digit) * (10**4 if character == "万" else 10**8)
            group = digit = 0
        elif character in _UNITS:
            group += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _VALUES[character]
    return total + group + digit


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=99_999_999))
def test_a_spoken_number_means_the_number(number: int) -> None:
    """Reading the hanzi back gives the number again."""
    assert _value(cardinal(number)) == number


@pytest.mark.parametrize("number", [-1, 10**12])
def test_numbers_nobody_owes_are_refused(number: int) -> None:
    """Negative and astronomic numbers are errors, not nonsense."""
    with pytest.raises(ValueError, match="outside"):
        cardinal(number)


@pytest.mark.parametrize(
    ("fen", "unit", "spoken"),
    [
        (204_570, "块", "两千零四十五块七"),
        (204_570, "元", "两千零四十五元七角"),
        (123_456, "块", "一千二百三十四块五毛六"),
        (123_456, "元", "一千二百三十四元五角六分"),
        (100_005, "块", "一千块零五分"),
        (50_000, "元", "五百元"),
    ],
)
def test_amounts_are_said_to_the_fen(fen: int, unit: str, spoken: str) -> None:
    """Colloquial 块 drops the 毛, formal 元 names 角 and 分."""
    assert money(fen, unit) == spoken


@pytest.mark.parametrize(
    ("hour", "minute", "spoken"),
    [
        (9, 0, "上午九点"),
        (9, 5, "上午九点零五分"),
        (12, 15, "中午十二点一刻"),
        (14, 0, "下午两点"),
        (17, 30, "下午五点半"),
        (20, 40, "晚上八点四十分"),
        (2, 0, "凌晨两点"),
    ],
)
def test_clock_times_name_the_part_of_the_day(hour: int, minute: int, spoken: str) -> None:
    """Twelve-hour times with 半 and 一刻."""
    assert clock(hour, minute) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("尾号9914", "尾号九九幺四"),
        ("工号3162", "工号三幺六二"),
        ("13812345678", "幺三八幺二三四五六七八"),
        ("欠3500块", "欠三千五百块"),
        ("共1,860.5元", "共一千八百六十点五元"),
        ("年化24%", "年化百分之二十四"),
        ("2024年3月12号", "二零二四年三月十二号"),
        ("没有数字", "没有数字"),
    ],
)
def test_digits_in_text_become_what_is_said(written: str, spoken: str) -> None:
    """Tails and telephone numbers digit by digit, amounts and days as numbers."""
    assert spell_out(written) == spoken


def test_digit_strings_say_yao_only_when_asked() -> None:
    """幺 for telephone numbers, 一 for years."""
    assert digit_string("2017") == "二零幺七"
    assert digit_string("2017", yao=False) == "二零一七"
    assert decimal("12.50") == "十二点五零"
