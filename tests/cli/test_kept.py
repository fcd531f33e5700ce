"""``--db``, ``export``, ``reaudit`` and ``diff`` on the command line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from postgres import server

from .conftest import CREDENTIAL, Invoke, read_jsonl, transcript, write_calls


@pytest.fixture
def night(invoke: Invoke, tmp_path: Path) -> Path:
    """Two audited calls, one of them bad; the calls themselves are gone."""
    bad = transcript("C2")
    bad["segments"] = [*bad["segments"], CREDENTIAL]
    calls = write_calls(tmp_path / "calls", transcript("C1"), bad)
    assert invoke("audit", calls, "--out", tmp_path / "out").status == 0
    shutil.rmtree(calls)
    return tmp_path / "out"


def test_the_output_folder_holds_the_database_unless_one_is_named(
    invoke: Invoke, tmp_path: Path
) -> None:
    """By option or environment; transcripts are kept beside it."""
    calls = write_calls(tmp_path / "calls", transcript("C1"))
    assert invoke("audit", calls, "--out", tmp_path / "one").status == 0
    assert (tmp_path / "one" / "audit.db").is_file()
    (tmp_path / "kept").mkdir()
    named = tmp_path / "kept" / "all.db"
    assert invoke("audit", calls, "--out", tmp_path / "two", "--db", named).status == 0
    assert not (tmp_path / "two" / "audit.db").exists()
    assert named.is_file()
    assert list((tmp_path / "kept" / "archive").rglob("*.zst"))


def test_export_writes_the_newest_run(invoke: Invoke, night: Path, tmp_path: Path) -> None:
    """In each form; what a name does not fit is an error that lists what there is."""
    for form in ("jsonl", "csv", "parquet"):
        done = invoke(
            *("export", "--db", night / "audit.db", "--format", form, "--out", tmp_path / "x")
        )
        assert done.status == 0, done.err
        assert (tmp_path / "x" / f"findings.{form}").stat().st_size > 0
    assert read_jsonl(tmp_path / "x" / "calls.jsonl") == read_jsonl(night / "calls.jsonl")
    done = invoke("export", "--db", night / "audit.db", "--run", "nope")
    assert done.status == 2
    assert "there is no run nope" in done.err


@pytest.mark.parametrize("command", ["export", "reaudit"])
def test_a_database_that_is_not_there_is_not_made(
    invoke: Invoke, tmp_path: Path, command: str
) -> None:
    """A typing error must not look like an empty database."""
    done = invoke(command, "--db", tmp_path / "typo.db", "--out", tmp_path / "x")
    assert done.status == 2
    assert "there is no database" in done.err
    assert not (tmp_path / "typo.db").exists()
    assert invoke(command, "--out", tmp_path / "x").status == 2


def test_a_quarter_is_judged_again_and_compared(
    invoke: Invoke, night: Path, tmp_path: Path
) -> None:
    """Under a policy with one rule less, its findings are gone and nothing else changes."""
    lexicons = Path(__file__).resolve().parents[2] / "lexicons"
    policy = shutil.copytree(lexicons, tmp_path / "policy")
    rules = [
        path
        for path in (policy / "rules").rglob("*.yaml")
        if "category: credential_request" in path.read_text("utf-8")
    ]
    for rule in rules:
        text = re.sub(r"^status: \w+", "status: draft", rule.read_text("utf-8"), flags=re.M)
        rule.write_text(text, encoding="utf-8")
    done = invoke(
        *("reaudit", "--db", night / "audit.db", "--policy", policy),
        *("--since", "2026-11-01", "--agents", "A1", "--out", tmp_path / "again"),
    )
    assert done.status == 0, done.err
    run = re.search(r"^Run: (\S+)$", done.out, flags=re.M)
    assert run is not None
    done = invoke("diff", night, tmp_path / "again", "--out", tmp_path / "d")
    assert done.status == 0, done.err
    assert "credential_request" in done.out
    assert "2 calls in both" in done.out
    assert (tmp_path / "d" / "diff.html").is_file()
    folders = json.loads((tmp_path / "d" / "diff.json").read_text("utf-8"))
    first = json.loads((night / "run.json").read_text("utf-8"))["run_id"]
    done = invoke("diff", first, run[1], "--db", night / "audit.db", "--json")
    assert json.loads(done.out) == folders
    gone = [f for f in folders["findings"] if f["before"] == "counted"]
    assert {f["finding"]["category"] for f in gone} == {"credential_request"}
    assert {call["call_id"] for call in folders["calls"]} == {"C2"}


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "2026-11-01T25:00"])
def test_days_are_checked(invoke: Invoke, night: Path, tmp_path: Path, day: str) -> None:
    """What is no day is said at once."""
    done = invoke(
        "reaudit", "--db", night / "audit.db", "--since", day, "--out", tmp_path / "again"
    )
    assert done.status == 2
    assert "--since is a day" in done.err


def test_what_is_neither_folder_nor_run_is_said(
    invoke: Invoke, night: Path, tmp_path: Path
) -> None:
    """It is named, with what would help."""
    done = invoke("diff", night, tmp_path / "nowhere")
    assert done.status == 2
    assert "nowhere is no output folder" in done.err
    done = invoke("diff", night, "nope", "--db", night / "audit.db")
    assert done.status == 2


def test_all_of_it_works_on_a_database_server(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Audit, judge again, compare and export with PostgreSQL, named by the environment."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    calls = write_calls(tmp_path / "calls", transcript("C1"), transcript("C2"))
    with server() as address:
        monkeypatch.setenv("AUDITOR_DB", address)
        first = invoke("audit", calls, "--out", tmp_path / "out", "--json")
        assert first.status == 0, first.err
        assert not (tmp_path / "out" / "audit.db").exists()
        assert list((tmp_path / "data/auditor/archive").rglob("*.zst"))
        again = invoke("reaudit", "--out", tmp_path / "again", "--json")
        assert again.status == 0, again.err
        ids = [json.loads(done.out)["run_id"] for done in (first, again)]
        compared = invoke("diff", *ids, "--json")
        assert json.loads(compared.out)["calls_in_both"] == 2
        assert invoke("export", "--format", "csv", "--out", tmp_path / "x").status == 0
    done = invoke("audit", calls, "--out", tmp_path / "out")
    assert done.status == 4
    assert "postgresql" in done.err
