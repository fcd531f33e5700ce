"""Good recordings are usable; each kind of bad one is named, and the worst are not judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from auditor.audio.channels import inspect_channels
from auditor.audio.health import assess
from auditor.audio.limits import RATE
from auditor.domain.transcripts import Health, HealthIssue


def _assess(sound: Any, expected: float | None = None) -> Health:
    return assess(sound, inspect_channels(sound), expected)


def _voice(make: Any, *, level: float = 0.3, noise: float = 0.0005, seconds: float = 10) -> Any:
    """Talk with a pause after every two seconds."""
    sound = make.hiss(seconds, level=noise)
    for start in range(0, int(seconds), 3):
        part = make.babble(2, seed=start, level=level)
        end = min(len(sound), start * RATE + len(part))
        sound[start * RATE : end] += part[: end - start * RATE]
    return sound


def test_good(make: Any) -> None:
    """A clean stereo call is usable without issues, with measures for both tracks."""
    health = _assess(make.sound(_voice(make), np.roll(_voice(make), RATE)), expected=10.5)
    assert (health.usable, health.issues) == (True, ())
    for name in ("level_dbfs", "snr_db", "speech_share", "clipped_share", "noise_dbfs"):
        assert {f"{name}.left", f"{name}.right"} <= health.measures.keys()
    assert health.measures["snr_db.left"] > 20
    assert 0.5 < health.measures["speech_share"] <= 1.0


@pytest.mark.parametrize("build", ["silence", "hiss", "tone"])
def test_no_speech(make: Any, build: str) -> None:
    """Silence, noise and tones hold nothing to judge."""
    sound = {
        "silence": np.zeros(5 * RATE, np.float32),
        "hiss": make.hiss(5, level=0.01),
        "tone": make.tone(5, hertz=450),
    }[build]
    health = _assess(make.sound(sound))
    assert not health.usable
    assert health.issues[0] is HealthIssue.NO_SPEECH


def test_little_speech(make: Any) -> None:
    """A minute of line with one sentence is noted and can still be judged."""
    sound = make.hiss(60, level=0.0003)
    sound[5 * RATE : 7 * RATE] += make.babble(2)
    health = _assess(make.sound(sound))
    assert (health.usable, health.issues) == (True, (HealthIssue.LITTLE_SPEECH,))


@pytest.mark.parametrize(("gain", "usable"), [(8.0, True), (60.0, False)])
def test_clipped(make: Any, gain: float, *, usable: bool) -> None:
    """Sound cut off at the rail is named; when most of it is, words are lost."""
    health = _assess(make.sound(np.clip(_voice(make) * gain, -1, 1).astype(np.float32)))
    assert HealthIssue.CLIPPED in health.issues
    assert health.usable is usable


def test_clipped_below_full_scale(make: Any) -> None:
    """Clipping by the telephone is seen also after the recorder turned it down."""
    clipped = (np.clip(_voice(make) * 8, -1, 1) * 0.4).astype(np.float32)
    assert HealthIssue.CLIPPED in _assess(make.sound(clipped)).issues


@pytest.mark.parametrize(("level", "usable"), [(0.02, True), (0.006, False)])
def test_quiet(make: Any, level: float, *, usable: bool) -> None:
    """A quiet recording is named; one hardly above nothing is not judged."""
    health = _assess(make.sound(_voice(make, level=level, noise=0.00002)))
    assert HealthIssue.TOO_QUIET in health.issues
    assert health.usable is usable


@pytest.mark.parametrize(
    ("expected", "mismatch", "usable"),
    [
        (10.0, False, True),
        (11.5, False, True),  # recorders start and stop late
        (8.5, False, True),
        (14.0, True, False),  # the end is missing
        (5.0, True, True),  # longer than promised: nothing is missing
        (None, False, True),
    ],
)
def test_duration(
    make: Any,
    expected: float | None,
    *,
    mismatch: bool,
    usable: bool,
) -> None:
    """The length is compared with the manifest's; a call that lacks its end is not judged."""
    health = _assess(make.sound(_voice(make)), expected)
    assert (HealthIssue.DURATION_MISMATCH in health.issues) is mismatch
    assert health.usable is usable


@pytest.mark.parametrize(
    ("promised", "usable"), [(10.4, True), (20.0, False)], ids=["a little", "half"]
)
def test_truncated(make: Any, promised: float, *, usable: bool) -> None:
    """A truncated recording is named; with a tenth missing it is not judged."""
    health = _assess(make.sound(_voice(make), truncated=True, promised=promised))
    assert HealthIssue.TRUNCATED in health.issues
    assert health.usable is usable


def test_dead_and_fake(make: Any) -> None:
    """A dead track and a copied track are named and do not stop the audit."""
    voice = _voice(make)
    dead = _assess(make.sound(voice, np.zeros_like(voice)))
    fake = _assess(make.sound(voice, voice))
    assert (dead.usable, dead.issues) == (True, (HealthIssue.DEAD_CHANNEL,))
    assert (fake.usable, fake.issues) == (True, (HealthIssue.FAKE_STEREO,))
    assert "level_dbfs.mono" in dead.measures
