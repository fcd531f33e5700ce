"""Open a recording without being led anywhere else."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from auditor.audio.limits import AudioLimits
from auditor.errors import AudioError

_BLOCK = 1 << 20


def open_regular(path: Path, limits: AudioLimits) -> BinaryIO:
    """Open a regular file for reading; never follow a link, never wait on a pipe.

    Raises:
        AudioError: ``missing``, ``not_a_regular_file``, ``unreadable``, ``empty_file`` or
            ``too_long`` (more bytes than the limit).
    """
    # O_NONBLOCK: opening a FIFO for reading would otherwise wait for a writer for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise _refusal(error) from error
    except ValueError as error:  # a NUL in the path
        raise AudioError("missing", "the recording does not exist; check its path") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise AudioError(
                "not_a_regular_file",
                "the recording is a folder, pipe or device; only regular files are read",
            )
        if status.st_size == 0:
            raise AudioError("empty_file", "the recording has no bytes; copy it again")
        if status.st_size > limits.max_bytes:
            raise AudioError(
                "too_long", f"the recording is larger than {limits.max_bytes / 2**30:.1f} GiB"
            )
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _refusal(error: OSError) -> AudioError:
    if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}:
        return AudioError("missing", "the recording does not exist; check its path")
    if error.errno in {errno.ELOOP, errno.ENXIO, errno.EISDIR}:
        return AudioError(
            "not_a_regular_file", "the recording is a link or device; only regular files are read"
        )
    return AudioError(
        "unreadable", f"the recording cannot be read: {os.strerror(error.errno or 0)}"
    )


def sha256_of(file: BinaryIO) -> str:
    """Return the hex hash of the whole file and go back to its start.

    Raises:
        AudioError: ``unreadable`` where the medium fails.
    """
    digest = hashlib.sha256()
    try:
        file.seek(0)
        while block := file.read(_BLOCK):
            digest.update(block)
        file.seek(0)
    except OSError as error:
        raise AudioError("unreadable", "the recording cannot be read to its end") from error
    return digest.hexdigest()


def state_of(file: BinaryIO) -> tuple[int, int]:
    """Return size and time of change, to notice a file rewritten while it is read."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns
