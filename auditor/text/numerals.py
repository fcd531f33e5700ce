"""Read one number, written or spoken, that starts at a given place of a folded text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "两": 2,
    "俩": 2,
    "○": 0,
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
NUMERAL_CHARS = "".join((*DIGITS, *UNITS, *MYRIADS)) + "0123456789"

_ASCII = re.compile(r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,8})?(?!\d)|\d{1,15}(?:\.\d{1,8})?")
# What may follow a digit that belongs to something else than the number before it:
# 三千五个 is not 3,500, 两万一年 is not 21,000.
_MEASURES = "个次人位名遍天日号月年点分秒周期张条笔份家件户户种台套折成倍句声趟回封轮级楼岁度"
_ONE_WORDS = "直共定下些样般起会并律旦切边方刻再向时致概味辈阵路面手"
_ZEROS = frozenset("零〇")
_HEDGES = "多来几余"
_SCALES = frozenset((*UNITS, *MYRIADS))
_SHORT_TAIL_UNITS = 100


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read from a text.

    Args:
        value: Its value, the lower end of a range.
        end: First place after it.
        unit: It has 十, 百, 千, 万 or 亿.
        top: Largest unit said, 1 without any.
        ascii: The digits when written with ASCII digits only.
        upto: Upper end of 两三千.
        approx: Said with 多, 来, 几.
    """

    value: Decimal
    end: int
    unit: bool = False
    top: int = 1
    ascii: str = ""
    upto: Decimal | None = None
    approx: bool = False


def tail_allowed(text: str, place: int) -> bool:
    """Tell whether the digit at ``place`` may end the number or sum before it (三千五, 三块五).

    Not when the digit starts something of its own: 三千五个, 三百块一次, 三千一直没还.
    """
    char = text[place : place + 1]
    if char not in DIGITS and not ("0" <= char <= "9"):
        return False
    after = text[place + 1 : place + 2]
    if after.isascii() and after.isdigit() and not char.isascii():
        return True  # 两万一104天: two ways of writing, two numbers
    if after in NUMERAL_CHARS and after:
        # 三千五一直: the word 一直 begins there, not a second digit.
        word = text[place + 2 : place + 3]
        return after == "一" and (not word or word not in NUMERAL_CHARS)
    if after and after in _MEASURES:
        return False
    return not (char == "一" and after and after in _ONE_WORDS)


def read_numeral(text: str, place: int) -> Numeral | None:
    """Return the longest number that starts at ``place``, ``None`` where there is none.

    Understands 三千五 (3500), 两万一, 一万零五十, 十二, 3.5万, 1万2, 两三千, 三千多, 十几万.
    """
    written = _ASCII.match(text, place)
    if written and text[written.end() : written.end() + 1] not in _SCALES:
        literal = written.group()
        return Numeral(
            value=Decimal(literal.replace(",", "")),
            end=written.end(),
            ascii=literal if literal.isdigit() else "",
        )
    return _Reader(text).read(place)


@dataclass(slots=True)
class _Part:
    """A stretch read so far; ``last`` is the smallest unit used, 0 for a bare digit."""

    value: Decimal
    upto: Decimal | None
    end: int
    last: int = 0
    top: int = 1

    def add(self, digit: _Part, unit: int, end: int) -> None:
        """Append a digit with its unit."""
        if digit.upto is not None:
            self.upto = self.value + digit.upto * unit
        self.value += digit.value * unit
        self.end, self.last = end, unit


class _Reader:
    """Reads numbers with units from one text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, place: int) -> Numeral | None:
        part = self._section(place)
        if part is None:
            return None
        total, top, floor, approx = Decimal(0), part.top, 10**12, False
        while True:
            part.end, hedged = self._hedge(part.end, top)
            approx = approx or hedged
            myriad = MYRIADS.get(self._text[part.end : part.end + 1], floor)
            if myriad >= floor:
                break
            floor = myriad
            top = max(top, floor)
            total += part.value * floor
            upto = total + (part.upto - part.value) * floor if part.upto is not None else None
            following = self._below(part.end + 1, floor)
            part = following or _Part(Decimal(0), None, part.end + 1)
            if upto is not None:
                part.upto = upto - total
        upto = total + part.upto if part.upto is not None else None
        return Numeral(
            value=total + part.value,
            end=part.end,
            unit=top > 1,
            top=top,
            upto=upto,
            approx=approx or upto is not None,
        )

    def _below(self, place: int, floor: int) -> _Part | None:
        """The rest below 万 or 亿: 三千二百, 零五十, 2000, or the short 一 of 两万一."""
        zero = self._text[place : place + 1] in _ZEROS
        start = place + 1 if zero else place
        part = self._section(start)
        if part is None or part.last or zero or self._text[part.end : part.end + 1] in MYRIADS:
            return part
        if part.value >= 10:  # 3万5000, but not 3万15号
            after = self._text[part.end : part.end + 1]
            return part if part.value < floor and (not after or after not in _MEASURES) else None
        if part.upto is not None or not tail_allowed(self._text, start):
            return None
        part.value *= floor // 10
        return part

    def _section(self, place: int) -> _Part | None:
        """A number below 10,000 with 千, 百 and 十, or one digit, or a decimal before a unit."""
        text = self._text
        part = _Part(Decimal(0), None, place)
        last, at, zero = 10_000, place, False
        while True:
            digit = self._digit(at, first=at == place)
            after = digit.end if digit else at
            unit = UNITS.get(text[after : after + 1], 0)
            if digit is None and unit == 10 and last > 10:
                digit = _Part(Decimal(1), None, at)  # 十五, 三百十五
            if digit is None:
                break
            if not 0 < unit < last:
                self._last_digit(part, digit, at, zero=zero, last=last)
                break
            part.add(digit, unit, after + 1)
            part.top = max(part.top, unit)
            at, last = part.end, unit
            zero = text[at : at + 1] in _ZEROS and text[at + 1 : at + 2] in DIGITS
            at += zero
        return part if part.end > place else None

    def _last_digit(self, part: _Part, digit: _Part, at: int, *, zero: bool, last: int) -> None:
        """Take a digit without a unit: alone, after 十, after 零, or short (三千五)."""
        if last == 10_000:
            part.value, part.upto, part.end = digit.value, digit.upto, digit.end
        elif digit.value < 10 and (zero or last == 10):
            part.add(digit, 1, digit.end)
        elif digit.value < 10 and last >= _SHORT_TAIL_UNITS and tail_allowed(self._text, at):
            part.add(digit, last // 10, digit.end)

    def _digit(self, place: int, *, first: bool) -> _Part | None:
        """One digit, a pair of neighbours (两三), or an ASCII or spoken decimal at the start."""
        text = self._text
        char = text[place : place + 1]
        if "0" <= char <= "9":
            written = _ASCII.match(text, place)
            if written and (first or written.group().isdigit()):
                return _Part(Decimal(written.group().replace(",", "")), None, written.end())
            return None
        value = DIGITS.get(char)
        if value is None:
            return None
        after = text[place + 1 : place + 2]
        if first and after == "点":
            decimals = self._decimals(place + 2)
            end = place + 2 + len(decimals)
            if decimals and text[end : end + 1] in MYRIADS:
                return _Part(Decimal(f"{value}.{decimals}"), None, end)
        higher = DIGITS.get(after, -1)
        near = higher == value + 1 or (value, higher) == (3, 5)  # 两三千, 三五千
        if value and near and self._pair_ends(place + 2):
            return _Part(Decimal(value), Decimal(higher), place + 2)
        return _Part(Decimal(value), None, place + 1)

    def _pair_ends(self, place: int) -> bool:
        """两三 is a range before a unit or a measure, not inside a row of digits."""
        char = self._text[place : place + 1]
        return bool(char) and (char in UNITS or char in MYRIADS or char in "个天块周年月次毛元期")

    def _decimals(self, place: int) -> str:
        end = place
        while end < place + 8 and self._text[end : end + 1] in DIGITS:
            end += 1
        return "".join(str(DIGITS[char]) for char in self._text[place:end])

    def _hedge(self, place: int, top: int) -> tuple[int, bool]:
        char = self._text[place : place + 1]
        if top > 1 and char and char in _HEDGES:
            return place + 1, True
        return place, False
