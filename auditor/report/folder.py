"""Read the records of an output folder one by one, without holding them all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.domain.findings import Finding
from auditor.domain.jsonread import finding_from_json, record_from_json, run_from_json
from auditor.domain.runs import CallRecord, RunInfo
from auditor.errors import UsageError


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """The output folder of a finished run.

    Args:
        path: The folder.
    """

    path: Path

    @property
    def info(self) -> RunInfo:
        """What the run was made with.

        Raises:
            UsageError: It is not the output folder of a finished run.
        """
        file = self.path / "run.json"
        if not file.is_file():
            raise UsageError(f"{self.path} is not the output folder of a finished run: no run.json")
        for _, line in self._lines("run.json", whole=True):
            return run_from_json(line)
        raise UsageError(f"run.json in {self.path} is empty")

    def __iter__(self) -> Iterator[CallRecord]:
        """Go through the records in input order.

        Raises:
            UsageError: A file is missing or damaged.
        """
        findings = self._findings()
        waiting = next(findings, None)
        for _, line in self._lines("calls.jsonl"):
            own: list[Finding] = []
            # Findings stand in the order of their calls.
            while line["rules"] is not None and waiting is not None:
                if waiting.call_id != line["call_id"]:
                    break
                own.append(waiting)
                waiting = next(findings, None)
            yield record_from_json(line, own)
        if waiting is not None:
            raise UsageError(f"findings.jsonl in {self.path} does not go with calls.jsonl")

    def _findings(self) -> Iterator[Finding]:
        return (finding_from_json(line) for _, line in self._lines("findings.jsonl"))

    def _lines(self, name: str, *, whole: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
        number = 0
        try:
            with (self.path / name).open(encoding="utf-8") as file:
                for number, text in enumerate([file.read()] if whole else file, start=1):
                    yield number, _object(text)
        except (OSError, ValueError) as error:
            raise UsageError(f"{name} in {self.path}, line {number}: cannot be read") from error


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
