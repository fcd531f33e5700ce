"""Sounds and files made at test time: no recording lies in the repository."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from auditor.audio.limits import RATE
from auditor.audio.sound import FloatArray, Probe, Sound
from auditor.domain.calls import Recording


def tone(
    seconds: float, *, rate: int = RATE, hertz: float = 440.0, level: float = 0.3
) -> FloatArray:
    """A sine, shape ``(n,)``."""
    t = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def babble(
    seconds: float, *, seed: int = 0, pitch: float = 120.0, level: float = 0.3
) -> FloatArray:
    """Something shaped like speech at 16 kHz: harmonics that move, in syllables and phrases."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    t = np.arange(n) / RATE
    wander = np.cumsum(rng.normal(0, 0.02, n // 160 + 2))
    melody = pitch * 2 ** (0.25 * np.sin(np.interp(t, np.arange(len(wander)) * 0.01, wander)))
    phase = 2 * np.pi * np.cumsum(melody) / RATE
    formants = rng.uniform(300, 2500, (n // 2400 + 2, 2))
    sound = np.zeros(n)
    for harmonic in range(1, 25):
        at = melody * harmonic
        gain = np.zeros(n)
        for k in range(2):
            centre = np.interp(t, np.arange(len(formants)) * 0.15, formants[:, k])
            gain += np.exp(-(((at - centre) / 250) ** 2))
        sound += np.where((at > 300) & (at < 3400), gain, 0) * np.sin(harmonic * phase)
    syllables = np.clip(np.sin(2 * np.pi * 4 * t + rng.uniform(0, 6)) + 0.4, 0, 1)
    sound *= syllables
    return (level * sound / max(1e-9, np.abs(sound).max())).astype(np.float32)


def hiss(seconds: float, *, level: float = 0.002, seed: int = 9) -> FloatArray:
    """White noise, shape ``(n,)``."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, level, round(seconds * RATE)).astype(np.float32)


def sound_of(
    *channels: FloatArray, truncated: bool = False, promised: float | None = None
) -> Sound:
    """A decoded recording with the given tracks."""
    samples = np.stack(channels)
    seconds = samples.shape[1] / RATE
    probe = Probe(
        codec="pcm_s16le",
        container="wav",
        rate=8000,
        channels=len(channels),
        seconds=promised or seconds,
    )
    return Sound(
        samples=samples, seconds=seconds, probe=probe, sha256="0" * 64, truncated=truncated
    )


def encode(samples: FloatArray, *, container: str, codec: str, rate: int) -> bytes:
    """Encode ``(channels, n)`` at ``rate`` through PyAV."""
    layout = "mono" if samples.shape[0] == 1 else "stereo"
    whole = np.ascontiguousarray((samples * 32767).astype(np.int16).T.reshape(1, -1))
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        context = stream.codec_context
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=context.format,
            layout=context.layout,
            rate=context.sample_rate,
            frame_size=context.frame_size or 1024,
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def wav(
    data: bytes = b"\x01\x02" * 8000,
    *,
    rate: int = 8000,
    channels: int = 1,
    bits: int = 16,
    tag: int = 1,
    size: int | None = None,
    block: int | None = None,
    byte_rate: int | None = None,
    extra: bytes = b"",
) -> bytes:
    """A WAV file with any header, also a lying one."""
    block = channels * bits // 8 if block is None else block
    byte_rate = rate * block if byte_rate is None else byte_rate
    form = struct.pack("<HHIIHH", tag, channels, rate, byte_rate % 2**32, block % 2**16, bits)
    form += extra
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<I", len(form))
        + form
        + b"data"
        + struct.pack("<I", len(data) if size is None else size)
        + data
    )


class Make:
    """The makers, for tests that take the ``make`` fixture."""

    tone = staticmethod(tone)
    babble = staticmethod(babble)
    hiss = staticmethod(hiss)
    sound = staticmethod(sound_of)
    encode = staticmethod(encode)
    wav = staticmethod(wav)


@pytest.fixture(scope="session")
def make() -> type[Make]:
    """Functions that make sounds and files."""
    return Make


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Recording]:
    """Write bytes to a file and return it as a recording."""

    def write(name: str, data: bytes, **declared: object) -> Recording:
        path = tmp_path / name
        path.write_bytes(data)
        return Recording(path=path, **declared)  # type: ignore[arg-type]

    return write
