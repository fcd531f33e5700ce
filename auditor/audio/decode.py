"""Decode a recording to 16 kHz float samples, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.audio.files import open_regular, sha256_of, state_of
from auditor.audio.limits import DEFAULT_LIMITS, RATE, AudioLimits
from auditor.audio.probe import Opened, open_container
from auditor.audio.sound import FloatArray, Probe, ProbeNote, Sound
from auditor.domain.calls import Recording
from auditor.errors import AudioError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler

_MAX_BROKEN = 10_000
"""Broken packets after which the rest of the file is given up."""

_MISSING_SECONDS = 0.25
_MISSING_SHARE = 0.01
"""Shorter than promised by more than both: the end is missing (encoder delay is below)."""

_UNCOUNTED = {"amr", "aac"}
"""Formats that promise no length: a last frame cut in two is the only sign of a missing end."""


def decode(recording: Recording, limits: AudioLimits = DEFAULT_LIMITS) -> Sound:
    """Hash and decode one recording through the same open file.

    Raises:
        AudioError: With the reasons listed in ``auditor.audio``; ``hash_mismatch`` where the
            manifest declares another hash or the file changes while it is read.
    """
    damage = Damage()
    with open_regular(recording.path, limits) as file:
        before = state_of(file)
        sha256 = sha256_of(file)
        if recording.sha256 is not None and recording.sha256.lower() != sha256:
            raise AudioError(
                "hash_mismatch",
                "the recording is not the one the manifest describes (sha256 differs)",
            )
        with open_container(file, recording, limits) as opened:
            samples = _collect(opened, limits, damage)
            found = opened.probe
        if state_of(file) != before:
            raise AudioError("hash_mismatch", "the recording was changed while it was read")
    if samples.shape[1] == 0:
        raise AudioError("no_samples", "the recording holds no sound")
    if damage.packets > damage.frames:
        # Noise now and then looks like a frame; that does not make it a recording.
        raise AudioError("undecodable", "most of the recording cannot be decoded; export it again")
    seconds = samples.shape[1] / RATE
    truncated = (
        ProbeNote.TRUNCATED in found.notes
        or _falls_short(found, seconds)
        or (found.container in _UNCOUNTED and damage.at_end)
    )
    if truncated and ProbeNote.TRUNCATED not in found.notes:
        found = replace(found, notes=(*found.notes, ProbeNote.TRUNCATED))
    return Sound(
        samples=samples,
        seconds=seconds,
        probe=found,
        sha256=sha256,
        broken_packets=damage.packets,
        truncated=truncated,
    )


@dataclass(slots=True)
class Damage:
    """What went wrong so far while a stream is decoded.

    Args:
        packets: Packets the decoder refused.
        frames: Pieces of sound it made.
        at_end: Whether the last packet was one of them.
    """

    packets: int = 0
    frames: int = 0
    at_end: bool = False


def stream_samples(opened: Opened, limits: AudioLimits, damage: Damage) -> Iterator[FloatArray]:
    """Yield pieces of decoded sound at 16 kHz, shape ``(channels, n)``; count the damage.

    The channel count is the probe's throughout.
    """
    import av

    layout = "mono" if opened.probe.channels == 1 else "stereo"
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
    form: tuple[int, str, str] | None = None
    for frame in _frames(opened):
        damage.at_end = frame is None
        if frame is None:
            damage.packets += 1
            if damage.packets > _MAX_BROKEN:
                break
            continue
        damage.frames += 1
        now = (frame.sample_rate, frame.layout.name, frame.format.name)
        if now != form:
            _check_switch(frame, limits)
            if form is not None:
                yield from _resample(resampler, None)
                resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
            form = now
        frame.pts = None  # gaps and jumps in damaged files would be filled with silence
        yield from _resample(resampler, frame)
    if form is not None:
        yield from _resample(resampler, None)


def _check_switch(frame: AudioFrame, limits: AudioLimits) -> None:
    # A chained stream may change its rate; one frame at 1 Hz would become gigabytes.
    if not limits.min_rate <= frame.sample_rate <= limits.max_rate:
        raise AudioError("bad_rate", f"the recording switches to {frame.sample_rate} Hz")
    if frame.layout.nb_channels > limits.max_channels:
        raise AudioError("bad_channels", "the recording switches to more channels")


def _resample(resampler: AudioResampler, frame: AudioFrame | None) -> Iterator[FloatArray]:
    import av.error

    try:
        for piece in resampler.resample(frame):
            yield np.asarray(piece.to_ndarray(), np.float32)
    except (av.error.FFmpegError, ValueError) as error:
        raise AudioError("undecodable", "the sound cannot be resampled") from error


def _frames(opened: Opened) -> Iterator[AudioFrame | None]:
    """Yield decoded frames, and ``None`` for each packet that cannot be decoded."""
    import av.error

    packets = opened.container.demux(opened.stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.EOFError):
            return
        except av.error.FFmpegError:
            yield None  # the container itself breaks off here
            return
        try:
            frames = packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            yield None
            continue
        yield from frames


def _collect(opened: Opened, limits: AudioLimits, damage: Damage) -> FloatArray:
    promised = opened.probe.seconds
    guess = RATE * 60 if promised is None else int(promised * RATE) + RATE
    capacity = min(guess, limits.max_samples)
    # Pages of an empty array cost nothing until written, so a lying header costs nothing.
    buffer: FloatArray = np.empty((opened.probe.channels, capacity), np.float32)
    used = 0
    for piece in stream_samples(opened, limits, damage):
        following = used + piece.shape[1]
        if following > limits.max_samples:
            raise AudioError("too_long", f"the recording lasts over {limits.max_hours:g} h")
        if following > capacity:
            capacity = min(max(following, capacity * 3 // 2), limits.max_samples)
            larger: FloatArray = np.empty((buffer.shape[0], capacity), np.float32)
            larger[:, :used] = buffer[:, :used]
            buffer = larger
        buffer[:, used:following] = piece
        used = following
    samples = buffer[:, :used]
    if used < capacity * 3 // 4:
        samples = samples.copy()
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    np.clip(samples, -1.0, 1.0, out=samples)  # float recordings may lie outside
    samples.flags.writeable = False
    return samples


def _falls_short(found: Probe, seconds: float) -> bool:
    if found.seconds is None or not found.exact or ProbeNote.SIZE_UNKNOWN in found.notes:
        return False
    short = found.seconds - seconds
    return short > _MISSING_SECONDS and short > _MISSING_SHARE * found.seconds
