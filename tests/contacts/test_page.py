"""The part of the report about debtors, and the time line, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contact_bench import contact, numbered, shipped_rules

from auditor.contacts.case import MOST_CALLS, case_of, find_cases
from auditor.contacts.gather import Besides, look_across
from auditor.domain.contacts import Contact, Cues, Party
from auditor.domain.findings import CallAudit, CallOutcome
from auditor.domain.runs import CallRecord
from auditor.report.case_text import case_lines, case_to_json
from auditor.report.contact_section import contact_section
from auditor.report.i18n import Words


def records_of(contacts: list[Contact]) -> list[CallRecord]:
    """The records of a run with these contacts, looked at together."""
    records = [
        CallRecord(
            call_id=one.call.call_id,
            outcome=CallOutcome.SKIPPED,
            reason="no_recording",
            call=one.call,
            duration=one.duration,
            audit=None
            if one.cues is None
            else CallAudit(
                call_id=one.call.call_id, agent_id="A1", findings=(), rules=(), cues=one.cues
            ),
        )
        for one in numbered(contacts)
    ]
    return [
        record
        for _, record in look_across(
            lambda: list(enumerate(records)), shipped_rules().values(), Besides()
        )
    ]


def night(customer: str, count: int) -> list[Contact]:
    """Answered calls at minutes after noon."""
    return [
        contact(f"2026-03-05 12:{minute:02d}:00", f"{customer}-{minute}", customer=customer)
        for minute in range(count)
    ]


def test_the_worst_debtors_come_first_and_the_others_are_counted() -> None:
    """Those with most findings that count, then those for review; without findings nobody."""
    records = records_of(
        [*night("D1", 3), *night("D2", 5), *night("D3", 2), *night("D4", 4), *night("D5", 4)]
    )
    cases, total = find_cases(lambda: records, 3)
    assert [case.customer_id for case in cases] == ["D2", "D4", "D5"]
    assert total == 4
    assert [(case.counted, case.review) for case in cases] == [(2, 1), (1, 1), (1, 1)]


def test_a_long_time_line_is_cut_and_says_so() -> None:
    """Calls with findings stay, the others go first."""
    late = contact("2026-03-05 23:00:00", "late", customer="D1")
    quiet = [
        contact(f"2026-03-{day:02d} {hour:02d}:30", f"q{day}-{hour}", customer="D1", answered=False)
        for day in range(6, 28)
        for hour in (9, 10, 11, 12)
    ]
    case = case_of("D1", records_of([*quiet, late]))
    assert case is not None
    assert len(case.calls) == MOST_CALLS
    assert case.left_out == len(quiet) + 1 - MOST_CALLS
    assert [call.call_id for call in case.calls if call.findings] == ["late"]
    assert case.calls[0].call_id == "late"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_in_the_section_are_escaped_by_the_page(lang: str) -> None:
    """Ids are shown as they are; the template escapes them."""
    from auditor.report.page import template

    words = Words(lang)
    evil = "<script>alert(1)</script>"
    section = contact_section(records_of(night(evil, 4)), words)
    assert [debtor.customer_id for debtor in section.debtors] == [evil]
    module = template("contacts.html").make_module({"t": words})
    shown = str(module.section(section))  # type: ignore[attr-defined]
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert words("contacts") in shown
    chinese = any("一" <= char <= "鿿" for char in shown.split("GB/T")[0])
    assert chinese is (lang == "zh")


def test_the_time_line_tells_what_was_heard() -> None:
    """Who, whether answered, what was asked, which findings with limit and calls."""
    asked = contact(
        "2026-03-05 09:00",
        "C1",
        customer="D1",
        seat="agency",
        cues=Cues(party=Party.DEBTOR, talked=True, stop=True),
        timezone="Asia/Shanghai",
    )
    again = contact("2026-03-05 10:00", "C2", customer="D1", answered=False, seconds=None)
    case = case_of("D1", records_of([asked, again]))
    assert case is not None
    zh = "\n".join(case_lines(case, Words("zh")))
    assert "2026-03-05 09:00:00 Asia/Shanghai  C1  A1 委外  本人 · 接通" in zh
    assert "要求不要再联系" in zh
    assert "C2  A1  本人 · 未接通" in zh
    assert "[严重] 债务人要求停止联系之后又主动联系" in zh
    assert "03-05 09:00:00 C1 (A1)、03-05 10:00:00 C2 (A1)" in zh
    en = "\n".join(case_lines(case, Words("en")))
    assert "[Major] Contact after the debtor asked not to be called again" in en
    data = case_to_json(case)
    assert [call["call_id"] for call in data["calls"]] == ["C1", "C2"]
    assert data["calls"][1]["findings"][0]["trail"]["limit"] == "24 h"
    assert case_of("D2", records_of([asked])) is None


def test_calls_of_earlier_nights_stand_on_the_time_line() -> None:
    """What a finding rests on is shown, also where it is no call of this run."""
    (record,) = records_of([contact("2026-03-05 13:00", "C4", customer="D1")])
    histories = night("D1", 3)

    class Told:
        def contacts(self, _: object) -> list[Contact]:
            return [replace(one, place=None) for one in histories]

    plain = replace(record, audit=None)
    looked = look_across(
        lambda: [(0, plain)], shipped_rules().values(), Besides(histories=(Told(),))
    )
    case = case_of("D1", [found for _, found in looked])
    assert case is not None
    assert [call.call_id for call in case.calls] == ["D1-0", "D1-1", "D1-2", "C4"]
    assert [call.outcome for call in case.calls[:3]] == [None] * 3
