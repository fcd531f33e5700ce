"""Files of rules about contacts: strict, and every mistake with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from contact_bench import SHIPPED

from auditor.domain.findings import Category, Severity, Status
from auditor.errors import PolicyError
from auditor.policy.contactrules import Check, ContactRule
from auditor.policy.loader import load_policy
from auditor.text.normalise import Normaliser

PLACE = "contacts/call_frequency/effective-calls.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped policy without the rules about words."""
    for kind in ("clauses", "contacts"):
        shutil.copytree(SHIPPED / kind, tmp_path / kind)
    head = (SHIPPED / "policy.yaml").read_text("utf-8").splitlines()
    kept = [line for line in head if not line.startswith(("classifier", "judgement"))]
    (tmp_path / "policy.yaml").write_text("\n".join(kept), "utf-8")
    return tmp_path


def problems(folder: Path, old: str, new: str, place: str = PLACE) -> str:
    """What is said of the policy after a change of one file."""
    path = folder / place
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy(folder, Normaliser())
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("most: 3,", "", "no_limits"),
        ("most: 3", "most: three", "not_a_number"),
        ("most: 3", "most: 2.5", "not_a_whole_number"),
        ("most: 3", "most: -1", "out_of_range"),
        ("most: 3", "least: 3", "unknown_key"),
        ("most: 3", "opens: '08:00', most: 3", "unknown_key"),
        ("timezone: Asia/Shanghai", "timezone: Peking", "unknown_timezone"),
        ("check: effective_calls", "check: calls", "unknown_word"),
        ("category: call_frequency", "category: abuse", "unknown_word"),
        ("[frq-01.gbt45251,", "[frq-99.gbt45251,", "unknown_clause"),
        ("id: call_frequency.effective-calls", "id: call_frequency.calls", "id_not_place"),
        ("version: 1", "version: 1\nfind: {pattern: x}", "unknown_key"),
        ("version: 1", "version: 1\nversion: 2", "duplicate_key"),
        ('from: "2024-05-15"', "from: soon", "not_a_date"),
        ("name: 第三次只提示", "name: 第四次", "duplicate_example"),
        ('at: "2026-03-05 09:00"', 'at: "nine"', "not_a_time"),
        ("heard: [talked]", "heard: [shouted]", "unknown_word"),
        ("seat: agency", "seat: other", "unknown_word"),
        ("expect: finding", "expect: fail", "unknown_word"),
    ],
)
def test_mistakes_are_listed_with_file_and_line(
    folder: Path, old: str, new: str, reason: str
) -> None:
    """A limit that is missing or no number, or a key that no check reads, is no policy."""
    said = problems(folder, old, new)
    assert f"{PLACE}:" in said
    assert f"[{reason}]" in said


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('opens: "08:00"', 'opens: "23:00"', "never_open"),
        ('opens: "08:00"', 'opens: "8"', "not_a_time"),
        ('closes: "22:00"', 'closes: "24:30"', "not_a_time"),
        ('closes: "22:00"', "closes: 22", "not_text"),
    ],
)
def test_hours_are_clock_times_in_order(folder: Path, old: str, new: str, reason: str) -> None:
    """Hours that never come, or are none, are refused."""
    assert f"[{reason}]" in problems(folder, old, new, "contacts/calling_hours/outside.yaml")


def test_a_rule_that_judges_needs_examples(folder: Path) -> None:
    """Two with a finding and three without; a draft may have fewer."""
    path = folder / PLACE
    text = path.read_text("utf-8")
    bare = text[: text.index("examples:")]
    path.write_text(bare, "utf-8")
    with pytest.raises(PolicyError, match="too_few_examples"):
        load_policy(folder, Normaliser())
    path.write_text(bare.replace("status: stable", "status: draft"), "utf-8")
    rule = load_policy(folder, Normaliser()).rule("call_frequency.effective-calls")
    assert rule is not None
    assert rule.status is Status.DRAFT


def test_the_limits_are_those_of_the_books(folder: Path) -> None:
    """Three calls, six attempts, eight to ten; none of it fails a call by itself."""
    rules = {
        rule.check: rule
        for rule in load_policy(folder, Normaliser()).rules
        if isinstance(rule, ContactRule)
    }
    assert set(rules) == set(Check)
    assert rules[Check.EFFECTIVE_CALLS].limits.most == 3
    assert rules[Check.UNANSWERED_ATTEMPTS].limits.most == 6
    hours = rules[Check.CALLING_HOURS].limits
    assert (f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}") == ("08:00", "22:00")
    assert {rule.category for rule in rules.values()} == {
        *(Category.CALLING_HOURS, Category.CALL_FREQUENCY, Category.CONTACT_AFTER_REFUSAL)
    }
    assert all(rule.severity is not Severity.CRITICAL for rule in rules.values())
    review = {check for check, rule in rules.items() if rule.limits.review}
    assert review == {Check.PRESSED_AGAIN, Check.THIRD_PARTY_WHILE_REACHED}


def test_a_changed_limit_changes_the_fingerprint(folder: Path) -> None:
    """Which limits a run was judged by shows in its policy."""
    before = load_policy(folder, Normaliser()).fingerprint
    path = folder / PLACE
    text = path.read_text("utf-8")
    path.write_text(text.replace("shortest: 10", "shortest: 15"), "utf-8")
    assert load_policy(folder, Normaliser()).fingerprint != before
