"""Where somebody speaks: the interface, and a cheap detector that needs no model.

The cheap one serves recording health, the test of recognised text for voice energy, and echo.
It follows the energy gate with an adaptive noise floor and hangover of ITU-T G.729 annex B in
spirit, not in detail, and leaves out steady tones (ring-back, busy, DTMF) and steady noise.
Music on hold counts as speech here; a trained detector does better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from auditor.audio.levels import FRAME, FRAME_MS, dbfs, frame_power
from auditor.audio.limits import RATE
from auditor.audio.sound import FloatArray
from auditor.domain.spans import TimeSpan

_BINS = 512
_CHUNK = 2_000


class VoiceActivity(Protocol):
    """Anything that finds speech in one channel."""

    def speech(self, samples: FloatArray) -> tuple[TimeSpan, ...]:
        """Return the times of speech in ``(n,)`` float32 samples at 16 kHz, in order, apart."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyVoice:
    """Finds frames well above the noise floor that are not a steady tone.

    Args:
        absolute_dbfs: Quieter frames are never speech.
        range_db: Less difference between loud and quiet frames is noise, not speech.
        above_floor_db: Least and most the gate lies above the floor.
        hangover_ms: Speech goes on this long after the last loud frame (ends of words are weak).
        min_speech_ms: Shorter bursts are clicks; 喂 and 嗯 last 150 ms.
        min_gap_ms: Shorter gaps are closed.
        tone_share: Share of a frame's energy in one spectral peak that makes it a tone.
        tone_ms: A peak must stay in place this long; no spoken vowel does.
    """

    absolute_dbfs: float = -58.0
    range_db: float = 8.0
    above_floor_db: tuple[float, float] = (6.0, 12.0)
    hangover_ms: int = 160
    min_speech_ms: int = 80
    min_gap_ms: int = 200
    tone_share: float = 0.85
    tone_ms: int = 360

    def speech(self, samples: FloatArray) -> tuple[TimeSpan, ...]:
        """Return the times of speech in ``(n,)`` float32 samples at 16 kHz, in order, apart."""
        if samples.shape[0] < FRAME:
            return ()
        levels = dbfs(frame_power(samples))
        gate = self._gate(levels)
        if gate is None:
            return ()
        loud = levels > gate
        loud &= ~_tones(samples, loud, share=self.tone_share, frames=self.tone_ms // FRAME_MS)
        return _ranges(
            loud,
            hangover=self.hangover_ms // FRAME_MS,
            shortest=self.min_speech_ms // FRAME_MS,
            gap=self.min_gap_ms // FRAME_MS,
            total_ms=samples.shape[0] * 1000 // RATE,
        )

    def _gate(self, levels: FloatArray) -> float | None:
        """Return the level above which a frame is loud; ``None`` where nothing stands out."""
        floor = max(float(np.percentile(levels, 10)), -75.0)
        loudest = np.sort(levels)[-min(len(levels), 25) :]
        high = float(loudest.mean())
        if high < self.absolute_dbfs or high - floor < self.range_db:
            return None
        low, most = self.above_floor_db
        return max(floor + float(np.clip(0.4 * (high - floor), low, most)), self.absolute_dbfs)


def voiced_share(speech: Sequence[TimeSpan], time: TimeSpan) -> float:
    """Return the share of ``time`` that lies in ``speech``, 0..1; 0 for an empty time."""
    length = time.end_ms - time.start_ms
    if length == 0:
        return 0.0
    return min(1.0, sum(time.overlap_ms(part) for part in speech) / length)


def _tones(
    samples: FloatArray, loud: npt.NDArray[np.bool_], *, share: float, frames: int
) -> npt.NDArray[np.bool_]:
    """Mark loud frames inside a run of ``frames`` whose energy stays in one spectral peak."""
    peak = np.full(loud.shape[0], -10, np.int64)
    window = np.hanning(FRAME).astype(np.float32)
    whole = np.flatnonzero(loud[: samples.shape[0] // FRAME])
    for start in range(0, whole.shape[0], _CHUNK):
        chosen = whole[start : start + _CHUNK]
        pieces = samples[: samples.shape[0] // FRAME * FRAME].reshape(-1, FRAME)[chosen]
        spectrum = np.abs(np.fft.rfft(pieces * window, _BINS, axis=1)) ** 2
        spectrum[:, :2] = 0
        at = np.clip(spectrum.argmax(axis=1), 3, spectrum.shape[1] - 4)
        near = sum(spectrum[np.arange(len(at)), at + step] for step in range(-3, 4))
        strong = near >= share * np.maximum(spectrum.sum(axis=1), 1e-12)
        peak[chosen[strong]] = at[strong]
    marked = np.zeros(loud.shape[0], bool)
    start = 0
    for i in range(1, len(peak) + 1):
        if i < len(peak) and peak[i] >= 0 and abs(peak[i] - peak[i - 1]) <= 1:
            continue
        if i - start >= frames and peak[start] >= 0:
            # The frames where the tone begins and ends mix it with silence.
            marked[max(0, start - 2) : i + 2] = True
        start = i
    return marked


def _ranges(
    loud: npt.NDArray[np.bool_], *, hangover: int, shortest: int, gap: int, total_ms: int
) -> tuple[TimeSpan, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(np.int8)))
    runs: list[list[int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1][1] <= gap:
            runs[-1][1] = end
            runs[-1][2] += end - start
        else:
            runs.append([start, end, end - start])
    spans: list[TimeSpan] = []
    for start, end, count in runs:
        if count < shortest:
            continue
        first = max(0, start - 1) * FRAME_MS
        last = min((end + hangover) * FRAME_MS, total_ms)
        if spans and first <= spans[-1].end_ms:
            first = spans.pop().start_ms
        spans.append(TimeSpan(first, max(first, last)))
    return tuple(spans)
