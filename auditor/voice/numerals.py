"""Numbers the way people say them in Mandarin: amounts, digit strings, dates, clock times."""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")


def _below_ten_thousand(number: int) -> str:
    text = ""
    gap = False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit == 0:
            gap = gap or bool(text)
            continue
        if gap:
            text += "零"
            gap = False
        text += DIGITS[digit] + _UNITS[power]
    return text


def cardinal(number: int, *, liang: bool = True) -> str:
    """Say a whole number below 10^12: ``cardinal(2045) == "两千零四十五"``.

    ``liang`` says 两 before 千, 万 and 亿 (and keeps 二百), as most speakers do.
    """
    if not 0 <= number < 10**12:
        raise ValueError("number outside 0 to 10^12 - 1")
    if number == 0:
        return DIGITS[0]
    groups = []
    while number:
        groups.append(number % 10_000)
        number //= 10_000
    text = ""
    for power in range(len(groups) - 1, -1, -1):
        group = groups[power]
        if group == 0:
            continue
        if text and (group < 1000 or groups[power + 1] == 0):
            text += "零"
        text += _below_ten_thousand(group) + ("", "万", "亿")[power]
    if text.startswith("一十"):
        text = text[1:]
    if liang:
        text = re.sub("(?<![十零])二(?=[千万亿])", "两", text)
    return text


def digit_string(digits: str, *, yao: bool = True) -> str:
    """Say digits one by one, with 幺 for 1 when ``yao``: ``"9914" -> "九九幺四"``."""
    spoken = "".join(DIGITS[int(digit)] for digit in digits)
    return spoken.replace("一", "幺") if yao else spoken


def decimal(text: str, *, liang: bool = True) -> str:
    """Say a decimal such as ``"12.5"``: ``十二点五``."""
    whole, _, fraction = text.partition(".")
    spoken = cardinal(int(whole), liang=liang)
    return f"{spoken}点{digit_string(fraction, yao=False)}" if fraction else spoken


def money(fen: int, unit: str = "块") -> str:
    """Say an amount given in fen: 204570 is ``两千零四十五块七``; unit 元 adds 角 and 分."""
    yuan, cents = divmod(fen, 100)
    jiao, rest = divmod(cents, 10)
    text = cardinal(yuan) + unit
    if unit == "块":
        if jiao:
            text += DIGITS[jiao] + ("毛" if rest else "") + (DIGITS[rest] if rest else "")
        elif rest:
            text += "零" + DIGITS[rest] + "分"
        return text
    if jiao:
        text += DIGITS[jiao] + "角"
    if rest:
        text += DIGITS[rest] + "分"
    return text


def clock(hour: int, minute: int) -> str:
    """Say a time of day: 17:30 is ``下午五点半``."""
    if hour < 6:
        part = "凌晨"
    elif hour < 12:
        part = "上午"
    elif hour == 12:
        part = "中午"
    else:
        part = "下午" if hour < 18 else "晚上"
    spoken = cardinal(hour if hour <= 12 else hour - 12)
    spoken = "两" if spoken == "二" else spoken
    if minute == 0:
        tail = ""
    elif minute == 30:
        tail = "半"
    elif minute == 15:
        tail = "一刻"
    else:
        tail = ("零" if minute < 10 else "") + cardinal(minute) + "分"
    return f"{part}{spoken}点{tail}"


_NUMBER = re.compile(
    r"(\d{4})(?=年)|(\d+\.\d+)%|(\d+)%|(\d{1,3}(?:,\d{3})+(?:\.\d+)?)|(\d+\.\d+)|(\d+)"
)
_SERIAL_BEFORE = re.compile(r"(尾号|工号|编号|号码|电话|卡号|后四位|幢|栋|代码|码)是?[:：]?$")


def spell_out(text: str) -> str:
    """Replace every number written in digits by the hanzi a speaker would say."""

    def say(match: re.Match[str]) -> str:
        year, pct_dec, pct, grouped, dec, plain = match.groups()
        if year:
            return digit_string(year, yao=False)
        if pct_dec or pct:
            return "百分之" + decimal(pct_dec or pct, liang=False)
        if dec:
            return decimal(dec)
        if grouped:
            return decimal(grouped.replace(",", ""))
        before = text[max(0, match.start() - 6) : match.start()]
        if plain.startswith("0") or len(plain) > 8 or _SERIAL_BEFORE.search(before):
            return digit_string(plain)
        if len(plain) >= 5 and not re.match(r"[块元个天]", text[match.end() :]):
            return digit_string(plain)
        return cardinal(int(plain))

    return _NUMBER.sub(say, text)
