"""Synthetic speech keeps to the telephone band and differs by voice."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.voice.synth import (
    BAND_HZ,
    HELD_OUT_SPEEDS,
    HELD_OUT_VARIANTS,
    SAMPLE_RATE,
    TRAINING_SPEEDS,
    TRAINING_VARIANTS,
    SynthesisError,
    Voice,
    band_resample,
    speak,
    trim,
)

SENTENCE = "您好，请问是王先生吗？"


def _share_outside_band(samples: np.ndarray, rate: int) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    outside = (hertz < BAND_HZ[0] - 60) | (hertz > BAND_HZ[1] + 60)
    return float(power[outside].sum() / power.sum())


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_speech_lies_in_the_telephone_band(rate: int) -> None:
    """Almost no power under 300 Hz or above 3400 Hz, peak as asked, two to four seconds."""
    samples = speak(SENTENCE, Voice("f2"), rate=rate, peak=0.5)
    assert samples.dtype == np.float32
    assert 1.5 < len(samples) / rate < 4.5
    assert np.abs(samples).max() == pytest.approx(0.5, abs=1e-6)
    assert _share_outside_band(samples, rate) < 0.001


def test_a_faster_voice_needs_less_time() -> None:
    """The speed of a voice counts."""
    slow, fast = (len(speak(SENTENCE, Voice(speed=speed))) for speed in (150, 240))
    assert fast < 0.8 * slow


def test_voices_differ() -> None:
    """Two variants saying the same do not give the same sound."""
    first, second = (speak(SENTENCE, Voice(variant)) for variant in ("m3", "f4"))
    size = min(len(first), len(second))
    assert abs(np.corrcoef(first[:size], second[:size])[0, 1]) < 0.5


def test_the_same_voice_repeats_itself() -> None:
    """Synthesis is deterministic."""
    voice = Voice("m7", 190, 40)
    assert np.array_equal(speak(SENTENCE, voice), speak(SENTENCE, voice))


def test_held_out_voices_are_not_in_training() -> None:
    """Neither the variants nor the speeds of the unknown voices are trained on."""
    assert not set(HELD_OUT_VARIANTS) & set(TRAINING_VARIANTS)
    assert HELD_OUT_SPEEDS[0] > TRAINING_SPEEDS[1]


def test_without_espeak_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the program is told what to install."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SynthesisError, match="apt-get install espeak-ng"):
        speak(SENTENCE, Voice())


@pytest.mark.parametrize("text", ["", "。", "  "])
def test_text_without_words_is_an_error(text: str) -> None:
    """Nothing to say is not silently silence."""
    with pytest.raises(SynthesisError, match="no sound"):
        speak(text, Voice())


def test_resampling_keeps_a_tone_of_the_band_and_drops_others() -> None:
    """1000 Hz passes at its level, 100 Hz and 5000 Hz do not."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    for hertz, passes in ((100, False), (1000, True), (5000, False)):
        wave = np.sin(2 * np.pi * hertz * time).astype(np.float32)
        narrow = band_resample(wave, SAMPLE_RATE, 8_000)
        assert len(narrow) == 8_000
        assert bool(np.abs(narrow[500:-500]).max() > 0.95) is passes
        assert passes or np.abs(narrow).max() < 0.05


def test_trimming_removes_silence_only() -> None:
    """The loud part stays with 10 ms before and 50 ms after; pure silence leaves nothing."""
    samples = np.zeros(16_000, np.float32)
    samples[4_000:8_000] = 0.5
    assert len(trim(samples, 16_000)) == pytest.approx(4_000 + 160 + 800, abs=2)
    assert len(trim(np.zeros(100, np.float32), 16_000)) == 0
