"""The workers of a cluster under the run's own supervision: who does what, what is tried again.

The rules are those of :mod:`auditor.pipeline.pool`: a worker has one job at a time, a job that lost
its process is tried again at the end in a fresh one, and, where a process was killed, without any
other job on that machine. The cluster itself repeats nothing.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from auditor.errors import AuditorError, WorkerError, printable
from auditor.failpoints import Point, reach
from auditor.pipeline.cluster.attendant import Halt, Lost, Made, Stillborn
from auditor.pipeline.cluster.host import Post
from auditor.pipeline.limits import Loss

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_STILLBORN = 3
"""Times in a row that as many workers as there may be die before they are ready."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A job.

    Args:
        kind: Names the tools it needs.
        job: Picklable.
        tries: How often it may lose its process before it is given up.
    """

    kind: str
    job: Any
    tries: int = 2


@dataclass(frozen=True, slots=True)
class Ended:
    """A job with its result, or with why there is none.

    Args:
        piece: The job.
        post: Who had it last.
        result: What came of it.
        loss: Why nothing did.
    """

    piece: Piece
    post: Post
    result: Any = None
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """A job and how often it has lost its process."""

    piece: Piece
    lost: int = 0
    alone: bool = False


@dataclass(slots=True, eq=False)
class _Member:
    """A worker; ``post`` is there once it has reported, ``task`` while it has one."""

    handle: Any
    post: Post | None = None
    task: _Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How workers are taken on.

    Args:
        workers: How many at once.
        seconds: How long the first may take to report.
        hire: Asks the cluster for one; returns its handle and what its report will be under.
        welcome: Looks at a report; raises where the worker is of no use.
    """

    workers: int
    seconds: float
    hire: Callable[[], tuple[Any, Any]]
    welcome: Callable[[Post], None]


class Crew:
    """Gives out jobs, hears of results, and takes on workers for those that were lost.

    Args:
        ray: The library, connected to a cluster.
        terms: How workers are taken on.
    """

    def __init__(self, ray: Any, terms: Terms) -> None:
        self._ray = ray
        self._terms = terms
        self._fresh: deque[Piece] = deque()
        self._again: deque[_Task] = deque()
        self._members: dict[Any, _Member] = {}
        self._idle: list[_Member] = []
        self._stillborn = 0

    def add(self, piece: Piece) -> None:
        """Put a job at the end; also while others are being done."""
        self._fresh.append(piece)

    def run(self) -> Iterator[Ended]:
        """Do all jobs and yield how they end, in any order.

        Raises:
            AuditorError: What a worker raised, or found no call can help.
            WorkerError: Workers cannot be started, or die again and again before they have a job.
        """
        waiting = time.monotonic()
        try:
            while self._fresh or self._again or self._busy():
                self._hire_all()
                self._give_all()
                ready, _ = self._ray.wait(list(self._members), timeout=_LOOK_SECONDS)
                for ref in ready:
                    yield from self._hear(ref, self._members.pop(ref))
                if self._idle or self._busy():
                    waiting = time.monotonic()
                elif time.monotonic() - waiting > self._terms.seconds:
                    raise WorkerError(
                        f"the cluster started no worker within {self._terms.seconds:.0f} s; "
                        "it may be busy with other work"
                    )
        finally:
            for member in (*self._members.values(), *self._idle):
                self._dismiss(member)

    def _busy(self) -> bool:
        return any(member.task is not None for member in self._members.values())

    def _hire_all(self) -> None:
        busy = sum(member.task is not None for member in self._members.values())
        wanted = min(self._terms.workers, len(self._fresh) + len(self._again) + busy)
        for _ in range(wanted - len(self._members) - len(self._idle)):
            handle, ref = self._terms.hire()
            self._members[ref] = _Member(handle)

    def _give_all(self) -> None:
        for member in list(self._idle):
            task = self._task_for(member)
            if task is not None:
                self._idle.remove(member)
                self._give(member, task)

    def _give(self, member: _Member, task: _Task) -> None:
        member.task = task
        piece = task.piece
        ref = member.handle.do.remote(piece.kind, piece.job, fresh=task.lost > 0)
        self._members[ref] = member
        reach(Point.AFTER_GIVING)

    def _task_for(self, member: _Member) -> _Task | None:
        if self._again and not self._again[0].lost:  # its worker died before it was ready
            return self._again.popleft()
        if self._fresh:
            return _Task(self._fresh.popleft())
        if not self._again or member.post is None:
            return None
        beside = [
            other.task
            for other in self._members.values()
            if other.task is not None
            and other.post is not None
            and other.post.node == member.post.node
        ]
        if any(task.alone for task in beside) or (self._again[0].alone and beside):
            return None
        return self._again.popleft()

    def _hear(self, ref: Any, member: _Member) -> Iterator[Ended]:
        errors = self._ray.exceptions
        try:
            word = self._ray.get(ref)
        except errors.RayTaskError as error:
            cause = getattr(error, "cause", None)
            if isinstance(cause, AuditorError):
                raise cause from error
            # Messages of foreign errors may quote the data they stumbled over.
            name = type(cause or error).__name__
            raise WorkerError(
                f"a worker of the cluster failed inside the program: {name}"
            ) from error
        except errors.RayError as error:
            yield from self._gone(member, error)
            return
        if member.post is None:
            self._terms.welcome(word)
            member.post = word
            self._idle.append(member)
            return
        yield from self._end(member, word)

    def _end(self, member: _Member, answer: object) -> Iterator[Ended]:
        """Take the answer of a worker that is there and can have the next job."""
        task, post = member.task, member.post
        if task is None or post is None:
            raise RuntimeError("a worker without a job answered")
        member.task = None
        if isinstance(answer, Halt):
            self._idle.append(member)
            raise answer.error
        ended: Ended | None = None
        if isinstance(answer, Made):
            self._stillborn = 0
            ended = Ended(task.piece, post, answer.value)
        elif isinstance(answer, Lost):
            self._stillborn = 0
            ended = self._lose(task, post, answer)
        elif isinstance(answer, Stillborn):
            self._bear(task, f"{answer.loss} on {post.name}")
        self._idle.append(member)
        # The worker is not to wait while the result is put away.
        self._give_all()
        if ended is not None:
            yield ended

    def _gone(self, member: _Member, error: BaseException) -> Iterator[Ended]:
        """Bear the loss of a worker itself: it was killed, or its machine was."""
        self._dismiss(member)
        task, post, member.task = member.task, member.post, None
        if task is None or post is None:
            self._bear(None, _why(error))
            return
        logger.warning("the worker of the cluster on %s is gone", post.name)
        swollen = isinstance(error, self._ray.exceptions.OutOfMemoryError)
        loss = Loss.OUT_OF_MEMORY if swollen else Loss.WORKER_DIED
        ended = self._lose(task, post, Lost(loss, killed=True))
        if ended is not None:
            yield ended

    def _lose(self, task: _Task, post: Post, answer: Lost) -> Ended | None:
        lost = task.lost + 1
        if lost >= task.piece.tries:
            return Ended(task.piece, post, loss=answer.loss)
        # Who kills a process from outside may have meant another: next time there is no other.
        alone = task.alone or answer.killed
        again = replace(task, lost=lost, alone=alone)
        if alone:
            self._again.append(again)
        else:
            self._again.appendleft(again)
        return None

    def _bear(self, task: _Task | None, why: str) -> None:
        """Keep a job whose process died before it had it; it has lost nothing."""
        self._stillborn += 1
        if self._stillborn >= _STILLBORN * self._terms.workers:
            raise WorkerError(
                f"{self._stillborn} worker processes in a row died before their first call "
                f"({why}); use fewer workers or a smaller model"
            )
        if task is not None:
            self._again.appendleft(task)

    def _dismiss(self, member: _Member) -> None:
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(member.handle)


def _why(error: BaseException) -> str:
    text = str(error)
    if "No module named 'auditor'" in text:
        return "auditor is not installed on a machine of the cluster"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return printable(lines[-1][:300]) if lines else type(error).__name__
