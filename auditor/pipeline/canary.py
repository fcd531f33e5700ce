"""Canary calls: calls whose findings are known, mixed into a run to see that it still finds them.

They go through the same workers as all others, past the cache, and into no count, score or store.
A night that misses one may have missed anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from auditor.domain.findings import Category, Disclosure
from auditor.domain.runs import CallRecord
from auditor.errors import Problem, TranscriptError, UsageError
from auditor.ingest.strict_json import parse_object
from auditor.ingest.transcripts import read_transcript
from auditor.pipeline.jobs import Job, Plan
from auditor.pipeline.plan import make_plan
from auditor.resources import canaries_folder, samples_folder
from auditor.settings import Settings

EXPECTED = "expected.jsonl"
HEARD = "heard.jsonl"
"""What is to be found in the shipped sample recordings as the demo recogniser hears them."""

_KEYS = frozenset({"call_id", "violations", "omissions"})
_MAX_BYTES = 1 << 20

NameT = TypeVar("NameT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to be found in a call; nothing at all where both are empty."""

    violations: frozenset[Category] = frozenset()
    omissions: frozenset[Disclosure] = frozenset()


@dataclass(frozen=True, slots=True)
class Canary:
    """A call and what has to be found in it. Its job's index is below zero."""

    job: Job
    expected: Expected


@dataclass(frozen=True, slots=True)
class CanaryEnd:
    """What became of a canary.

    Args:
        missed: What was to be found and was not.
        false: What was found in a call that has nothing to be found.
        reason: Why it was not judged at all.
    """

    call_id: str
    missed: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def lives(self) -> bool:
        """Whether the run may be relied on, as far as this call tells."""
        return not (self.missed or self.false or self.reason)

    def __str__(self) -> str:
        told = [self.reason or ""]
        told += [f"missed {name}" for name in self.missed]
        told += [f"found {name} where there is nothing" for name in self.false]
        return f"{self.call_id}: {', '.join(filter(None, told)) or 'as known'}"


def shipped_canaries(settings: Settings, *, demo: bool) -> tuple[Canary, ...]:
    """Return the canaries that ship with the package.

    Args:
        settings: How calls are read.
        demo: The demo recogniser is used; it gets recordings, too. What another recogniser makes
            of machine speech nobody knows beforehand.
    """
    found = read_canaries(canaries_folder(), settings, recordings=False)
    if not demo:
        return found
    heard = canaries_folder() / HEARD
    return (*found, *read_canaries(samples_folder(), settings, expected=heard, first=len(found)))


def read_canaries(
    folder: Path,
    settings: Settings,
    *,
    recordings: bool = True,
    expected: Path | None = None,
    first: int = 0,
) -> tuple[Canary, ...]:
    """Read a folder of canaries: calls as any input has them, and what is to be found in them.

    Args:
        folder: Transcripts, or recordings with a manifest.
        settings: How they are read.
        recordings: Whether there is a recogniser; without one, recordings are left out.
        expected: The table of what is to be found; ``expected.jsonl`` of the folder by default.
            Calls it does not name are left out.
        first: Number of the first one.

    Raises:
        UsageError: The table is missing or wrong, or a call it names is not there.
        ManifestError: The manifest cannot be used.
    """
    table = expected or folder / EXPECTED
    wanted = _read_table(table)
    plan = make_plan(folder, settings, recordings=recordings)
    jobs = _by_id(plan, settings)
    unwanted = {record.call_id for _, record in plan.settled if record.reason == "not_asked_for"}
    missing = sorted(wanted.keys() - jobs.keys() - unwanted)
    if missing:
        problems = [Problem(f"{table.name}, {name}", "missing", "no such call") for name in missing]
        raise UsageError("canaries are missing or cannot be used", *problems)
    chosen = [(jobs[name], known) for name, known in wanted.items() if name in jobs]
    return tuple(
        Canary(_marked(job, -1 - number), known)
        for number, (job, known) in enumerate(chosen, first)
    )


def _by_id(plan: Plan, settings: Settings) -> dict[str, Job]:
    """Return jobs by the id that the call itself or its manifest row says, whatever its file.

    Raises:
        UsageError: Two files say the same id.
    """
    jobs: dict[str, Job] = {}
    problems: list[Problem] = []
    for job in plan.jobs:
        own = job
        if job.call is None and job.transcript is not None:
            # One that cannot be read is known by its name only, and ends as a missed canary.
            with suppress(TranscriptError):
                call = read_transcript(job.transcript, settings.timezone).call
                own = replace(job, call_id=call.call_id)
        if own.call_id in jobs:
            other = jobs[own.call_id].shown
            problems.append(Problem(own.shown, "duplicate", f"has the call id of {other}"))
        jobs[own.call_id] = own
    if problems:
        raise UsageError("canaries are missing or cannot be used", *problems)
    return jobs


def _marked(job: Job, index: int) -> Job:
    # What was heard of it on another day says nothing of the recogniser today.
    sound = None if job.recording is None else replace(job.recording, fresh=True)
    return replace(job, index=index, recording=sound, canary=True)


def mixed(jobs: Sequence[Job], canaries: Sequence[Canary]) -> Iterator[Job]:
    """Yield jobs with canaries spread evenly among them, so that a fault of any hour shows."""
    due = [(2 * number + 1) * len(jobs) // (2 * len(canaries)) for number in range(len(canaries))]
    number = 0
    for place, job in enumerate(jobs):
        while number < len(canaries) and due[number] <= place:
            yield canaries[number].job
            number += 1
        yield job
    for canary in canaries[number:]:
        yield canary.job


def ends_of(canaries: Sequence[Canary], records: Mapping[int, CallRecord]) -> tuple[CanaryEnd, ...]:
    """Return what became of canaries, given their records by index."""
    return tuple(_end(canary, records.get(canary.job.index)) for canary in canaries)


def count_ends(ends: Sequence[CanaryEnd]) -> dict[str, int]:
    """Return the counts of a run that had canaries; none for one that had not."""
    if not ends:
        return {}
    return {"canaries": len(ends), "canaries_missed": sum(not end.lives for end in ends)}


def told_ends(ends: Sequence[CanaryEnd]) -> dict[str, Any]:
    """Return what a certificate says of canaries."""
    return {**count_ends(ends), "faults": [str(end) for end in ends if not end.lives]}


def _end(canary: Canary, record: CallRecord | None) -> CanaryEnd:
    known = canary.expected
    wanted = {name.value for name in (*known.violations, *known.omissions)}
    if record is None or record.audit is None:
        reason = "not_done" if record is None else record.reason or "not_judged"
        return CanaryEnd(canary.job.call_id, tuple(sorted(wanted)), reason=reason)
    told = {
        str(name)
        for finding in record.audit.findings
        if finding.counts
        for name in (finding.category, finding.disclosure)
        if name is not None
    }
    return CanaryEnd(
        canary.job.call_id,
        missed=tuple(sorted(wanted - told)),
        false=() if wanted else tuple(sorted(told)),
    )


def _read_table(path: Path) -> dict[str, Expected]:
    try:
        with path.open("rb") as file:
            lines = file.read(_MAX_BYTES).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(path.name, "unreadable", "says what is to be found in each canary")
        raise UsageError("the table of canaries cannot be read", problem) from error
    problems: list[Problem] = []
    table: dict[str, Expected] = {}
    for number, line in enumerate(lines, 1):
        where = f"{path.name}, line {number}"
        if not line.strip():
            continue
        try:
            call_id, known = _row(parse_object(line, where))
        except TranscriptError as error:
            problems += error.problems
        except ValueError as error:
            problems.append(Problem(where, "wrong", str(error)))
        else:
            if call_id in table:
                problems.append(Problem(where, "duplicate", "names a call for the second time"))
            table[call_id] = known
    if not table and not problems:
        problems.append(Problem(path.name, "empty", "names no call"))
    if problems:
        raise UsageError("the table of canaries is wrong", *problems)
    return table


def _row(values: Mapping[str, Any]) -> tuple[str, Expected]:
    call_id = values.get("call_id")
    if not isinstance(call_id, str) or not call_id:
        raise ValueError("lacks a call_id")
    if values.keys() - _KEYS:
        raise ValueError(f"has other keys than {', '.join(sorted(_KEYS))}")
    return call_id, Expected(
        _names(values.get("violations", []), Category),
        _names(values.get("omissions", []), Disclosure),
    )


def _names(values: object, kind: type[NameT]) -> frozenset[NameT]:
    if not isinstance(values, list):
        raise ValueError("violations and omissions are lists of names")
    try:
        return frozenset(kind(value) for value in values)
    except (ValueError, TypeError):
        known = ", ".join(member.value for member in kind)
        raise ValueError(f"has a name that is none of: {known}") from None
