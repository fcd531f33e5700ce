"""What flips between two runs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from auditor.domain.findings import CallOutcome, Outcome, Severity, Status
from auditor.domain.runs import CallRecord
from auditor.errors import UsageError
from auditor.report.comparing import compare
from auditor.report.difference import Difference, State
from auditor.report.difference_json import difference_to_json, difference_to_text
from auditor.report.difference_page import MOST, TEXTS, render_difference
from auditor.report.folder import OutputFolder
from auditor.report.i18n import Words, fill
from auditor.report.page import TEMPLATES
from auditor.settings import LANGUAGES


def between(one: Any, other: Any) -> Difference:
    """Compare two nights."""
    return compare(one.info, one.records, other.info, other.records)


def test_a_run_and_itself_do_not_differ(make: Any) -> None:
    """Nothing flips, nothing is listed as changed."""
    night = make.night()
    same = between(night, night)
    assert (same.shared, same.only_first, same.only_second) == (60, 0, 0)
    assert (same.findings, same.calls, same.rules, same.clauses) == ((), (), (), ())
    assert all(shift.before == shift.after for shift in same.agents)
    assert "没有差异" in render_difference(same, Words("zh"))


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({"outcome": Outcome.UNDETERMINED}, State.COUNTED, State.REVIEW),
        ({"status": Status.TRIAL}, State.COUNTED, State.TRIAL),
        ({"severity": Severity.MINOR}, State.COUNTED, State.COUNTED),
        ({"rule_version": 9}, None, None),
        ({"confidence": 0.5}, None, None),
        ({"explanation": "别的话"}, None, None),
        ({"weight": 1.0}, None, None),
    ],
)
def test_what_is_a_flip(
    make: Any, change: dict[str, Any], before: State | None, after: State | None
) -> None:
    """A finding flips when it means something else, not when it is worded otherwise."""
    call = make.call()
    finding = make.violation(call)
    flips = between(
        make.of(make.audited(call, finding)),
        make.of(make.audited(call, replace(finding, **change))),
    ).findings
    assert [(flip.before, flip.after) for flip in flips] == (
        [] if before is None else [(before, after)]
    )


def test_new_and_gone_findings_are_counted_by_rule_and_clause(make: Any) -> None:
    """One finding goes, two come; each clause says how many counted before and after."""
    one, two, three = (make.call(f"C{number}") for number in (1, 2, 3))
    before = make.of(make.audited(one, make.violation(one)), make.audited(two), make.audited(three))
    after = make.of(
        make.audited(one),
        make.audited(two, make.violation(two, 2)),
        make.audited(three, make.violation(three, 2)),
    )
    difference = between(before, after)
    assert {(shift.rule_id, shift.new, shift.gone) for shift in difference.rules} == {
        ("threat.sample", 0, 1),
        ("abuse.sample", 2, 0),
    }
    assert [(shift.before, shift.after) for shift in difference.clauses] != []
    assert {flip.call_id for flip in difference.calls} == {"C1", "C2", "C3"}
    assert difference.calls[0].call_id == "C1"
    assert (difference.calls[0].fatal, difference.calls[0].new_fatal) == (True, False)
    (agent,) = difference.agents
    assert (agent.before.fatal_calls, agent.after.fatal_calls) == (1, 0)
    assert (agent.before.findings, agent.after.findings) == (1, 2)


def test_calls_of_one_run_only_are_counted_not_compared(make: Any) -> None:
    """A night with other calls is no flip of every finding."""
    mine, shared, other = (make.call(f"C{number}") for number in (1, 2, 3))
    difference = between(
        make.of(make.audited(mine, make.violation(mine)), make.audited(shared)),
        make.of(make.audited(shared), make.audited(other, make.violation(other))),
    )
    assert (difference.shared, difference.only_first, difference.only_second) == (1, 1, 1)
    assert difference.findings == ()
    assert difference.calls == ()


def test_a_call_that_fails_now_has_changed(make: Any) -> None:
    """Its findings are gone, its score undefined."""
    call = make.call()
    failed = CallRecord(call_id="C1", outcome=CallOutcome.FAILED, call=call, reason="empty_file")
    difference = between(make.of(make.audited(call, make.violation(call))), make.of(failed))
    (flip,) = difference.calls
    assert (flip.outcome, flip.new_outcome, flip.new_score) == ("audited", "failed", None)
    assert difference.findings[0].after is State.ABSENT
    assert difference.agents[0].after.score is None


def test_agents_have_places_and_equals_share_one(make: Any) -> None:
    """The place is that by mean score in the run."""
    calls = [make.call(f"C{n}", agent_id=f"A{n}") for n in range(3)]
    before = make.of(*(make.audited(call) for call in calls))
    after = make.of(
        make.audited(calls[0], make.violation(calls[0])), *(make.audited(c) for c in calls[1:])
    )
    shifts = {shift.agent_id: shift for shift in between(before, after).agents}
    assert {name: (s.before.place, s.after.place) for name, s in shifts.items()} == {
        "A0": (1, 3),
        "A1": (1, 1),
        "A2": (1, 1),
    }
    assert next(iter(shifts)) == "A0"


def test_output_folders_compare_like_the_runs_themselves(make: Any, tmp_path: Path) -> None:
    """What is read back is what was written."""
    one = make.night()
    other = make.of(*(make.audited(r.call) if r.audit else r for r in one.records))
    folders = [
        OutputFolder(make.write(tmp_path / name, night))
        for name, night in (("a", one), ("b", other))
    ]
    assert list(folders[0]) == list(one.records)
    read = compare(folders[0].info, folders[0], folders[1].info, folders[1])
    assert difference_to_json(read) == difference_to_json(between(one, other))
    assert len(read.findings) > 10


def test_a_folder_that_is_no_run_is_refused(make: Any, tmp_path: Path) -> None:
    """Missing, damaged, or of two runs: named, and nothing of a call is quoted."""
    with pytest.raises(UsageError, match=r"no run\.json"):
        _ = OutputFolder(tmp_path).info
    out = make.write(tmp_path / "out", make.night(12))
    calls = out / "calls.jsonl"
    whole = calls.read_text("utf-8")
    calls.write_text(whole.replace('"outcome"', "outcome", 1), encoding="utf-8")
    with pytest.raises(UsageError, match=r"calls\.jsonl"):
        list(OutputFolder(out))
    calls.write_text("\n".join(whole.splitlines()[:2]) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="does not go with"):
        list(OutputFolder(out))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_escapes_and_says_what_it_leaves_out(make: Any, lang: str) -> None:
    """Markup in a quote stays text; more than fits is counted."""
    calls = [make.call(f"C{number}") for number in range(MOST + 5)]
    evil = "<script>alert(1)</script>"
    found = [replace(make.violation(call), title=evil, title_en=evil) for call in calls]
    difference = between(
        make.of(*map(make.audited, calls)), make.of(*map(make.audited, calls, found))
    )
    page = render_difference(difference, Words(lang))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= MOST
    assert "diff.json" in page
    place = LANGUAGES.index(lang)
    assert fill(TEXTS["more"][place], {"number": 5}) in page
    assert len(page) < 1_000_000


def test_every_text_of_the_page_is_in_both_languages() -> None:
    """And its gaps have the same names."""
    for chinese, english in TEXTS.values():
        assert chinese
        assert english
        gaps = [
            {name for _, name, _, _ in Formatter().parse(text) if name}
            for text in (chinese, english)
        ]
        assert gaps[0] == gaps[1]


def test_the_table_quotes_nothing_and_is_short(make: Any) -> None:
    """Ids and figures only, so that it may be logged."""
    one = make.night()
    other = make.of(*(make.audited(r.call) if r.audit else r for r in one.records))
    text = "\n".join(difference_to_text(between(one, other), most=5))
    for record in one.records:
        for finding in () if record.audit is None else record.audit.findings:
            assert finding.evidence is None or finding.evidence.quote not in text
    assert "more" in text
    assert "A03" in text
    json.dumps(difference_to_json(between(one, other)), allow_nan=False)


def test_the_page_uses_all_of_its_texts_and_no_other() -> None:
    """A text that nobody reads is not kept."""
    page = (TEMPLATES / "difference.html").read_text("utf-8")
    pairs = re.search(r"{% for value, key in \(.*?\) %}", page)
    assert pairs is not None
    used = set(re.findall(r'\bd\("([a-z_]+)"\s*[,)]', page)) | {"first", "second"}
    used |= set(re.findall(r', "([a-z_]+)"\)', pairs.group()))
    used |= {f"state_{state}" for state in State}
    assert used == set(TEXTS)
