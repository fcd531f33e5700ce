"""Transcriptions kept by content of the recording and fingerprint of the recogniser.

What is kept is what was heard, before roles and rules, so that those may change without
listening again.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.store.atomic import make_folder, sweep, write_bytes
from auditor.transcribe.base import Piece, PieceWord

_VERSION = 1
_HEX = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES = 64 * 1024 * 1024
_STALE_SECONDS = 3600.0
"""Unfinished files of this age were left by a process that was killed."""

Lanes = Mapping[str, tuple[Piece, ...]]


@dataclass(frozen=True, slots=True)
class TranscriptCache:
    """A folder of transcriptions, safe against crashes and several writers.

    An entry appears whole or not at all; one that does not check out is as good as absent.

    Args:
        root: The folder; made when first written to.
    """

    root: Path

    def path(self, audio_sha256: str, fingerprint: str) -> Path:
        """Return where an entry lies.

        Raises:
            ValueError: Not two sha256 digests in hex.
        """
        if not (_HEX.fullmatch(audio_sha256) and _HEX.fullmatch(fingerprint)):
            raise ValueError("cache keys are sha256 digests")
        return self.root / audio_sha256[:2] / audio_sha256 / f"{fingerprint}.json.zst"

    def load(self, audio_sha256: str, fingerprint: str, lanes: Sequence[str]) -> Lanes | None:
        """Return the pieces of each lane, or ``None`` when they have to be made (again).

        Args:
            audio_sha256: Of the recording's bytes.
            fingerprint: Of the recogniser.
            lanes: Which tracks the caller needs; an entry with others does not count.
        """
        import zstandard

        path = self.path(audio_sha256, fingerprint)
        try:
            with path.open("rb") as file:
                packed = file.read(_MAX_BYTES + 1)
            data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_BYTES)
            entry = json.loads(data)
            body = entry["body"]
            if entry["checksum"] != _checksum(body) or body["version"] != _VERSION:
                return None
            if (body["audio"], body["fingerprint"]) != (audio_sha256, fingerprint):
                return None
            if list(body["lanes"]) != list(lanes):
                return None
            return {name: tuple(map(_piece, pieces)) for name, pieces in body["lanes"].items()}
        except (OSError, zstandard.ZstdError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def save(self, audio_sha256: str, fingerprint: str, lanes: Lanes) -> None:
        """Keep the pieces of each lane.

        Raises:
            OutputError: The folder cannot be written.
        """
        import zstandard

        body = {
            "version": _VERSION,
            "audio": audio_sha256,
            "fingerprint": fingerprint,
            "lanes": {name: [_plain(piece) for piece in pieces] for name, pieces in lanes.items()},
        }
        entry = json.dumps({"checksum": _checksum(body), "body": body}, ensure_ascii=False)
        packed = zstandard.ZstdCompressor(level=6, write_checksum=True).compress(entry.encode())
        path = self.path(audio_sha256, fingerprint)
        make_folder(path.parent)
        write_bytes(path, packed)
        sweep(path.parent, _STALE_SECONDS)


def _checksum(body: object) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(piece: Piece) -> dict[str, Any]:
    return {
        "start": piece.start,
        "end": piece.end,
        "avg_logprob": piece.avg_logprob,
        "no_speech_prob": piece.no_speech_prob,
        "compression_ratio": piece.compression_ratio,
        "words": [[w.start, w.end, w.text, w.probability] for w in piece.words],
    }


def _piece(entry: Mapping[str, Any]) -> Piece:
    words = tuple(
        PieceWord(_number(start), _number(end), _text(text), _number(probability))
        for start, end, text, probability in entry["words"]
    )
    return Piece(
        start=_number(entry["start"]),
        end=_number(entry["end"]),
        text="".join(word.text for word in words),
        words=words,
        avg_logprob=_number(entry["avg_logprob"]),
        no_speech_prob=_number(entry["no_speech_prob"]),
        compression_ratio=_number(entry["compression_ratio"]),
    )


def _number(value: object) -> float:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("not a finite number")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value
