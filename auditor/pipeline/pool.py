"""Worker processes under supervision: one that dies costs the one job it had.

A plain process pool loses every job in flight when a worker is killed. Here each worker has one
job at a time and its own pipe, so that the parent knows which job went down with it.
"""

from __future__ import annotations

import copyreg
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from auditor.errors import AuditorError

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")

Make = Callable[[], Callable[[JobT], ResultT]]
"""Runs once in each worker and returns what does the jobs; must be picklable."""

MAX_TRIES = 2


def _frozen(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(items)


def _carry(mapping: MappingProxyType[Any, Any]) -> tuple[Callable[..., Any], tuple[Any]]:
    # The class itself cannot be named across processes, this function can.
    return _frozen, (dict(mapping),)


# Read-only mappings inside our values have no way of their own to travel between processes.
copyreg.pickle(MappingProxyType, _carry)


@dataclass(frozen=True, slots=True)
class Done(Generic[JobT, ResultT]):
    """A job with its result, or with ``died`` when its worker was lost each time."""

    job: JobT
    result: ResultT | None
    died: bool = False


@dataclass(frozen=True, slots=True)
class _Stop:
    error: AuditorError


@dataclass(slots=True)
class _Worker(Generic[JobT]):
    process: SpawnProcess
    pipe: Connection
    job: JobT | None = None


@dataclass(slots=True)
class _State(Generic[JobT]):
    waiting: Iterator[JobT]
    again: deque[JobT] = field(default_factory=deque)
    tries: dict[int, int] = field(default_factory=dict)

    def take(self) -> JobT | None:
        if self.again:
            return self.again.popleft()
        return next(self.waiting, None)


def _serve(pipe: Connection, make: Make[Any, Any]) -> None:
    import signal

    # The parent decides what an interrupt means; a worker just goes when its pipe closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        do = make()
        while True:
            try:
                job = pipe.recv()
            except EOFError:
                return
            _answer(pipe, do(job))
    except AuditorError as error:
        # What no call can help, such as a full disk, stops the run instead of failing each call.
        _answer(pipe, _Stop(error))


def _answer(pipe: Connection, result: object) -> None:
    with suppress(BrokenPipeError):  # the parent is gone
        pipe.send(result)


def run_jobs(
    jobs: Iterable[JobT], make: Make[JobT, ResultT], workers: int
) -> Iterator[Done[JobT, ResultT]]:
    """Do jobs in worker processes, giving back results as they finish.

    Args:
        jobs: Picklable.
        make: Builds what does a job, once in each worker.
        workers: How many at once.

    Raises:
        AuditorError: What a worker raised; the other workers are ended.
    """
    context = multiprocessing.get_context("spawn")
    state = _State(iter(jobs))
    crew: list[_Worker[JobT]] = []

    def hire() -> bool:
        job = state.take()
        if job is None:
            return False
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, make), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker[JobT](process, ours)
        crew.append(worker)
        _give(worker, job)
        return True

    try:
        while len(crew) < workers and hire():
            pass
        while crew:
            ready = set(wait([worker.pipe for worker in crew]))
            for worker in [w for w in crew if w.pipe in ready]:
                yield from _collect(worker, crew, state)
            while len(crew) < workers and hire():
                pass
    finally:
        for worker in crew:
            worker.pipe.close()
            worker.process.terminate()
            worker.process.join()


def _give(worker: _Worker[JobT], job: JobT) -> None:
    worker.job = job
    # A worker may die between two jobs; its closed pipe then tells, as when it dies at work.
    with suppress(OSError):
        worker.pipe.send(job)


def _collect(
    worker: _Worker[JobT], crew: list[_Worker[JobT]], state: _State[JobT]
) -> Iterator[Done[JobT, Any]]:
    job = worker.job
    if job is None:
        raise RuntimeError("a worker without a job answered")
    try:
        result = worker.pipe.recv()
    except (EOFError, OSError):
        crew.remove(worker)
        worker.pipe.close()
        worker.process.join()
        tries = state.tries.get(id(job), 0) + 1
        state.tries[id(job)] = tries
        if tries < MAX_TRIES:
            state.again.append(job)
        else:
            del state.tries[id(job)]
            yield Done(job, None, died=True)
        return
    if isinstance(result, _Stop):
        raise result.error
    # The object may be freed now and its id given to another job.
    state.tries.pop(id(job), None)
    yield Done(job, result)
    following = state.take()
    if following is None:
        crew.remove(worker)
        worker.pipe.close()
        worker.process.join()
    else:
        _give(worker, following)
