"""Mono, stereo, fake stereo, dead and echoing tracks are told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from auditor.audio.channels import Layout, inspect_channels
from auditor.audio.limits import RATE
from auditor.domain.spans import TimeSpan

SILENCE = np.zeros(10 * RATE, np.float32)


def _talk(make: Any) -> tuple[Any, Any]:
    """Two people taking turns of two seconds, with a little noise on both tracks."""
    left, right = make.hiss(12, level=0.001, seed=1), make.hiss(12, level=0.001, seed=2)
    for turn in range(6):
        track = left if turn % 2 == 0 else right
        at = turn * 2 * RATE
        track[at : at + 2 * RATE - 4000] += make.babble(2, seed=turn)[:-4000]
    return left, right


def test_mono(make: Any) -> None:
    """One track is mono and is listened to."""
    report = inspect_channels(make.sound(make.babble(5)))
    assert (report.layout, report.live, report.correlation) == (Layout.MONO, (0,), None)


def test_stereo(make: Any) -> None:
    """Two people on two tracks are stereo without echoes."""
    report = inspect_channels(make.sound(*_talk(make)))
    assert report.layout is Layout.STEREO
    assert report.live == (0, 1)
    assert report.speaker_per_channel
    assert report.echoes == ()
    for time, louder in ((TimeSpan(500, 1500), 0), (TimeSpan(2500, 3500), 1)):
        levels = [report.loudness.dbfs(channel, time) for channel in (0, 1)]
        assert levels[louder] > levels[1 - louder] + 3.0


@pytest.mark.parametrize("lag", [0, 20, -60])
@pytest.mark.parametrize("gain", [1.0, 0.8, -1.0])
def test_fake_stereo(make: Any, lag: int, gain: float) -> None:
    """The same sound on both tracks is one track, also a little shifted, quieter or inverted."""
    left, right = _talk(make)
    mixed = left + right
    copy = np.roll(mixed, lag) * gain + make.hiss(12, level=0.0003, seed=5)
    report = inspect_channels(make.sound(mixed, copy))
    assert report.layout is Layout.FAKE_STEREO
    assert len(report.live) == 1
    assert not report.speaker_per_channel


def test_much_quieter_copy_is_not_fake_stereo(make: Any) -> None:
    """A copy 20 dB down is cross-talk of one speaker, all of it echo, not a second mix."""
    voice = make.babble(10)
    report = inspect_channels(make.sound(voice, voice * 0.1))
    assert report.layout is Layout.STEREO
    assert report.echo_share(1, TimeSpan(0, 10_000)) > 0.8
    assert report.echo_share(0, TimeSpan(0, 10_000)) == 0.0


@pytest.mark.parametrize("noise", [0.0, 0.0003])
def test_dead_channel(make: Any, noise: float) -> None:
    """A track with nothing but line noise is dead; the other carries the call."""
    quiet = make.hiss(10, level=noise) if noise else SILENCE
    report = inspect_channels(make.sound(quiet, make.babble(10)))
    assert (report.layout, report.live, report.dead) == (Layout.ONE_DEAD, (1,), (0,))


def test_a_click_does_not_revive(make: Any) -> None:
    """One loud click on a dead track does not make it a speaker."""
    clicked = SILENCE.copy()
    clicked[RATE] = 0.2
    report = inspect_channels(make.sound(make.babble(10), clicked))
    assert report.dead == (1,)


def test_all_dead(make: Any) -> None:
    """Without any sound there is nothing to listen to."""
    report = inspect_channels(make.sound(SILENCE, SILENCE))
    assert (report.layout, report.live) == (Layout.ALL_DEAD, ())


@pytest.mark.parametrize("delay_ms", [0, 40, 180])
@pytest.mark.parametrize("gain", [0.3, 0.1])
def test_echo(make: Any, delay_ms: int, gain: float) -> None:
    """What one says, heard again weaker and later on the other track, is found and measured."""
    left, right = _talk(make)
    delayed = np.roll(left, delay_ms * RATE // 1000)
    report = inspect_channels(make.sound(left, right + gain * delayed))
    assert report.layout is Layout.STEREO
    for turn in (0, 2, 4):  # the left speaks
        said = TimeSpan(turn * 2000 + 500, turn * 2000 + 1500)
        assert report.echo_share(1, said) > 0.7
        assert report.loudness.dbfs(0, said) > report.loudness.dbfs(1, said) + 3.0
    for turn in (1, 3, 5):
        assert report.echo_share(1, TimeSpan(turn * 2000 + 500, turn * 2000 + 1500)) == 0.0
    assert all(echo.source == 0 for echo in report.echoes)
    lags = [echo.lag_ms for echo in report.echoes]
    assert float(np.median(lags)) == pytest.approx(delay_ms, abs=15)


def test_talking_at_once_is_no_echo(make: Any) -> None:
    """Two people talking over each other, one louder, do not make an echo."""
    report = inspect_channels(make.sound(make.babble(10, seed=1), 0.3 * make.babble(10, seed=2)))
    assert report.layout is Layout.STEREO
    assert report.echo_share(1, TimeSpan(0, 10_000)) < 0.1
