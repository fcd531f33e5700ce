"""Two voices on one track are told apart; one voice is not split."""

from __future__ import annotations

import io
import subprocess
import wave
from typing import Any

import numpy as np
import pytest

from auditor.audio.limits import RATE
from auditor.audio.speakers import cluster
from auditor.domain.spans import TimeSpan

AGENT = [
    "您好，这里是华信银行信用卡中心，我的工号是三零二七。",
    "请问是王先生本人吗？本次通话会被录音。",
    "您的账单已经逾期十二天，应还三千五百元。",
    "请您在本周五之前还到卡里，可以吗？",
    "您有什么困难可以跟我们说，我们可以申请分期。",
    "好的，那我记录一下您的情况，感谢您的接听。",
]
CUSTOMER = [
    "喂，你好，哪位？有什么事情吗？",
    "我现在没有钱，能不能宽限我几天？",
    "我上个月失业了，家里老人又生病住院。",
    "你们怎么天天打电话，利息怎么这么高？",
    "我知道了，下个星期发了工资就还。",
    "你把明细发给我看一下，好的再见。",
]


def _say(text: str, voice: str, pitch: int) -> Any:
    """Speech in the telephone band at 16 kHz."""
    command = ["espeak-ng", "-v", f"cmn+{voice}", "-p", str(pitch), "-s", "165", "--stdout", text]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(raw)) as read:
        rate = read.getframerate()
    sound = np.frombuffer(raw[44 : len(raw) // 2 * 2], "<i2").astype(np.float32)
    length = len(sound) * RATE // rate
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / rate)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    narrow = np.fft.irfft(spectrum[: length // 2 + 1], length)
    return (0.4 * narrow / np.abs(narrow).max()).astype(np.float32)


def _dialogue(first: tuple[str, int], second: tuple[str, int]) -> tuple[Any, list[TimeSpan]]:
    parts: list[Any] = []
    pieces: list[TimeSpan] = []
    at = 0
    for agent, customer in zip(AGENT, CUSTOMER, strict=True):
        for text, voice in ((agent, first), (customer, second)):
            gap = np.zeros(RATE // 3, np.float32)
            sound = _say(text, *voice)
            begin = at + len(gap)
            at = begin + len(sound)
            pieces.append(TimeSpan(begin * 1000 // RATE, at * 1000 // RATE))
            parts += [gap, sound]
    joined = np.concatenate(parts)
    noise = np.random.default_rng(0).normal(0, 0.003, len(joined))
    return (joined + noise).astype(np.float32), pieces


@pytest.mark.parametrize(
    ("first", "second"),
    [(("f2", 60), ("m3", 40)), (("m1", 35), ("f5", 55)), (("m7", 45), ("f4", 50))],
)
def test_two_voices(first: tuple[str, int], second: tuple[str, int]) -> None:
    """At least nine of ten pieces of two different voices get their own label."""
    sound, pieces = _dialogue(first, second)
    result = cluster(sound, pieces)
    assert result.voices == 2
    right = np.mean([voice.label == i % 2 for i, voice in enumerate(result.labels)])
    assert right >= 0.9  # label 0 is the voice heard first
    assert all(0.5 <= voice.confidence <= 1.0 for voice in result.labels)
    assert cluster(sound, pieces) == result


@pytest.mark.parametrize("voice", [("f2", 55), ("m1", 45), ("m3", 50), ("f5", 60)])
def test_one_voice(voice: tuple[str, int]) -> None:
    """A monologue is one voice, and no piece claims to know better."""
    sound, pieces = _dialogue(voice, voice)
    result = cluster(sound, pieces)
    assert result.voices == 1
    assert {voice.label for voice in result.labels} == {0}
    assert {voice.confidence for voice in result.labels} == {0.5}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_little(make: Any, count: int) -> None:
    """A few pieces are not enough to speak of two voices."""
    pieces = [TimeSpan(i * 1000, i * 1000 + 900) for i in range(count)]
    result = cluster(make.babble(5), pieces)
    assert (result.voices, len(result.labels)) == (1, count)


def test_odd_pieces(make: Any) -> None:
    """Empty, silent, tiny and out-of-range pieces get a label without confidence."""
    sound, pieces = _dialogue(("f2", 60), ("m3", 40))
    end = len(sound) * 1000 // RATE
    odd = [TimeSpan(10, 10), TimeSpan(0, 200), TimeSpan(end + 100, end + 2000)]
    result = cluster(sound, [*pieces, *odd])
    assert result.voices == 2
    assert all(voice.confidence < 0.6 for voice in result.labels[-3:])
