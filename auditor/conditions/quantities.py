"""Compare what was said (sums, dates, times, shares, codes) with each other and with a manifest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from auditor.conditions import truth
from auditor.conditions.truth import Truth
from auditor.text.values import (
    Amount,
    Day,
    Digits,
    Entity,
    EntityKind,
    Rate,
    TimeOfDay,
)

_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_TOO_MUCH = Decimal(10) ** 15
"""Figures from here on are no sums; written out they could fill pages."""

_ID_LENGTH = 18
_CARD_LENGTHS = range(16, 20)
_CODE_LENGTHS = range(3, 9)
_ACCOUNT_LENGTH = 8


def _coded(entity: Entity, kind: EntityKind, lengths: range) -> bool:
    bare = entity.kind is EntityKind.DIGITS or (
        isinstance(entity.value, Amount) and not entity.value.currency
    )
    return entity.kind is kind or (bare and len(entity.digits) in lengths)


KINDS: Mapping[str, tuple[str, Callable[[Entity], bool]]] = {
    "amount": ("金额", lambda entity: entity.kind is EntityKind.AMOUNT),
    "date": ("日期", lambda entity: entity.kind is EntityKind.DATE),
    "time": ("时刻", lambda entity: entity.kind is EntityKind.TIME),
    "duration": ("时长", lambda entity: entity.kind is EntityKind.DURATION),
    "percent": ("比例", lambda entity: entity.kind is EntityKind.PERCENT),
    "phone": ("电话号码", lambda entity: entity.kind is EntityKind.PHONE),
    "id": (
        "证件号码",
        lambda entity: _coded(entity, EntityKind.ID_CARD, range(_ID_LENGTH, _ID_LENGTH + 1)),
    ),
    "card": ("银行卡号", lambda entity: _coded(entity, EntityKind.BANK_CARD, _CARD_LENGTHS)),
    "account": (
        "账号",
        lambda entity: _coded(entity, EntityKind.BANK_CARD, range(_ACCOUNT_LENGTH, 33)),
    ),
    "code": ("号码或验证码", lambda entity: _coded(entity, EntityKind.DIGITS, _CODE_LENGTHS)),
}
"""Kinds a rule can name: how they are called, and which entities belong to them."""

CODES = frozenset({"phone", "id", "card", "account", "code"})


@dataclass(frozen=True, slots=True)
class Span:
    """A quantity: exact when both ends are equal, else somewhere between them."""

    low: Decimal
    high: Decimal

    def overlaps(self, other: Span, tolerance: Decimal) -> bool:
        """Whether both may mean the same, give or take the tolerance."""
        return self.low <= other.high + tolerance and other.low <= self.high + tolerance


Quantity = Span | str
"""Amounts in yuan, dates as day numbers, times in minutes, lengths in days, shares in percent; and
codes as they are."""


def quantity_of(entity: Entity, today: date | None) -> Quantity | None:
    """What an entity amounts to; ``None`` where the day of the call must be known and is not."""
    value = entity.value
    if isinstance(value, Digits) or (not isinstance(value, Day) and entity.kind.value in CODES):
        return entity.digits
    if isinstance(value, Day):
        if today is None and not _absolute(value):
            return None
        day = value.resolve(today or date.min)
        return None if day is None else _exact(day.toordinal())
    if isinstance(value, TimeOfDay):
        return _exact(60 * value.hour + value.minute)
    if isinstance(value, Rate):
        return _exact(value.value * 100)
    low = value.value if isinstance(value, Amount) else value.days
    if value.upto is not None:
        upper = value.upto
        return Span(low, upper if isinstance(value, Amount) else replace(value, count=upper).days)
    if not value.approx or not low:
        return _exact(low)
    # 三千多 is less than 四千; 左右 is a tenth less or more.
    return Span(low * Decimal("0.9"), low + Decimal(10) ** low.adjusted())


def _absolute(day: Day) -> bool:
    return None not in (day.year, day.month) and (day.day is not None or day.part is not None)


def _exact(value: Decimal | int) -> Span:
    number = Decimal(value)
    return Span(number, number)


def known_quantity(kind: str, value: object) -> Quantity | None:
    """What a manifest field or a number in a rule amounts to; ``None`` where it is not readable."""
    if kind in CODES:
        code = "".join(char for char in str(value).upper() if char.isdigit() or char == "X")
        return code or None
    if kind == "date":
        if isinstance(value, datetime | date):
            return _exact(value.toordinal())
        try:
            return _exact(date.fromisoformat(str(value).strip()[:10]).toordinal())
        except ValueError:
            return None
    if kind == "time":
        hour, _, minute = str(value).partition(":")
        known = _CLOCK.fullmatch(f"{hour}:{minute[:2]}") is not None
        return _exact(60 * int(hour) + int(minute[:2])) if known else None
    try:
        number = Decimal(str(value).strip().replace(",", "").removesuffix("元").removesuffix("%"))
    except InvalidOperation:
        return None
    return _exact(number) if number.is_finite() and abs(number) < _TOO_MUCH else None


COMPARISONS = {
    "equals": "等于",
    "differs_from": "不同于",
    "more_than": "多于",
    "less_than": "少于",
    "later_than": "晚于",
    "earlier_than": "早于",
    "ends_with": "末尾是",
    "tail_of": "是末尾数字：",
}
ORDERED = frozenset({"more_than", "less_than", "later_than", "earlier_than"})
TAILS = frozenset({"ends_with", "tail_of"})
_REVERSED = frozenset({"less_than", "earlier_than"})


def compare(how: str, said: Quantity, other: Quantity, tolerance: Decimal = Decimal(0)) -> Truth:
    """Compare two quantities of one kind; open where a rough figure may lie on either side."""
    if isinstance(said, str) or isinstance(other, str):
        return _codes(how, str(said), str(other))
    if how in ("equals", "differs_from"):
        return truth.of(said.overlaps(other, tolerance) is (how == "equals"))
    first, second = (other, said) if how in _REVERSED else (said, other)
    if first.low > second.high + tolerance:
        return Truth.HIT
    return Truth.MISS if first.high <= second.low + tolerance else Truth.UNDETERMINED


def _codes(how: str, said: str, other: str) -> Truth:
    if how == "ends_with":
        return truth.of(said.endswith(other))
    if how == "tail_of":
        return truth.of(other.endswith(said))
    return truth.of((said == other) is (how == "equals"))


def written(kind: str, value: Quantity) -> str:
    """Write a quantity for people, e.g. ``3000`` or ``2026-03-05``."""
    if isinstance(value, str):
        return value
    if kind == "date":
        return date.fromordinal(int(value.low)).isoformat()
    if kind == "time":
        return f"{int(value.low) // 60:02d}:{int(value.low) % 60:02d}"
    low, high = (f"{number.normalize():f}" for number in (value.low, value.high))
    return low if low == high else f"{low}-{high}"
