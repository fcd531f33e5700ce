"""Named places where a test has the whole run killed, as a power cut would.

``AUDITOR_FAILPOINT=after_decode:3`` kills at the third passing of that place; without the variable
nothing happens. A worker takes the run that gave it the call down with it.
"""

from __future__ import annotations

import os
from enum import StrEnum

VARIABLE = "AUDITOR_FAILPOINT"
STATUS = 137
"""Exit status of a process that was killed, as shells show it."""


class Point(StrEnum):
    """The boundaries of a run's stages, in the order they are passed."""

    AFTER_PLAN = "after_plan"
    AFTER_CLAIM = "after_claim"
    AFTER_GIVING = "after_giving"
    AFTER_DECODE = "after_decode"
    AFTER_CACHE_WRITE = "after_cache_write"
    AFTER_TRANSCRIPT_WRITE = "after_transcript_write"
    AFTER_JUDGING = "after_judging"
    AFTER_SETTLING = "after_settling"
    BEFORE_FILE = "before_file"
    AFTER_FILE = "after_file"
    BEFORE_CERTIFICATE = "before_certificate"
    AFTER_CERTIFICATE = "after_certificate"


def reach(point: Point) -> None:
    """Pass a place; does not return when the environment asks for a kill here.

    Raises:
        ValueError: The variable names no place.
    """
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    name, _, text = wanted.partition(":")
    left = int(text or "1")
    if Point(name) is not point:
        return
    if left > 1:
        # The environment counts, so that workers started later go on from here.
        os.environ[VARIABLE] = f"{name}:{left - 1}"
        return
    _kill()


def _kill() -> None:
    import multiprocessing
    import signal

    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        os.kill(parent.pid, signal.SIGKILL)
    os._exit(STATUS)
