"""Cut a few seconds out of a recording, in a format every browser plays."""

from __future__ import annotations

import io
import wave
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

_LEAD_S = 1.0
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
    start = max(0.0, start)
    if not start < end <= start + MAX_SECONDS:
        raise ValueError(f"a clip lasts over 0 and up to {MAX_SECONDS:.0f} s")
    first, last = int(start * RATE), int(end * RATE)
    parts: list[FloatArray] = []
    with (
        open_regular(recording.path, limits) as file,
        open_container(file, recording, limits) as opened,
    ):
        narrow = opened.probe.rate <= 8_000
        at = RATE * _skip(opened, int(start - _LEAD_S))
        for piece in stream_samples(opened, limits, Damage()):
            following = at + piece.shape[1]
            if following > first:
                parts.append(piece[:, max(0, first - at) : last - at].mean(axis=0))
            at = following
            if at >= last:
                break
    if not parts:
        raise AudioError("no_samples", "the recording ends before the clip begins")
    mixed = np.clip(np.concatenate(parts), -1.0, 1.0)
    if kind == "mp3":
        return _mp3(mixed)
    return _wav(_halve(mixed), RATE // 2) if narrow else _wav(mixed, RATE)


def _skip(opened: Opened, seconds: int) -> int:
    """Go ahead by whole seconds in a WAV file of plain samples; return how far it went.

    At whole seconds the resampler stands as it does when it comes there by itself, and what it
    needs of the sound before lies in the lead.
    """
    found = opened.probe
    plain = found.container == "wav" and found.codec.startswith("pcm_") and found.exact
    base = opened.stream.time_base
    if seconds <= 0 or not plain or base is None or base * found.rate != 1:
        return 0
    try:
        opened.container.seek(seconds * found.rate, stream=opened.stream)
    except OSError:
        opened.container.seek(0, stream=opened.stream)
        return 0
    return seconds


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
