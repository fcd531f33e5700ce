"""Streams of contacts: order, strangers, repeats, history, spilling to disk, missing fields."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from contact_bench import CHINA, Answers, contact, judged, numbered, shipped_rules
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.contacts import order
from auditor.contacts.consents import Consents
from auditor.contacts.engine import check_contacts
from auditor.contacts.rows import contact_from_json, contact_to_json
from auditor.domain.contactform import trail_from_json, trail_to_json
from auditor.domain.contacts import Contact, Cues, Later, Party
from auditor.domain.findings import Outcome, Status
from auditor.domain.jsonform import finding_to_json
from auditor.domain.jsonread import finding_from_json
from auditor.policy.contactrules import ContactRule

START = datetime(2026, 3, 5, 7, 0, tzinfo=CHINA)


@st.composite
def cues(draw: st.DrawFn) -> Cues | None:
    """What may have been heard in a call."""
    if draw(st.booleans()):
        return None
    later = draw(st.none() | st.integers(0, 600))
    return Cues(
        party=draw(st.sampled_from(Party)),
        talked=draw(st.booleans()),
        early=draw(st.booleans()),
        stop=draw(st.booleans()),
        later=None if later is None else Later(START + timedelta(minutes=later), agreed=True),
        hardship=draw(st.booleans()),
        dispute=draw(st.booleans()),
        taken_up=draw(st.booleans()),
    )


@st.composite
def contacts(draw: st.DrawFn, customers: tuple[str | None, ...] = ("D1", "D2", None)) -> Contact:
    """Any contact of a day and a half."""
    minutes = draw(st.integers(0, 2_000))
    number = draw(st.none() | st.integers(0, 1).map("1380000000{}".format))
    return contact(
        draw(st.none() | st.just((START + timedelta(minutes=minutes)).isoformat())),
        f"C{draw(st.integers(0, 10**9))}",
        customer=draw(st.sampled_from(customers)),
        seconds=draw(st.none() | st.floats(0, 7_200)),
        answered=draw(st.none() | st.booleans()),
        direction=draw(st.sampled_from([None, "outbound", "outbound", "inbound"])),
        callee=draw(st.sampled_from([None, "debtor", "guarantor", "third_party", "unknown"])),
        cues=draw(cues()),
        **({} if number is None else {"number": number}),
    )


def streams(customers: tuple[str | None, ...] = ("D1", "D2", None)) -> st.SearchStrategy:
    """Some contacts, each call once."""
    return st.lists(contacts(customers), max_size=12, unique_by=lambda one: one.call.call_id)


def by_call(run: list[Contact]) -> dict[str, Answers]:
    """Answers by call id."""
    answers = judged(shipped_rules().values(), run)
    return {one.call.call_id: answer for one, answer in zip(run, answers, strict=True)}


@settings(max_examples=60, deadline=None)
@given(run=streams(), seed=st.integers(0, 10**6))
def test_the_order_of_input_does_not_matter(run: list[Contact], seed: int) -> None:
    """Every call gets the same answers and findings, in whatever order the rows come."""
    mixed = list(run)
    random.Random(seed).shuffle(mixed)
    assert by_call(mixed) == by_call(run)


@settings(max_examples=60, deadline=None)
@given(run=streams(), strangers=streams(("D7", "D8")))
def test_an_unrelated_debtor_changes_nothing(run: list[Contact], strangers: list[Contact]) -> None:
    """Other debtors with other numbers leave all answers as they are."""
    others = [
        replace(one, call=replace(one.call, call_id=f"S{place}", attributes={"number": "07551234"}))
        for place, one in enumerate(strangers)
    ]
    alone = by_call(run)
    together = by_call([*others, *run])
    assert {call_id: together[call_id] for call_id in alone} == alone


@settings(max_examples=60, deadline=None)
@given(run=streams())
def test_every_rule_answers_every_call_once(run: list[Contact]) -> None:
    """A finding goes with a failure or an open answer of the same rule, and only with these."""
    for answers in judged(shipped_rules().values(), run):
        assert len(answers) == len(shipped_rules())
        for outcome, finding in answers.values():
            if finding is not None:
                assert outcome is finding.outcome
                assert outcome in (Outcome.FAIL, Outcome.UNDETERMINED)
            else:
                assert outcome is not Outcome.FAIL


@settings(max_examples=60, deadline=None)
@given(run=streams())
def test_contacts_and_findings_survive_json(run: list[Contact]) -> None:
    """What is written to disk is read back equal."""
    for one in numbered(run):
        assert contact_from_json(contact_to_json(one)) == one
    for answers in judged(shipped_rules().values(), run):
        for _, finding in answers.values():
            if finding is not None:
                assert finding.trail is not None
                assert trail_from_json(trail_to_json(finding.trail)) == finding.trail
                assert finding_from_json(finding_to_json(finding)) == finding


def test_what_waits_on_disk_is_judged_alike(
    rules: dict[str, ContactRule], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorting in small runs on disk gives what sorting in memory gives, and leaves no file."""
    made = random.Random(3)
    run = [
        contact(
            (START + timedelta(minutes=made.randrange(900))).isoformat(),
            f"C{place}",
            customer=f"D{made.randrange(12)}",
            answered=made.random() < 0.5,
            number=f"1380000{made.randrange(15):04d}",
        )
        for place in range(300)
    ]
    whole = check_contacts(numbered(run), rules.values(), Consents())
    sorters: list[order.Sorter] = []
    enter = order.Sorter.__enter__

    def small(sorter: order.Sorter) -> order.Sorter:
        sorter.most = 17
        sorters.append(sorter)
        return enter(sorter)

    monkeypatch.setattr(order.Sorter, "__enter__", small)
    parts = check_contacts(numbered(run), rules.values(), Consents())
    assert {place: v.findings for place, v in parts.items()} == {
        place: v.findings for place, v in whole.items()
    }
    assert all(len(sorter._runs) > 10 for sorter in sorters)
    assert not any(path.exists() for sorter in sorters for path in sorter._runs)


def test_a_call_given_twice_counts_once(rules: dict[str, ContactRule]) -> None:
    """The history may hold the night that is judged; the night's own copy is judged."""
    run = [contact(f"2026-03-05 {hour:02d}:00", f"C{hour}") for hour in (9, 10, 11)]
    again = [replace(one, place=None) for one in run]
    verdicts = check_contacts(
        [*again, *numbered(run), *again], [rules["effective-calls"]], Consents()
    )
    assert [verdicts[place].outcomes[0].outcome.value for place in range(3)] == [
        *("pass", "pass", "undetermined")
    ]


def test_history_is_looked_back_at_and_not_judged(rules: dict[str, ContactRule]) -> None:
    """Three calls of an agency make ours the fourth; theirs get no answers of ours."""
    theirs = [contact(f"2026-03-05 {hour:02d}:00", agent="B1") for hour in (9, 10, 11)]
    verdicts = check_contacts(
        [replace(contact("2026-03-05 12:00"), place=5), *theirs],
        [rules["effective-calls"]],
        Consents(),
    )
    assert list(verdicts) == [5]
    assert verdicts[5].outcomes[0].outcome is Outcome.FAIL
    trail = verdicts[5].findings[0].trail
    assert trail is not None
    assert [call.agent_id for call in trail.calls] == ["B1", "B1", "B1", "A1"]


def test_drafts_do_not_judge_and_trials_do_not_count(rules: dict[str, ContactRule]) -> None:
    """A rule's status means what it means for the other rules."""
    night = [contact("2026-03-05 23:00")]
    for status, found in ((Status.DRAFT, 0), (Status.RETIRED, 0), (Status.TRIAL, 1)):
        rule = replace(rules["outside"], status=status)
        verdict = check_contacts(numbered(night), [rule], Consents())[0]
        assert len(verdict.findings) == found
        assert not any(finding.counts for finding in verdict.findings)


def test_the_identity_of_a_finding_does_not_depend_on_other_calls(
    rules: dict[str, ContactRule],
) -> None:
    """A verdict of a reviewer stays with the call and the rule when calls are added."""
    run = [contact(f"2026-03-05 {hour:02d}:00", f"C{hour}") for hour in (9, 10, 11, 12)]
    more = [contact("2026-03-05 08:30", "C8"), *run]
    few = judged([rules["effective-calls"]], run)[3]["call_frequency.effective-calls"][1]
    many = judged([rules["effective-calls"]], more)[4]["call_frequency.effective-calls"][1]
    assert few is not None
    assert many is not None
    assert few.finding_id == many.finding_id
    assert few.trail != many.trail
