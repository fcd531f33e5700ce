"""The page of a large run: what is worst, and how much it leaves to other files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.domain.findings import Severity, Status
from auditor.report.build import LEAST_CLEAN, MOST_AGENTS, MOST_CLEAN, Builder, Sources
from auditor.report.html import render_html
from auditor.report.i18n import Words
from auditor.report.survey import Survey


def many(make: Any, agents: int, each: int = 1) -> Any:
    """A night of agents with a call each; every third has findings."""
    records = []
    for number in range(agents):
        call = make.call(f"C{number}", agent_id=f"A{number}", agent_name=None, team=None)
        found = tuple(make.violation(call, 2, at=10.0 + n) for n in range(each))
        found = tuple(replace(f, occurrence=n) for n, f in enumerate(found))
        records.append(make.audited(call, *(found if number % 3 == 0 else ())))
    return make.of(*records)


def page_of(night: Any, out: Path, **options: Any) -> str:
    """The page as text."""
    return render_html(
        night.info,
        night.records,
        night.cards,
        night.policy.scoring,
        Sources(out=out),
        Words("zh"),
        **options,
    )


def test_agents_with_most_to_look_at_are_compared(make: Any, tmp_path: Path) -> None:
    """The others are counted and left to the tables; rates over everybody are over all."""
    night = many(make, MOST_AGENTS + 60)
    page = Builder(night.records, night.policy.scoring, Words("zh"), Sources(out=tmp_path)).page(
        night.info, night.cards
    )
    assert len(page.listed) == MOST_AGENTS == len(page.categories.rows)
    flagged = {agent.card.agent_id for agent in page.agents if agent.findings}
    assert flagged <= {agent.card.agent_id for agent in page.listed}
    topics = [name for name, _ in page.categories.topics]
    assert page.categories.total[topics.index("abuse")].part == len(flagged)
    html = page_of(night, tmp_path)
    assert "另有 60 名" in html
    assert "scorecards.csv" in html


def test_a_small_run_leaves_nobody_out(make: Any, tmp_path: Path) -> None:
    """Nothing is said about others where there are none."""
    html = page_of(make.night(), tmp_path)
    assert "只比较问题最多的" not in html


def test_findings_of_the_worst_calls_are_shown_first(make: Any) -> None:
    """Counted before on trial, severe before slight, and among equals the call with less left."""
    mild, bad = make.call("C1"), make.call("C2")
    slight = make.violation(mild, 2)
    trial = replace(make.violation(mild, 0), status=Status.TRIAL, rule_id="trial")
    worst = make.violation(bad, 0)
    same = make.violation(bad, 2)
    records = [make.audited(mild, slight, trial), make.audited(bad, worst, same)]
    order: list[tuple[str, Severity]] = []
    for most in range(1, 5):
        chosen = Survey(most, 10, 10).chosen(records)
        now = [
            (records[place].audit.findings[n].rule_id, records[place].call_id)
            for place, numbers in chosen.items()
            for n in numbers
        ]
        order += [one for one in now if one not in order]
    assert order == [
        ("threat.sample", "C2"),
        ("abuse.sample", "C2"),
        ("abuse.sample", "C1"),
        ("trial", "C1"),
    ]


@pytest.mark.parametrize(("agents", "wanted"), [(3, MOST_CLEAN), (9_000, LEAST_CLEAN)])
def test_clean_calls_are_named_as_far_as_there_is_room(make: Any, agents: int, wanted: int) -> None:
    """A few for each agent, however many agents there are."""
    survey = Survey(10, 10, min(MOST_CLEAN, max(LEAST_CLEAN, 10_000 // agents)))
    call = make.call()
    survey.chosen([make.audited(call)] * 200)
    sums = survey.agents["A01"]
    assert (len(sums.clean), sums.clean_total) == (wanted, 200)


def test_the_page_stays_small(make: Any, tmp_path: Path) -> None:
    """Six thousand findings of a thousand agents fit; the page says how many it leaves out."""
    night = many(make, 1_000, each=18)
    html = page_of(night, tmp_path)
    total = sum(len(r.audit.findings) for r in night.records)
    assert total > 6_000
    assert f"{total} 项发现中的 2000 项" in html
    assert "findings.jsonl" in html
    assert len(html.encode()) < 10_000_000
