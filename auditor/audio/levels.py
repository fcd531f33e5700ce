"""How loud it is, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.audio.limits import RATE
from auditor.audio.sound import FloatArray
from auditor.domain.spans import TimeSpan

FRAME_MS = 20
FRAME = RATE * FRAME_MS // 1000
"""Samples of one frame: 320."""

SILENT_DBFS = -100.0
"""Level given to digital silence."""

_CHUNK = 5_000
"""Frames worked on at once, to keep the copies of long recordings small."""


def frame_power(samples: FloatArray) -> FloatArray:
    """Return the mean square of each 20-ms frame of one channel, shape ``(ceil(n / 320),)``.

    The offset of each frame is removed first: some telephone cards add a constant voltage. A
    last, incomplete frame counts with the samples it has.
    """
    count = -(-samples.shape[0] // FRAME)
    power = np.zeros(count, np.float32)
    whole = samples.shape[0] // FRAME
    for start in range(0, whole, _CHUNK):
        end = min(start + _CHUNK, whole)
        frames = samples[start * FRAME : end * FRAME].reshape(-1, FRAME)
        power[start:end] = frames.var(axis=1)
    if count > whole:
        power[whole] = samples[whole * FRAME :].var()
    return power


def dbfs(power: FloatArray | float) -> FloatArray:
    """Return the level of a mean square in dB relative to a full-scale square wave."""
    floor = 10 ** (SILENT_DBFS / 10)
    return np.asarray(10 * np.log10(np.maximum(power, floor)), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Loudness:
    """Power of every frame of every channel.

    Args:
        power: Shape ``(channels, frames)``, mean square of each 20 ms.
    """

    power: FloatArray

    def dbfs(self, channel: int, time: TimeSpan) -> float:
        """Return the mean level of a channel over a time, ``SILENT_DBFS`` outside the sound."""
        frames = self.power[channel, time.start_ms // FRAME_MS : -(-time.end_ms // FRAME_MS)]
        return SILENT_DBFS if frames.size == 0 else float(dbfs(float(frames.mean())))


def loudness(samples: FloatArray) -> Loudness:
    """Measure all channels of ``(channels, n)`` samples."""
    return Loudness(np.stack([frame_power(channel) for channel in samples]))
