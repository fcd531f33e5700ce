"""A run as files for other programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from auditor.domain.jsonform import call_to_json, finding_to_json, record_to_json
from auditor.report.export import CALLS, FINDINGS, FORMATS, export_run


@pytest.fixture
def night(make: Any) -> Any:
    """Sixty calls."""
    return make.night()


def test_json_lines_are_those_of_the_output_folder(night: Any, make: Any, tmp_path: Path) -> None:
    """The same bytes, so that one reader does for both."""
    out = make.write(tmp_path / "out", night)
    export_run(tmp_path / "export", night.info, night.records, "jsonl")
    for name in ("findings.jsonl", "calls.jsonl", "run.json"):
        assert (tmp_path / "export" / name).read_bytes() == (out / name).read_bytes()


def test_csv_and_parquet_say_the_same(night: Any, tmp_path: Path) -> None:
    """Row for row; what is unknown is empty in one and null in the other."""
    for form in ("csv", "parquet"):
        export_run(tmp_path, night.info, night.records, form)
    for name in ("findings", "calls"):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            flat = list(csv.DictReader(file))
        typed = pq.read_table(tmp_path / f"{name}.parquet").to_pylist()
        assert len(flat) == len(typed) > 20
        for one, other in zip(flat, typed, strict=True):
            assert {key for key, value in one.items() if value == ""} >= {
                key for key, value in other.items() if value is None
            }
            assert one["call_id"] == other["call_id"]
    assert len(typed) == len(night.records)


def test_parquet_has_types(night: Any, tmp_path: Path) -> None:
    """Numbers are numbers, times are instants, lists are JSON."""
    export_run(tmp_path, night.info, night.records, "parquet")
    calls = pq.read_table(tmp_path / "calls.parquet")
    kinds = {field.name: str(field.type) for field in calls.schema}
    assert kinds["started_at"] == "timestamp[us, tz=UTC]"
    assert (kinds["score"], kinds["overdue_days"], kinds["auto_fail"]) == (
        *("double", "int64"),
        "bool",
    )
    judged = next(row for row in calls.to_pylist() if row["rules"])
    assert json.loads(judged["rules"])[0]["rule_id"] == "threat.sample"


def test_no_formula_gets_into_a_sheet(make: Any, tmp_path: Path) -> None:
    """A cell that a spreadsheet would run is guarded."""
    call = make.call("=1+1")
    night = make.of(make.audited(call, make.violation(call)))
    export_run(tmp_path, night.info, night.records, "csv")
    for name in ("findings.csv", "calls.csv"):
        assert "'=1+1" in (tmp_path / name).read_text("utf-8-sig")


def test_every_key_has_its_column(make: Any) -> None:
    """A key that is added to the lines is added to the tables."""
    call = make.call()
    written = set(finding_to_json(make.violation(call)))
    assert written <= set(FINDINGS)
    assert set(FINDINGS) - written == {"trail"}
    lines = set(record_to_json(make.audited(call)))
    assert lines - {"call"} <= set(CALLS)
    assert set(call_to_json(call)) <= set(CALLS)


@pytest.mark.parametrize("form", FORMATS)
def test_a_run_without_findings_has_its_columns(make: Any, tmp_path: Path, form: str) -> None:
    """Empty tables are tables."""
    night = make.of(make.audited(make.call()))
    export_run(tmp_path, night.info, night.records, form)
    if form == "csv":
        header = (tmp_path / "findings.csv").read_text("utf-8-sig").splitlines()[0]
        assert header.split(",") == list(FINDINGS)
    if form == "parquet":
        assert pq.read_table(tmp_path / "findings.parquet").column_names == list(FINDINGS)
