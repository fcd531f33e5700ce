"""Clips play in a browser, hold the right seconds, and nothing else."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest

from auditor.audio.clip import MAX_SECONDS, clip_bytes, clips_of
from auditor.domain.calls import Recording
from auditor.errors import AudioError

Put = Callable[..., Recording]


def _steps(make: Any, rate: int) -> Any:
    """Six seconds; second ``k`` is a tone of ``300 + 100 k`` Hz."""
    return np.concatenate([make.tone(1, rate=rate, hertz=300 + 100 * k) for k in range(6)])


def _read(content: bytes) -> tuple[Any, int]:
    with wave.open(io.BytesIO(content)) as read:
        assert (read.getnchannels(), read.getsampwidth()) == (1, 2)
        return np.frombuffer(read.readframes(read.getnframes()), "<i2"), read.getframerate()


@pytest.mark.parametrize(("rate", "expected"), [(8000, 8000), (16000, 16000), (44100, 16000)])
def test_the_right_seconds(put: Put, make: Any, rate: int, expected: int) -> None:
    """Second 2 to 3 of the recording is the tone of second 2, as a 16-bit WAV."""
    source = np.stack([_steps(make, rate)] * 2)
    recording = put("a.wav", make.encode(source, container="wav", codec="pcm_s16le", rate=rate))
    samples, got = _read(clip_bytes(recording, 2.0, 3.0))
    assert got == expected
    assert len(samples) == pytest.approx(expected, abs=2)
    middle = samples[len(samples) // 10 : -len(samples) // 10]
    peak = np.abs(np.fft.rfft(middle)).argmax() * got / len(middle)
    assert peak == pytest.approx(500, abs=5)


def test_ends_are_cut(put: Put, make: Any) -> None:
    """A clip around the ends of a recording is cut to it."""
    recording = put("a.wav", make.wav(bytes(48_000)))  # three seconds
    assert len(_read(clip_bytes(recording, -1.0, 1.0))[0]) == pytest.approx(8000, abs=40)
    assert len(_read(clip_bytes(recording, 2.0, 9.0))[0]) == pytest.approx(8000, abs=40)


def test_both_parties_are_heard(put: Put, make: Any) -> None:
    """Both tracks are mixed into one."""
    source = np.stack([make.tone(1, rate=8000, hertz=400), make.tone(1, rate=8000, hertz=900)])
    recording = put("a.wav", make.encode(source, container="wav", codec="pcm_alaw", rate=8000))
    samples, rate = _read(clip_bytes(recording, 0.0, 1.0))
    spectrum = np.abs(np.fft.rfft(samples))
    strongest = np.sort(spectrum.argsort()[-2:] * rate / len(samples))
    assert strongest.tolist() == pytest.approx([400, 900], abs=5)


def test_mp3_is_small(put: Put, make: Any) -> None:
    """Ten seconds as mp3 take under 40 KB and last ten seconds."""
    data = make.encode(
        make.tone(12, rate=8000)[None], container="wav", codec="pcm_mulaw", rate=8000
    )
    content = clip_bytes(put("a.wav", data), 1.0, 11.0, kind="mp3")
    assert len(content) < 40_000
    with av.open(io.BytesIO(content)) as read:
        count = sum(frame.samples for frame in read.decode(audio=0))
        assert count / read.streams.audio[0].rate == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize(("start", "end"), [(3.0, 3.0), (4.0, 3.0), (0.0, MAX_SECONDS + 1)])
def test_impossible_times(put: Put, make: Any, start: float, end: float) -> None:
    """No clip is empty, backwards or as long as a call."""
    with pytest.raises(ValueError, match="clip"):
        clip_bytes(put("a.wav", make.wav()), start, end)


def test_after_the_end(put: Put, make: Any) -> None:
    """A clip after the end of the recording is an error, not silence."""
    with pytest.raises(AudioError) as caught:
        clip_bytes(put("a.wav", make.wav()), 20.0, 21.0)
    assert caught.value.reason == "no_samples"


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_alaw", "pcm_mulaw"])
@pytest.mark.parametrize("start", [0.4, 1.9, 2.5, 7.0, 11.96, 14.9])
def test_a_clip_begun_in_the_middle_of_the_file_is_the_same(
    put: Put, make: Any, rate: int, codec: str, start: float
) -> None:
    """To the sample, as if everything before had been decoded."""
    noise = np.random.default_rng(1).standard_normal((2, rate * 15)).astype(np.float32) * 0.1
    recording = put("a.wav", make.encode(noise, container="wav", codec=codec, rate=rate))
    whole, _ = _read(clip_bytes(recording, 0.0, 15.0))
    samples, got = _read(clip_bytes(recording, start, start + 1.5))
    first = int(start * 16_000) * got // 16_000
    assert len(samples) > 0
    assert np.array_equal(samples, whole[first : first + len(samples)])


def test_a_clip_behind_the_end_of_the_file_is_refused(put: Put, make: Any) -> None:
    """Also where decoding would begin behind the end."""
    recording = put("a.wav", make.wav(bytes(48_000)))
    with pytest.raises(AudioError, match="ends before"):
        clip_bytes(recording, 30.0, 31.0)


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        *(("wav", "pcm_s16le", 8000), ("wav", "pcm_alaw", 8000), ("mp3", "libmp3lame", 16000)),
        *(("ogg", "libopus", 48000), ("flac", "flac", 16000)),
    ],
)
def test_several_clips_of_one_recording_are_those_cut_one_by_one(
    put: Put, make: Any, container: str, codec: str, rate: int
) -> None:
    """In any order, overlapping or apart, and none for what lies behind the end."""
    noise = np.random.default_rng(2).standard_normal((2, rate * 12)).astype(np.float32) * 0.1
    content = make.encode(noise, container=container, codec=codec, rate=rate)
    recording = put(f"a.{container}", content)
    spans = [(7.2, 9.0), (0.5, 2.0), (1.0, 3.5), (30.0, 31.0), (7.2, 9.0), (11.5, 20.0)]
    together = clips_of(recording, spans)
    assert together[3] is None
    for (start, end), clip in zip(spans, together, strict=True):
        if clip is not None:
            assert clip == clip_bytes(recording, start, end)
