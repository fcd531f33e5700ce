"""Codecs and the sounds of a line without speech."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from auditor.voice import telephone as line
from auditor.voice.synth import Voice, speak

RATE = line.LINE_RATE


def _noise_ratio(clean: np.ndarray, coded: np.ndarray) -> float:
    return float(10 * np.log10(np.sum(clean**2) / np.sum((clean - coded) ** 2)))


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Two seconds of a voice."""
    return speak("请您今天下午五点之前还款。", Voice("f2"), rate=RATE)


@pytest.mark.parametrize(
    ("codec", "least"),
    [("alaw", 30), ("mulaw", 30), ("mp3-16k", 12), ("mp3-24k", 15), ("mp3-32k", 15), ("amr", 4)],
)
def test_speech_survives_every_codec(speech: np.ndarray, codec: str, least: float) -> None:
    """Same length, aligned, and the signal stands out of the coding noise."""
    coded = line.round_trip(speech, codec)
    assert coded.shape == speech.shape
    assert _noise_ratio(speech, coded) > least


def test_a_lower_bit_rate_makes_a_smaller_file(speech: np.ndarray) -> None:
    """16 kbit/s takes less than 32 kbit/s, both less than A-law."""
    sizes = [len(line.encode(speech, codec)) for codec in ("mp3-16k", "mp3-32k", "alaw")]
    assert sizes == sorted(sizes)


def test_clipping_is_limited_not_wrapped() -> None:
    """A signal above full scale is cut, it does not change sign."""
    loud = np.full(RATE, 1.7, np.float32)
    assert line.round_trip(loud, "alaw").min() > 0.9


@pytest.mark.parametrize("decibels", [-60.0, -40.0, -20.0])
@pytest.mark.parametrize("colour", [0.0, 0.5, 1.0])
def test_noise_has_the_level_asked_for(decibels: float, colour: float) -> None:
    """RMS in dBFS, whatever the colour."""
    samples = line.noise(RATE, decibels, np.random.default_rng(1), colour=colour)
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) == pytest.approx(decibels, abs=0.1)


def _peak_hertz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE)[np.argmax(spectrum)])


def test_ring_back_is_450_hertz_one_second_in_five() -> None:
    """The cadence of the Chinese ringing tone."""
    samples = line.ring_back(10 * RATE)
    assert _peak_hertz(samples) == pytest.approx(450, abs=1)
    sounding = [bool(np.any(samples[s * RATE : (s + 1) * RATE])) for s in range(10)]
    assert sounding == [True, False, False, False, False] * 2


def test_busy_tone_is_450_hertz_in_short_bursts() -> None:
    """0.35 s on, 0.35 s off."""
    samples = line.busy(7 * RATE)
    assert _peak_hertz(samples) == pytest.approx(450, abs=2)
    assert np.mean(samples != 0) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: line.comfort_noise(n, np.random.default_rng(2)),
        lambda n: line.hum(n, -20),
        lambda n: line.tone(n, (440.0, 880.0), -12),
        lambda n: line.hold_melody(n, np.random.default_rng(2)),
        line.ring_back,
        line.busy,
    ],
)
@pytest.mark.parametrize("length", [1, 79, 8_000, 33_333])
def test_sounds_have_the_length_asked_for(make: Callable[[int], np.ndarray], length: int) -> None:
    """Any length, float32, inside full scale."""
    samples = make(length)
    assert samples.shape == (length,)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1
