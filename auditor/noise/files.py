"""Damage transcript files, with their labels, into another folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import ExitCode, Problem, TranscriptError, UsageError
from auditor.ingest.discover import discover
from auditor.ingest.strict_json import MAX_BYTES, parse_object
from auditor.ingest.transcripts import read_transcript, transcript_to_json
from auditor.noise.damage import Damager
from auditor.noise.measure import ErrorRate
from auditor.noise.recipe import Recipe
from auditor.noise.transcripts import damage_transcript, move_labels
from auditor.store.atomic import make_folder, write_text
from auditor.store.names import file_name

LABELS = "labels.jsonl"
"""Name of the moved labels in the output folder."""

_SUFFIX = ".json"
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an input.

    Args:
        calls: Calls written.
        errors: Their character errors together.
        problems: Files that could not be used.
        labelled: Calls whose labels were moved.
        unused: Rows of labels whose call is not in the input.
    """

    calls: int
    errors: ErrorRate
    problems: tuple[Problem, ...]
    labelled: int = 0
    unused: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """Status of a command that had this outcome."""
        if not self.calls:
            return ExitCode.NOTHING_RAN
        return ExitCode.SOME_FAILED if self.problems else ExitCode.DONE


def damage_files(
    source: Path,
    out: Path,
    recipe: Recipe,
    *,
    labels: Path | None = None,
    timezone: str | None = None,
) -> Outcome:
    """Write a damaged copy of every transcript below ``source`` into ``out``.

    Args:
        source: A folder (searched recursively) or one transcript.
        out: Made if need be; it may hold the results of an earlier run on the same calls.
        recipe: Share, seed and kinds.
        labels: Labels of the calls, one JSON object a line; ``out/labels.jsonl`` gets them with
            the new segment numbers.
        timezone: For ``started_at`` without offset.

    Raises:
        UsageError: No transcript is there, ``out`` holds other transcripts, or labels are wrong.
        OutputError: ``out`` cannot be written.
    """
    paths = _transcripts(source, out)
    rows = [] if labels is None else _label_rows(labels)
    calls, problems = _readable(paths, timezone)
    _refuse_strangers(out, calls)
    make_folder(out)
    damager = Damager()
    main: dict[str, tuple[int, ...]] = {}
    errors = ErrorRate()
    for call_id, path in calls.items():
        damaged = damage_transcript(damager, read_transcript(path, timezone), recipe)
        written = json.dumps(transcript_to_json(damaged.transcript), ensure_ascii=False, indent=1)
        write_text(out / file_name(call_id, _SUFFIX), written + "\n")
        main[call_id] = damaged.main
        errors += damaged.errors
    moved = [
        move_labels(row, main[row["call_id"]], where)
        for where, row in rows
        if row["call_id"] in main
    ]
    if labels is not None:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in moved)
        write_text(out / LABELS, "".join(lines))
    return Outcome(len(main), errors, tuple(problems), len(moved), len(rows) - len(moved))


def _transcripts(source: Path, out: Path) -> Sequence[Path]:
    found = discover(source, exclude=(out,))
    named = (row.recording.path for row in found.rows if row.recording is not None)
    listed = (path for path in named if path.suffix.lower() == _SUFFIX)
    paths = sorted({*found.transcripts, *listed})
    if not paths:
        raise UsageError("the input has no transcript: JSON files as 'auditor transcribe' writes")
    if any(path.resolve().parent == out.resolve() for path in paths):
        raise UsageError("the output folder holds the input; choose another with --out")
    return paths


def _readable(paths: Sequence[Path], timezone: str | None) -> tuple[dict[str, Path], list[Problem]]:
    """Tell the files that can be used, by call, from what is wrong with the others.

    Files are read again when their turn comes: a night's transcripts need not fit into memory.
    """
    calls: dict[str, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            call_id = read_transcript(path, timezone).call.call_id
        except TranscriptError as error:
            problems += error.problems
            continue
        if calls.setdefault(call_id, path) is not path:
            problems.append(Problem(path.name, "repeated_call", "repeats the id of another call"))
    return calls, problems


def _refuse_strangers(out: Path, calls: Mapping[str, Path]) -> None:
    """Other calls in the output folder would be audited as if they were of this input."""
    own = {file_name(call_id, _SUFFIX) for call_id in calls}
    strange = sorted(path.name for path in out.glob(f"*{_SUFFIX}") if path.name not in own)
    if strange:
        problems = (
            Problem(name, "other_call", "is no call of the input") for name in strange[:_MOST_NAMED]
        )
        raise UsageError("the output folder holds other files; choose an empty one", *problems)


def _label_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Read a table of labels: what to call each row, and the row."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path.name} is larger than {MAX_BYTES >> 20} MiB")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} cannot be read as UTF-8 text") from error
    rows: list[tuple[str, dict[str, Any]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            row = parse_object(line, where)
        except TranscriptError as error:
            raise UsageError("the labels cannot be used", *error.problems) from error
        if not isinstance(row.get("call_id"), str):
            raise UsageError(f"{where} has no call_id")
        rows.append((where, row))
    return rows
