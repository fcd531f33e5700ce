"""Standard output and error that somebody may stop reading: that ends no work."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def perhaps_unread() -> Iterator[None]:
    """Tell something that nobody may read any more; what is left of it is dropped.

    A run whose log was piped into ``head`` goes on to its end and keeps its exit status.
    """
    try:
        yield
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except BrokenPipeError:
        let_go()


def let_go() -> None:
    """Send what is still told to nowhere, where the reader has gone or there is no room."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            # What waits in the buffer must not be flushed to the closed pipe at exit.
            with suppress(OSError):
                os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
