"""The worker's side of supervision: build the tools once, then do one job after the other."""

from __future__ import annotations

import copyreg
import ctypes
import faulthandler
import gc
import logging
import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any

from auditor.errors import AuditorError
from auditor.pipeline.limits import Grant
from auditor.settings import LOG_FORMAT

Make = Callable[[Grant], Callable[[Any], Any]]
"""Runs once in each worker and returns what does the jobs; must be picklable."""

_PR_SET_PDEATHSIG = 1


def _frozen(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(items)


def _carry(mapping: MappingProxyType[Any, Any]) -> tuple[Callable[..., Any], tuple[Any]]:
    # The class itself cannot be named across processes, this function can.
    return _frozen, (dict(mapping),)


# Read-only mappings inside our values have no way of their own to travel between processes.
copyreg.pickle(MappingProxyType, _carry)


@dataclass(frozen=True, slots=True)
class Ready:
    """The tools are built."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job has arrived; from here on its end is the job's."""


@dataclass(frozen=True, slots=True)
class More:
    """The job at hand needs that many seconds more."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Exhausted:
    """The job at hand needs more memory than there is."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What no call can help, such as a full disk, ends the run instead of failing each call."""

    error: AuditorError


@dataclass(frozen=True, slots=True)
class Result:
    """The job at hand is done."""

    value: Any


Message = Ready | Taken | More | Exhausted | Stop | Result


def serve(
    pipe: Connection, make: Make, memory: int | None, parent: int, level: int = logging.WARNING
) -> None:
    """Do jobs from a pipe until it closes.

    Args:
        pipe: Jobs in, messages out.
        make: Builds the tools.
        memory: Bytes beyond which the system refuses more; ``None`` for any number.
        parent: Process that gives the jobs; without it the worker ends at once.
        level: What is logged, as in the parent.
    """
    logging.basicConfig(level=level, format=LOG_FORMAT)
    _die_with(parent)
    # The parent decides what an interrupt means; a worker just goes when its pipe closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A crash inside a library then leaves the place in the log; places hold no call text.
    faulthandler.enable()

    def tell(message: Message) -> None:
        with suppress(BrokenPipeError):  # the parent is gone
            pipe.send(message)

    try:
        do = make(lambda seconds: tell(More(seconds)))
        # The tools stay as they are: looking them through for garbage takes a tenth of judging.
        gc.freeze()
        if memory is not None:
            _refuse_beyond(memory)
        tell(Ready())
        while True:
            try:
                job = pipe.recv()
            except (EOFError, OSError):
                return
            tell(Taken())
            tell(Result(do(job)))
    except MemoryError:
        tell(Exhausted())
    except AuditorError as error:
        tell(Stop(error))


def _die_with(parent: int) -> None:
    # A worker that outlives a killed run would go on writing beside the next one.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _refuse_beyond(memory: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    with suppress(ValueError, OSError):  # already below
        resource.setrlimit(resource.RLIMIT_DATA, (memory, most))
