"""The output folder of a run as data frames, for notebooks and scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.domain.jsonread import run_from_json
from auditor.domain.runs import RunInfo
from auditor.errors import UsageError
from auditor.report.csv import uncell

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Args:
        folder: Its output folder.
    """

    folder: Path

    @property
    def info(self) -> RunInfo:
        """What the run was made with and how it came out.

        Raises:
            UsageError: ``run.json`` is missing or damaged.
        """
        return run_from_json(_object(_text(self.folder / "run.json"), "run.json"))

    def findings(self) -> pd.DataFrame:
        """One row a finding: the keys of ``findings.jsonl``; ``matched`` and ``clauses`` as lists.

        Raises:
            UsageError: The file is missing or damaged.
        """
        return _frame(self.folder / "findings.jsonl", _FINDINGS)

    def calls(self) -> pd.DataFrame:
        """One row a call: the keys of ``calls.jsonl`` with those of ``call`` beside them.

        ``started_at`` is an instant in UTC; ``disclosures_made`` maps a disclosure to its segment.

        Raises:
            UsageError: The file is missing or damaged.
        """
        import pandas as pd

        frame = _frame(self.folder / "calls.jsonl", _CALLS)
        parts = [part if isinstance(part, dict) else {} for part in frame.pop("call")]
        for name in _CIRCUMSTANCES:
            frame[name] = pd.Series([part.get(name) for part in parts], dtype="object")
        frame["started_at"] = pd.to_datetime(frame["started_at"], utc=True, format="ISO8601")
        frame["overdue_days"] = frame["overdue_days"].astype("Int64")
        return frame

    def scorecards(self) -> pd.DataFrame:
        """One row an agent: the columns of ``scorecards.csv``; undefined figures are missing.

        Raises:
            UsageError: The file is missing or damaged.
        """
        import pandas as pd

        path = self.folder / "scorecards.csv"
        words = dict.fromkeys(("agent_id", "agent_name", "team"), "str")
        try:
            frame = pd.read_csv(
                path,
                encoding="utf-8-sig",
                dtype=words,
                keep_default_na=False,
                na_values={name: [] if name in words else [""] for name in _header(path)},
            )
            for name in words:
                frame[name] = frame[name].map(uncell)
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"cannot read {path.name} in {self.folder}") from error
        return frame

    def transcript(self, call_id: str) -> pd.DataFrame:
        """One row a turn of a call: ``segment``, ``start``, ``end``, ``speaker``, ``text``.

        Raises:
            UsageError: The call has no transcript in this run.
        """
        import pandas as pd

        from auditor.store.names import file_name

        name = f"transcripts/{file_name(call_id, '.json')}"
        turns = _object(_text(self.folder / name), name).get("segments", [])
        frame = pd.DataFrame(turns, columns=["start", "end", "speaker", "text"])
        frame.insert(0, "segment", range(len(frame)))
        return frame


_FINDINGS = (
    *("finding_id", "call_id", "agent_id", "kind", "category", "disclosure", "rule_id"),
    *("rule_version", "status", "outcome", "severity", "clauses", "segment", "start", "end"),
    *("speaker", "quote", "matched", "confidence", "explanation", "title", "weight"),
)
_CALLS = (
    *("call_id", "agent_id", "outcome", "reason", "message", "row", "recording", "duration"),
    *("score", "weighted_score", "auto_fail", "dimensions", "deductions", "findings"),
    *("disclosures_made", "rules", "health", "call"),
)
_CIRCUMSTANCES = ("agent_name", "team", "customer_id", "started_at", "callee", "overdue_days")


def open_run(folder: str | Path) -> Run:
    """Open the output folder of a finished run.

    Raises:
        UsageError: It is not the output folder of a finished run.
    """
    path = Path(folder)
    if not (path / "run.json").is_file():
        raise UsageError(f"{path} is not the output folder of a finished run: no run.json")
    return Run(path)


def _frame(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    rows = list(_rows(path))
    extra = {key: None for row in rows for key in row if key not in columns}
    return pd.DataFrame(rows, columns=[*columns, *extra])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line:
            yield _object(line, f"{path.name}, line {number}")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path.name} in {path.parent}") from error


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{where}: damaged JSON") from error
    if not isinstance(value, dict):
        raise UsageError(f"{where}: not an object")
    return value


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as file:
        return file.readline().strip().split(",")
