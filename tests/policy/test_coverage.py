"""The clause map: which clause is shown by which rules, and what is left open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.errors import PolicyError
from auditor.policy.coverage import Covered, Tally, cover, tally_marks
from auditor.policy.loader import load_policy
from auditor.policy.model import Policy
from auditor.resources import data_folder
from auditor.text.normalise import Normaliser

Load = Callable[[Path], Policy]
Write = Callable[[dict[str, str]], Path]

CLAUSES = (
    "document: 《某法》\nclauses:\n"
    "  - {id: law-1, section: 第1条, grade: V1, summary: 不得如何。}\n"
    "  - {id: law-2, section: 第2条, grade: V1, summary: 也不得如何。}\n"
    "  - {id: law-3, section: 第3条, grade: V1, summary: 还不得如何。}\n"
    "  - {id: law-4, section: 第4条, grade: V1, summary: 存, checkable: false, reason: 听不出}\n"
    "  - {id: law-5, section: 第5条, grade: V1, summary: 什么都要。}\n"
)
REQUIREMENTS = (
    "requirements:\n"
    "  - {id: secrets, title: 秘密, title_en: Secrets, clauses: [law-1, law-2], also: [law-5]}\n"
)


@pytest.fixture
def policy(write_policy: Write, load: Load) -> Policy:
    """One rule that cites the first of five clauses."""
    files = {"clauses/law.yaml": CLAUSES, "clauses/together.yaml": REQUIREMENTS}
    return load(write_policy(files))


@pytest.mark.parametrize(
    ("clause", "covered"),
    [
        ("law-1", Covered.RULE),
        ("law-2", Covered.REQUIREMENT),
        ("law-3", Covered.OPEN),
        ("law-4", Covered.NOT_CHECKABLE),
        ("law-5", Covered.REQUIREMENT),
    ],
)
def test_each_clause_is_covered_in_one_way(policy: Policy, clause: str, covered: Covered) -> None:
    """Cited by a rule, shown by a rule for the same requirement, open, or beyond a call."""
    rows = {c.clause_id: row for c, row in cover(policy, {}).clauses}
    assert rows[clause].covered is covered
    assert bool(rows[clause].rules) is (covered in (Covered.RULE, Covered.REQUIREMENT))
    assert bool(rows[clause].reasons) is (covered is Covered.NOT_CHECKABLE)


def test_findings_are_counted_by_what_they_count_for(policy: Policy) -> None:
    """Scored, on trial and undetermined ones are kept apart; unknown rules are named."""
    marks = [
        ("secret.code", True, False),
        ("secret.code", True, False),
        ("secret.code", False, False),
        ("secret.code", True, True),
        ("secret.gone", True, False),
    ]
    covered = cover(policy, tally_marks(marks))
    rows = {c.clause_id: row for c, row in covered.clauses}
    assert rows["law-1"].found == Tally(counted=2, trial=1, review=1)
    assert rows["law-3"].found.total == 0
    assert covered.unknown == ("secret.gone",)


def test_drafts_and_retired_rules_cover_nothing(write_policy: Write, load: Load) -> None:
    """What does not judge shows nothing."""
    path = write_policy({}) / "rules/secret/code.yaml"
    text = path.read_text("utf-8").replace("status: stable", "status: draft")
    covered = cover(load(write_policy({"rules/secret/code.yaml": text})), {})
    assert [row.covered for _, row in covered.clauses] == [Covered.OPEN]


def test_a_rule_that_cites_nothing_a_call_can_show_stands_out(
    write_policy: Write, load: Load
) -> None:
    """Its clauses may be real, but nobody could hold a call against them."""
    path = write_policy({}) / "clauses/law.yaml"
    law = path.read_text("utf-8").replace("如何。}", "如何。, checkable: false, reason: 存档}")
    covered = cover(load(write_policy({"clauses/law.yaml": law})), {})
    assert [rule.rule_id for rule in covered.unplaced] == ["secret.code"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (REQUIREMENTS.replace("law-2", "law-9"), "unknown_clause"),
        (REQUIREMENTS.replace("also: [law-5]", "also: [law-9]"), "unknown_clause"),
        (REQUIREMENTS.replace("clauses: [law-1, law-2]", "clauses: []"), "empty_list"),
        (REQUIREMENTS.replace("title_en", "titel_en"), "unknown_key"),
        (REQUIREMENTS + REQUIREMENTS.partition("\n")[2], "duplicate_requirement"),
        (REQUIREMENTS + "document: 《某法》\n", "unknown_key"),
    ],
)
def test_a_mistake_in_the_requirements_is_named(
    write_policy: Write, load: Load, text: str, reason: str
) -> None:
    """Each kind of mistake has its reason."""
    folder = write_policy({"clauses/law.yaml": CLAUSES, "clauses/together.yaml": text})
    with pytest.raises(PolicyError) as caught:
        load(folder)
    assert reason in {problem.reason for problem in caught.value.problems}


@pytest.fixture(scope="module")
def shipped() -> Policy:
    """The shipped policy."""
    return load_policy(data_folder("lexicons"), Normaliser())


def test_every_shipped_clause_belongs_to_a_requirement(shipped: Policy) -> None:
    """Nothing of the rule books is outside the map, and both languages have its name."""
    placed = {c.clause_id for r in shipped.requirements.values() for c in r.clauses}
    assert placed == set(shipped.clauses)
    for requirement in shipped.requirements.values():
        assert re.search("[一-鿿]", requirement.title)
        assert requirement.title_en.isascii()
        assert requirement.title_en


def test_the_map_is_values_that_json_can_hold(shipped: Policy) -> None:
    """Counts are whole and add up to the number of clauses."""
    covered = cover(shipped, {})
    counts = {state.value: covered.count(state) for state in Covered}
    assert sum(counts.values()) == len(covered.clauses)
    assert json.loads(json.dumps(counts)) == counts
