"""Voice a call script as a telephone recording, each side by itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from auditor.domain.calls import Speaker
from auditor.ingest.scripts import Script
from auditor.voice.synth import Audio, Voice, speak
from auditor.voice.telephone import LINE_RATE, Codec, comfort_noise, level

FORMATS = {
    "wav-pcm16": (".wav", Codec("wav", "pcm_s16le")),
    "wav-alaw": (".wav", Codec("wav", "pcm_alaw")),
    "wav-mulaw": (".wav", Codec("wav", "pcm_mulaw")),
    "mp3": (".mp3", Codec("mp3", "libmp3lame", 32_000)),
    "opus": (".opus", Codec("ogg", "libopus", 24_000)),
    "ogg": (".ogg", Codec("ogg", "libopus", 32_000)),
    "m4a": (".m4a", Codec("mp4", "aac", 32_000)),
    "flac": (".flac", Codec("flac", "flac")),
}
"""Recording formats by name: file suffix and codec."""

_OPUS_RATE = 48_000
_PAUSES = (0.45, 0.95)


@dataclass(frozen=True, slots=True)
class Cast:
    """Whose voice says which side of a script."""

    agent: Voice
    customer: Voice


@dataclass(frozen=True, slots=True, eq=False)
class VoicedCall:
    """A voiced script.

    Args:
        sides: Agent and customer, float32 at 8 kHz, equally long.
        times: Start and end of every line in seconds.
    """

    sides: tuple[Audio, Audio]
    times: tuple[tuple[float, float], ...]

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.sides[0]) / LINE_RATE


def voice_script(script: Script, cast: Cast, seed: int) -> VoicedCall:
    """Say every line of a script, one after the other with natural pauses.

    Raises:
        SynthesisError: espeak-ng is missing or refused a line.
    """
    rng = np.random.default_rng(seed)
    at = int(rng.uniform(0.3, 0.8) * LINE_RATE)
    placed: list[tuple[Speaker, int, Audio]] = []
    for line in script.lines:
        voice = cast.agent if line.speaker is Speaker.AGENT else cast.customer
        said = speak(line.text, voice, rate=LINE_RATE, peak=float(rng.uniform(0.4, 0.7)))
        placed.append((line.speaker, at, said))
        at += len(said) + int(rng.uniform(*_PAUSES) * LINE_RATE)
    sides = (comfort_noise(at, rng), comfort_noise(at, rng))
    for speaker, start, said in placed:
        side = sides[0] if speaker is Speaker.AGENT else sides[1]
        side[start : start + len(said)] += said
    times = tuple((start / LINE_RATE, (start + len(said)) / LINE_RATE) for _, start, said in placed)
    return VoicedCall(sides, times)


def leak(call: VoicedCall, decibels: float, delay: float = 0.012) -> VoicedCall:
    """Let each side be heard faintly on the other, as a telephone hybrid does."""
    shift = int(delay * LINE_RATE)
    gain = level(decibels)
    first, second = call.sides
    echoes = [gain * np.pad(side, (shift, 0))[: len(side)] for side in (second, first)]
    mixed = (
        (first + echoes[0]).astype(np.float32),
        (second + echoes[1]).astype(np.float32),
    )
    return VoicedCall(mixed, call.times)


def encode_recording(tracks: Sequence[Audio], name: str) -> bytes:
    """Encode one or two equally long tracks at 8 kHz as a recording.

    Args:
        tracks: Mono float32, one for each channel.
        name: One of ``FORMATS``.
    """
    import av

    codec = FORMATS[name][1]
    layout = "mono" if len(tracks) == 1 else "stereo"
    rate = _OPUS_RATE if codec.encoder == "libopus" else LINE_RATE
    target = io.BytesIO()
    with av.open(target, "w", format=codec.container) as container:
        added = container.add_stream(codec.encoder, rate=rate, layout=layout)
        stream = cast("av.AudioStream", added)
        if codec.bit_rate:
            stream.bit_rate = codec.bit_rate
        pcm = (np.clip(np.stack(tracks, axis=1), -1, 1) * 32767).astype("<i2")
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = LINE_RATE
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout=layout,
            rate=rate,
            frame_size=stream.codec_context.frame_size or None,
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return target.getvalue()
