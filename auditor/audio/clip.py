"""Cut a few seconds out of a recording, in a format every browser plays."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from typing import Literal

import numpy as np

from auditor.audio.decode import Damage, stream_samples
from auditor.audio.files import open_regular
from auditor.audio.limits import DEFAULT_LIMITS, RATE, AudioLimits
from auditor.audio.probe import Opened, open_container
from auditor.audio.sound import FloatArray
from auditor.domain.calls import Recording
from auditor.errors import AudioError

MAX_SECONDS = 60.0
"""Longest clip; reports quote sentences, not calls."""

_LEAD_S = 1
"""Sound before a clip that the resampler sees, far more than its filter is long."""

_MP3_RATE = 16_000
_MP3_BITS = 24_000
_MP3_QUICK = {"compression_level": "7"}
"""Half the time of the default; nobody hears the difference on a telephone line."""


def clip_bytes(
    recording: Recording,
    start: float,
    end: float,
    *,
    kind: Literal["wav", "mp3"] = "wav",
    limits: AudioLimits = DEFAULT_LIMITS,
) -> bytes:
    """Return the seconds ``start`` to ``end`` with both parties mixed, as a playable file.

    Telephone codecs (AMR, GSM, A-law) do not play in browsers, hence the transcoding. Decoding
    stops at ``end`` and, where every sample's place in the file is known, begins shortly before
    ``start``; nothing outside the clip is kept.

    Args:
        recording: Where the sound is.
        start: Seconds from the start of the recording; below 0 counts as 0.
        end: Seconds; at most ``MAX_SECONDS`` later, and cut to the recording.
        kind: ``wav`` (16-bit, 8 kHz where recorded so, else 16 kHz) or ``mp3`` (24 kbit/s).
        limits: Bounds of the recording.

    Raises:
        AudioError: As for decoding; ``no_samples`` where the recording ends before ``start``.
    """
    (made,) = clips_of(recording, ((start, end),), kind=kind, limits=limits)
    if made is None:
        raise AudioError("no_samples", "the recording ends before the clip begins")
    return made


def clips_of(
    recording: Recording,
    spans: Sequence[tuple[float, float]],
    *,
    kind: Literal["wav", "mp3"] = "wav",
    limits: AudioLimits = DEFAULT_LIMITS,
) -> tuple[bytes | None, ...]:
    """Return several clips of one recording as ``clip_bytes`` does, decoding it once.

    Args:
        recording: Where the sound is.
        spans: Starts and ends in seconds.
        kind: As for ``clip_bytes``.
        limits: Bounds of the recording.

    Returns:
        In the order of the spans; ``None`` where the recording ends before a clip begins.

    Raises:
        AudioError: As for decoding.
    """
    wanted = []
    for given, end in spans:
        start = max(0.0, given)
        if not start < end <= start + MAX_SECONDS:
            raise ValueError(f"a clip lasts over 0 and up to {MAX_SECONDS:.0f} s")
        wanted.append((int(start * RATE), int(end * RATE)))
    with (
        open_regular(recording.path, limits) as file,
        open_container(file, recording, limits) as opened,
    ):
        narrow = opened.probe.rate <= 8_000
        if _plain(opened):
            parts = [_cut(opened, limits, [span])[0] for span in wanted]
        else:
            parts = _cut(opened, limits, wanted)
    return tuple(_packed(pieces, kind, narrow=narrow) if pieces else None for pieces in parts)


def _cut(
    opened: Opened, limits: AudioLimits, spans: Sequence[tuple[int, int]]
) -> list[list[FloatArray]]:
    """Collect the mixed sound of spans of samples; decodes to the end of the last one."""
    at = RATE * _skip(opened, min(first for first, _ in spans) // RATE - _LEAD_S)
    parts: list[list[FloatArray]] = [[] for _ in spans]
    end = max(last for _, last in spans)
    for piece in stream_samples(opened, limits, Damage()):
        following = at + piece.shape[1]
        for (first, last), own in zip(spans, parts, strict=True):
            if at < last and following > first:
                own.append(piece[:, max(0, first - at) : last - at].mean(axis=0))
        at = following
        if at >= end:
            break
    return parts


def _packed(parts: Sequence[FloatArray], kind: str, *, narrow: bool) -> bytes:
    mixed = np.clip(np.concatenate(parts), -1.0, 1.0)
    if kind == "mp3":
        return _mp3(mixed)
    return _wav(_halve(mixed), RATE // 2) if narrow else _wav(mixed, RATE)


def _plain(opened: Opened) -> bool:
    """Whether every sample's place in the file is known."""
    found, base = opened.probe, opened.stream.time_base
    plain = found.container == "wav" and found.codec.startswith("pcm_") and found.exact
    return plain and base is not None and base * found.rate == 1


def _skip(opened: Opened, seconds: int) -> int:
    """Go ahead by whole seconds in a WAV file of plain samples; return how far it went.

    At whole seconds the resampler stands as it does when it comes there by itself, and what it
    needs of the sound before lies in the lead.
    """
    if not _plain(opened):
        return 0
    ahead = max(seconds, 0)
    try:
        opened.container.seek(ahead * opened.probe.rate, stream=opened.stream)
    except OSError:
        opened.container.seek(0, stream=opened.stream)
        return 0
    return ahead


def _halve(samples: FloatArray) -> FloatArray:
    # The sound was upsampled from 8 kHz, so nothing lies above the new half rate.
    return samples[::2]


def _to_int16(samples: FloatArray) -> bytes:
    return np.asarray(np.round(samples * 32767), "<i2").tobytes()


def _wav(samples: FloatArray, rate: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(_to_int16(samples))
    return buffer.getvalue()


def _mp3(samples: FloatArray) -> bytes:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, mode="w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", _MP3_RATE, options=_MP3_QUICK, layout="mono")
        stream.bit_rate = _MP3_BITS
        frame = av.AudioFrame.from_ndarray(
            np.frombuffer(_to_int16(samples), "<i2")[None], format="s16", layout="mono"
        )
        frame.sample_rate = RATE
        context = stream.codec_context
        resampler = av.AudioResampler(
            format=context.format, layout="mono", rate=_MP3_RATE, frame_size=1152
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return buffer.getvalue()
