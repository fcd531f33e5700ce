"""What a number, date or code in a call means, comparable across its written forms."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from auditor.domain.spans import CharSpan


class EntityKind(StrEnum):
    """Kinds of entity found in talk."""

    AMOUNT = "amount"
    DIGITS = "digits"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    PERCENT = "percent"
    PHONE = "phone"
    ID_CARD = "id_card"
    BANK_CARD = "bank_card"


class Bound(StrEnum):
    """How a date, time or duration limits: 五号, 五号前, 五号后, 三天内, 三天前."""

    AT = "at"
    BEFORE = "before"
    AFTER = "after"
    WITHIN = "within"


class MonthPart(StrEnum):
    """月初, 月中, 月底."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in yuan; two amounts are equal when their values are.

    Args:
        value: Yuan; the lower end of a range.
        upto: Upper end of a range such as 两三千.
        approx: Said with 多, 来, 几, 左右, 大概.
        currency: A money unit was said; otherwise the number merely looks like a sum.
    """

    value: Decimal
    upto: Decimal | None = field(default=None, compare=False)
    approx: bool = field(default=False, compare=False)
    currency: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Digits:
    """A code, tail, card, id or phone number as ASCII digits (an id may end in X)."""

    text: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: 百分之五 is 0.05; ``per`` is ``day``, ``month``, ``year`` or empty."""

    value: Decimal
    per: str = ""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time.

    Args:
        count: How many; the lower end of 七八天.
        unit: ``year``, ``month``, ``week``, ``day``, ``hour``, ``minute`` or ``second``.
        upto: Upper end of a range.
        approx: Said with 多, 来, 几, 左右.
        bound: ``WITHIN`` for 三天内, ``AFTER`` for 三天后, ``BEFORE`` for 三天前.
    """

    count: Decimal
    unit: str
    upto: Decimal | None = field(default=None, compare=False)
    approx: bool = field(default=False, compare=False)
    bound: Bound = field(default=Bound.AT, compare=False)

    @property
    def days(self) -> Decimal:
        """Length in days, with 30 days a month and 365 a year."""
        return self.count * _DAYS[self.unit]


_DAYS = {
    "year": Decimal(365),
    "month": Decimal(30),
    "week": Decimal(7),
    "day": Decimal(1),
    "hour": Decimal(1) / 24,
    "minute": Decimal(1) / 1440,
    "second": Decimal(1) / 86400,
}


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A clock time on the 24-hour clock, as far as the words tell."""

    hour: int
    minute: int = 0
    bound: Bound = field(default=Bound.AT, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A calendar day, absolute (4月5日) or relative to the day of the call (明天, 下周五, 月底).

    Args:
        year, month, day: Where said.
        year_offset, month_offset: 去年 and 下个月, in place of a number.
        day_offset: 明天 is 1.
        weekday: 0 is Monday; ``week_offset`` counts weeks from this one, ``None`` unsaid.
        part: 月初, 月中, 月底; of the year when ``whole_year`` is set (年底).
        bound: 前, 后, or the day itself.
    """

    year: int | None = None
    year_offset: int | None = None
    month: int | None = None
    day: int | None = None
    month_offset: int | None = None
    day_offset: int | None = None
    weekday: int | None = None
    week_offset: int | None = None
    part: MonthPart | None = None
    whole_year: bool = False
    bound: Bound = field(default=Bound.AT, compare=False)

    def resolve(self, today: date) -> date | None:
        """Return the day meant when said on ``today``; ``None`` when the words leave it open.

        A month and day without a year, and a day without a month, mean the nearest such day; a
        bare weekday means the next one, today included. 月初, 月中 and 月底 give the 1st, the
        15th and the last day.
        """
        if self.day_offset is not None:
            return today + timedelta(days=self.day_offset)
        if self.weekday is not None:
            return self._weekday(today)
        if self.part is not None:
            return self._part(today)
        if self.day is None:
            return None
        return self._calendar(today, self.day)

    def _year(self, today: date) -> int | None:
        return today.year + self.year_offset if self.year_offset is not None else self.year

    def _weekday(self, today: date) -> date:
        weekday = self.weekday or 0
        if self.week_offset is None:
            return today + timedelta(days=(weekday - today.weekday()) % 7)
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=7 * self.week_offset + weekday)

    def _part(self, today: date) -> date:
        said = self._year(today) or today.year
        if self.whole_year:
            return date(said, 12, 31) if self.part is MonthPart.END else date(said, 1, 1)
        year, month = _shifted(today, self.month_offset or 0)
        if self.month is not None:
            year, month = said, self.month
        if self.part is MonthPart.END:
            return date(year, month, monthrange(year, month)[1])
        return date(year, month, 1 if self.part is MonthPart.START else 15)

    def _calendar(self, today: date, day: int) -> date | None:
        year = self._year(today)
        if year is not None and self.month is not None:
            return _date(year, self.month, day)
        if self.month_offset is not None:
            return _date(*_shifted(today, self.month_offset), day)
        if self.month is not None:
            choices = [_date(today.year + shift, self.month, day) for shift in (-1, 0, 1)]
        else:
            choices = [_date(*_shifted(today, shift), day) for shift in (-1, 0, 1)]
        known = [choice for choice in choices if choice is not None]
        # Equally near: what is still to come.
        return min(known, key=lambda at: (abs(at - today), at < today), default=None)


@dataclass(frozen=True, slots=True)
class Entity:
    """A number, date or code with its place in the text.

    Args:
        span: In the text given (offsets survive folding).
        text: The folded characters in the span.
        value: What they mean; its type follows ``kind``.
        digits: The literal digits where it was written or said digit by digit (3500, 三五零零),
            so that a bare number can also be compared as a code; else empty.
    """

    kind: EntityKind
    span: CharSpan
    text: str
    value: Amount | Digits | Rate | Duration | TimeOfDay | Day
    digits: str = ""


def _shifted(today: date, months: int) -> tuple[int, int]:
    index = today.year * 12 + today.month - 1 + months
    return index // 12, index % 12 + 1


def _date(year: int, month: int, day: int) -> date | None:
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)
