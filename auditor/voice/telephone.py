"""What a telephone line does to speech: codecs, noise, hum, and the tones heard without speech."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.voice.synth import Audio

LINE_RATE = 8_000


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec of the line or the recorder, by its PyAV names.

    ``bit_rate`` is in bit/s; 0 leaves it to a codec with one rate only.
    """

    container: str
    encoder: str
    bit_rate: int = 0


#: PyAV's wheels decode GSM 06.10 but cannot encode it; AMR stands for the mobile codecs.
CODECS = {
    "alaw": Codec("wav", "pcm_alaw"),
    "mulaw": Codec("wav", "pcm_mulaw"),
    "mp3-16k": Codec("mp3", "libmp3lame", 16_000),
    "mp3-24k": Codec("mp3", "libmp3lame", 24_000),
    "mp3-32k": Codec("mp3", "libmp3lame", 32_000),
    "amr": Codec("amr", "libopencore_amrnb", 12_200),
}


def encode(samples: Audio, name: str, rate: int = LINE_RATE) -> bytes:
    """Encode mono samples with a codec of ``CODECS`` and return the file's bytes."""
    import av

    codec = CODECS[name]
    target = io.BytesIO()
    with av.open(target, "w", format=codec.container) as container:
        stream: Any = container.add_stream(codec.encoder, rate=rate, layout="mono")
        if codec.bit_rate:
            stream.bit_rate = codec.bit_rate
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
        frame = av.AudioFrame.from_ndarray(pcm[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="mono",
            rate=rate,
            frame_size=stream.codec_context.frame_size or None,
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return target.getvalue()


def decode(data: bytes, rate: int = LINE_RATE) -> Audio:
    """Decode the first audio stream of a file to mono float32 at ``rate`` Hz."""
    import av

    parts: list[NDArray[np.float32]] = []
    with av.open(io.BytesIO(data), "r") as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def round_trip(samples: Audio, name: str, rate: int = LINE_RATE) -> Audio:
    """Samples after encoding and decoding, aligned and cut or padded to the same length.

    MP3 and AMR delay the signal by their frames; the delay is found by correlation and removed.
    """
    decoded = decode(encode(samples, name, rate), rate)
    if CODECS[name].bit_rate and len(samples) > rate // 10:
        decoded = decoded[_delay(samples, decoded, rate) :]
    kept = decoded[: len(samples)]
    return np.pad(kept, (0, len(samples) - len(kept))).astype(np.float32)


def _delay(reference: Audio, delayed: Audio, rate: int) -> int:
    longest = rate // 4
    reference, delayed = reference[: 2 * rate], delayed[: 2 * rate + longest]
    size = 1 << (len(reference) + len(delayed)).bit_length()
    product = np.fft.rfft(delayed, size) * np.conj(np.fft.rfft(reference, size))
    return int(np.argmax(np.fft.irfft(product, size)[:longest]))


def level(decibels: float) -> float:
    """Amplitude of a level in dB relative to full scale."""
    return float(10 ** (decibels / 20))


def noise(length: int, decibels: float, rng: np.random.Generator, *, colour: float = 0.0) -> Audio:
    """Noise at an RMS level in dBFS; ``colour`` 0 is white, 1 falls by 6 dB an octave."""
    samples: NDArray[np.floating] = rng.standard_normal(length, np.float32)
    if colour:
        # A power of two: lengths with large prime factors make the transform slow.
        size = 1 << length.bit_length()
        spectrum = np.fft.rfft(samples, size)
        spectrum *= (np.arange(len(spectrum)) + len(spectrum) / 100) ** -colour
        samples = np.fft.irfft(spectrum, size)[:length]
    rms = float(np.sqrt(np.mean(samples**2))) or 1.0
    return np.asarray(samples * (level(decibels) / rms), dtype=np.float32)


def comfort_noise(length: int, rng: np.random.Generator) -> Audio:
    """The faint hiss a mobile network plays while nobody speaks (about -60 dBFS)."""
    return noise(length, float(rng.uniform(-66, -54)), rng, colour=0.5)


def hum(length: int, decibels: float, rate: int = LINE_RATE, mains_hz: float = 50.0) -> Audio:
    """Mains hum with its odd harmonics, of which the line passes those above 300 Hz faintly."""
    time = np.arange(length) / rate
    waves = [np.sin(2 * np.pi * mains_hz * k * time) / k for k in (1, 3, 5, 7, 9)]
    return np.asarray(np.sum(waves, axis=0) * level(decibels), dtype=np.float32)


def tone(length: int, hertz: tuple[float, ...], decibels: float, rate: int = LINE_RATE) -> Audio:
    """A steady tone of one or several frequencies."""
    time = np.arange(length) / rate
    waves = sum(np.sin(2 * np.pi * f * time) for f in hertz)
    return np.asarray(waves * (level(decibels) / len(hertz)), dtype=np.float32)


def cadence(samples: Audio, on: float, off: float, rate: int = LINE_RATE) -> Audio:
    """Switch a sound on and off with the given times in seconds."""
    position = np.arange(len(samples)) / rate % (on + off)
    return np.where(position < on, samples, np.float32(0)).astype(np.float32)


def ring_back(length: int, decibels: float = -14.0, rate: int = LINE_RATE) -> Audio:
    """The Chinese ringing tone: 450 Hz, 1 s on, 4 s off (GB 3380)."""
    return cadence(tone(length, (450.0,), decibels, rate), 1.0, 4.0, rate)


def busy(length: int, decibels: float = -14.0, rate: int = LINE_RATE) -> Audio:
    """The Chinese busy tone: 450 Hz, 0.35 s on, 0.35 s off (GB 3380)."""
    return cadence(tone(length, (450.0,), decibels, rate), 0.35, 0.35, rate)


def hold_melody(length: int, rng: np.random.Generator, rate: int = LINE_RATE) -> Audio:
    """A plain hold melody: notes of a pentatonic scale with two overtones and a decay."""
    out = np.zeros(length, np.float32)
    scale = 440.0 * 2 ** (np.array([0, 2, 4, 7, 9, 12, 14]) / 12)
    beat = int(rate * rng.uniform(0.18, 0.5))
    sustained = float(rng.uniform(0.5, 4.0))
    for start in range(0, length, beat):
        size = min(beat, length - start)
        time = np.arange(size) / rate
        pitch = float(rng.choice(scale))
        wave = sum(np.sin(2 * np.pi * pitch * k * time) / k**2 for k in (1, 2, 3))
        out[start : start + size] = wave * np.exp(-sustained * time)
    return np.asarray(out * level(float(rng.uniform(-24, -8))), dtype=np.float32)
