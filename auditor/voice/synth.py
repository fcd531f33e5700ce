"""Mandarin speech from Debian's ``espeak-ng``, cut to the telephone band."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.errors import AuditorError

Audio = NDArray[np.float32]

SAMPLE_RATE = 16_000
BAND_HZ = (300.0, 3400.0)

# Plain `cmn` of espeak-ng 1.51 reads many hanzi as pinyin spelled in English.
_LANGUAGE = "cmn-latn-pinyin"
_EDGE_SECONDS = (0.01, 0.05)
_SILENCE = 0.01
_TIMEOUT_SECONDS = 60

#: Formant variants that the demo recogniser hears in training.
TRAINING_VARIANTS = (
    "", "m1", "m2", "m3", "m4", "m6", "m7", "m8", "f1", "f2", "f4", "f5",
    "Andy", "linda", "steph", "antonio", "belinda", "michael",
)  # fmt: skip
#: Variants and speeds kept out of training, to measure an unknown voice.
HELD_OUT_VARIANTS = ("f3", "m5")
TRAINING_SPEEDS = (165, 218)
HELD_OUT_SPEEDS = (226, 240)


class SynthesisError(AuditorError):
    """Speech could not be made: espeak-ng is missing or refused the text."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One synthetic speaker.

    Args:
        variant: espeak-ng formant variant ("" is the plain voice, "f2", "m3", ...).
        speed: Words a minute as espeak-ng counts them, 80 to 450.
        pitch: Base pitch, 0 to 99.
    """

    variant: str = ""
    speed: int = 180
    pitch: int = 50


def find_espeak() -> str:
    """Path of the espeak-ng program.

    Raises:
        SynthesisError: It is not installed; the message names the Debian package.
    """
    path = shutil.which("espeak-ng")
    if path is None:
        raise SynthesisError(
            "espeak-ng is not installed; on Debian or Ubuntu: apt-get install espeak-ng"
        )
    return path


def band_resample(samples: Audio, rate: int, to: int) -> Audio:
    """Resample through the spectrum, keeping only the telephone band of 300 to 3400 Hz.

    Both rates are multiples of 10 Hz.
    """
    # Whole tenths of a second: lengths with large prime factors make the transform slow.
    blocks = -(-len(samples) * 10 // rate)
    source, length = blocks * rate // 10, blocks * to // 10
    spectrum = np.fft.rfft(samples, source)
    hertz = np.fft.rfftfreq(source, 1 / rate)
    spectrum[(hertz < BAND_HZ[0]) | (hertz > BAND_HZ[1])] = 0
    wanted = length // 2 + 1
    if len(spectrum) >= wanted:
        spectrum = spectrum[:wanted]
    else:
        spectrum = np.pad(spectrum, (0, wanted - len(spectrum)))
    resampled = np.fft.irfft(spectrum, length) * (length / source)
    return resampled[: len(samples) * to // rate].astype(np.float32)


def trim(samples: Audio, rate: int) -> Audio:
    """Cut silence off both ends, leaving 10 ms before and 50 ms after the speech."""
    if len(samples) == 0:
        return samples
    loud = np.flatnonzero(np.abs(samples) > _SILENCE * np.abs(samples).max())
    if len(loud) == 0:
        return samples[:0]
    before, after = (int(seconds * rate) for seconds in _EDGE_SECONDS)
    return samples[max(0, loud[0] - before) : loud[-1] + after]


def speak(text: str, voice: Voice, *, rate: int = SAMPLE_RATE, peak: float = 0.6) -> Audio:
    """Voice one utterance in the telephone band.

    Returns:
        Mono float32 samples at ``rate`` Hz, silence trimmed, highest magnitude ``peak``.

    Raises:
        SynthesisError: espeak-ng is missing, failed, or made no sound for this text.
    """
    name = f"{_LANGUAGE}+{voice.variant}" if voice.variant else _LANGUAGE
    command = [find_espeak(), "-v", name, "-s", str(voice.speed), "-p", str(voice.pitch)]
    command += ["-b", "1", "--stdin", "--stdout"]
    try:
        # The program is found by name and the text goes to its standard input.
        done = subprocess.run(  # noqa: S603
            command,
            input=text.encode(),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise SynthesisError(f"espeak-ng failed with voice {name}") from error
    wave = done.stdout
    # The length field of a streamed WAV header is a dummy: read to the end instead.
    source_rate = int.from_bytes(wave[24:28], "little")
    body = wave[44 : len(wave) - len(wave) % 2]
    samples = np.frombuffer(body, dtype="<i2").astype(np.float32)
    if source_rate == 0 or not np.any(samples):
        raise SynthesisError(f"espeak-ng made no sound with voice {name}")
    samples = trim(band_resample(samples, source_rate, rate), rate)
    return np.asarray(samples * (peak / np.abs(samples).max()), dtype=np.float32)
