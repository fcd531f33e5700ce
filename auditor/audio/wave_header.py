"""Read the header of a WAV file ourselves, before any library believes it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from auditor.errors import AudioError

_NO_SIZE = 0xFFFFFF00
"""Writers to a pipe leave a size at or above this; it promises nothing."""

_PLAIN = {1, 3, 6, 7}
"""Codec numbers with a fixed number of bits a sample: PCM, float, A-law, mu-law."""

_AFTER_DATA = {b"LIST", b"id3 ", b"ID3 ", b"cue ", b"bext", b"fact"}
_MAX_CHUNKS = 1000


@dataclass(frozen=True, slots=True)
class WaveHeader:
    """The fields that decide how much would be decoded.

    Args:
        rate: Samples a second.
        channels: Interleaved channels.
        byte_rate: Bytes a second; computed for plain samples, else as written; 0 is unknown.
        declared: Bytes of sound promised; ``None`` where the writer left it open.
        present: Bytes of sound in the file.
    """

    rate: int
    channels: int
    byte_rate: int
    declared: int | None
    present: int

    @property
    def seconds(self) -> float | None:
        """Length promised, or of what is there where nothing is promised."""
        if not self.byte_rate:
            return None
        return (self.present if self.declared is None else self.declared) / self.byte_rate

    @property
    def present_seconds(self) -> float:
        """Length of what is there, 0 where the byte rate is unknown."""
        return self.present / self.byte_rate if self.byte_rate else 0.0


def read_wave_header(file: BinaryIO, size: int) -> WaveHeader:
    """Read format and data size of a RIFF/RF64 WAVE file (Microsoft RIFF, EBU Tech 3306).

    Args:
        file: Open at any position.
        size: Bytes of the file.

    Raises:
        AudioError: ``undecodable`` without a format chunk followed by a data chunk.
    """
    file.seek(12)
    form: tuple[int, int, int] | None = None
    long_size: int | None = None
    for _ in range(_MAX_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            break
        name, length = struct.unpack("<4sI", header)
        at = file.tell()
        if name == b"data":
            if form is None:
                break
            declared = long_size if length >= _NO_SIZE else length
            return WaveHeader(*form, *_data_size(file, declared, size - at))
        body = file.read(min(length, 16))
        if name == b"fmt " and len(body) == 16:
            form = _format(body)
        elif name == b"ds64" and len(body) == 16:
            long_size = struct.unpack("<QQ", body)[1]
        file.seek(at + length + (length & 1))
    raise AudioError("undecodable", "the WAV header is cut or broken; export the recording again")


def _format(body: bytes) -> tuple[int, int, int]:
    tag, channels, rate, byte_rate, _, bits = struct.unpack("<HHIIHH", body)
    if tag in _PLAIN and bits:
        byte_rate = rate * channels * ((bits + 7) // 8)
    return rate, channels, byte_rate


def _data_size(file: BinaryIO, declared: int | None, present: int) -> tuple[int | None, int]:
    if declared == 0 and present > 0 and file.read(4) not in _AFTER_DATA:
        declared = None  # a writer that was killed before it filled the size in
    return declared, present if declared is None else min(present, declared)
