"""Turn what an input offers into jobs, and settle the rows that cannot become one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import Problem, UsageError, printable
from auditor.ingest.discover import Inputs, discover
from auditor.ingest.instants import zone
from auditor.ingest.manifest import ManifestOptions, Row, RowOutcome
from auditor.pipeline.jobs import Job, Plan
from auditor.settings import Settings

_TRANSCRIPT_SUFFIX = ".json"


def make_plan(
    source: Path,
    settings: Settings,
    *,
    manifest: Path | None = None,
    exclude: Sequence[Path] = (),
    recordings: bool = True,
    transcripts: bool = True,
) -> Plan:
    """Find everything to do below an input.

    Args:
        source: Folder, recording, transcript or manifest.
        settings: How a manifest is read.
        manifest: Manifest to use.
        exclude: Folders that are no input, such as the output folder.
        recordings: Whether recordings are wanted.
        transcripts: Whether transcript files are wanted.

    Raises:
        UsageError: The input is missing or holds nothing wanted, or the time zone is unknown.
        ManifestError: The manifest cannot be used; every problem is listed.
    """
    # A wrong zone is one mistake of the user, not one of every call.
    zone(settings.timezone)
    options = ManifestOptions(encoding=settings.encoding, timezone=settings.timezone)
    inputs = discover(source, manifest, options, exclude)
    jobs: list[Job] = []
    settled: list[tuple[int, CallRecord]] = []
    index = unwanted = 0
    for row in inputs.rows:
        is_transcript = (
            row.recording is not None and row.recording.path.suffix.lower() == _TRANSCRIPT_SUFFIX
        )
        if row.outcome is not RowOutcome.READY:
            settled.append((index, _row_record(row, inputs)))
        elif transcripts if is_transcript else recordings:
            jobs.append(_row_job(index, row, inputs, is_transcript=is_transcript))
        else:
            settled.append((index, _unwanted(row, inputs)))
            unwanted += 1
        index += 1
    for path in inputs.without_row if recordings else ():
        settled.append((index, _without_row(path, inputs.root)))
        index += 1
    for folder in inputs.unreadable:
        settled.append((index, _unreadable(folder, inputs.root)))
        index += 1
    for path in inputs.transcripts if transcripts else ():
        shown = _shown(path, inputs.root)
        jobs.append(Job(index=index, call_id=path.stem, shown=shown, transcript=path))
        index += 1
    _spare_inputs(jobs, exclude)
    if not jobs and len(settled) == unwanted:
        kinds = {"recordings": recordings, "transcripts": transcripts}
        wanted = " or ".join(kind for kind, is_wanted in kinds.items() if is_wanted)
        raise UsageError(
            f"there are no {wanted} in {source}",
            Problem(str(source), "nothing_to_do", "give a folder with calls in it"),
        )
    return Plan(
        jobs=tuple(jobs),
        settled=tuple(settled),
        source=source,
        root=inputs.root,
        manifest=inputs.manifest,
        ignored=inputs.ignored,
    )


def _spare_inputs(jobs: Sequence[Job], exclude: Sequence[Path]) -> None:
    places = {os.path.realpath(folder / "transcripts") for folder in exclude}
    for job in jobs:
        if job.transcript is not None and os.path.realpath(job.transcript.parent) in places:
            problem = Problem(job.shown, "output_is_input", "choose another output folder")
            raise UsageError("the output would overwrite transcripts of the input", problem)


def _row_job(index: int, row: Row, inputs: Inputs, *, is_transcript: bool) -> Job:
    if row.call is None or row.recording is None:
        raise ValueError("a ready row has a call and a recording")
    return Job(
        index=index,
        call_id=row.call.call_id,
        shown=_shown(row.recording.path, inputs.root),
        row=row.number,
        call=row.call,
        recording=None if is_transcript else row.recording,
        transcript=row.recording.path if is_transcript else None,
    )


def _row_record(row: Row, inputs: Inputs) -> CallRecord:
    skipped = row.outcome is RowOutcome.SKIPPED
    shown = None if row.recording is None else _shown(row.recording.path, inputs.root)
    return CallRecord(
        call_id=row.call_id or f"row-{row.number}",
        outcome=CallOutcome.SKIPPED if skipped else CallOutcome.FAILED,
        call=row.call,
        row=row.number,
        recording=shown,
        duration=row.duration,
        reason=row.reason,
        message="; ".join(str(problem) for problem in row.problems),
    )


def _unwanted(row: Row, inputs: Inputs) -> CallRecord:
    """Settle a sound row of the kind that was not asked for: it has its one outcome, too."""
    record = _row_record(row, inputs)
    return replace(
        record,
        outcome=CallOutcome.SKIPPED,
        reason="not_asked_for",
        message=f"{record.recording}: this command does not do calls of this kind; "
        "'auditor run' does both",
    )


def _without_row(path: Path, root: Path) -> CallRecord:
    shown = _shown(path, root)
    return CallRecord(
        call_id=shown,
        outcome=CallOutcome.SKIPPED,
        recording=shown,
        reason="no_manifest_row",
        message=f"{printable(shown)}: no manifest row says whose call this is",
    )


def _unreadable(folder: Path, root: Path) -> CallRecord:
    shown = _shown(folder, root)
    return CallRecord(
        call_id=f"{shown}/",
        outcome=CallOutcome.FAILED,
        recording=f"{shown}/",
        reason="unreadable_folder",
        message=f"{printable(shown)}/: the folder cannot be listed; calls in it are missing",
    )


def _shown(path: Path, root: Path) -> str:
    return os.path.relpath(path, root)
