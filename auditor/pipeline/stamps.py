"""Files and folders told apart without reading them, by size, times of change and inode.

The time at which a file's content or its properties last changed cannot be set by hand, so a file
that was replaced by another of the same size and date has another stamp, too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

Stamp = tuple[int, int, int, int] | None
"""Size, time of change, time of change of the properties, inode; ``None`` for no file."""


def stamp_of(path: Path) -> Stamp:
    """Return the stamp of a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def stamps_of(paths: Iterable[Path]) -> str:
    """Return a digest of the stamps of files, and of everything below folders."""
    total = hashlib.sha256()
    for path in paths:
        entries = sorted(_below(str(path))) if path.is_dir() else [(str(path), stamp_of(path))]
        for name, stamp in entries:
            total.update(f"{name}\0{stamp}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def _below(folder: str) -> Iterator[tuple[str, Stamp]]:
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:
        yield folder, None
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            # Compiled code comes and goes with the program being used.
            if entry.name != "__pycache__":
                yield from _below(entry.path)
        else:
            yield entry.path, stamp_of(Path(entry.path))
