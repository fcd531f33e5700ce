"""Whole-file writes: temporary name, flush to disk, rename."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from auditor.errors import OutputError
from auditor.failpoints import Point, reach

PART = ".part"
"""Suffix of unfinished files, which are hidden as well."""


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that appears under its name only when the block ends well.

    Raises:
        OutputError: The folder cannot be written or the disk is full; the old file is untouched.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name[:40]}.", suffix=PART
        )
    except OSError as error:
        raise OutputError(f"cannot write into {path.parent}: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; an output folder is shared as its owner set it up.
        Path(temporary).chmod(0o666 & ~_umask())
        reach(Point.BEFORE_FILE)
        Path(temporary).replace(path)
        reach(Point.AFTER_FILE)
    except OSError as error:
        with suppress(OSError):
            Path(temporary).unlink()
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file.

    Raises:
        OutputError: It cannot be written; the old file is untouched.
    """
    with writing(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write a whole file as UTF-8.

    Raises:
        OutputError: It cannot be written; the old file is untouched.
    """
    write_bytes(path, text.encode("utf-8"))


def discard(path: Path) -> None:
    """Remove a file if it is there.

    Raises:
        OutputError: It cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot remove {path}: {error.strerror}") from error


def sweep(folder: Path, age: float) -> None:
    """Remove unfinished files in a folder that nobody has written to for that many seconds."""
    before = time.time() - age
    for left in folder.glob(f".*{PART}"):
        with suppress(OSError):
            if left.stat().st_mtime < before:
                left.unlink()


def make_folder(path: Path) -> None:
    """Make a folder and make sure that files can be written into it.

    Raises:
        OutputError: It cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path, prefix=".probe."):
            pass
    except OSError as error:
        raise OutputError(f"cannot write into {path}: {error.strerror}") from error


def _umask() -> int:
    # There is no way to read the mask without setting it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
