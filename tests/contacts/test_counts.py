"""Calls a day: what counts, where a day ends, numbers and debtors, warnings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contact_bench import contact, judged, outcomes

from auditor.domain.contacts import Contact, Cues, Party
from auditor.policy.contactrules import ContactRule

FAIL, REVIEW, PASS, NOT = "fail", "undetermined", "pass", "not_applicable"
ONE, TWO = "13800000001", "13800000002"


def talks(*hours: int, day: str = "2026-03-05", **changes: object) -> list[Contact]:
    """Answered calls at full hours."""
    return [contact(f"{day} {hour:02d}:00:00", **changes) for hour in hours]  # type: ignore[arg-type]


def missed(*hours: int, number: str | None = ONE, **changes: object) -> list[Contact]:
    """Unanswered attempts at full hours."""
    given = {} if number is None else {"number": number}
    return talks(*hours, answered=False, seconds=None, **given, **changes)


def test_the_third_is_pointed_out_and_the_fourth_fails(rules: dict[str, ContactRule]) -> None:
    """Two calls pass, the third warns without a score, every further one fails."""
    assert outcomes(rules["effective-calls"], talks(9, 10, 11, 12, 13)) == [
        *(PASS, PASS, REVIEW, FAIL, FAIL)
    ]


def test_agents_and_agencies_count_together(rules: dict[str, ContactRule]) -> None:
    """Nobody has three calls of his own; the finding is that of the call too many."""
    contacts = [
        contact("2026-03-05 09:00", agent="A1", seat="own"),
        contact("2026-03-05 10:00", agent="B1", seat="agency"),
        contact("2026-03-05 11:00", agent="C1", seat="agency"),
        contact("2026-03-05 12:00", agent="A2", seat="own"),
    ]
    finding = judged([rules["effective-calls"]], contacts)[3]["call_frequency.effective-calls"][1]
    assert finding is not None
    assert finding.trail is not None
    assert finding.agent_id == "A2"
    assert [(call.agent_id, call.seat) for call in finding.trail.calls] == [
        *(("A1", "own"), ("B1", "agency"), ("C1", "agency"), ("A2", "own"))
    ]
    assert (finding.trail.limit, finding.trail.measured) == ("3", "4")


@pytest.mark.parametrize(
    ("third", "fourth"),
    [
        ("2026-03-05 23:59:59", "2026-03-06 00:00:00"),
        ("2026-03-05T15:59:59Z", "2026-03-05T16:00:00Z"),
    ],
)
def test_a_day_ends_at_midnight_of_the_debtor(
    rules: dict[str, ContactRule], third: str, fourth: str
) -> None:
    """The call after midnight is the first of its day, whatever offset it is written in."""
    contacts = [*talks(9, 10), contact(third), contact(fourth)]
    assert outcomes(rules["effective-calls"], contacts) == [PASS, PASS, REVIEW, PASS]
    elsewhere = [
        replace(one, call=replace(one.call, attributes={"timezone": "Asia/Urumqi"}))
        for one in contacts
    ]
    assert outcomes(rules["effective-calls"], elsewhere) == [PASS, PASS, REVIEW, FAIL]


HEARD = Cues(party=Party.DEBTOR, talked=True)


@pytest.mark.parametrize(
    ("changes", "fourth"),
    [
        ({"answered": False}, NOT),
        ({"direction": "inbound"}, NOT),
        ({"callee": "third_party"}, NOT),
        ({"callee": "guarantor"}, PASS),
        ({"callee": "unknown"}, FAIL),
        ({"callee": None}, FAIL),
        ({"answered": None}, REVIEW),
        ({"direction": None}, REVIEW),
        ({"timezone": "Nowhere"}, REVIEW),
        ({"seconds": 9.9}, REVIEW),
        ({"seconds": 10.0}, FAIL),
        ({"seconds": None}, FAIL),
        ({"cues": HEARD, "seconds": 3.0}, FAIL),
        ({"cues": HEARD, "answered": None}, FAIL),
        ({"cues": HEARD, "answered": False}, FAIL),
        ({"cues": replace(HEARD, early=True)}, REVIEW),
        ({"cues": Cues(party=Party.MACHINE)}, NOT),
        ({"cues": Cues()}, NOT),
        ({"cues": replace(HEARD, party=Party.THIRD_PARTY)}, NOT),
        ({"cues": HEARD, "callee": "third_party"}, FAIL),
        ({"cues": replace(HEARD, party=Party.UNKNOWN)}, FAIL),
    ],
)
def test_what_counts_as_an_effective_call(
    rules: dict[str, ContactRule], changes: dict[str, object], fourth: str
) -> None:
    """What was heard goes before the dialler's columns; what may count goes to review."""
    contacts = [*talks(9, 10, 11), *talks(12, **changes)]
    assert outcomes(rules["effective-calls"], contacts)[3] == fourth


def test_a_guarantor_has_three_calls_of_his_own(rules: dict[str, ContactRule]) -> None:
    """Three to the debtor and four to the guarantor: only the seventh is too many."""
    contacts = [*talks(9, 10, 11), *talks(12, 13, 14, 15, callee="guarantor")]
    assert outcomes(rules["effective-calls"], contacts)[3:] == [PASS, PASS, REVIEW, FAIL]


def test_two_debtors_are_counted_apart(rules: dict[str, ContactRule]) -> None:
    """Three calls each make no fourth, even at one number."""
    contacts = [*talks(9, 10, 11, number=ONE), *talks(12, 13, 14, customer="D2", number=ONE)]
    assert FAIL not in outcomes(rules["effective-calls"], contacts)


def test_without_a_customer_nothing_is_counted_or_passed(rules: dict[str, ContactRule]) -> None:
    """Calls of nobody knows whom stay open."""
    assert outcomes(rules["effective-calls"], talks(9, 10, 11, 12, customer=None)) == [REVIEW] * 4


def test_the_sixth_attempt_is_pointed_out_and_the_seventh_fails(
    rules: dict[str, ContactRule],
) -> None:
    """Six unanswered attempts at a number are allowed."""
    answers = outcomes(rules["unanswered"], missed(*range(9, 17)))
    assert answers == [*[PASS] * 5, REVIEW, FAIL, FAIL]


def test_two_numbers_of_one_debtor_are_counted_apart(rules: dict[str, ContactRule]) -> None:
    """Six at each number make twelve attempts and no finding that counts."""
    contacts = [*missed(*range(9, 15)), *missed(*range(15, 21), number=TWO)]
    assert outcomes(rules["unanswered"], contacts) == [*[PASS] * 5, REVIEW] * 2


def test_one_number_of_two_debtors_goes_to_review(rules: dict[str, ContactRule]) -> None:
    """The telephone rang seven times, but for two debts."""
    contacts = [*missed(9, 10, 11, 12), *missed(13, 14, 15, customer="D2")]
    assert outcomes(rules["unanswered"], contacts) == [*[PASS] * 5, REVIEW, REVIEW]
    many = [*missed(9), *missed(*range(10, 17), customer="D2")]
    assert outcomes(rules["unanswered"], many)[-1] == FAIL


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("138 0000 0001", True),
        ("138-0000-0001", True),
        ("+86 13800000001", True),
        ("008613800000001", True),
        ("13800000002", False),
        ("0", False),
        ("未知", False),
    ],
)
def test_a_number_is_the_same_however_it_is_written(
    rules: dict[str, ContactRule], written: str, same: bool
) -> None:
    """Marks and the country code do not make another number; placeholders make none."""
    contacts = [*missed(*range(9, 15)), *missed(15, number=written)]
    assert (outcomes(rules["unanswered"], contacts)[-1] == FAIL) is same


@pytest.mark.parametrize(
    ("changes", "seventh"),
    [
        ({"answered": True}, NOT),
        ({"direction": "inbound"}, NOT),
        ({"answered": None}, REVIEW),
        ({"direction": None}, REVIEW),
        ({"cues": Cues(party=Party.MACHINE), "answered": True}, FAIL),
        ({"cues": HEARD}, NOT),
        ({"callee": "third_party"}, FAIL),
    ],
)
def test_what_counts_as_an_unanswered_attempt(
    rules: dict[str, ContactRule], changes: dict[str, object], seventh: str
) -> None:
    """A voice box is no answer; an answered call is no attempt."""
    last = contact("2026-03-05 20:00", **{"answered": False, "number": ONE, **changes})  # type: ignore[arg-type]
    assert outcomes(rules["unanswered"], [*missed(*range(9, 15)), last])[-1] == seventh


def test_attempts_without_numbers_never_count(rules: dict[str, ContactRule]) -> None:
    """Ten attempts at a debtor may have gone to ten numbers."""
    answers = outcomes(rules["unanswered"], missed(*range(9, 19), number=None))
    assert answers == [*[PASS] * 6, *[REVIEW] * 4]
    assert outcomes(rules["unanswered"], missed(9, number=None, customer=None)) == [REVIEW]


def test_the_trail_of_many_calls_is_short(rules: dict[str, ContactRule]) -> None:
    """A debtor called sixty times has a dozen calls in a finding, and the count is right."""
    contacts = [contact(f"2026-03-05 12:{minute:02d}:00") for minute in range(60)]
    finding = judged([rules["effective-calls"]], contacts)[59]["call_frequency.effective-calls"][1]
    assert finding is not None
    assert finding.trail is not None
    assert len(finding.trail.calls) == 12
    assert finding.trail.left_out == 48
    assert finding.trail.measured == "60"
    assert finding.trail.calls[-1].call_id == finding.call_id
