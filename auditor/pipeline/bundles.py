"""Several calls to one worker at a time, so that their windows share batches of the recogniser.

A bundle is done whole or not at all: when its worker dies, hangs or runs out of memory, each of its
calls is done again by itself, and only the one that was to blame fails. What the others had heard
lies in the cache by then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

from auditor.domain.calls import Call, Recording
from auditor.domain.runs import CallRecord
from auditor.domain.transcripts import Transcript
from auditor.pipeline.jobs import Job, Recipe
from auditor.pipeline.limits import Grant
from auditor.pipeline.work import Worker, build_hearing

if TYPE_CHECKING:
    from auditor.transcribe.together import Together

logger = logging.getLogger(__name__)

Bundle = tuple[Job, ...]

CALLS = 32
"""Most calls in a bundle: enough that its beginning and end, where batches are not full, do not
count; few enough that little is done twice after a crash."""


def bundle(jobs: Sequence[Job], workers: int) -> Iterator[Bundle]:
    """Put jobs together, in order, so that every worker gets as many.

    Args:
        jobs: What is to be done.
        workers: How many processes do it.
    """
    size = max(1, min(CALLS, -(-len(jobs) // max(workers, 1))))
    for start in range(0, len(jobs), size):
        yield tuple(jobs[start : start + size])


def part(jobs: Sequence[Job], recipe: Recipe) -> tuple[list[Bundle], list[Job]]:
    """Part jobs into those that are heard together and those that are done one by one."""
    if recipe.model is None or recipe.settings.batch == 1:
        return [], list(jobs)
    to_hear = [job for job in jobs if job.recording is not None]
    workers = recipe.settings.workers
    if len(to_hear) <= workers:
        return [], list(jobs)
    return list(bundle(to_hear, workers)), [job for job in jobs if job.recording is None]


@dataclass(frozen=True, slots=True)
class BundleWorker:
    """Does the calls of a bundle.

    Args:
        worker: Does one call.
        together: Hears several.
        call_seconds: What is granted from one sign of progress to the next.
        call_pace: Besides, for each second of the longest recording in hand.
        grant: Asks the supervisor for more time.
    """

    worker: Worker
    together: Together
    call_seconds: float
    call_pace: float
    grant: Grant

    def __call__(self, jobs: Bundle) -> tuple[CallRecord, ...]:
        """Return the record of each call, in order.

        Raises:
            MemoryError: There is not enough for these calls at once.
            OutputError: What is written cannot be written.
        """
        records: dict[int, CallRecord] = {}
        wanted: list[tuple[int, Call, Recording]] = []
        for place, job in enumerate(jobs):
            if job.call is not None and job.recording is not None and self._may_hear(job.call):
                wanted.append((place, job.call, job.recording))
        deadline = _Deadline(self.call_seconds, self.call_pace, self.grant)
        heard = {place for place, _, _ in wanted}
        for place, job in enumerate(jobs):
            if place not in heard:
                records[place] = self.worker(job)
                deadline.put_off(0.0)
        calls = [(call, recording) for _, call, recording in wanted]
        for number, made in self.together(calls, deadline.put_off):
            place = wanted[number][0]
            records[place] = replace(self.worker, listen=_made(made))(jobs[place])
        share = self.together.share
        logger.info(
            "recogniser busy %.0f %% of the time, %.1f windows a batch",
            100 * share.busy_share,
            share.rows / max(share.batches, 1),
        )
        return tuple(records[place] for place in range(len(jobs)))

    def _may_hear(self, call: Call) -> bool:
        from auditor.transcribe.models import demo_refusal

        return not self.worker.demo or demo_refusal(call) is None


def _made(make: Callable[[], Transcript]) -> Callable[[Call, Job], Transcript]:
    return lambda _call, _job: make()


class _Deadline:
    """Puts the end of a bundle's time off while it gets on, but never far ahead."""

    def __init__(self, seconds: float, pace: float, grant: Grant) -> None:
        self._seconds, self._pace, self._grant = seconds, pace, grant
        self._begun = monotonic()
        self._until = seconds

    def put_off(self, longest: float) -> None:
        """Take note of progress; ``longest`` is the length of the longest recording in hand."""
        until = monotonic() - self._begun + self._seconds + self._pace * longest
        # A message for every step would be many.
        if until - self._until >= self._seconds / 10:
            self._grant(until - self._until)
            self._until = until


def build_bundle_worker(recipe: Recipe, grant: Grant) -> BundleWorker:
    """Build the tools a recipe asks for, for bundles of calls.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
    """
    from auditor.transcribe.together import Together

    worker, listener, recogniser = build_hearing(recipe)
    settings = recipe.settings
    return BundleWorker(
        worker,
        Together(listener, recogniser, settings.batch or rows_for(recogniser.device)),
        settings.call_seconds,
        settings.call_pace,
        grant,
    )


def rows_for(device: str) -> int:
    """Return how many windows a batch has where nobody says."""
    return 24 if device == "cuda" else 8
