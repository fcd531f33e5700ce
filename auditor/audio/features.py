"""What a voice sounds like in numbers: cepstrum of the telephone band, and pitch."""

from __future__ import annotations

import numpy as np

from auditor.audio.limits import RATE
from auditor.audio.sound import FloatArray

_WINDOW = RATE * 25 // 1000
_HOP = RATE * 10 // 1000
_SIZE = 512
_MELS = 26
_BAND = (250.0, 3500.0)
CEPSTRA = 19
"""Coefficients kept, without the zeroth, which is only loudness."""

_PITCH = (70.0, 400.0)
_PITCH_WINDOW = RATE * 40 // 1000
_VOICED = 0.45


def voice_vector(samples: FloatArray) -> FloatArray | None:
    """Describe one piece of one voice, shape ``(40,)``.

    Mean and deviation of 19 mel-frequency cepstral coefficients (Davis and Mermelstein 1980)
    over the louder frames, then the median and the spread of the pitch in octaves.

    Args:
        samples: Shape ``(n,)``, 16 kHz.

    Returns:
        ``None`` where fewer than ten frames stand out. Pitch is NaN where no frame is voiced.
    """
    if samples.shape[0] < _WINDOW + 10 * _HOP:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    power = frames.var(axis=1)
    loud = power > max(float(power.max()) * 0.01, 1e-8)
    if loud.sum() < 10:
        return None
    cepstra = _cepstra(frames[loud])
    pitch = _pitches(samples)
    tone = (float(np.median(pitch)), float(pitch.std())) if pitch.size >= 5 else (np.nan, np.nan)
    return np.concatenate((cepstra.mean(axis=0), cepstra.std(axis=0), tone)).astype(np.float32)


def _cepstra(frames: FloatArray) -> FloatArray:
    emphasised = np.diff(frames, axis=1, prepend=frames[:, :1]) * 0.97 + frames * 0.03
    spectrum = np.abs(np.fft.rfft(emphasised * np.hamming(_WINDOW), _SIZE, axis=1)) ** 2
    mel = np.log(np.maximum(spectrum @ _filters().T, 1e-10))
    order = np.arange(1, CEPSTRA + 1)[:, None]
    cosine = np.cos(np.pi * order * (np.arange(_MELS) + 0.5) / _MELS)
    return np.asarray(mel @ cosine.T * np.sqrt(2 / _MELS), np.float32)


def _filters() -> FloatArray:
    def mel(hertz: float) -> float:
        return float(2595 * np.log10(1 + hertz / 700))

    points = np.linspace(mel(_BAND[0]), mel(_BAND[1]), _MELS + 2)
    hertz = 700 * (10 ** (points / 2595) - 1)
    bins = np.fft.rfftfreq(_SIZE, 1 / RATE)
    rising = (bins - hertz[:-2, None]) / (hertz[1:-1] - hertz[:-2])[:, None]
    falling = (hertz[2:, None] - bins) / (hertz[2:] - hertz[1:-1])[:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)), np.float32)


def _pitches(samples: FloatArray) -> FloatArray:
    """Return the pitch in octaves above 100 Hz of the voiced frames.

    Autocorrelation of the signal divided by that of the window (Boersma 1993), which finds the
    period also where the telephone took the fundamental away.
    """
    if samples.shape[0] < _PITCH_WINDOW:
        return np.empty(0, np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _PITCH_WINDOW)[:: 2 * _HOP]
    frames = frames[frames.var(axis=1) > max(float(samples.var()) * 0.3, 1e-8)]
    if frames.shape[0] == 0:
        return np.empty(0, np.float32)
    window = np.hanning(_PITCH_WINDOW).astype(np.float32)
    centred = (frames - frames.mean(axis=1, keepdims=True)) * window
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2048)) ** 2)
    auto = np.fft.irfft(np.abs(np.fft.rfft(centred, 2048, axis=1)) ** 2, axis=1)
    low, high = int(RATE / _PITCH[1]), int(RATE / _PITCH[0])
    likeness = auto[:, low:high] / own[low:high] / (auto[:, :1] / own[0] + 1e-12)
    # Earlier periods are preferred slightly, against octave errors.
    likeness *= 1 - 0.15 * np.arange(high - low) / (high - low)
    best = likeness.argmax(axis=1)
    voiced = likeness[np.arange(len(best)), best] > _VOICED
    return np.asarray(np.log2(RATE / (low + best[voiced]) / 100), np.float32)
