"""Do all jobs of a plan in supervised workers; what becomes of a job is always a record."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import printable
from auditor.pipeline.bundles import Bundle, build_bundle_worker, part
from auditor.pipeline.jobs import Job, Recipe
from auditor.pipeline.limits import Limits, Loss, memory_share
from auditor.pipeline.pool import run_jobs
from auditor.pipeline.work import build_worker

Doing = Generator[tuple[int, CallRecord], None, None]
"""Places in the input with the records of their calls; closed early, it ends its workers."""
Do = Callable[[Sequence[Job], Recipe], Doing]
"""An engine: does jobs in any order and yields each one's record with its place in the input."""

_GRAPHICS = Path("/dev/nvidiactl")

_LOST = {
    Loss.WORKER_DIED: "the process working on it died {tries} times",
    Loss.TIMED_OUT: "it took longer than it may, {tries} times; see --call-seconds, --call-pace",
    Loss.OUT_OF_MEMORY: "it needs more memory than a worker may hold; see --worker-memory",
}


def do_jobs(jobs: Sequence[Job], recipe: Recipe) -> Doing:
    """Do jobs and yield the record of each, with its place in the input, as they finish.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
        OutputError: The output folder cannot be written.
        WorkerError: Workers cannot be started.
    """
    if not jobs:
        return
    if recipe.settings.workers == 0:
        yield from _here(jobs, recipe)
        return
    if recipe.model is not None:
        from auditor.transcribe.models import resolve_model

        # Downloaded once, before many workers look for it.
        resolve_model(recipe.model)
    limits = limits_for(recipe)
    bundles, alone = part(jobs, recipe)
    if bundles:
        alone += yield from _together(bundles, recipe, limits)
    for done in run_jobs(alone, partial(build_worker, recipe), recipe.settings.workers, limits):
        if done.loss is not None:
            yield done.job.index, lost_record(done.job, done.loss, limits.tries)
        else:
            yield done.job.index, done.result


def _together(
    bundles: Sequence[Bundle], recipe: Recipe, limits: Limits
) -> Generator[tuple[int, CallRecord], None, list[Job]]:
    """Hear calls in bundles that share the recogniser; return what is to be done one by one."""
    left: list[Job] = []
    once = replace(limits, tries=1)
    make = partial(build_bundle_worker, recipe)
    for done in run_jobs(bundles, make, recipe.settings.workers, once):
        if done.loss is not None:
            left += done.job
            continue
        for job, record in zip(done.job, done.result, strict=True):
            yield job.index, record
    return left


def limits_for(recipe: Recipe) -> Limits:
    """Return what the workers of a run may take."""
    settings = recipe.settings
    graphics = settings.device != "cpu" and recipe.model is not None and _GRAPHICS.exists()
    return Limits(
        seconds=settings.call_seconds,
        memory=memory_share(settings.worker_memory, settings.workers),
        hard=not graphics,
    )


def lost_record(job: Job, loss: Loss, tries: int) -> CallRecord:
    """Return the record of a call that never came back from its workers."""
    return CallRecord(
        call_id=job.call_id,
        outcome=CallOutcome.FAILED,
        call=job.call,
        row=job.row,
        recording=job.shown if job.recording is not None else None,
        reason=loss.value,
        message=f"{printable(job.shown)}: {_LOST[loss].format(tries=tries)}",
    )


def _here(jobs: Sequence[Job], recipe: Recipe) -> Iterator[tuple[int, CallRecord]]:
    worker = build_worker(recipe)
    for job in jobs:
        try:
            yield job.index, worker(job)
        except MemoryError:
            yield job.index, lost_record(job, Loss.OUT_OF_MEMORY, 1)
