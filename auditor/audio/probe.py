"""Look at a recording's header and refuse what is outside the limits, before decoding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from auditor.audio.files import open_regular
from auditor.audio.limits import DEFAULT_LIMITS, AudioLimits
from auditor.audio.sniff import RATE_FIXED, Kind, counts_frames, identify
from auditor.audio.sound import Probe, ProbeNote
from auditor.audio.wave_header import WaveHeader, read_wave_header
from auditor.domain.calls import Recording
from auditor.errors import AudioError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

_CODECS = frozenset(
    {
        *("aac", "alac", "mp3", "mp3float", "opus", "libopus", "vorbis", "flac"),
        *("amrnb", "amrwb", "amr_nb", "amr_wb", "libopencore_amrnb", "libopencore_amrwb"),
        *("g722", "adpcm_g722", "adpcm_g726", "gsm", "gsm_ms", "adpcm_ms", "adpcm_ima_wav"),
        *("pcm_alaw", "pcm_mulaw", "pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le"),
        *("pcm_s32le", "pcm_f32le", "pcm_f64le"),
    }
)
"""Decoders a telephone recording may need; every other one stays out of reach of the input."""

_ESTIMATE_MARGIN = 2.0
"""A length estimated from a bit rate must exceed the limit this much to be refused unheard."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A container ready to be decoded.

    Args:
        container: libavformat's view.
        stream: The sound track to decode.
        probe: What is known of it.
    """

    container: InputContainer
    stream: AudioStream
    probe: Probe


def probe(recording: Recording, limits: AudioLimits = DEFAULT_LIMITS) -> Probe:
    """Read codec, container, rate, channels and length of a recording without decoding it.

    Raises:
        AudioError: With the reasons listed in ``auditor.audio``.
    """
    with (
        open_regular(recording.path, limits) as file,
        open_container(file, recording, limits) as opened,
    ):
        return opened.probe


@contextmanager
def open_container(file: BinaryIO, recording: Recording, limits: AudioLimits) -> Iterator[Opened]:
    """Open an already open file with its format forced, and check the limits.

    Only the given file is read: the format is ours, and a request for another one is refused.
    """
    kind = identify(file, recording.path)
    size = _size(file)
    notes = list(kind.notes)
    wave: WaveHeader | None = None
    if kind.container == "wav":
        wave = read_wave_header(file, size)
        _check(wave.rate, wave.channels, limits)
        _check_length(wave.present_seconds, limits)
        if wave.declared is None:
            notes.append(ProbeNote.SIZE_UNKNOWN)
        elif wave.present < wave.declared:
            notes.append(ProbeNote.TRUNCATED)
    open_end = kind.container == "ogg" and not _ogg_ended(file, size)
    if open_end:
        notes.append(ProbeNote.TRUNCATED)
    rate = _declared_rate(kind, recording, limits) if kind.headerless else None
    with _open(file, kind, rate) as container:
        stream = _sound_track(container, limits)
        if len(container.streams.audio) > 1:
            notes.append(ProbeNote.SEVERAL_STREAMS)
        exact = True
        if wave is not None:
            seconds = wave.seconds
        elif rate is not None:
            seconds = size / _BYTES_PER_SECOND[kind.container](rate)
            _check_length(seconds, limits)
        else:
            seconds, exact = _length(container, stream, kind, file)
            if seconds is not None:
                _check_length(seconds if exact else seconds / _ESTIMATE_MARGIN, limits)
        context = stream.codec_context
        found = Probe(
            codec=context.name,
            container=kind.container,
            rate=context.sample_rate,
            channels=context.channels,
            seconds=seconds,
            exact=exact and not open_end,
            notes=tuple(notes),
        )
        yield Opened(container, stream, found)


def _open(file: BinaryIO, kind: Kind, rate: int | None) -> InputContainer:
    import av
    import av.error

    options = {"protocol_whitelist": "", "max_streams": "16"}
    if kind.container == "mov":
        options |= {"enable_drefs": "0", "use_absolute_path": "0"}
    if rate is not None and kind.container not in RATE_FIXED:
        options["sample_rate"] = str(rate)
    file.seek(0)
    try:
        return av.open(
            file, mode="r", format=kind.container, options=options, io_open=_refuse_other_files
        )
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise AudioError(
            "undecodable", f"the {kind.container} content is damaged; export the recording again"
        ) from error


def _sound_track(container: InputContainer, limits: AudioLimits) -> AudioStream:
    if not container.streams.audio:
        raise AudioError("undecodable", "the file holds no sound track")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or context.name not in _CODECS:
        raise AudioError("unsupported_format", "the recording's codec is not supported")
    if not context.sample_rate or not context.channels:
        raise AudioError("no_samples", "nothing in the recording could be decoded")
    _check(context.sample_rate, context.channels, limits)
    return stream


_BYTES_PER_SECOND: dict[str, Callable[[int], float]] = {
    "alaw": lambda rate: rate,
    "mulaw": lambda rate: rate,
    "s16le": lambda rate: rate * 2,
    "g722": lambda _: 8_000,
    "gsm": lambda _: 1_650,
}


def _refuse_other_files(*_: object) -> NoReturn:
    raise PermissionError("a recording may not name other files")


def _declared_rate(kind: Kind, recording: Recording, limits: AudioLimits) -> int:
    rate = RATE_FIXED.get(kind.container, recording.rate)
    if rate is None:
        raise AudioError(
            "rate_missing",
            "a headerless recording needs its sample rate; give it in the manifest's column rate",
        )
    _check(rate, 1, limits)
    return rate


def _check(rate: int, channels: int, limits: AudioLimits) -> None:
    if not limits.min_rate <= rate <= limits.max_rate:
        raise AudioError(
            "bad_rate",
            f"the recording claims {rate} Hz; allowed are {limits.min_rate} to {limits.max_rate}",
        )
    if not 1 <= channels <= limits.max_channels:
        raise AudioError(
            "bad_channels",
            f"the recording claims {channels} channels; allowed are 1 to {limits.max_channels}",
        )


def _check_length(seconds: float, limits: AudioLimits) -> None:
    if seconds > limits.max_seconds:
        raise AudioError(
            "too_long",
            f"the recording lasts {seconds / 3600:.1f} h; the limit is {limits.max_hours:g} h",
        )


def _length(
    container: InputContainer, stream: AudioStream, kind: Kind, file: BinaryIO
) -> tuple[float | None, bool]:
    """Return the promised length in seconds, and whether it was counted."""
    if kind.container == "amr":
        return None, True
    seconds: float | None = None
    if stream.duration is not None and stream.time_base is not None:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        seconds = container.duration / 1_000_000
    if seconds is not None and seconds <= 0:
        seconds = None
    if kind.container == "aac":
        return seconds, False
    if kind.container == "mp3":
        return seconds, counts_frames(file)
    return seconds, True


def _ogg_ended(file: BinaryIO, size: int) -> bool:
    """Tell whether the last Ogg page closes its stream (RFC 3533 section 6, flag 0x04)."""
    position = file.tell()
    file.seek(max(0, size - 65_307))  # the largest page
    tail = file.read()
    file.seek(position)
    at = tail.rfind(b"OggS\x00")
    return at >= 0 and at + 5 < len(tail) and bool(tail[at + 5] & 4)


def _size(file: BinaryIO) -> int:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    return size
