"""The cheap speech detector finds talk and ignores tones, noise and clicks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from auditor.audio.limits import RATE
from auditor.audio.vad import EnergyVoice, voiced_share
from auditor.domain.spans import TimeSpan


@pytest.mark.parametrize("level", [0.5, 0.1, 0.02])
@pytest.mark.parametrize("noise", [0.0, 0.0005])
def test_finds_talk(make: Any, level: float, noise: float) -> None:
    """Talk between pauses is found within a tenth of a second, loud or quiet."""
    sound = make.hiss(9, level=noise) if noise else np.zeros(9 * RATE, np.float32)
    sound[2 * RATE : 4 * RATE] += make.babble(2, seed=1, level=level)
    sound[6 * RATE : 7 * RATE] += make.babble(1, seed=2, level=level)
    speech = EnergyVoice().speech(sound)
    assert voiced_share(speech, TimeSpan(2000, 4000)) > 0.85
    assert voiced_share(speech, TimeSpan(6000, 7000)) > 0.8
    for quiet in (TimeSpan(0, 1800), TimeSpan(4400, 5800), TimeSpan(7400, 9000)):
        assert voiced_share(speech, quiet) == 0.0


def test_talk_without_pauses(make: Any) -> None:
    """Somebody who never pauses is heard all the time."""
    speech = EnergyVoice().speech(make.babble(20, seed=3))
    assert voiced_share(speech, TimeSpan(0, 20_000)) > 0.9


def test_short_answer(make: Any) -> None:
    """A single 喂 of 200 ms is not lost."""
    sound = make.hiss(5, level=0.0005)
    sound[2 * RATE : 2 * RATE + RATE // 5] += make.babble(1, seed=1)[RATE // 20 : RATE // 4]
    assert voiced_share(EnergyVoice().speech(sound), TimeSpan(2000, 2200)) > 0.5


def _ring_back(make: Any) -> Any:
    """The Chinese ring-back tone: 450 Hz, one second on, four off."""
    sound = make.hiss(15, level=0.0003)
    for start in (0, 5, 10):
        sound[start * RATE : (start + 1) * RATE] += make.tone(1, hertz=450, level=0.2)
    return sound


CLICK = np.zeros(5 * RATE, np.float32)
CLICK[40_000] = 0.9

NO_SPEECH = [
    ("silence", np.zeros(5 * RATE, np.float32)),
    ("a constant voltage", np.full(5 * RATE, 0.2, np.float32)),
    ("line noise", lambda make: make.hiss(5, level=0.0005)),
    ("loud steady noise", lambda make: make.hiss(5, level=0.1)),
    ("steady tone", lambda make: make.tone(5, hertz=450)),
    ("ring-back", _ring_back),
    ("a click", CLICK),
    ("nothing", np.zeros(0, np.float32)),
    ("less than a frame", lambda make: make.tone(0.01)),
]


@pytest.mark.parametrize(("name", "build"), NO_SPEECH, ids=[name for name, _ in NO_SPEECH])
def test_no_speech(make: Any, name: str, build: Any) -> None:
    """Silence, noise, tones and clicks are not speech."""
    assert EnergyVoice().speech(build(make) if callable(build) else build) == ()


def test_talk_over_ring_back(make: Any) -> None:
    """The answer after the ring-back is found, the ring-back is not."""
    sound = _ring_back(make)
    sound[12 * RATE : 14 * RATE] += make.babble(2, seed=4)
    speech = EnergyVoice().speech(sound)
    assert voiced_share(speech, TimeSpan(0, 10_800)) == 0.0
    assert voiced_share(speech, TimeSpan(12_000, 14_000)) > 0.8


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(np.float32, st.integers(0, 4000), elements=st.floats(-1, 1, width=32)),
    st.integers(1, 8),
)
def test_ranges_are_ordered_and_inside(samples: Any, times: int) -> None:
    """Ranges lie in order, apart, and inside the recording, whatever the samples."""
    sound = np.tile(samples, times)
    speech = EnergyVoice().speech(sound)
    assert all(first.end_ms < second.start_ms for first, second in pairwise(speech))
    assert all(span.end_ms <= sound.shape[0] * 1000 // RATE for span in speech)


def test_voiced_share_of_nothing() -> None:
    """An empty time holds no voice, a covered one holds only voice."""
    assert voiced_share((TimeSpan(0, 10),), TimeSpan(5, 5)) == 0.0
    assert voiced_share((TimeSpan(0, 10), TimeSpan(20, 30)), TimeSpan(5, 25)) == 0.5
