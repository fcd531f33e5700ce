"""A run of the store as files for other programs: JSON lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from auditor.domain.jsonform import CALL_KEYS, finding_to_json, record_to_json, run_to_json
from auditor.domain.runs import CallRecord, RunInfo
from auditor.report.csv import cell
from auditor.store.atomic import make_folder, write_text, writing

FORMATS = ("jsonl", "csv", "parquet")

_BATCH = 5_000


class Holds(StrEnum):
    """What a column holds; lists and mappings are JSON text."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    TRUTH = "truth"
    INSTANT = "instant"
    JSON = "json"


_KINDS = {
    Holds.WHOLE: ("rule_version", "segment", "occurrence", "row", "findings", "overdue_days"),
    Holds.NUMBER: (
        *("start", "end", "confidence", "weight", "duration", "score", "weighted_score"),
        "amount_due",
    ),
    Holds.TRUTH: ("synthetic_model", "auto_fail", "answered", "synthetic"),
    Holds.INSTANT: ("started_at",),
    Holds.JSON: (
        *("clauses", "matched", "trail", "dimensions", "deductions", "disclosures_made"),
        *("rules", "seconds", "health", "cues", "attributes", "grounds"),
    ),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}

FINDINGS = (
    *("finding_id", "call_id", "agent_id", "kind", "category", "disclosure", "rule_id"),
    *("rule_version", "status", "outcome", "severity", "clauses", "segment", "start", "end"),
    *("speaker", "quote", "matched", "confidence", "explanation", "title", "title_en"),
    *("explanation_en", "weight", "occurrence", "grounds", "trail"),
)
"""Columns of findings: the keys of ``findings.jsonl``."""

CALLS = (
    *("call_id", "agent_id", "outcome", "reason", "message", "row", "recording", "duration"),
    *("synthetic_model", "transcript", "score", "weighted_score", "auto_fail", "dimensions"),
    *("deductions", "findings", "disclosures_made", "rules", "seconds", "health", "cues"),
    *(key for key in CALL_KEYS if key not in ("call_id", "agent_id")),
)
"""Columns of calls: the keys of ``calls.jsonl``, those of ``call`` beside them."""

Line = Mapping[str, Any]


def export_run(out: Path, info: RunInfo, records: Iterable[CallRecord], form: str) -> None:
    """Write ``findings``, ``calls`` and ``run.json`` of a run.

    Args:
        out: Folder to write into; made if absent.
        info: Of the run.
        records: Gone through twice, in input order.
        form: One of ``FORMATS``.

    Raises:
        OutputError: A file cannot be written.
    """
    make_folder(out)
    write = {"jsonl": _write_lines, "csv": _write_csv, "parquet": _write_parquet}[form]
    write(out / f"findings.{form}", FINDINGS, _findings(records))
    calls = map(record_to_json, records)
    write(out / f"calls.{form}", CALLS, calls if form == "jsonl" else map(_flat, calls))
    run = json.dumps(run_to_json(info), ensure_ascii=False, indent=1, allow_nan=False)
    write_text(out / "run.json", run + "\n")


def _findings(records: Iterable[CallRecord]) -> Iterator[Line]:
    for record in records:
        if record.audit is not None:
            yield from map(finding_to_json, record.audit.findings)


def _flat(call: Line) -> Line:
    return {**call, **(call["call"] or {})}


def _write_lines(path: Path, _: tuple[str, ...], lines: Iterable[Line]) -> None:
    with writing(path) as file:
        for line in lines:
            text = json.dumps(line, ensure_ascii=False, allow_nan=False)
            file.write(text.encode("utf-8", "replace") + b"\n")


def _write_csv(path: Path, columns: tuple[str, ...], lines: Iterable[Line]) -> None:
    with writing(path) as file:
        # Without closing it: the file is flushed and closed by the one who opened it.
        text = io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns)
        for line in lines:
            writer.writerow(
                [cell(_value(_KIND_OF.get(name, Holds.TEXT), line.get(name))) for name in columns]
            )
        text.flush()
        text.detach()


def _value(kind: Holds, value: Any) -> Any:
    if kind is not Holds.JSON or value is None:
        return value
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _write_parquet(path: Path, columns: tuple[str, ...], lines: Iterable[Line]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        Holds.WHOLE: pa.int64(),
        Holds.NUMBER: pa.float64(),
        Holds.TRUTH: pa.bool_(),
        Holds.INSTANT: pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema(
        [(name, types.get(_KIND_OF.get(name, Holds.TEXT), pa.string())) for name in columns]
    )
    waiting = iter(lines)
    with writing(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(waiting, _BATCH)):
            rows = [{name: _typed(name, line.get(name)) for name in columns} for line in batch]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _typed(name: str, value: Any) -> Any:
    kind = _KIND_OF.get(name, Holds.TEXT)
    if value is None:
        return None
    if kind is Holds.INSTANT:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is Holds.NUMBER:
        return float(value)
    if kind is Holds.TEXT:
        return value.encode("utf-8", "replace").decode("utf-8")
    return _value(kind, value)
