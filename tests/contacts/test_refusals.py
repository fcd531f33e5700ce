"""Refusals, agreed times, open matters and third parties, beyond the examples of the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from contact_bench import CHINA, contact, judged, outcomes

from auditor.contacts.cases import run_cases
from auditor.domain.contacts import Cues, Later, Party
from auditor.policy.contactrules import ContactRule

FAIL, REVIEW, PASS, NOT = "fail", "undetermined", "pass", "not_applicable"
TALK = Cues(party=Party.DEBTOR, talked=True)
OTHER = Cues(party=Party.THIRD_PARTY, talked=True)


def at(written: str) -> datetime:
    """A Chinese time."""
    return datetime.fromisoformat(written).replace(tzinfo=CHINA)


def test_the_examples_of_every_rule_come_out_right(rules: dict[str, ContactRule]) -> None:
    """What stands in the files is what is judged."""
    results = [result for rule in rules.values() for result in run_cases(rule)]
    assert len(results) > 50
    assert [(r.subject, r.example.name, r.message) for r in results if not r.passed] == []


@pytest.mark.parametrize(
    ("second", "answer"),
    [
        ("2026-03-05 09:00:59", PASS),  # the first talk was still going on
        ("2026-03-05 09:01:00", FAIL),
        ("2026-03-06 09:00:59", FAIL),
        ("2026-03-06 09:01:00", REVIEW),
        ("2026-03-12 09:00:59", REVIEW),
        ("2026-03-12 09:01:00", PASS),
    ],
)
def test_a_request_to_stop_counts_for_a_day_and_is_shown_for_a_week(
    rules: dict[str, ContactRule], second: str, answer: str
) -> None:
    """Time runs from the end of the call in which it was said."""
    first = contact("2026-03-05 09:00:00", seconds=60, cues=replace(TALK, stop=True))
    assert outcomes(rules["stop"], [first, contact(second)])[1] == answer


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ({"cues": replace(OTHER, stop=True)}, {}, PASS),
        (
            {"cues": replace(TALK, stop=True, later=Later(at("2026-03-05 09:30"), agreed=True))},
            {},
            PASS,
        ),
        ({"cues": replace(TALK, stop=True)}, {"callee": "third_party"}, NOT),
        ({"cues": replace(TALK, stop=True)}, {"direction": "inbound"}, NOT),
        ({"cues": replace(TALK, stop=True)}, {"direction": None}, REVIEW),
        ({"cues": replace(TALK, stop=True)}, {"customer": "D2"}, PASS),
        ({"cues": replace(TALK, stop=True)}, {"agent": "B9", "seat": "agency"}, FAIL),
        ({"cues": replace(TALK, stop=True), "direction": "inbound"}, {}, FAIL),
    ],
)
def test_whose_request_binds_whom(
    rules: dict[str, ContactRule], first: dict[str, object], second: dict[str, object], answer: str
) -> None:
    """The debtor's request binds all agents; a relative's, or another time named, does not."""
    contacts = [
        contact("2026-03-05 09:00", **first),  # type: ignore[arg-type]
        contact("2026-03-05 10:00", **second),  # type: ignore[arg-type]
    ]
    assert outcomes(rules["stop"], contacts)[1] == answer


NUMBER = "13800000009"


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ({"number": NUMBER}, {"number": NUMBER}, FAIL),
        ({"number": NUMBER}, {"number": "+86" + NUMBER, "callee": None}, FAIL),
        ({"number": NUMBER}, {"number": NUMBER, "callee": "debtor"}, NOT),
        ({"number": NUMBER}, {"number": "13800000008"}, PASS),
        ({"number": NUMBER}, {}, REVIEW),
        ({}, {"number": NUMBER}, REVIEW),
        ({}, {"callee": None}, REVIEW),
        ({"callee": None, "number": NUMBER}, {"number": NUMBER}, FAIL),
        ({"callee": "debtor", "number": NUMBER}, {"number": NUMBER}, REVIEW),
        ({"cues": OTHER, "number": NUMBER}, {"number": NUMBER}, PASS),
        ({"cues": replace(TALK, stop=True), "number": NUMBER}, {"number": NUMBER}, PASS),
        ({"number": NUMBER}, {"number": NUMBER, "customer": "D2"}, PASS),
        ({"number": NUMBER}, {"number": NUMBER, "direction": None}, REVIEW),
    ],
)
def test_a_third_party_who_refused_is_known_by_the_number(
    rules: dict[str, ContactRule], first: dict[str, object], second: dict[str, object], answer: str
) -> None:
    """Years later it still counts, and only for that third party."""
    refused = {"callee": "third_party", "cues": replace(OTHER, stop=True), **first}
    contacts = [
        contact("2025-03-05 09:00", **refused),  # type: ignore[arg-type]
        contact("2026-03-05 10:00", **{"callee": "third_party", **second}),  # type: ignore[arg-type]
    ]
    assert outcomes(rules["third-party"], contacts)[1] == answer


@pytest.mark.parametrize(
    ("later", "second", "answer"),
    [
        (Later(at("2026-03-05 15:00"), agreed=True), "2026-03-05 14:59:59", FAIL),
        (Later(at("2026-03-05 15:00"), agreed=True), "2026-03-05 15:00:00", PASS),
        (Later(at("2026-03-05 15:00"), agreed=False), "2026-03-05 14:59:59", REVIEW),
        (Later(at("2026-03-06 00:00"), agreed=True), "2026-03-05 23:59:59", FAIL),
        (Later(at("2026-03-06 00:00"), agreed=True), "2026-03-06 00:00:00", PASS),
        (Later(None, agreed=True), "2026-03-05 10:00:59", REVIEW),
        (Later(None, agreed=True), "2026-03-05 10:01:00", PASS),
        (None, "2026-03-05 09:05:00", PASS),
    ],
)
def test_the_agreed_time_binds_to_the_second(
    rules: dict[str, ContactRule], later: Later | None, second: str, answer: str
) -> None:
    """A promise counts, a request goes to review, "later" means an hour from the end."""
    first = contact("2026-03-05 09:00:00", seconds=60, cues=replace(TALK, later=later))
    assert outcomes(rules["agreed-time"], [first, contact(second)])[1] == answer


def test_a_call_to_a_third_party_does_not_break_a_promise_to_the_debtor(
    rules: dict[str, ContactRule],
) -> None:
    """It does not end the waiting either."""
    later = Later(at("2026-03-05 15:00"), agreed=True)
    contacts = [
        contact("2026-03-05 09:00", cues=replace(TALK, later=later)),
        contact("2026-03-05 10:00", callee="third_party"),
        contact("2026-03-05 11:00"),
    ]
    assert outcomes(rules["agreed-time"], contacts) == [PASS, NOT, FAIL]


def test_the_last_time_named_is_the_one_that_counts(rules: dict[str, ContactRule]) -> None:
    """A call in time with a new promise starts anew."""
    contacts = [
        contact("2026-03-05 09:00", cues=replace(TALK, later=Later(at("2026-03-05 12:00"), True))),
        contact("2026-03-05 12:00", cues=replace(TALK, later=Later(at("2026-03-05 18:00"), True))),
        contact("2026-03-05 17:00"),
    ]
    finding = judged([rules["agreed-time"]], contacts)[2]["contact_after_refusal.agreed-time"][1]
    assert finding is not None
    assert finding.trail is not None
    assert finding.trail.limit == "2026-03-05 18:00"
    assert [call.call_id for call in finding.trail.calls] == [
        contacts[1].call.call_id,
        contacts[2].call.call_id,
    ]


def test_open_matters_never_enter_a_score(rules: dict[str, ContactRule]) -> None:
    """Whether it is the same matter is for a person to say; the rule says so."""
    contacts = [
        contact("2026-03-05 09:00", cues=replace(TALK, dispute=True)),
        contact("2026-03-06 09:00", cues=replace(TALK, dispute=True, hardship=True)),
        contact("2026-03-07 09:00", cues=replace(TALK, hardship=True)),
        contact("2026-03-08 09:00", cues=replace(TALK, taken_up=True)),
        contact("2026-03-09 09:00", cues=replace(TALK, hardship=True)),
    ]
    assert outcomes(rules["pressed-again"], contacts) == [PASS, REVIEW, REVIEW, PASS, PASS]
    strict = rules["pressed-again"]
    strict = replace(strict, limits=replace(strict.limits, review=False))
    assert outcomes(strict, contacts) == [PASS, FAIL, FAIL, PASS, PASS]


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ({"cues": TALK}, {}, REVIEW),
        ({}, {}, REVIEW),
        ({"cues": TALK, "direction": "inbound"}, {}, REVIEW),
        ({"cues": OTHER}, {}, PASS),
        ({"answered": False}, {}, PASS),
        ({"cues": TALK}, {"cues": TALK}, NOT),
        ({"cues": TALK}, {"direction": "inbound"}, NOT),
        ({"cues": TALK}, {"customer": "D2"}, PASS),
        ({"callee": "guarantor"}, {}, PASS),
    ],
)
def test_third_parties_are_left_alone_while_the_debtor_answers(
    rules: dict[str, ContactRule], first: dict[str, object], second: dict[str, object], answer: str
) -> None:
    """A talk with the debtor within three days is shown to a person; a handed-over phone is not."""
    contacts = [
        contact("2026-03-05 09:00", **first),  # type: ignore[arg-type]
        contact("2026-03-08 09:00", **{"callee": "third_party", **second}),  # type: ignore[arg-type]
    ]
    assert outcomes(rules["third-party-while-reached"], contacts)[1] == answer


@pytest.mark.parametrize(
    ("first", "second", "day", "answer"),
    [
        ({"callee": "debtor"}, {"callee": "debtor"}, "2026-03-06", REVIEW),
        ({"callee": "debtor"}, {"callee": "debtor"}, "2026-04-03", REVIEW),
        ({"callee": "debtor"}, {"callee": "debtor"}, "2026-04-05", NOT),
        ({"callee": "third_party"}, {"callee": "debtor"}, "2026-03-06", REVIEW),
        ({"callee": "debtor"}, {"callee": "debtor", "number": "13800000008"}, "2026-03-06", NOT),
        ({"callee": "debtor"}, {"callee": "guarantor"}, "2026-03-06", NOT),
        ({"callee": "debtor"}, {"callee": "debtor", "direction": "inbound"}, "2026-03-06", NOT),
    ],
)
def test_a_refusal_on_the_debtors_number_is_for_a_person(
    rules: dict[str, ContactRule],
    first: dict[str, str],
    second: dict[str, str],
    day: str,
    answer: str,
) -> None:
    """It may be a wrong number or a relative; after a month nobody asks any more."""
    refused = contact("2026-03-05 09:00", cues=replace(OTHER, stop=True), number=NUMBER, **first)
    again = contact(f"{day} 09:00", **{"number": NUMBER, **second})
    assert outcomes(rules["third-party"], [refused, again])[1] == answer
