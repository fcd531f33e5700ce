"""The day and the hour of the call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from rule_bench import Bench

from auditor.conditions.truth import Truth
from auditor.domain.calls import Call

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
TERMS = {"cn-holidays": ("20261001", "20261002"), "cn-made-up": ("20261010",)}
LISTS: dict[str, Any] = {"holidays": "cn-holidays", "made_up": "cn-made-up"}
NIGHT: dict[str, Any] = {"hours": {"from": "22:00", "to": "08:00"}}


def at(instant: str | None) -> Call:
    """A call that began then."""
    started = None if instant is None else datetime.fromisoformat(instant)
    return Call(call_id="c", agent_id="a", started_at=started)


@pytest.mark.parametrize(
    ("told", "instant", "truth"),
    [
        ({"day": "sunday"}, "2026-03-08T10:00:00+08:00", H),
        ({"day": ["saturday", "sunday"]}, "2026-03-07T10:00:00+08:00", H),
        ({"day": "holiday", **LISTS}, "2026-10-01T10:00:00+08:00", H),
        ({"day": "holiday", "holidays": ["2026-10-01"]}, "2026-10-01T10:00:00+08:00", H),
        ({"day": "rest_day", **LISTS}, "2026-10-02T10:00:00+08:00", H),
        ({"day": "rest_day", **LISTS}, "2026-10-11T10:00:00+08:00", H),
        ({"day": "workday", **LISTS}, "2026-10-10T10:00:00+08:00", H),
        ({"day": ["holiday", "monday"], **LISTS}, "2026-10-12T10:00:00+08:00", H),
        (NIGHT, "2026-03-05T22:00:00+08:00", H),
        (NIGHT, "2026-03-05T07:59:00+08:00", H),
        (NIGHT, "2026-03-05T15:00:00+00:00", H),
        ({**NIGHT, "timezone": "Asia/Urumqi"}, "2026-03-05T09:30:00+08:00", H),
        ({"hours": {"from": "12:00", "to": "14:00"}}, "2026-03-05T13:00:00+08:00", H),
        ({"day": "sunday", **NIGHT}, "2026-03-08T23:00:00+08:00", H),
        ({"day": "sunday"}, "2026-03-07T16:00:00+00:00", H),
        (NIGHT, None, U),
        ({"day": "holiday", **LISTS}, "2025-10-01T10:00:00+08:00", U),
        ({"day": ["holiday", "sunday"], **LISTS}, "2025-10-01T10:00:00+08:00", U),
        ({"day": "sunday"}, "2026-03-07T10:00:00+08:00", M),
        ({"day": "holiday", **LISTS}, "2026-10-03T10:00:00+08:00", M),
        ({"day": "rest_day", **LISTS}, "2026-10-10T10:00:00+08:00", M),
        ({"day": "rest_day", **LISTS}, "2026-10-12T10:00:00+08:00", M),
        ({"day": "workday", **LISTS}, "2026-10-01T10:00:00+08:00", M),
        (NIGHT, "2026-03-05T08:00:00+08:00", M),
        (NIGHT, "2026-03-05T21:59:59+08:00", M),
        ({"hours": {"from": "12:00", "to": "14:00"}}, "2026-03-05T14:00:00+08:00", M),
        ({"day": "sunday", **NIGHT}, "2026-03-08T12:00:00+08:00", M),
        ({"day": "holiday", **LISTS, **NIGHT}, "2025-10-01T12:00:00+08:00", M),
    ],
)
def test_days_and_hours(told: dict[str, Any], instant: str | None, truth: Truth) -> None:
    """Local time decides; a year that the lists do not know leaves holidays open."""
    answer = Bench(TERMS).answer({"calendar": told}, "A 您好", call=at(instant))
    assert (answer.truth, answer.hits) == (truth, ())


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "no_comparison"),
        ({"day": "someday"}, "unknown_word"),
        ({"day": "holiday"}, "no_holidays"),
        ({"day": "holiday", "holidays": "nothing"}, "unknown_lexicon"),
        ({"day": "holiday", "holidays": ["1 October"]}, "not_a_date"),
        ({"hours": {"from": "22", "until": "8"}}, "unknown_key"),
        ({"hours": {"from": "10 pm", "to": "08:00"}}, "not_a_time"),
        ({**NIGHT, "timezone": "Mars/Base"}, "unknown_zone"),
        ("sunday", "not_a_mapping"),
    ],
)
def test_mistakes_are_reported(told: object, reason: str) -> None:
    """Days, hours, lists and zones are checked when the file is read."""
    bench = Bench(TERMS)
    bench.condition({"calendar": told})
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Days and hours are named."""
    said = Bench(TERMS).condition({"calendar": {"day": "rest_day", **LISTS, **NIGHT}}).describe()
    assert "休息日" in said
    assert "22:00至08:00" in said
