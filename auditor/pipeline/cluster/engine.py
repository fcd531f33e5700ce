"""Do all jobs of a plan in workers of a Ray cluster; what becomes of a job is always a record.

Ray gives machines, graphics cards and word of what died; the rest is the run's own: one worker, one
job at a time, in a supervised child of the worker that loads policy and recogniser once. Ray's core
actors carry that. Ray Data, which is made for batches of rows, does not, as measured with Ray 2.60:
a row that kills its worker is tried for ever (7 times in 40 s, still going); with its tries limited
and errors allowed, the rows in the same block are lost with it without a word (36 of 40 came back);
there is no time limit for a row; a checkpoint did not keep a killed run from doing all rows again.
With a child under supervision inside an actor all 40 of 40 rows came to an end of their own.

Workers read recordings and models by path, and write the transcription cache. Everything else, the
output folder, the archive and the database, is written by the run itself.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import UsageError, WorkerError, printable
from auditor.pipeline.bundles import part
from auditor.pipeline.cluster.crew import Crew, Ended, Piece, Terms
from auditor.pipeline.cluster.host import hire, host_class
from auditor.pipeline.cluster.means import means_of, require_equal
from auditor.pipeline.cluster.orders import (
    Delivery,
    Order,
    Unseen,
    make_bundles,
    make_calls,
    path_of,
    unseen,
)
from auditor.pipeline.cluster.room import Room, cpus_of, room_for
from auditor.pipeline.cluster.start import joined
from auditor.pipeline.doing import Doing, limits_for, lost_record
from auditor.pipeline.jobs import Job, Recipe
from auditor.pipeline.limits import Limits
from auditor.pipeline.work import keep_transcript

logger = logging.getLogger(__name__)

_MAKES = {"bundle": make_bundles, "call": make_calls}
_BLIND = 3
"""Calls in a row that a machine may not see before it is taken to see none."""
_FOLDERS = 50
"""Most folders of calls that are looked for before the first call."""


def do_on_cluster(jobs: Sequence[Job], recipe: Recipe) -> Doing:
    """Do jobs and yield the record of each, with its place in the input, as they finish.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
        OutputError: The output folder cannot be written.
        UsageError: Ray is not installed, or there is nobody to do the jobs.
        WorkerError: The cluster cannot be reached, differs, or its workers cannot be started.
    """
    if not jobs:
        return
    settings = recipe.settings
    if settings.workers == 0:
        raise UsageError("--engine ray needs at least one worker; see --workers")
    if recipe.model is not None:
        from auditor.transcribe.models import resolve_model

        # Downloaded once, before many workers look for it.
        resolve_model(recipe.model)
    graphics = recipe.model is not None and settings.device != "cpu"
    cpus = settings.workers * cpus_of(settings)
    with joined(settings.address, cpus, graphics=graphics) as ray:
        room = room_for(settings, ray.nodes(), graphics=graphics)
        crew = Crew(ray, _terms(ray, room, recipe, jobs))
        yield from _Foreman(crew, recipe, limits_for(recipe).tries).run(jobs)


def _terms(ray: Any, room: Room, recipe: Recipe, jobs: Sequence[Job]) -> Terms:
    means = partial(means_of, recipe)
    makes = {kind: partial(make, recipe) for kind, make in _MAKES.items()}
    return Terms(
        workers=recipe.settings.workers,
        seconds=limits_for(recipe).start_seconds,
        hire=partial(
            hire,
            host_class(ray, room),
            makes,
            partial(_limits_there, recipe, room.beside),
            means,
            _places(recipe, jobs),
        ),
        welcome=partial(require_equal, means()),
    )


def _limits_there(recipe: Recipe, beside: int) -> Limits:
    """Return what a process may take on the machine where this is asked."""
    return limits_for(replace(recipe, settings=replace(recipe.settings, workers=beside)))


def _places(recipe: Recipe, jobs: Sequence[Job]) -> tuple[Path, ...]:
    """Return what workers must see: policy, model, and folders of calls that are here."""
    found = dict.fromkeys([recipe.policy])
    if recipe.model is not None and Path(recipe.model).is_dir():
        found[Path(recipe.model)] = None
    for job in jobs:
        path = path_of(job)
        if path is not None and path.parent not in found and path.parent.is_dir():
            found[path.parent] = None
            if len(found) > _FOLDERS:
                break
    return tuple(place.absolute() for place in found)


@dataclass(slots=True)
class _Foreman:
    """Hands jobs to the workers and takes what they deliver.

    Args:
        crew: The workers.
        recipe: How calls are done.
        tries: How often a call may lose its process.
        missed: How often a machine did not see a call, by place in the input.
        blind: Calls in a row that a machine did not see, by its name.
    """

    crew: Crew
    recipe: Recipe
    tries: int
    missed: Counter[int] = field(default_factory=Counter)
    blind: Counter[str] = field(default_factory=Counter)

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[int, CallRecord]]:
        bundles, alone = part(jobs, self.recipe)
        for bundle in bundles:
            self.crew.add(Piece("bundle", Order(bundle), tries=1))
        self._add(alone)
        for ended in self.crew.run():
            order: Order = ended.piece.job
            if ended.loss is not None:
                if ended.piece.kind == "bundle":
                    self._add(order.jobs)
                    continue
                for job in order.jobs:
                    yield job.index, lost_record(job, ended.loss, self.tries)
            elif isinstance(ended.result, Unseen):
                yield from self._not_seen(ended, order, ended.result.jobs)
            else:
                self.blind[ended.post.name] = 0
                yield from self._delivered(order, ended.result)

    def _add(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self.crew.add(Piece("call", Order((job,)), tries=self.tries))

    def _delivered(self, order: Order, found: Delivery) -> Iterator[tuple[int, CallRecord]]:
        for level, note in found.notes:
            logger.log(level, "%s", note)
        for name, text in found.texts:
            keep_transcript(self.recipe, name, text)
        for job, record in zip(order.jobs, found.records, strict=True):
            yield job.index, record

    def _not_seen(
        self, ended: Ended, order: Order, hidden: tuple[Job, ...]
    ) -> Iterator[tuple[int, CallRecord]]:
        """Deal with files that a machine does not see: missing everywhere, or only there."""
        only_there = [job for job in hidden if not unseen((job,))]
        if not only_there:
            # Then the call itself says what is wrong with it.
            self.crew.add(replace(ended.piece, job=replace(order, look=False)))
            return
        name = ended.post.name
        self.blind[name] += 1
        if self.blind[name] >= _BLIND:
            raise WorkerError(
                f"{name} cannot see {printable(only_there[0].shown)} and others, which are here; "
                "every machine of the cluster has to see the recordings under the same path"
            )
        for job in order.jobs:
            if job in only_there:
                self.missed[job.index] += 1
            if self.missed[job.index] < self.tries:
                self._add((job,))
            else:
                yield job.index, _hidden_record(job, name)


def _hidden_record(job: Job, name: str) -> CallRecord:
    return CallRecord(
        call_id=job.call_id,
        outcome=CallOutcome.FAILED,
        call=job.call,
        row=job.row,
        recording=job.shown if job.recording is not None else None,
        reason="not_shared",
        message=f"{printable(job.shown)}: {name} was to do it and cannot see it; this machine can",
    )
