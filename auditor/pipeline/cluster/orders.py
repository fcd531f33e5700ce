"""What the run asks of a worker of the cluster, and what it gets back.

Workers write nothing but the transcription cache: transcripts travel to the run, which puts them
where it keeps them, so that the output folder need not be shared and has one writer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from auditor.domain.runs import CallRecord
from auditor.pipeline.bundles import build_bundle_worker
from auditor.pipeline.jobs import Job, Recipe
from auditor.pipeline.limits import Grant
from auditor.pipeline.work import build_worker


@dataclass(frozen=True, slots=True)
class Order:
    """Calls to be done.

    Args:
        jobs: The calls.
        look: See first whether their files are there.
    """

    jobs: tuple[Job, ...]
    look: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """Calls that were done.

    Args:
        records: One for each call, in order.
        texts: Transcripts with their file names.
        notes: What was logged meanwhile.
    """

    records: tuple[CallRecord, ...]
    texts: tuple[tuple[str, bytes], ...]
    notes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """Calls that were not done, as files of these are not there."""

    jobs: tuple[Job, ...]


Do = Callable[[Order], Delivery | Unseen]


def make_calls(recipe: Recipe, grant: Grant) -> Do:
    """Build the tools for calls one by one.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
    """
    parcel = _Parcel()
    worker = replace(build_worker(recipe, grant), keep=parcel.keep)
    return partial(_do, parcel, lambda jobs: tuple(worker(job) for job in jobs))


def make_bundles(recipe: Recipe, grant: Grant) -> Do:
    """Build the tools for calls that are heard together.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
    """
    parcel = _Parcel()
    worker = build_bundle_worker(recipe, grant)
    return partial(_do, parcel, replace(worker, worker=replace(worker.worker, keep=parcel.keep)))


def unseen(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Return those whose file is not there."""
    return tuple(job for job in jobs if (path := path_of(job)) is not None and not path.exists())


def path_of(job: Job) -> Path | None:
    """Return the file of a call; ``None`` for a stored transcript."""
    return job.transcript if job.recording is None else job.recording.path


def _do(
    parcel: _Parcel, do: Callable[[tuple[Job, ...]], tuple[CallRecord, ...]], order: Order
) -> Delivery | Unseen:
    if order.look and (hidden := unseen(order.jobs)):
        return Unseen(hidden)
    records = do(order.jobs)
    return Delivery(records, *parcel.handed_over())


class _Parcel(logging.Handler):
    """Collects transcripts and what is logged until they are handed over."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._texts: list[tuple[str, bytes]] = []
        self._notes: list[tuple[int, str]] = []
        logging.getLogger("auditor").addHandler(self)

    def keep(self, _recipe: Recipe, name: str, written: bytes) -> None:
        """Take a transcript."""
        self._texts.append((name, written))

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line of the log."""
        self._notes.append((record.levelno, self.format(record)))

    def handed_over(self) -> tuple[tuple[tuple[str, bytes], ...], tuple[tuple[int, str], ...]]:
        """Return what was collected, and begin anew."""
        found = tuple(self._texts), tuple(self._notes)
        self._texts.clear()
        self._notes.clear()
        return found
