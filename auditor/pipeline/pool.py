"""Worker processes under supervision: one that dies, hangs or swells costs the one job it had.

A plain process pool loses every job in flight when a worker is killed. Here each worker has one
job at a time and its own pipe, so that the parent knows which job went down with it. A job that
lost its worker is tried again at the end, in a fresh process, so that nothing another job left
behind counts against it; where the system killed the worker, without any other job beside it.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

from auditor.errors import WorkerError
from auditor.failpoints import Point, reach
from auditor.pipeline.limits import Limits, Loss, emergency_kills, held_bytes
from auditor.pipeline.serve import Exhausted, Make, More, Ready, Result, Stop, Taken, serve

JobT = TypeVar("JobT")

_LOOK_SECONDS = 0.2
"""How often the memory of workers is looked at."""
_STILLBORN = 3
"""Workers in a row that may die before they are ready."""
_LEAVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Done(Generic[JobT]):
    """A job with its result, or with why there is none."""

    job: JobT
    result: Any = None
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class _Task(Generic[JobT]):
    """A job and how often it has lost its worker."""

    job: JobT
    lost: int = 0
    alone: bool = False


@dataclass(slots=True)
class _Worker(Generic[JobT]):
    """A process, its pipe and what it has to do.

    ``began`` is when it was started, then when it got its job, and ``may`` the seconds it has
    from there. ``kills`` counts the system's emergency kills before it started, ``own`` is the
    memory that its tools take.
    """

    process: SpawnProcess
    pipe: Connection
    task: _Task[JobT]
    began: float
    may: float
    kills: int
    taken: bool = False
    own: int = 0

    @property
    def held(self) -> int:
        return 0 if self.process.pid is None else held_bytes(self.process.pid)


def run_jobs(
    jobs: Iterable[JobT], make: Make, workers: int, limits: Limits | None = None
) -> Iterator[Done[JobT]]:
    """Do jobs in worker processes, giving back results as they finish.

    Args:
        jobs: Picklable.
        make: Builds what does a job, once in each worker.
        workers: How many at once.
        limits: What they may take.

    Raises:
        AuditorError: What a worker raised; the other workers are ended.
        WorkerError: Workers die again and again before they have a job.
    """
    return _Supervisor(iter(jobs), make, workers, limits or Limits()).run()


class _Supervisor(Generic[JobT]):
    """Gives out jobs, hears of results, and ends workers that go beyond their limits."""

    def __init__(self, jobs: Iterator[JobT], make: Make, workers: int, limits: Limits) -> None:
        self._fresh = jobs
        self._make = make
        self._workers = workers
        self._limits = limits
        self._again: deque[_Task[JobT]] = deque()
        self._crew: list[_Worker[JobT]] = []
        self._stillborn = 0
        self._context = multiprocessing.get_context("spawn")

    def run(self) -> Iterator[Done[JobT]]:
        try:
            while True:
                self._hire_all()
                if not self._crew:
                    return
                told = set(wait(self._signals(), self._patience()))
                for worker in list(self._crew):
                    if worker.pipe in told or worker.process.sentinel in told:
                        yield from self._hear(worker)
                for worker in list(self._crew):
                    yield from self._check(worker)
        finally:
            for worker in self._crew:
                worker.process.kill()
                worker.process.join()
                worker.pipe.close()

    def _signals(self) -> list[Connection | int]:
        signals: list[Connection | int] = []
        for worker in self._crew:
            signals += (worker.pipe, worker.process.sentinel)
        return signals

    def _patience(self) -> float:
        soonest = min(worker.began + worker.may for worker in self._crew) - time.monotonic()
        if self._limits.memory is not None:
            soonest = min(soonest, _LOOK_SECONDS)
        return max(soonest, 0.0)

    def _hire_all(self) -> None:
        while len(self._crew) < self._workers:
            task = self._untried() or self._retry()
            if task is None:
                return
            self._hire(task)

    def _untried(self) -> _Task[JobT] | None:
        if self._again and not self._again[0].lost:  # its worker died before it was ready
            return self._again.popleft()
        for job in self._fresh:
            return _Task(job)
        return None

    def _retry(self) -> _Task[JobT] | None:
        if not self._again or any(worker.task.alone for worker in self._crew):
            return None
        if self._again[0].alone and self._crew:
            return None
        return self._again.popleft()

    def _hire(self, task: _Task[JobT]) -> None:
        limits = self._limits
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=serve,
            args=(
                *(theirs, self._make, limits.memory if limits.hard else None, os.getpid()),
                logging.getLogger().getEffectiveLevel(),
            ),
            daemon=True,
        )
        process.start()
        theirs.close()
        now = time.monotonic()
        self._crew.append(
            _Worker(process, ours, task, now, limits.start_seconds, emergency_kills())
        )

    def _give(self, worker: _Worker[JobT], task: _Task[JobT]) -> None:
        worker.task, worker.taken = task, False
        worker.began, worker.may = time.monotonic(), self._limits.seconds
        # A worker may die between two jobs; its closed pipe then tells, as when it dies at work.
        with suppress(OSError):
            worker.pipe.send(task.job)
        reach(Point.AFTER_GIVING)

    def _hear(self, worker: _Worker[JobT]) -> Iterator[Done[JobT]]:
        try:
            message = worker.pipe.recv() if worker.pipe.poll() else None
        except (EOFError, OSError):
            message = None
        match message:
            case Ready():
                worker.own = worker.held
                self._give(worker, worker.task)
            case Taken():
                worker.taken = True
                self._stillborn = 0
            case More(seconds):
                worker.may += max(seconds, 0.0)
            case Result(value):
                job = worker.task.job
                # The worker is not to wait while the result is put away.
                self._next_job(worker)
                yield Done(job, value)
            case Stop(error):
                raise error
            case Exhausted():
                yield from self._lose(worker, Loss.OUT_OF_MEMORY)
            case _:
                yield from self._lose(worker, None)

    def _check(self, worker: _Worker[JobT]) -> Iterator[Done[JobT]]:
        if worker not in self._crew:
            return
        memory = self._limits.memory
        if memory is not None and worker.held > memory:
            yield from self._lose(worker, Loss.OUT_OF_MEMORY)
        # A result that came just in time counts; it is heard in the next round.
        elif time.monotonic() > worker.began + worker.may and not worker.pipe.poll():
            yield from self._lose(worker, Loss.TIMED_OUT)

    def _next_job(self, worker: _Worker[JobT]) -> None:
        """Give a worker that is done another job; one that leaks, or none is left for, goes."""
        memory = self._limits.memory
        swollen = memory is not None and worker.held - worker.own > (memory - worker.own) / 2
        task = None if swollen else self._untried()
        if task is not None:
            self._give(worker, task)
            return
        self._crew.remove(worker)
        worker.pipe.close()
        _end(worker.process)

    def _lose(self, worker: _Worker[JobT], loss: Loss | None) -> Iterator[Done[JobT]]:
        self._crew.remove(worker)
        if loss is not None:
            worker.process.kill()
        worker.pipe.close()
        by_itself = _end(worker.process)
        killed = loss is None and by_itself and worker.process.exitcode == -signal.SIGKILL
        if killed and emergency_kills() > worker.kills:
            loss = Loss.OUT_OF_MEMORY
        if not worker.taken:
            self._bear(worker.task, loss)
            return
        lost = worker.task.lost + 1
        if lost >= self._limits.tries:
            yield Done(worker.task.job, loss=loss or Loss.WORKER_DIED)
            return
        # Who kills a worker from outside may have meant another: next time there is no other.
        alone = worker.task.alone or killed
        task = replace(worker.task, lost=lost, alone=alone)
        if alone:
            self._again.append(task)
        else:
            self._again.appendleft(task)

    def _bear(self, task: _Task[JobT], loss: Loss | None) -> None:
        """Keep a job whose worker died before it had it; it has lost nothing."""
        self._stillborn += 1
        if self._stillborn >= _STILLBORN:
            raise WorkerError(
                f"{_STILLBORN} worker processes in a row died before their first call "
                f"({loss or Loss.WORKER_DIED}); use fewer workers or a smaller model"
            )
        self._again.appendleft(task)


def _end(process: SpawnProcess) -> bool:
    """Wait for a process that has nothing left to do; tell whether it went by itself."""
    process.join(_LEAVE_SECONDS)
    if not process.is_alive():
        return True
    process.kill()
    process.join()
    return False
