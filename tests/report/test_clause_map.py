"""The clause map on the page: every requirement, its rules, and what they found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from auditor.policy.model import Clause, Requirement
from auditor.report.clause_map import clause_map
from auditor.report.i18n import Words


def clause(name: str, **changes: Any) -> Clause:
    """A clause."""
    told = {"document": f"《{name}法》", "section": "第1条", "grade": "V2", "summary": f"{name}说"}
    return Clause(clause_id=name, **{**told, **changes})


SHOWN, NEAR, OPEN, APART = (
    clause("shown"),
    clause("near"),
    clause("<open>"),
    clause("apart", checkable=False, reason="存档制度，听不出来。"),
)


@pytest.fixture
def night(make: Any) -> Any:
    """A run whose first rule cites a clause."""
    made = make.night(12)
    rules = (replace(made.policy.rules[0], clauses=(SHOWN,)), *made.policy.rules[1:])
    both = Requirement(
        requirement_id="both", title="两处同一要求", title_en="Both", clauses=(SHOWN, NEAR)
    )
    policy = replace(
        made.policy,
        rules=rules,
        clauses=MappingProxyType({c.clause_id: c for c in (SHOWN, NEAR, OPEN, APART)}),
        requirements=MappingProxyType({"both": both}),
    )
    return replace(made, policy=policy)


def test_what_no_rule_shows_comes_first_and_what_no_call_shows_stands_apart(night: Any) -> None:
    """Gaps stand out; the others are listed with the reason."""
    built = clause_map(night.policy, night.records, Words("zh"))
    assert [(row.title, row.uncovered) for row in built.rows] == [
        ("<open>说", True),
        ("两处同一要求", False),
    ]
    assert [row.reason for row in built.outside] == ["存档制度，听不出来"]
    assert (built.clauses, built.covered, built.uncovered) == (4, 2, 1)


def test_findings_of_the_run_are_counted_where_their_rule_stands(night: Any) -> None:
    """The counts are those of the run's findings of that rule."""
    name = night.policy.rules[0].rule_id
    findings = [f for r in night.records if r.audit for f in r.audit.findings]
    row = clause_map(night.policy, night.records, Words("zh")).rows[1]
    assert row.found.total == sum(f.rule_id == name for f in findings) > 0
    assert row.found.counted == sum(f.rule_id == name and f.counts for f in findings)


@pytest.mark.parametrize(("lang", "title"), [("zh", "两处同一要求"), ("en", "Both")])
def test_the_page_has_the_map_in_its_language(
    make: Any, night: Any, tmp_path: Path, lang: str, title: str
) -> None:
    """Titles follow the language; what a policy says is escaped."""
    page = (make.write(tmp_path, night, lang=lang) / "report.html").read_text("utf-8")
    part = page[page.index('<section id="clauses">') : page.index('<section id="method">')]
    assert title in part
    assert Words(lang)("no_rule") in part
    assert "&lt;open&gt;" in part
    assert "<open>" not in part
