"""Calling hours: the exact boundaries, zones, changes of clocks, consent and crossing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from contact_bench import contact, judged, outcomes

from auditor.contacts.consents import Consent, Consents, Hours, parse_hours
from auditor.policy.contactrules import ContactRule

FAIL, REVIEW, PASS, NOT = "fail", "undetermined", "pass", "not_applicable"


@pytest.mark.parametrize(
    ("at", "seconds", "answer"),
    [
        ("2026-03-05 07:59:59", 30, FAIL),
        ("2026-03-05 07:59:59.999999", 30, FAIL),
        ("2026-03-05 08:00:00", 30, PASS),
        ("2026-03-05 12:00:00", 30, PASS),
        ("2026-03-05 21:59:59", 0, PASS),
        ("2026-03-05 21:59:59", 1, PASS),
        ("2026-03-05 21:59:59", 1.001, REVIEW),
        ("2026-03-05 21:59:59", 2, REVIEW),
        ("2026-03-05 21:59:59.999999", 0, PASS),
        ("2026-03-05 22:00:00", 30, FAIL),
        ("2026-03-05 23:59:59", 30, FAIL),
        ("2026-03-06 00:00:00", 30, FAIL),
        ("2026-03-05 21:00:00", 3600, PASS),
        ("2026-03-05 21:00:00", 3601, REVIEW),
        ("2026-03-05 21:59:00", None, PASS),
        ("2026-03-05 07:00:00", 7200, FAIL),
        # The same instants written in other offsets.
        ("2026-03-05T13:59:59+00:00", 0, PASS),
        ("2026-03-05T14:00:00+00:00", 30, FAIL),
        ("2026-03-05T00:00:00Z", 30, PASS),
        ("2026-03-04T23:59:59Z", 30, FAIL),
    ],
)
def test_the_limits_hold_to_the_second(
    rules: dict[str, ContactRule], at: str, seconds: float | None, answer: str
) -> None:
    """Eight sharp is allowed, ten sharp is not, and a talk may end at ten sharp."""
    assert outcomes(rules["outside"], [contact(at, seconds=seconds)]) == [answer]


@pytest.mark.parametrize(
    ("zone", "at", "answer"),
    [
        # 新疆: two hours behind Peking time.
        ("Asia/Urumqi", "2026-03-05T09:59:59+08:00", FAIL),
        ("Asia/Urumqi", "2026-03-05T10:00:00+08:00", PASS),
        ("Asia/Urumqi", "2026-03-05T23:59:59+08:00", PASS),
        ("Asia/Urumqi", "2026-03-06T00:00:00+08:00", FAIL),
        ("Asia/Shanghai", "2026-03-05T23:59:59+08:00", FAIL),
        # Clocks go forward on 29 March 2026 and back on 25 October in Berlin.
        ("Europe/Berlin", "2026-03-28T07:00:00Z", PASS),
        ("Europe/Berlin", "2026-03-28T06:59:59Z", FAIL),
        ("Europe/Berlin", "2026-03-29T06:00:00Z", PASS),
        ("Europe/Berlin", "2026-03-29T05:59:59Z", FAIL),
        ("Europe/Berlin", "2026-10-24T20:00:00Z", FAIL),
        ("Europe/Berlin", "2026-10-25T20:00:00Z", PASS),
        ("Europe/Berlin", "2026-10-25T21:00:00Z", FAIL),
        ("America/New_York", "2026-03-05T10:00:00+08:00", PASS),
        ("America/New_York", "2026-03-05T15:00:00+08:00", FAIL),
    ],
)
def test_the_clock_is_the_debtors(
    rules: dict[str, ContactRule], zone: str, at: str, answer: str
) -> None:
    """The zone of the manifest counts, with its changes of clocks."""
    one = contact(at, seconds=0, timezone=zone)
    assert outcomes(rules["outside"], [one]) == [answer]
    assert outcomes(rules["outside"], [contact(at, seconds=0, customer_timezone=zone)]) == [answer]


def test_a_crossing_over_a_change_of_clocks_is_measured_in_real_time(
    rules: dict[str, ContactRule],
) -> None:
    """A limit inside the hour that is skipped comes when the clocks say so."""
    rule = rules["outside"]
    early = replace(rule.limits, closes=parse_hours("00:00-03:00").end)  # type: ignore[union-attr]
    early = replace(early, opens=parse_hours("01:00-02:00").start)  # type: ignore[union-attr]
    rule = replace(rule, limits=early)
    # 01:59:30 plus a minute is 03:00:30 in Berlin on that night.
    one = contact("2026-03-29T00:59:30Z", seconds=60, timezone="Europe/Berlin")
    assert outcomes(rule, [one]) == [REVIEW]
    assert outcomes(rule, [replace(one, duration=30.0)]) == [PASS]


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"direction": "inbound"}, NOT),
        ({"direction": None}, REVIEW),
        ({"answered": False, "seconds": None}, REVIEW),
        ({"answered": None}, FAIL),
        ({"customer": None}, FAIL),
        ({"callee": "third_party"}, FAIL),
        ({"timezone": "Mars/Olympus"}, REVIEW),
        ({"timezone": ""}, FAIL),
    ],
)
def test_what_is_not_sure_goes_to_review(
    rules: dict[str, ContactRule], changes: dict[str, str | None], answer: str
) -> None:
    """Unknown directions and zones and attempts nobody answered never count."""
    assert outcomes(rules["outside"], [contact("2026-03-05 23:00", **changes)]) == [answer]  # type: ignore[arg-type]


def test_without_a_time_or_a_zone_nothing_is_passed(rules: dict[str, ContactRule]) -> None:
    """A call without a time is open; so is one in time of a zone nobody knows."""
    assert outcomes(rules["outside"], [contact(None)]) == [REVIEW]
    assert outcomes(rules["outside"], [contact("2026-03-05 12:00", timezone="Nowhere")]) == [REVIEW]


@pytest.mark.parametrize(
    ("hours", "first", "last", "at", "seconds", "answer"),
    [
        ("22:00-23:00", None, None, "2026-03-05 22:00:00", 60, PASS),
        ("22:00-23:00", None, None, "2026-03-05 22:59:59", 0, PASS),
        ("22:00-23:00", None, None, "2026-03-05 23:00:00", 60, FAIL),
        ("22:30-23:00", None, None, "2026-03-05 22:00:00", 60, FAIL),
        ("23:00-01:00", None, None, "2026-03-06 00:30:00", 60, PASS),
        ("23:00-01:00", None, None, "2026-03-06 01:00:00", 60, FAIL),
        ("any", None, None, "2026-03-06 03:00:00", 60, PASS),
        ("22:00-23:00", "2026-03-06", None, "2026-03-05 22:30:00", 60, FAIL),
        ("22:00-23:00", "2026-03-05", "2026-03-05", "2026-03-05 22:30:00", 60, PASS),
        ("22:00-23:00", None, "2026-03-04", "2026-03-05 22:30:00", 60, FAIL),
        ("22:00-23:00", None, None, "2026-03-05 21:55:00", 600, PASS),
        ("22:30-23:00", None, None, "2026-03-05 21:55:00", 600, REVIEW),
    ],
)
def test_consent_covers_its_days_and_hours_only(
    rules: dict[str, ContactRule],
    hours: str,
    first: str | None,
    last: str | None,
    at: str,
    seconds: float,
    answer: str,
) -> None:
    """What the debtor agreed to excuses that and nothing beside it, nor anybody else."""
    window = parse_hours(hours)
    assert isinstance(window, Hours)
    days = [None if day is None else date.fromisoformat(day) for day in (first, last)]
    consents = Consents(MappingProxyType({"D1": (Consent(window, *days),)}))
    one = contact(at, seconds=seconds)
    assert outcomes(rules["outside"], [one], consents) == [answer]
    other = contact(at, seconds=seconds, customer="D2")
    assert outcomes(rules["outside"], [other], consents)[0] in (FAIL, REVIEW)


def test_the_finding_tells_time_zone_limit_and_clause(rules: dict[str, ContactRule]) -> None:
    """The evidence is the call's time at the debtor's place; no turn is quoted."""
    one = contact("2026-03-05T23:30:15+08:00", timezone="Asia/Urumqi", seconds=3600, agent="A7")
    other = contact("2026-03-06T00:30:15+08:00", timezone="Asia/Urumqi", seconds=60, agent="A7")
    answers = judged([rules["outside"]], [one, other])
    crossing, late = (answer["calling_hours.outside"][1] for answer in answers)
    assert crossing is not None
    assert late is not None
    assert late.trail is not None
    assert late.evidence is None
    assert (late.trail.timezone, late.trail.limit) == ("Asia/Urumqi", "08:00-22:00")
    assert late.trail.measured == "22:30:15"
    assert [call.call_id for call in late.trail.calls] == [late.call_id]
    assert "22:30:15" in late.explanation
    assert "22:30:15" in late.explanation_en
    assert {clause.document for clause in late.clauses} >= {"GB/T 45251—2025"}
    assert late.counts
    assert crossing.trail is not None
    assert crossing.trail.measured == "21:30:15-22:30:15"
    assert not crossing.counts


def test_a_call_before_the_rule_was_in_force_is_not_judged(rules: dict[str, ContactRule]) -> None:
    """The day counts at the debtor's place."""
    at = "2024-05-15T00:30:00+08:00"
    assert outcomes(rules["outside"], [contact(at)]) == [FAIL]
    assert outcomes(rules["outside"], [contact(at, timezone="Asia/Urumqi")]) == ["not in force"]
