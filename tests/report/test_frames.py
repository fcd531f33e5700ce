"""A finished run as data frames."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import auditor
from auditor.domain.calls import Call
from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import UsageError


def test_a_run_opens_with_all_its_rows(make: Any, tmp_path: Path) -> None:
    """As many findings, calls and agents as were written, with the ids as text."""
    night = make.night(30)
    run = auditor.open_run(make.write(tmp_path, night))
    findings = [f for r in night.records if r.audit is not None for f in r.audit.findings]
    assert list(run.findings()["finding_id"]) == [f.finding_id for f in findings]
    assert list(run.calls()["call_id"]) == [record.call_id for record in night.records]
    assert list(run.scorecards()["agent_id"]) == [card.agent_id for card in night.cards]
    assert run.info == night.info


def test_ids_and_undefined_figures_keep_their_nature(make: Any, tmp_path: Path) -> None:
    """``007`` stays text, a dangerous name loses its guard, nothing undefined becomes 0."""
    call = Call(call_id="1", agent_id="007", agent_name="=1+1", team="NA")
    failed = CallRecord(call_id="1", outcome=CallOutcome.FAILED, call=call, reason="empty_file")
    cards = auditor.open_run(make.write(tmp_path, make.of(failed))).scorecards()
    assert cards.loc[0, ["agent_id", "agent_name", "team"]].tolist() == ["007", "=1+1", "NA"]
    assert pd.isna(cards.loc[0, "score"])
    assert pd.isna(cards.loc[0, "abuse_per_100"])
    assert not cards.loc[0, "ranked"]


def test_a_run_without_findings_has_empty_frames(make: Any, tmp_path: Path) -> None:
    """Columns are there, rows are not, so that notebooks need no special case."""
    run = auditor.open_run(make.write(tmp_path, make.of()))
    assert (len(run.findings()), len(run.calls()), len(run.scorecards())) == (0, 0, 0)
    assert {"call_id", "quote", "severity"} <= set(run.findings().columns)
    assert {"call_id", "score", "started_at", "team"} <= set(run.calls().columns)


def test_calls_carry_instants(make: Any, tmp_path: Path) -> None:
    """The start of a call is a moment in time, not text."""
    calls = auditor.open_run(make.write(tmp_path, make.night(3))).calls()
    assert str(calls["started_at"].dt.tz) == "UTC"
    assert calls.loc[0, "started_at"] == pd.Timestamp("2026-11-16T09:00:00+08:00")


@pytest.mark.parametrize("name", ["findings.jsonl", "calls.jsonl", "scorecards.csv", "run.json"])
@pytest.mark.parametrize("damage", [b"\xff\xfe", b"[1]\n", b"{\n", None])
def test_damaged_or_missing_files_are_named(
    make: Any, tmp_path: Path, name: str, damage: bytes | None
) -> None:
    """The error names the file; it is no traceback of a parser."""
    out = make.write(tmp_path, make.night(3))
    run = auditor.open_run(out)
    (out / name).unlink()
    if damage is not None:
        (out / name).write_bytes(damage)
    with pytest.raises(UsageError, match=name.split(".")[0]):
        (run.findings(), run.calls(), run.scorecards(), run.info)


def test_any_other_folder_is_refused(tmp_path: Path) -> None:
    """A folder without ``run.json`` is not a finished run."""
    with pytest.raises(UsageError, match="not the output folder"):
        auditor.open_run(tmp_path)


def test_a_call_without_transcript_is_refused(make: Any, tmp_path: Path) -> None:
    """Failed calls have no words."""
    run = auditor.open_run(make.write(tmp_path, make.night(3)))
    with pytest.raises(UsageError, match="cannot read"):
        run.transcript("C1001")


def test_importing_the_package_loads_no_heavy_library() -> None:
    """Data and report libraries come with the call that needs them, not before."""
    code = (
        "import json, sys, auditor; before = 'auditor.report' in sys.modules; auditor.open_run;"
        "print(json.dumps([before, [n for n in ('pandas', 'numpy', 'xlsxwriter', 'jinja2')"
        " if n in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(done.stdout) == [False, []]


def test_unknown_names_are_attribute_errors() -> None:
    """The lazy export answers like any module."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = auditor.no_such_name
