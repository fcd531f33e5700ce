"""The process that does calls on a machine of a cluster: a child of the cluster's own worker.

What a call can do to a process, crash, hang or exhaust it, hits the child; the cluster's worker,
which answers to the run, stays.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from auditor.pipeline.serve import Make, serve

_START = "from auditor.pipeline.cluster.child import main; main()"


def start_child(
    make: Make, memory: int | None, threads: str | None
) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a process that serves jobs.

    Args:
        make: Builds its tools.
        memory: Bytes beyond which the system refuses it more; ``None`` for any number.
        threads: ``OMP_NUM_THREADS`` of the run.

    Returns:
        The process, and our end of the pipe that :func:`auditor.pipeline.serve.serve` talks over.
    """
    ours, theirs = Pipe()
    # Not by multiprocessing: its children load the program of their parent, here that of Ray.
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            # Nothing is imported from the working folder, where recordings may lie.
            [sys.executable, "-P", "-c", _START, str(theirs.fileno()), str(os.getpid())],
            env=_environment(os.environ, threads),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
    # If it died at once, whoever waits for its first word finds out.
    with suppress(OSError):
        ours.send((make, memory))
    return process, ours


def _environment(given: Mapping[str, str], threads: str | None) -> dict[str, str]:
    # The child is a worker like any other: without keys to the cluster, and with as many threads.
    found = {name: text for name, text in given.items() if not name.startswith("RAY_")}
    found.pop("OMP_NUM_THREADS", None)
    if threads is not None:
        found["OMP_NUM_THREADS"] = threads
    found["PYTHONPATH"] = os.pathsep.join(place for place in sys.path if place)
    return found


def main() -> None:
    """Serve jobs over the descriptor that the command line names."""
    pipe = Connection(int(sys.argv[1]))
    try:
        make, memory = pipe.recv()
    except EOFError:
        return
    serve(pipe, make, memory, int(sys.argv[2]))
