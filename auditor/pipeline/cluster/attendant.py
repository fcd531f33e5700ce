"""One supervised process that stays: a job at a time, in one try, with what became of it.

The same rules as in :mod:`auditor.pipeline.pool`, which has many processes and decides about
further tries; here the run, on another machine, decides.
"""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from auditor.errors import AuditorError
from auditor.pipeline.cluster.child import start_child
from auditor.pipeline.limits import Limits, Loss, emergency_kills, held_bytes
from auditor.pipeline.serve import Exhausted, Make, Message, More, Ready, Result, Stop, Taken

_LOOK_SECONDS = 0.2
_LEAVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Made:
    """A job is done."""

    value: Any


@dataclass(frozen=True, slots=True)
class Lost:
    """A job lost its process.

    Args:
        loss: Why.
        killed: From outside, so that another may have been meant.
    """

    loss: Loss
    killed: bool = False


@dataclass(frozen=True, slots=True)
class Stillborn:
    """A process ended before it had the job."""

    loss: Loss


@dataclass(frozen=True, slots=True)
class Halt:
    """What no call can help ends the run."""

    error: AuditorError


Answer = Made | Lost | Stillborn | Halt


@dataclass(slots=True)
class _Child:
    """A process; ``own`` is the memory of its tools, ``kills`` the system's emergency kills before.

    ``until`` is when its time is up, ``taken`` whether it has the job.
    """

    process: subprocess.Popen[bytes]
    pipe: Connection
    kills: int
    until: float
    own: int = 0
    taken: bool = False

    @property
    def held(self) -> int:
        return held_bytes(self.process.pid)


class Attendant:
    """Keeps a process with loaded tools and gives it jobs.

    Args:
        limits: What a process may take.
        threads: ``OMP_NUM_THREADS`` of the run; ``None`` where it has none.
    """

    def __init__(self, limits: Limits, threads: str | None = None) -> None:
        self._limits = limits
        self._threads = threads
        self._made: Make | None = None
        self._child: _Child | None = None

    def do(self, make: Make, job: Any, *, fresh: bool = False) -> Answer:
        """Do a job.

        Args:
            make: Builds the tools; a process that has them does the job.
            job: What is to be done.
            fresh: Do it in a new process.
        """
        if fresh or self._made is not make:
            self.leave()
        child = self._child
        if child is None:
            child = self._hire(make)
            answer = self._hear(child)
            if answer is not None:
                return self._over(child, answer)
            child.own = child.held
        child.taken = False
        child.until = time.monotonic() + self._limits.seconds
        try:
            child.pipe.send(job)
        except OSError:
            return self._over(child, Lost(Loss.WORKER_DIED))
        answer = self._hear(child)
        if not isinstance(answer, Made):
            return self._over(child, answer or Lost(Loss.WORKER_DIED))
        memory = self._limits.memory
        if memory is not None and child.held - child.own > (memory - child.own) / 2:
            self.leave()
        return answer

    def leave(self) -> None:
        """Let the process go."""
        if self._child is not None:
            child, self._child = self._child, None
            child.pipe.close()
            _end(child.process)

    def _hire(self, make: Make) -> _Child:
        limits = self._limits
        kills = emergency_kills()
        process, pipe = start_child(make, limits.memory if limits.hard else None, self._threads)
        self._made = make
        self._child = _Child(process, pipe, kills, time.monotonic() + limits.start_seconds)
        return self._child

    def _hear(self, child: _Child) -> Answer | None:
        """Wait for the end of what a process is at; ``None`` where that is its start."""
        while True:
            left = max(child.until - time.monotonic(), 0.0)
            heard = child.pipe.poll(
                left if self._limits.memory is None else min(left, _LOOK_SECONDS)
            )
            if not heard:
                loss = self._beyond(child)
                if loss is not None:
                    return Lost(loss)
                continue
            message = _message(child.pipe)
            match message:
                case Ready():
                    return None
                case Taken():
                    child.taken = True
                case More(seconds):
                    child.until += max(seconds, 0.0)
                case Result(value):
                    return Made(value)
                case Stop(error):
                    return Halt(error)
                case Exhausted():
                    return Lost(Loss.OUT_OF_MEMORY)
                case _:
                    return Lost(Loss.WORKER_DIED)
            loss = self._beyond(child)
            if loss is Loss.OUT_OF_MEMORY:
                return Lost(loss)

    def _beyond(self, child: _Child) -> Loss | None:
        memory = self._limits.memory
        if memory is not None and child.held > memory:
            return Loss.OUT_OF_MEMORY
        return Loss.TIMED_OUT if time.monotonic() > child.until else None

    def _over(self, child: _Child, answer: Answer) -> Answer:
        """End a process and say how what it was at ended."""
        self._child = None
        by_itself = isinstance(answer, Lost) and answer.loss is Loss.WORKER_DIED
        if not by_itself:
            child.process.kill()
        child.pipe.close()
        by_itself = _end(child.process) and by_itself
        if not isinstance(answer, Lost):
            return answer
        killed = by_itself and child.process.returncode == -signal.SIGKILL
        loss = answer.loss
        if killed and emergency_kills() > child.kills:
            loss = Loss.OUT_OF_MEMORY
        return Lost(loss, killed) if child.taken else Stillborn(loss)


def _message(pipe: Connection) -> Message | None:
    try:
        found: Message = pipe.recv()
    except (EOFError, OSError):
        return None
    return found


def _end(process: subprocess.Popen[bytes]) -> bool:
    """Wait for a process that has nothing left to do; tell whether it went by itself."""
    try:
        process.wait(_LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True
