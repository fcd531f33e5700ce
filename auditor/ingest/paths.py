"""Keep what a manifest names inside the folder it speaks about."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MAX_ID_BYTES = 200
"""Ids name files (``transcripts/<call_id>.json``), whose names hold at most 255 bytes."""


def inside(root: Path, written: str) -> Path | None:
    """Return the absolute path of a file below ``root``, or ``None`` if it leads outside.

    Refused are absolute paths, drive letters, ``..``, control characters, and folders that are
    links to somewhere else. A backslash separates folders, as in manifests written on Windows.
    The file itself is neither opened nor followed if it is a link.
    """
    if not written or _CONTROL.search(written):
        return None
    windows = PureWindowsPath(written)
    if windows.drive or windows.root or PurePosixPath(written).is_absolute():
        return None
    parts = PurePosixPath(written.replace("\\", "/")).parts
    if not parts or ".." in parts:
        return None
    base = Path(os.path.realpath(root))
    path = base.joinpath(*parts)
    parent = Path(os.path.realpath(path.parent))
    if parent != base and base not in parent.parents:
        return None
    # A link as the last part is refused when opened; here only its target may not be outside.
    target = Path(os.path.realpath(path))
    if base not in target.parents:
        return None
    return path


def id_problem(value: str) -> str | None:
    """Say what makes an id unusable as an id and as the name of a file, or ``None``."""
    if len(value.encode(errors="replace")) > MAX_ID_BYTES:
        return f"is longer than {MAX_ID_BYTES} bytes"
    if _CONTROL.search(value) or "/" in value or "\\" in value:
        return "holds a slash, backslash or control character"
    if value in {".", ".."} or value.startswith("."):
        return "begins with a dot"
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        return "is not valid text"
    return None
