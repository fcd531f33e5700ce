"""The values of this package: what a header promises, and decoded sound."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from auditor.audio.limits import RATE

FloatArray = npt.NDArray[np.float32]


class ProbeNote(StrEnum):
    """What is odd about a file that can be decoded all the same."""

    TRUNCATED = "truncated"
    """The header promises more data than the file holds."""
    SIZE_UNKNOWN = "size_unknown"
    """The writer never filled in the length; the real bytes count."""
    EXTENSION_MISMATCH = "extension_mismatch"
    """The name says another format than the content."""
    SEVERAL_STREAMS = "several_streams"
    """More than one sound track; the first is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What is known of a recording without decoding it.

    Args:
        codec: Decoder name, e.g. ``pcm_alaw``.
        container: Demuxer name, e.g. ``wav``.
        rate: Sample rate in Hz as recorded.
        channels: 1 or 2.
        seconds: Length promised by the header or by the byte count; ``None`` where neither says.
        exact: Whether ``seconds`` is counted (sample or frame count) and not estimated from a
            bit rate.
        notes: What is odd.
    """

    codec: str
    container: str
    rate: int
    channels: int
    seconds: float | None
    exact: bool = True
    notes: tuple[ProbeNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sound:
    """A decoded recording.

    Args:
        samples: Shape ``(channels, n)``, float32 in -1..1, 16 kHz.
        seconds: Length of ``samples``.
        probe: What the header said.
        sha256: Hex hash of the file's bytes, the same bytes that were decoded.
        broken_packets: Pieces of the file the decoder refused.
        truncated: Whether the file ends before what it promises.
    """

    samples: FloatArray
    seconds: float
    probe: Probe
    sha256: str
    broken_packets: int = 0
    truncated: bool = False

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])

    def part(self, channel: int, start_ms: int, end_ms: int) -> FloatArray:
        """Return the samples of one channel between two times, clipped to the recording."""
        return self.samples[channel, start_ms * RATE // 1000 : end_ms * RATE // 1000]
