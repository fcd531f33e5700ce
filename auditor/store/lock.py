"""Hold an output folder for one run, and sweep up what a killed one left."""

from __future__ import annotations

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from auditor.domain.runs import OUTPUT_MARK
from auditor.errors import OutputError, printable
from auditor.store.atomic import PART


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of an existing folder until the block ends, however it ends.

    The lock belongs to the process, so that a killed run leaves none behind. Its file stays and
    marks the folder as an output, which is no input of a later run.

    Raises:
        OutputError: Another run is writing into the folder, or the lock cannot be made.
    """
    path = folder / OUTPUT_MARK
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o666)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = printable(file.read(200).decode("ascii", "replace").strip())
            raise OutputError(f"another run is writing into {folder} ({holder})") from error
        except OSError:
            # Some network file systems know no locks; a lone run must still work there.
            pass
        with suppress(OSError):
            file.truncate()
            file.write(f"process {os.getpid()} on {_host()} since {_now()}\n".encode())
            file.flush()
        _sweep(folder)
        yield


def _host() -> str:
    return platform.node().encode("ascii", "replace").decode()[:80] or "this host"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sweep(folder: Path) -> None:
    for left in folder.rglob(f".*{PART}"):
        with suppress(OSError):
            left.unlink()
