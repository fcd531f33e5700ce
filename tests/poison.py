"""Jobs that do something bad to the process they are done in, and notes of who tried them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from auditor.errors import OutputError
from auditor.pipeline.limits import Grant

MB = 1 << 20


class Poison:
    """A picklable maker of what does jobs: words, some of which are bad for whoever does them.

    Args:
        folder: Where tries are noted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, _grant: Grant) -> Callable[[str], str]:
        """Build the tools; noted like a job, to count how often."""
        self._note("tools")
        return self._do

    def _note(self, what: str) -> None:
        with (self.folder / what).open("a") as file:
            print(os.getpid(), time.monotonic(), file=file)

    def _do(self, job: str) -> str:
        self._note(job)
        kind = job.partition("-")[0]
        if kind == "exit":
            os._exit(3)
        if kind == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if kind == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "once" and len(self.tries(job)) == 1:
            os._exit(1)
        if kind == "host" and len(self.tries(job)) == 1:
            _kill_parent()
        if kind == "hosts":
            _kill_parent()
        while kind == "hang":
            time.sleep(600)
        if kind == "eat":
            hoard = []
            while True:
                hoard.append(bytearray(8 * MB))
        if kind == "stop":
            raise OutputError("the disk is full")
        time.sleep(0.02)
        return job.upper()

    def tries(self, job: str) -> list[int]:
        """The process of each try of a job."""
        try:
            lines = (self.folder / job).read_text().splitlines()
        except FileNotFoundError:
            return []
        return [int(line.split()[0]) for line in lines]


def _kill_parent() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)


class Unready:
    """A maker that never finishes its tools."""

    def __call__(self, _grant: Grant) -> Callable[[str], str]:
        """Die."""
        os._exit(4)
