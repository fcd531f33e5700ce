"""One debtor's records in the output folder of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from auditor.domain.findings import Finding
from auditor.domain.jsonread import finding_from_json, record_from_json
from auditor.domain.runs import CallRecord
from auditor.errors import AuditorError, Problem, UsageError
from auditor.ingest.strict_json import parse_object

_MAX_LINE = 4_000_000


def records_in(folder: Path, customer_id: str) -> tuple[CallRecord, ...]:
    """Return the records of one debtor in ``calls.jsonl`` with their findings, in input order.

    Raises:
        UsageError: The folder is none of a run, or a line of it is damaged.
    """
    lines = [
        data
        for data in _objects(folder / "calls.jsonl")
        if isinstance(data.get("call"), dict) and data["call"].get("customer_id") == customer_id
    ]
    wanted = {data.get("call_id") for data in lines}
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for data in _objects(folder / "findings.jsonl") if lines else ():
        if data.get("call_id") in wanted:
            findings[data["call_id"]].append(finding_from_json(data))
    return tuple(record_from_json(data, findings[data["call_id"]]) for data in lines)


def _objects(path: Path) -> Iterator[Mapping[str, Any]]:
    number = 0
    try:
        with path.open(encoding="utf-8") as file:
            while line := file.readline(_MAX_LINE):
                number += 1
                yield parse_object(line, f"{path.name}, line {number}")
    except FileNotFoundError as error:
        problem = Problem(str(path), "missing", "is not there; give the folder of a finished run")
        raise UsageError("this is no output folder of a run", problem) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(str(path), "unreadable", type(error).__name__)
        raise UsageError("this is no output folder of a run", problem) from error
    except AuditorError as error:
        raise UsageError("the output folder is damaged", *error.problems) from error
