"""``auditor policy`` checks, tests, lists, shows and maps the rules."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from auditor.resources import data_folder

from .conftest import Invoke, transcript, write_calls


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped policy to break."""
    return Path(shutil.copytree(data_folder("lexicons"), tmp_path / "policy"))


def test_the_shipped_policy_is_sound(invoke: Invoke) -> None:
    """``policy check`` finds no problem."""
    done = invoke("policy", "check")
    assert done.status == 0, done.err
    assert "no problems" in done.out


def test_every_example_of_the_shipped_policy_comes_out_right(invoke: Invoke) -> None:
    """``policy test`` passes, and says how many examples are known to be wrong."""
    done = invoke("policy", "test")
    assert done.status == 0, done.out
    assert ", 0 wrong," in done.out


def test_a_rule_that_misses_its_example_fails_the_test(invoke: Invoke, copy: Path) -> None:
    """An example that no longer comes out right is named, with status 2."""
    path = copy / "rules" / "credential_request" / "code.yaml"
    text = path.read_text(encoding="utf-8")
    assert "status: stable" in text
    # A pattern that hits nothing: every positive example must now come out wrong.
    broken = re.sub(r"(?ms)^find:\n.*?(?=^\w)", "find: {speaker: agent, pattern: 天外飞仙}\n", text)
    path.write_text(broken, encoding="utf-8")
    done = invoke("policy", "test", "credential_request", "--policy", copy)
    assert done.status == 2
    assert "expected finding, got pass" in done.out


def test_a_broken_policy_names_file_and_line(invoke: Invoke, copy: Path) -> None:
    """A typing mistake stops every command with status 2 before any call is touched."""
    path = copy / "policy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("title:", "titel:", 1), "utf-8")
    done = invoke("policy", "check", "--policy", copy)
    assert done.status == 2
    assert "policy.yaml:" in done.err
    assert "unknown_key" in done.err


def test_the_policy_of_the_environment_is_the_one_looked_at(
    invoke: Invoke, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run would go by is what ``policy`` and ``doctor`` speak of; an option goes first."""
    path = copy / "policy.yaml"
    path.write_text(re.sub("(?m)^id: .*$", "id: mine", path.read_text("utf-8")), "utf-8")
    monkeypatch.setenv("AUDITOR_POLICY", str(copy))
    assert invoke("policy", "check").out.startswith("mine ")
    assert "Policy: mine " in invoke("doctor").out
    shipped = invoke("policy", "check", "--policy", data_folder("lexicons"))
    assert not shipped.out.startswith("mine ")


def test_a_run_with_a_broken_policy_writes_nothing(
    invoke: Invoke, copy: Path, tmp_path: Path
) -> None:
    """The output folder is not even made."""
    (copy / "policy.yaml").write_text("id: x\n", encoding="utf-8")
    folder = write_calls(tmp_path / "in", transcript())
    done = invoke("audit", folder, "--policy", copy, "--out", tmp_path / "out")
    assert done.status == 2
    assert not (tmp_path / "out").exists()


def test_list_and_show_agree(invoke: Invoke) -> None:
    """Every rule listed can be shown, with clause and examples."""
    rules = json.loads(invoke("policy", "list", "--json").out)
    assert len(rules) >= 14
    for rule in rules[:5]:
        done = invoke("policy", "show", rule["id"])
        assert done.status == 0
        assert rule["title"] in done.out
        assert "依据" in done.out


def test_an_unknown_rule_is_a_usage_error(invoke: Invoke) -> None:
    """The error says there is no such rule."""
    done = invoke("policy", "show", "threat.nonsense")
    assert done.status == 2
    assert "threat.nonsense" in done.err


def test_coverage_counts_every_clause_once(invoke: Invoke) -> None:
    """Each clause has rules, or none, or a reason why a call cannot show it."""
    told = json.loads(invoke("policy", "coverage", "--json").out)
    rows = told["clauses"]
    assert len({row["clause"] for row in rows}) == len(rows) == told["counts"]["clauses"]
    for row in rows:
        assert (row["covered"] == "not_checkable") == bool(row["reason"])
        assert (row["covered"] in ("rule", "requirement")) == bool(row["rules"])
    cited = {name for row in rows for name in row["cited_by"]}
    listed = {rule["id"] for rule in json.loads(invoke("policy", "list", "--json").out)}
    assert cited == listed
    assert told["rules_without_clause"] == []


def test_coverage_counts_the_findings_of_a_run(invoke: Invoke, tmp_path: Path) -> None:
    """Scored findings, those on trial and undetermined ones stand apart in both forms."""
    lines = [
        {"rule_id": "abuse.insult", "status": "stable", "outcome": "fail"},
        {"rule_id": "abuse.insult", "status": "trial", "outcome": "fail"},
        {"rule_id": "abuse.insult", "status": "stable", "outcome": "undetermined"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "findings.jsonl").write_text(text, encoding="utf-8")
    told = json.loads(invoke("policy", "coverage", "--run", tmp_path, "--json").out)
    row = next(row for row in told["clauses"] if row["clause"] == "abu-01.cba2026")
    assert (row["counted"], row["on_trial"], row["for_review"], row["findings"]) == (1, 1, 1, 3)
    assert "1 finding, 1 on trial, 1 for review" in (
        invoke("policy", "coverage", "--run", tmp_path).out
    )


@pytest.mark.parametrize("line", ["{}", "nonsense", "[]"])
def test_coverage_of_a_damaged_run_names_the_line(
    invoke: Invoke, tmp_path: Path, line: str
) -> None:
    """A folder without findings or with a damaged line is a usage error."""
    assert invoke("policy", "coverage", "--run", tmp_path).status == 2
    (tmp_path / "findings.jsonl").write_text(f"{line}\n", encoding="utf-8")
    done = invoke("policy", "coverage", "--run", tmp_path)
    assert done.status == 2
    assert "line 1" in done.err


def test_mutants_are_counted_by_rule_and_kind(invoke: Invoke) -> None:
    """The table and the JSON give the same figures; survivors are listed where asked for."""
    told = json.loads(invoke("policy", "mutate", "threat.early-suit", "--json").out)
    assert [row["rule"] for row in told] == ["threat.early-suit"]
    counts = told[0]["mutations"]
    assert list(counts) == ["negated", "warned", "quoted", "customer", "conditional"]
    for kind, count in counts.items():
        mutants = [m for m in told[0]["mutants"] if m["mutation"] == kind]
        assert count["mutants"] == len(mutants)
        assert count["fires"] == sum(m["fires"] for m in mutants)
    done = invoke("policy", "mutate", "threat.early-suit", "--survivors")
    cell = "{fires}/{charged}/{mutants}".format(**counts["warned"])
    assert cell in done.out
    assert done.out.count("[rule") == sum(m["fires"] for m in told[0]["mutants"])


def test_mutants_of_an_unknown_rule_are_a_usage_error(invoke: Invoke) -> None:
    """The error says there is no such rule."""
    done = invoke("policy", "mutate", "threat.nonsense")
    assert done.status == 2
    assert "threat.nonsense" in done.err


def test_lint_names_parts_and_exits_as_asked(invoke: Invoke) -> None:
    """Nothing fails unless asked; JSON and text tell the same number of things."""
    told = json.loads(invoke("policy", "lint", "threat.early-visit", "--json").out)
    assert {row["level"] for row in told} <= {"note", "warning"}
    assert all(row["where"].startswith(("rules/", "terms/", "signals/")) for row in told)
    done = invoke("policy", "lint", "threat.early-visit")
    assert done.status == 0
    assert sum(line.startswith(("warning ", "note ")) for line in done.out.splitlines()) == len(
        told
    )
    failed = invoke("policy", "lint", "threat.early-visit", "--fail-on", "note")
    assert failed.status == (1 if told else 0)


def test_lint_of_an_unknown_rule_is_a_usage_error(invoke: Invoke) -> None:
    """The error says there is no such rule or signal."""
    done = invoke("policy", "lint", "threat.nonsense")
    assert done.status == 2
    assert "threat.nonsense" in done.err
