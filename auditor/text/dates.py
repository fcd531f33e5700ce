"""Recognise calendar days, absolute or relative to the call, and clock times."""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.domain.spans import CharSpan
from auditor.text.numerals import DIGITS, NUMERAL_CHARS, read_numeral
from auditor.text.quantities import read_bound
from auditor.text.values import Bound, Day, Entity, EntityKind, MonthPart, TimeOfDay

_SMALL = "(?:\\d{1,2}(?!\\d)|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_SAID = "[零〇一二三四五六七八九]"
_YEAR = f"(?P<year>(?:19|20)\\d{{2}}|[一二][零〇九]{_SAID}{{2}}|[零〇一二]{_SAID})年"
_NAMED_YEAR = "(?P<yearword>今年|去年|前年|明年|后年)"
_MONTH_WORD = "(?P<monthword>上上个?月|上个?月|这个?月|本月|当月|下下个?月|下个?月|每个?月)"
_PART = "(?P<part>月?(?:底|末|中旬|中(?![间的介心国风毒央])|初(?![一二三四五六七八九十])))"
_NOT_A_DAY = "(?![楼线院门柜窗店厅铺机桌库坑车位员码])"
# 七月十九 needs no 号, but 七月三千 and 五月十五天 name no day.
_DAY_ENDS = "(?![\\d零一二三四五六七八九十百千万个天点月年次期块元号日位笔周%])"
_CALENDAR = re.compile(
    f"(?:{_YEAR}|{_NAMED_YEAR})?的?"
    f"(?:(?P<month>{_SMALL})月份?(?![供息利薪收结租费付卡嫂光入均经])|{_MONTH_WORD})"
    f"(?:的?(?P<day>{_SMALL})(?:[号日]{_NOT_A_DAY}|{_DAY_ENDS})|份?{_PART})?"
)
_YEAR_ONLY = re.compile(f"(?:{_YEAR})(?!级)")
_DAY_ONLY = re.compile(f"(?P<day>{_SMALL})[号日]{_NOT_A_DAY}(?!之内|以内|内|息|利率|均)")
_MONTH_PART = re.compile("月(?P<part>底|末|初|中旬)")
_ISO = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)"
)
_RELATIVE = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨儿": -1,
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今儿": 0, "今夜": 0, "当天": 0, "当日": 0,
    "明天": 1, "明日": 1, "明晚": 1, "明早": 1, "明儿": 1, "次日": 1,
    "后天": 2, "后日": 2, "大后天": 3,
}  # fmt: skip
_RELATIVE_DAY = re.compile("|".join(sorted(_RELATIVE, key=len, reverse=True)))
_WEEK = re.compile(
    "(?P<week>上上|下下|上|下|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-7])(?![先女小年岁次\\d万千百])"
)
_WEEK_ONLY = re.compile("(?P<week>上上|下下|上|下|这|本)个?(?:周|星期|礼拜)(?![转围边到折年岁期])")
_WEEK_OFFSETS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_MONTH_OFFSETS = {"上上": -2, "上": -1, "下下": 2, "下": 1}
_YEAR_OFFSETS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_PERIODS = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜"
_PART_OF_DAY = re.compile(f"(?:{_PERIODS})(?!\\d|[零一二两三四五六七八九十])")
_HOUR = "(?:\\d{1,2}|二?十[一二三四五六七八九]?|[零一二两三四五六七八九])"
_MINUTE = "(?:\\d{1,2}|零[一二三四五六七八九]|[一二三四五]?十[一二三四五六七八九]?)"
_SPOKEN_TIME = re.compile(
    f"(?P<period>{_PERIODS})?(?P<hour>{_HOUR})(?:点|时(?![候间段不常刻代效]))"
    f"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<sharp>整|钟整?)|(?P<minute>{_MINUTE})(?P<fen>分(?!之))?(?![块元万%]))?"
)
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?!\d)")
_TIME_AFTER = re.compile("到|至|左右|打电话|联系|来电|下班|上班|截止|给您回|给你回")
_DATE_BEFORE = re.compile("(?:[天日号晚早]|周[一二三四五六日天末])的?$")
_PARTS = {
    "底": MonthPart.END,
    "末": MonthPart.END,
    "初": MonthPart.START,
    "中": MonthPart.MIDDLE,
    "中旬": MonthPart.MIDDLE,
}


def read_date(text: str, place: int) -> Entity | None:
    """Return the day at ``place``: 四月五号, 这个月15号, 下周五, 月底, 明天下午前, 2026-04-05."""
    for reader in (_calendar, _relative, _week):
        found = reader(text, place)
        if found is not None:
            day, end = found
            part = _PART_OF_DAY.match(text, end)
            bound, after = read_bound(text, part.end() if part else end)
            end = after if part or bound is not Bound.AT else end
            value = replace(day, bound=bound)
            return Entity(EntityKind.DATE, CharSpan(place, end), text[place:end], value)
    return None


def _calendar(text: str, place: int) -> tuple[Day, int] | None:
    if place and text[place - 1].isdigit() and text[place].isdigit():
        return None
    iso = _ISO.match(text, place)
    if iso:
        day = Day(year=int(iso["year"]), month=int(iso["month"]), day=int(iso["day"]))
        return (day, iso.end()) if _possible(day) else None
    found = _CALENDAR.match(text, place)
    if found:
        day = _from_groups(found)
        return (day, found.end()) if _possible(day) else None
    part = _MONTH_PART.match(text, place)
    if part and (not place or text[place - 1] not in "个\x00"):
        return Day(month_offset=0, part=_PARTS[part["part"]]), part.end()
    found = _DAY_ONLY.match(text, place)
    if found:
        day = Day(day=_small(found["day"]))
        return (day, found.end()) if _possible(day) else None
    return _year(text, place)


def _year(text: str, place: int) -> tuple[Day, int] | None:
    for offset_word in ("今年", "明年", "去年", "年"):
        if text.startswith(offset_word, place):
            part = text[place + len(offset_word) : place + len(offset_word) + 1]
            if (
                part
                and part in "底末初"
                and not (offset_word == "年" and _after_number(text, place))
            ):
                offset = _YEAR_OFFSETS.get(offset_word, 0)
                day = Day(year_offset=offset, part=_PARTS[part], whole_year=True)
                return day, place + len(offset_word) + 1
    found = _YEAR_ONLY.match(text, place)
    return (Day(year=_full_year(found["year"])), found.end()) if found else None


def _after_number(text: str, place: int) -> bool:
    return place > 0 and text[place - 1] in NUMERAL_CHARS


def _from_groups(found: re.Match[str]) -> Day:
    year, yearword, month, monthword, day, part = found.group(
        "year", "yearword", "month", "monthword", "day", "part"
    )
    offset = None
    if monthword and not monthword.startswith("每"):
        offset = _MONTH_OFFSETS.get(monthword.rstrip("月").rstrip("个"), 0)
    return Day(
        year=_full_year(year) if year else None,
        year_offset=_YEAR_OFFSETS[yearword] if yearword else None,
        month=_small(month) if month else None,
        month_offset=offset,
        day=_small(day) if day else None,
        part=_PARTS[part.removeprefix("月")] if part else None,
    )


def _possible(day: Day) -> bool:
    return (day.month is None or 1 <= day.month <= 12) and (day.day is None or 1 <= day.day <= 31)


def _relative(text: str, place: int) -> tuple[Day, int] | None:
    found = _RELATIVE_DAY.match(text, place)
    return (Day(day_offset=_RELATIVE[found.group()]), found.end()) if found else None


def _week(text: str, place: int) -> tuple[Day, int] | None:
    found = _WEEK.match(text, place)
    if found:
        name = found["day"]
        weekday = (
            5 if name == "末" else 6 if name in "日天7" else (DIGITS.get(name) or int(name)) - 1
        )
        offset = _WEEK_OFFSETS[found["week"]] if found["week"] else None
        return Day(weekday=weekday, week_offset=offset), found.end()
    found = _WEEK_ONLY.match(text, place)
    return (Day(week_offset=_WEEK_OFFSETS[found["week"]]), found.end()) if found else None


def read_time(text: str, place: int) -> Entity | None:
    """Return the clock time at ``place``: 下午五点前, 十点半, 17:30, 三点零五分.

    A bare 三点 may be three points: it needs a part of the day, minutes, a limit or a date beside.
    """
    found = _CLOCK.match(text, place)
    if found:
        value = TimeOfDay(int(found["hour"]), int(found["minute"]))
        end = found.end()
    else:
        spoken = _spoken_time(text, place)
        if spoken is None:
            return None
        value, end = spoken
    if not (value.hour <= 24 and value.minute < 60):
        return None
    bound, end = read_bound(text, end)
    value = TimeOfDay(value.hour % 24, value.minute, bound)
    return Entity(EntityKind.TIME, CharSpan(place, end), text[place:end], value)


def _spoken_time(text: str, place: int) -> tuple[TimeOfDay, int] | None:
    found = _SPOKEN_TIME.match(text, place)
    if found is None or (place and not found["period"] and _after_number(text, place)):
        return None
    before = text[max(0, place - 3) : place]
    bound, _ = read_bound(text, found.end())
    clear = (
        found["period"]
        or found["half"]
        or found["quarter"]
        or found["sharp"]
        or found["fen"]
        or (found["minute"] and len(found["minute"]) > 1)
        or bound is not Bound.AT
        or _DATE_BEFORE.search(before)
        or _TIME_AFTER.match(text, found.end())
    )
    if not clear:
        return None
    minute = 30 if found["half"] else 0
    if found["quarter"]:
        minute = 15 * (1 if found["quarter"] == "一" else 3)
    if found["minute"]:
        minute = _small(found["minute"].removeprefix("零"))
    period = found["period"] or ("晚上" if before.endswith("晚") else "")
    return TimeOfDay(_hour(_small(found["hour"]), period), minute), found.end()


def _hour(hour: int, period: str) -> int:
    if period in ("下午", "傍晚", "晚上") and 1 <= hour <= 11:
        return hour + 12
    if period in ("晚上", "夜里", "半夜", "凌晨") and hour == 12:
        return 0
    if period in ("夜里", "半夜") and 7 <= hour <= 11:
        return hour + 12
    if period == "中午" and hour <= 3:
        return hour + 12
    return hour


def _small(said: str) -> int:
    number = read_numeral(said, 0)
    return int(number.value) if number else 0


def _full_year(said: str) -> int:
    digits = "".join(char if char.isascii() else str(DIGITS[char]) for char in said)
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
