"""``calendar``: the day and the local hour of the call.

Holidays and make-up workdays come from a list of the rule or from a lexicon of dates; in a year
that the list does not know, what depends on it stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.conditions import truth
from auditor.conditions.base import UNDETERMINED, Answer, Condition
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth

KEYS = ("calendar",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KINDS = ("holiday", "rest_day", "workday")
_NAMES = {
    **dict(zip(WEEKDAYS, (f"周{day}" for day in "一二三四五六日"), strict=True)),
    "holiday": "法定节假日",
    "rest_day": "休息日",
    "workday": "工作日",
}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The call began on one of some kinds of day, and within some hours.

    Args:
        days: Weekdays, ``holiday``, ``rest_day`` (weekend or holiday, not made up) or ``workday``.
        hours: From and to, local; to may lie on the next day. ``None`` for any hour.
    """

    days: tuple[str, ...]
    hours: tuple[time, time] | None
    zone: ZoneInfo
    holidays: frozenset[date] = field(default_factory=frozenset)
    made_up: frozenset[date] = field(default_factory=frozenset)

    def find(self, scene: Scene) -> Answer:
        """Answer for the call; undetermined where its start is not known."""
        started = scene.transcript.call.started_at
        if started is None:
            return UNDETERMINED
        local = started.astimezone(self.zone)
        day = truth.any_of(self._is(kind, local.date()) for kind in self.days)
        return Answer((day if self.days else Truth.HIT) & self._in_hours(local))

    def _is(self, kind: str, day: date) -> Truth:
        if kind in WEEKDAYS:
            return truth.of(day.weekday() == WEEKDAYS.index(kind))
        if day.year not in {known.year for known in (*self.holidays, *self.made_up)}:
            return Truth.UNDETERMINED
        if kind == "holiday":
            return truth.of(day in self.holidays)
        weekend = day.weekday() >= _SATURDAY and day not in self.made_up
        rest = truth.of(weekend or day in self.holidays)
        return rest if kind == "rest_day" else ~rest

    def _in_hours(self, local: datetime) -> Truth:
        if self.hours is None:
            return Truth.HIT
        first, last = self.hours
        now = local.time()
        if first <= last:
            return truth.of(first <= now < last)
        return truth.of(now >= first or now < last)

    def describe(self) -> str:
        """Say in Chinese."""
        parts = ["、".join(_NAMES[kind] for kind in self.days)] if self.days else []
        if self.hours is not None:
            parts.append(f"{self.hours[0]:%H:%M}至{self.hours[1]:%H:%M}")
        return f"通话时间〔{'，'.join(parts)}〕"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``calendar: {day: [saturday, holiday], hours: {from: "22:00", to: "08:00"}}``."""
    inside = node.child(key)
    inside.only(("day", "hours", "holidays", "made_up", "timezone"))
    if not inside.has("day") and not inside.has("hours"):
        inside.problem("no_comparison", "say which day or which hours are meant")
    days = (
        tuple(item.choice((*WEEKDAYS, *_KINDS)) for item in inside.child("day").some())
        if inside.has("day")
        else ()
    )
    if set(days) & set(_KINDS) and not inside.has("holidays"):
        inside.problem("no_holidays", "give the 'holidays': a list of dates or a lexicon of them")
    return Calendar(
        days,
        _hours(inside.child("hours")),
        _zone(inside.child("timezone")),
        frozenset(_dates(inside.child("holidays"), reading)),
        frozenset(_dates(inside.child("made_up"), reading)),
    )


def _hours(node: Node) -> tuple[time, time] | None:
    if node.value is None:
        return None
    node.only(("from", "to"))
    return _clock(node.child("from")), _clock(node.child("to"))


def _clock(node: Node) -> time:
    try:
        return time.fromisoformat(node.text("00:00"))
    except ValueError:
        node.problem("not_a_time", 'expected a time like "22:00"')
        return time()


def _zone(node: Node) -> ZoneInfo:
    try:
        return ZoneInfo(node.text("Asia/Shanghai"))
    except (ZoneInfoNotFoundError, ValueError):
        node.problem("unknown_zone", "expected a zone like Asia/Shanghai")
        return ZoneInfo("Asia/Shanghai")


def _dates(node: Node, reading: Reading) -> Iterator[date]:
    """Dates of a list, or of the lexicon that is named: its terms are dates without marks."""
    lexicon = node.value if isinstance(node.value, str) else None
    if lexicon is not None and lexicon not in reading.vocabulary.lexicons:
        node.problem("unknown_lexicon", f"there is no lexicon {lexicon!r}")
        return
    written = [
        *(() if lexicon is None else reading.vocabulary.lexicons[lexicon]),
        *(() if lexicon is not None else (item.text() for item in node.items())),
    ]
    for text in written:
        try:
            yield date.fromisoformat(text)
        except ValueError:
            node.problem("not_a_date", "expected dates like 2026-10-01")
            return
