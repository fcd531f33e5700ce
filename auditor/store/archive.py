"""Transcripts as compressed files named by the digest of what they say.

The same transcript of many runs is kept once. Nothing here is ever changed, so that a run of the
past can be judged again as it was heard.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import OutputError
from auditor.store.atomic import write_bytes

_HEX = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of transcripts, safe against crashes and several writers.

    Args:
        root: The folder; made when first written to.
    """

    root: Path

    def path(self, digest: str) -> Path:
        """Return where a transcript lies.

        Raises:
            ValueError: Not a sha256 digest in hex.
        """
        if not _HEX.fullmatch(digest):
            raise ValueError("transcripts are named by sha256 digests")
        return self.root / digest[:2] / f"{digest}.json.zst"

    def save(self, data: bytes) -> str:
        """Keep a transcript and return its digest; what is there already is left alone.

        Raises:
            OutputError: The folder cannot be written.
        """
        import zstandard

        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if path.is_file():
            return digest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write into {path.parent}: {error.strerror}") from error
        packed = zstandard.ZstdCompressor(level=6, write_checksum=True).compress(data)
        write_bytes(path, packed)
        return digest

    def load(self, digest: str) -> bytes | None:
        """Return a transcript; ``None`` where it is missing or damaged."""
        import zstandard

        try:
            with self.path(digest).open("rb") as file:
                packed = file.read(_MAX_BYTES + 1)
            data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_BYTES)
        except (OSError, zstandard.ZstdError):
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None


def default_archive(database: str) -> Path:
    """Return the folder of transcripts that goes with a database when none is named.

    Beside an SQLite file; for a database server private to the user.

    Raises:
        OutputError: The user has no home folder.
    """
    if "://" not in database:
        return Path(database).parent / "archive"
    from auditor.store.database import database_url

    url = database_url(database)
    if url.get_backend_name() == "sqlite":
        return Path(str(url.database)).parent / "archive"
    base = os.environ.get("XDG_DATA_HOME")
    try:
        return (Path(base) if base else Path.home() / ".local" / "share") / "auditor" / "archive"
    except RuntimeError as error:
        raise OutputError("there is no home folder; name a folder with --archive") from error
