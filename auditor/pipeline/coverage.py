"""How far each row of a run got: a partition that must account for every one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from auditor.domain.findings import CallOutcome
from auditor.domain.jsonform import record_to_json
from auditor.domain.runs import CallRecord
from auditor.errors import CertificateError, Problem
from auditor.pipeline.jobs import Plan


class Origin(StrEnum):
    """Where a row of the run comes from."""

    MANIFEST = "manifest"
    RECORDING = "recording_without_row"
    TRANSCRIPT = "transcript_without_row"
    FOLDER = "unreadable_folder"


class Stage(StrEnum):
    """The furthest that is proven for a row, in order.

    ``NOT_TRIED`` is a row that ended before its file was looked for, ``FOUND`` one whose file was
    there and gave no sound, or whose worker was lost on the way.
    """

    NOT_TRIED = "not_tried"
    MISSING = "missing"
    FOUND = "found"
    DECODED = "decoded"
    TRANSCRIBED = "transcribed"
    AUDITED = "audited"


_TRIED = frozenset(
    {
        *("bad_channels", "bad_rate", "empty_file", "hash_mismatch", "no_samples"),
        *("not_a_regular_file", "rate_missing", "too_long", "undecodable", "unreadable"),
        *("unsupported_format", "no_recogniser", "demo_model_needs_synthetic"),
        *("worker_died", "timed_out", "out_of_memory", "internal_error", "no_manifest_row"),
    }
)
"""Reasons given only after the recording was seen."""

_ORDER = tuple(Stage)


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Rows that are alike in everything a certificate counts.

    Args:
        sound: The row is about a recording, not a transcript.
        reason: Why it was skipped or failed; empty for audited rows.
    """

    origin: str
    sound: bool
    stage: str
    outcome: str
    reason: str


Cells = Mapping[Cell, int]


def cell_of(line: Mapping[str, Any]) -> Cell:
    """Return the cell of a line of ``calls.jsonl``.

    Raises:
        KeyError: A key that every line has is missing.
        ValueError: It has an outcome that does not exist.
    """
    outcome, reason = CallOutcome(line["outcome"]), line["reason"]
    recording = line["recording"]
    if line["row"] is not None:
        origin = Origin.MANIFEST
    elif reason == "no_manifest_row":
        origin = Origin.RECORDING
    elif reason == "unreadable_folder":
        origin = Origin.FOLDER
    else:
        origin = Origin.TRANSCRIPT
    sound = (
        recording is not None
        and origin is not Origin.FOLDER
        and not str(recording).lower().endswith(".json")
    )
    stage = _stage(outcome, reason, heard=line["transcript"] is not None, sound=sound)
    return Cell(origin.value, sound, stage.value, outcome.value, reason or "")


def _stage(outcome: CallOutcome, reason: str | None, *, heard: bool, sound: bool) -> Stage:
    if outcome is CallOutcome.AUDITED:
        return Stage.AUDITED
    if heard:
        return Stage.TRANSCRIBED
    if sound and reason == "recogniser_failed":
        return Stage.DECODED
    if sound and reason == "missing":
        return Stage.MISSING
    return Stage.FOUND if sound and reason in _TRIED else Stage.NOT_TRIED


def cells_of(lines: Iterable[Mapping[str, Any]]) -> Cells:
    """Count lines of ``calls.jsonl`` by cell."""
    return Counter(map(cell_of, lines))


def counts_of(cells: Cells) -> dict[str, int]:
    """Return the numbers of a certificate, all of them sums over cells."""

    def total(**wanted: object) -> int:
        return sum(
            number
            for cell, number in cells.items()
            if all(getattr(cell, name) == value for name, value in wanted.items())
        )

    def reached(stage: Stage) -> int:
        further = {later.value for later in _ORDER[_ORDER.index(stage) :]}
        return sum(n for cell, n in cells.items() if cell.sound and cell.stage in further)

    return {
        "rows": sum(cells.values()),
        "manifest_rows": total(origin=Origin.MANIFEST),
        "recordings_without_row": total(origin=Origin.RECORDING),
        "transcripts_without_row": total(origin=Origin.TRANSCRIPT),
        "unreadable_folders": total(origin=Origin.FOLDER),
        "rows_without_recording": total(sound=False),
        "recordings_not_tried": total(sound=True, stage=Stage.NOT_TRIED),
        "recordings_missing": total(sound=True, stage=Stage.MISSING),
        "recordings_found": reached(Stage.FOUND),
        "recordings_decoded": reached(Stage.DECODED),
        "recordings_transcribed": reached(Stage.TRANSCRIBED),
        "audited": total(outcome=CallOutcome.AUDITED),
        "skipped": total(outcome=CallOutcome.SKIPPED),
        "failed": total(outcome=CallOutcome.FAILED),
    }


def reasons_of(cells: Cells, outcome: CallOutcome) -> dict[str, int]:
    """Return how many rows were skipped, or failed, for each reason."""
    reasons: Counter[str] = Counter()
    for cell, number in cells.items():
        if cell.outcome == outcome:
            reasons[cell.reason] += number
    return dict(sorted(reasons.items()))


def expected_of(plan: Plan) -> dict[str, int]:
    """Return how many rows of each origin a run must account for, by what it set out with."""
    origins = Counter(
        Origin.MANIFEST if job.row is not None else Origin.TRANSCRIPT for job in plan.jobs
    )
    for _, record in plan.settled:
        origins[Origin(cell_of(record_to_json(record)).origin)] += 1
    return {
        "rows": plan.rows,
        "manifest_rows": origins[Origin.MANIFEST],
        "recordings_without_row": origins[Origin.RECORDING],
        "transcripts_without_row": origins[Origin.TRANSCRIPT],
        "unreadable_folders": origins[Origin.FOLDER],
    }


def check_sums(
    counts: Mapping[str, int],
    skipped: Mapping[str, int],
    failed: Mapping[str, int],
    expected: Mapping[str, int],
) -> tuple[Problem, ...]:
    """Return what does not add up.

    Args:
        counts: As ``counts_of`` gives them.
        skipped: Rows by reason.
        failed: Rows by reason.
        expected: What the run set out with, as ``expected_of`` gives it.
    """
    places = ("recordings_not_tried", "recordings_missing")
    origins = ("manifest_rows", "recordings_without_row", "transcripts_without_row")
    sums = [
        ("rows", (*origins, "unreadable_folders")),
        ("rows", ("audited", "skipped", "failed")),
        ("rows", ("rows_without_recording", *places, "recordings_found")),
    ]
    wrong = [
        (whole, counts[whole], " + ".join(parts), sum(counts[part] for part in parts))
        for whole, parts in sums
    ]
    wrong += [
        ("skipped", counts["skipped"], "its reasons", sum(skipped.values())),
        ("failed", counts["failed"], "its reasons", sum(failed.values())),
    ]
    wrong += [
        (name, counts[name], "what was set out with", number) for name, number in expected.items()
    ]
    steps = ("recordings_found", "recordings_decoded", "recordings_transcribed")
    problems = [
        Problem(whole, "sum", f"{number}, but {what} make {other}")
        for whole, number, what, other in wrong
        if number != other
    ]
    for earlier, later in pairwise(steps):
        if counts[earlier] < counts[later]:
            problems.append(Problem(later, "sum", f"more than {earlier}"))
    problems += [
        Problem(name, "sum", "is below zero") for name, number in counts.items() if number < 0
    ]
    return tuple(problems)


def account_for(records: Iterable[CallRecord], plan: Plan) -> Cells:
    """Count the records of a run and make sure that every row has exactly one.

    Args:
        records: Gone through once, one at a time in memory.
        plan: What the run set out with.

    Raises:
        CertificateError: They do not add up; everything that does not is listed.
    """
    cells = cells_of(
        {
            "outcome": record.outcome,
            "reason": record.reason,
            "row": record.row,
            "recording": record.recording,
            "transcript": record.transcript,
        }
        for record in records
    )
    skipped = reasons_of(cells, CallOutcome.SKIPPED)
    failed = reasons_of(cells, CallOutcome.FAILED)
    problems = check_sums(counts_of(cells), skipped, failed, expected_of(plan))
    if problems:
        raise CertificateError("the outcomes of the run do not add up", *problems)
    return cells
