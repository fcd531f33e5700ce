"""Work out which instant a customer means by "call me tomorrow at three"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from auditor.text.numbers import find_entities
from auditor.text.numerals import read_numeral
from auditor.text.values import Bound, Day, Duration, Entity, TimeOfDay

_REACH = 6
"""Characters before the words that name a time, in which its day may stand."""

_BARE_HOUR = re.compile(r"(\d{1,2}|[一二两三四五六七八九十]{1,3})点(半)?(?![多几])")
_PARTS = (
    (re.compile("晚上|夜里|晚黑|今晚|明晚|傍晚"), 18),
    (re.compile("下午|下昼"), 12),
    (re.compile("中午"), 12),
    (re.compile("早上|上午|早晨|清晨"), 8),
)
_PERIOD = re.compile("凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜")
_ROUGHLY = 0.9
"""Who says an hour means fifty-four minutes, too."""

_OPENS, _CLOSES = 8, 22
"""Hours at which people expect to be called: they tell three in the afternoon from at night."""


def instant_meant(text: str, start: int, end: int, base: datetime) -> datetime | None:
    """Return the earliest instant that words can mean; ``None`` where they leave it open.

    A day without an hour begins at midnight, an afternoon at noon, an evening at six. An hour
    without a part of the day is the next such hour between eight and twenty-two.

    Args:
        text: A folded turn without punctuation.
        start: Where the words begin that name the time.
        end: Where they end.
        base: When they were said, in the zone of the person.
    """
    low = max(0, start - _REACH)
    near = [e for e in find_entities(text) if e.span.start < end and e.span.end > low]
    window = text[low:end]
    length = _first(near, Duration)
    meant = _after(base, length) if isinstance(length, Duration) else _clock(near, window, base)
    return meant if meant is not None and meant > base else None


def _first(entities: list[Entity], kind: type) -> object | None:
    return next((entity.value for entity in entities if isinstance(entity.value, kind)), None)


def _after(base: datetime, length: Duration) -> datetime | None:
    if length.bound is Bound.BEFORE or length.unit in ("month", "year"):
        return None
    if length.unit in ("day", "week"):
        days = int(length.count * (7 if length.unit == "week" else 1))
        return _at(base.date() + timedelta(days=days), 0, base)
    seconds = {"hour": 3600, "minute": 60, "second": 1}[length.unit]
    return base + timedelta(seconds=float(length.count * Decimal(seconds)) * _ROUGHLY)


def _clock(near: list[Entity], window: str, base: datetime) -> datetime | None:
    said = _first(near, Day)
    day = said.resolve(base.date()) if isinstance(said, Day) else None
    if isinstance(said, Day) and (day is None or said.bound is Bound.BEFORE):
        return None
    if isinstance(said, Day) and said.bound is Bound.AFTER and day is not None:
        day += timedelta(days=1)
    hour = _hour(near, window)
    if hour is not None:
        clock, period = hour
        return _next(clock, base, day, sure=period)
    part = next((begins for words, begins in _PARTS if words.search(window)), None)
    if part is None:
        return None if day is None else _at(day, 0, base)
    return _at(day or base.date(), part, base)


def _hour(near: list[Entity], window: str) -> tuple[time, bool] | None:
    """The clock time named, and whether a part of the day goes with it."""
    period = bool(_PERIOD.search(window)) or "晚" in window
    for entity in near:
        if isinstance(entity.value, TimeOfDay):
            return time(entity.value.hour, entity.value.minute), period
    found = _BARE_HOUR.search(window)
    number = read_numeral(found[1], 0) if found else None
    if found is None or number is None or not 0 <= number.value <= 24:
        return None
    hour = int(number.value) % 24
    if period and hour < 12 and re.search("下午|傍晚|晚", window):
        hour += 12
    return time(hour, 30 if found[2] else 0), period


def _next(clock: time, base: datetime, day: date | None, *, sure: bool) -> datetime:
    hours = [clock.hour]
    if not sure and clock.hour < 12:
        hours.append(clock.hour + 12)
    waking = [hour for hour in hours if _OPENS <= hour < _CLOSES] or hours
    days = [day] if day is not None else [base.date(), base.date() + timedelta(days=1)]
    choices = [
        _at(one, 0, base).replace(hour=hour, minute=clock.minute) for one in days for hour in waking
    ]
    return next((at for at in sorted(choices) if at > base), choices[-1])


def _at(day: date, hour: int, base: datetime) -> datetime:
    return datetime.combine(day, time(hour), base.tzinfo)
