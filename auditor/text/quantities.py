"""Recognise sums of money, shares and rates, and lengths of time."""

from __future__ import annotations

import re
from decimal import Decimal

from auditor.domain.spans import CharSpan
from auditor.text.numerals import DIGITS, Numeral, read_numeral, tail_allowed
from auditor.text.values import Amount, Bound, Duration, Entity, EntityKind, Rate

_YUAN = re.compile("[元块圆](?![件素])(?:钱|人民币|整)?")
_JIAO = re.compile("[毛角](?![度落])钱?")
_FEN = re.compile("分(?![钟之期])钱?")
_SIGN = re.compile("(?:¥|人民币|rmb) ?")
_AROUND = re.compile("(?:左右|上下|出头|整)")
_ABOUT_BEFORE = re.compile("(?:大概|差不多|大约|将近|接近|约|估计)$")
# A bare number before one of these counts things, not money.
_COUNTED = frozenset(
    "个次人位名遍年月天日号点分秒周期户件条单辆套台岁楼层室栋页字家倍笔张句声趟回通封级股米里公斤平亩度克站路线班届种样"
    "份项款成折%‰"
)
_BARE_MINIMUM = 100
_PERCENT = re.compile("(百|千|万)分之")
_SHARES = {"百": Decimal("0.01"), "千": Decimal("0.001"), "万": Decimal("0.0001")}
_SUFFIXES = {
    "%": Decimal("0.01"),
    "‰": Decimal("0.001"),
    "折": Decimal("0.1"),
    "成": Decimal("0.1"),
}
_SUFFIX = re.compile("%|‰|个(?:百分)?点(?!头)|成(?![功年为了交本立员都果品])|折(?![磨腾扣叠])")
_PER = re.compile(
    "(?:(?P<day>日息|日利率|每日|每天|按日|一天)|(?P<month>月息|月利率|月费率|每月|每个月|按月)"
    "|(?P<year>年化利率|年化|年利率|年息|每年))[^\\d]{0,3}$"
)
_MONTHLY_FEN = re.compile("月息$")
_HALF_SPAN = re.compile("半个?(?P<unit>年|月|天|小时|钟头)(?![级化轻])")
_SPAN_UNIT = re.compile(
    "(?P<half>个半)?(?P<counted>个)?(?P<more>[多来几])?(?P<unit>月|星期|礼拜|小时|钟头|工作日|自然日"
    "|年(?![级化轻龄底初费利度])|天|周(?![岁年转围])|分钟|秒钟?|日(?![子期常息利均]))"
    "(?P<tail>[多半])?"
)
_UNIT_NAMES = {
    "年": "year", "月": "month", "星期": "week", "礼拜": "week", "周": "week", "天": "day",
    "日": "day", "工作日": "day", "自然日": "day", "小时": "hour", "钟头": "hour",
    "分钟": "minute", "秒": "second", "秒钟": "second",
}  # fmt: skip
_BOUND = re.compile(
    "(?P<within>之内|以内|内(?![容部心疚行]))|(?P<after>之后|以后|过后|后(?![天面期来续台果悔]))"
    "|(?P<before>之前|以前|前(?![天面期台后]))"
)
_WITHIN = re.compile("[之以]?内")
_LAST_DAY = 31
_NEEDS_COUNTER = frozenset(("月", "工作日", "自然日"))


def read_bound(text: str, place: int) -> tuple[Bound, int]:
    """Return the limit said at ``place`` (前, 以后, 之内) and where it ends."""
    found = _BOUND.match(text, place)
    if found is None or found.lastgroup is None:
        return Bound.AT, place
    return Bound(found.lastgroup), found.end()


def read_amount(text: str, place: int) -> Entity | None:
    """Return the sum of money at ``place``: with a unit, or a bare number that looks like one."""
    sign = _SIGN.match(text, place)
    start = sign.end() if sign else place
    number = read_numeral(text, start)
    if number is None:
        return None
    value, end, currency = _money(text, number)
    if value is None:
        if not _looks_like_money(text, place, number) and sign is None:
            return None
        value, end, currency = number.value, number.end, sign is not None
    around = _AROUND.match(text, end)
    approx = number.approx or _ABOUT_BEFORE.search(text[max(0, place - 3) : place]) is not None
    if around:
        approx = approx or around.group() != "整"
        end = around.end()
    scale = value / number.value if number.value else Decimal(1)
    upto = number.upto * scale if number.upto is not None else None
    amount = Amount(value, upto, approx, currency)
    digits = "" if currency else number.ascii
    return Entity(EntityKind.AMOUNT, CharSpan(place, end), text[place:end], amount, digits)


def _money(text: str, number: Numeral) -> tuple[Decimal | None, int, bool]:
    """Add 元, 角 and 分 to a number; ``None`` where no unit of money follows."""
    value, end = number.value, number.end
    if text[end : end + 1] in ("多", "来") and text[end + 1 : end + 2] in ("块", "元"):
        end += 1
    yuan = _YUAN.match(text, end)
    if yuan:
        tail, end = _small_change(text, yuan.end(), first=Decimal("0.1"))
        return value + tail, end, True
    if number.top > 10 or "," in number.ascii:
        return None, end, False
    jiao = _JIAO.match(text, end)
    if jiao:
        tail, end = _small_change(text, jiao.end(), first=Decimal("0.01"))
        return value / 10 + tail, end, True
    fen = re.compile("分钱").match(text, end)
    return (value / 100, fen.end(), True) if fen else (None, end, False)


def _small_change(text: str, place: int, *, first: Decimal) -> tuple[Decimal, int]:
    """What follows 块: 五, 六毛, 六毛七分, 零五毛; ``first`` is the worth of a bare digit."""
    zero = text[place : place + 1]
    at = place + (zero != "" and zero in "零〇")
    digit = _digit(text, at)
    if digit is None:
        return Decimal(0), place
    jiao = _JIAO.match(text, at + 1) if first == Decimal("0.1") else None
    if jiao:
        tail, end = _small_change(text, jiao.end(), first=Decimal("0.01"))
        return Decimal(digit) / 10 + tail, end
    fen = _FEN.match(text, at + 1)
    if fen:
        return Decimal(digit) / 100, fen.end()
    return (digit * first, at + 1) if tail_allowed(text, at) else (Decimal(0), place)


def _digit(text: str, place: int) -> int | None:
    char = text[place : place + 1]
    return int(char) if char.isascii() and char.isdigit() else DIGITS.get(char)


def _looks_like_money(text: str, place: int, number: Numeral) -> bool:
    after, before = text[number.end : number.end + 1], text[place - 1 : place] if place else ""
    if number.value < _BARE_MINIMUM or (after and after in _COUNTED):
        return False
    if any(char.isascii() and (char.isalpha() or char in "_@") for char in before + after):
        return False
    if number.unit:
        return number.top >= _BARE_MINIMUM
    return not number.ascii or (number.ascii[0] != "0" and len(number.ascii) <= 7)


def read_rate(text: str, place: int) -> Entity | None:
    """Return the share at ``place``: 百分之三点六, 万分之五, 3.6%, 八折, 三成, 月息三分."""
    before = text[max(0, place - 8) : place]
    named = _PERCENT.match(text, place)
    value, end = _decimal(text, named.end() if named else place)
    if value is None:
        return None
    if named:
        value *= _SHARES[named.group(1)]
    elif text[end : end + 1] == "分" and _MONTHLY_FEN.search(before):
        value, end = value / 100, end + 1
    else:
        suffix = _SUFFIX.match(text, end)
        if suffix is None:
            return None
        value *= _SUFFIXES.get(suffix.group(), Decimal("0.01"))
        if suffix.group() in "成折" and value > 1:
            return None
        end = suffix.end()
    per = _PER.search(before)
    rate = Rate(value, (per.lastgroup or "") if per else "")
    return Entity(EntityKind.PERCENT, CharSpan(place, end), text[place:end], rate)


def _decimal(text: str, place: int) -> tuple[Decimal | None, int]:
    number = read_numeral(text, place)
    if number is None:
        return None, place
    end = number.end
    decimals = ""
    if text[end : end + 1] == "点" and number.value == int(number.value):
        at = end + 1
        while at < end + 9 and _digit(text, at) is not None:
            decimals += str(_digit(text, at))
            at += 1
        if decimals:
            return Decimal(f"{int(number.value)}.{decimals}"), at
    return number.value, end


def read_duration(text: str, place: int) -> Entity | None:
    """Return the length of time at ``place``: 十七天, 两个半月, 半年, 一年多, 七八天, 三天内."""
    half = _HALF_SPAN.match(text, place)
    if half:
        unit = _UNIT_NAMES[half.group("unit")]
        return _duration(text, place, half.end(), Duration(Decimal("0.5"), unit))
    number = read_numeral(text, place)
    if number is None or number.top > 1000:
        return None
    found = _SPAN_UNIT.match(text, number.end)
    if found is None:
        return None
    word = found.group("unit")
    counted = found.group("counted") or found.group("half")
    colloquial = text[number.end - 1] == "俩"  # 俩月 needs no 个
    if word in _NEEDS_COUNTER and not counted and not colloquial:
        return None
    if word == "日" and number.value <= _LAST_DAY and not _WITHIN.match(text, found.end()):
        return None  # 十五日 is a day of the month
    halves = bool(found.group("half")) + (found.group("tail") == "半")
    approx = number.approx or bool(found.group("more")) or found.group("tail") == "多"
    around = _AROUND.match(text, found.end())
    end = around.end() if around and around.group() == "左右" else found.end()
    count = number.value + Decimal(halves) / 2
    span = Duration(count, _UNIT_NAMES[word], number.upto, approx or end > found.end())
    return _duration(text, place, end, span)


def _duration(text: str, place: int, end: int, length: Duration) -> Entity:
    bound, end = read_bound(text, end)
    value = Duration(length.count, length.unit, length.upto, length.approx, bound)
    return Entity(EntityKind.DURATION, CharSpan(place, end), text[place:end], value)
