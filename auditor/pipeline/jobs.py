"""One call to be done, and what doing it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from auditor.domain.calls import Call, Recording
from auditor.domain.runs import CallRecord
from auditor.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One call: a recording or a transcript.

    Args:
        index: Place in the input; results are written in this order.
        call_id: For messages, also when the call itself turns out unreadable.
        shown: Path relative to the input, for messages and the report.
        row: Manifest row.
        call: From the manifest; ``None`` when the transcript file tells.
        recording: Sound to listen to.
        transcript: Transcript file to judge.
        kept: Digest of a stored transcript to judge.
        heard_in: The recording that a stored transcript was heard in, as ``shown``.
        synthetic_model: The demo recogniser wrote the stored transcript.
        canary: Its findings are known; nothing of it is written or counted.
    """

    index: int
    call_id: str
    shown: str
    row: int | None = None
    call: Call | None = None
    recording: Recording | None = None
    transcript: Path | None = None
    kept: str | None = None
    heard_in: str | None = None
    synthetic_model: bool = False
    canary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a run will do.

    Args:
        jobs: Calls to do.
        settled: Rows that ended before anything could be done, by place in the input.
        source: What was given as input.
        root: Folder that recordings lie in; ``None`` where there are none.
        manifest: The manifest used.
        ignored: Files that are neither recordings nor transcripts.
        again: Stored transcripts are judged again.
        judged_again: The run they are of, where they are all of one.
        heard_by: The recogniser that wrote stored transcripts, as a run names it.
    """

    jobs: tuple[Job, ...]
    settled: tuple[tuple[int, CallRecord], ...]
    source: Path
    root: Path | None
    manifest: Path | None = None
    ignored: int = 0
    again: bool = False
    judged_again: str | None = None
    heard_by: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def rows(self) -> int:
        """How many outcomes the run must have."""
        return len(self.jobs) + len(self.settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How calls are done; travels to worker processes, which build their tools from it.

    Args:
        settings: Options of the run.
        out: Output folder.
        policy: Policy folder.
        cache: Folder of the transcription cache; ``None`` when no recogniser is needed.
        model: Name or folder of the recogniser's model; ``None`` when none is needed.
        judge: Whether transcripts are held against the policy.
        database: Where outcomes are kept; ``None`` for an SQLite file in the output folder.
        archive: Folder in which transcripts are kept for judging them again; ``None`` for none.
        previous: Certificate of the run before, or its folder; ``None`` for that in ``out``.
        histories: Contacts of earlier nights and other agencies, for the checks across calls.
        consents: Table of debtors who agreed to be called at other hours.
    """

    settings: Settings
    out: Path
    policy: Path
    cache: Path | None
    model: str | None
    judge: bool = True
    database: str | None = None
    archive: Path | None = None
    previous: Path | None = None
    histories: tuple[Path, ...] = ()
    consents: Path | None = None
