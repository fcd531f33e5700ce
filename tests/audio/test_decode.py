"""Every supported codec decodes to the right length and level; every bad input has its reason."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.audio.decode import decode
from auditor.audio.limits import RATE, AudioLimits
from auditor.audio.probe import probe
from auditor.audio.sound import ProbeNote
from auditor.domain.calls import Recording
from auditor.errors import AudioError

Put = Callable[..., Recording]

REASONS = [
    "bad_channels",
    "bad_rate",
    "no_samples",
    "too_long",
    "undecodable",
    "unsupported_format",
]
"""What damage inside a file may lead to."""

CODECS = [
    # name, container, codec, rate, channels, declared rate
    ("a.wav", "wav", "pcm_u8", 8000, 1, None),
    ("a.wav", "wav", "pcm_s16le", 8000, 2, None),
    ("a.wav", "wav", "pcm_s24le", 44100, 1, None),
    ("a.wav", "wav", "pcm_s32le", 48000, 2, None),
    ("a.wav", "wav", "pcm_f32le", 16000, 1, None),
    ("a.wav", "wav", "pcm_alaw", 8000, 2, None),
    ("a.wav", "wav", "pcm_mulaw", 8000, 1, None),
    ("a.wav", "wav", "adpcm_ms", 8000, 2, None),
    ("a.wav", "wav", "adpcm_ima_wav", 8000, 1, None),
    ("a.mp3", "mp3", "libmp3lame", 8000, 1, None),
    ("a.mp3", "mp3", "libmp3lame", 44100, 2, None),
    ("a.m4a", "ipod", "aac", 16000, 2, None),
    ("a.aac", "adts", "aac", 16000, 1, None),
    ("a.opus", "ogg", "libopus", 16000, 1, None),
    ("a.ogg", "ogg", "libopus", 48000, 2, None),
    ("a.flac", "flac", "flac", 8000, 2, None),
    ("a.amr", "amr", "libopencore_amrnb", 8000, 1, None),
    ("a.3gp", "3gp", "libopencore_amrnb", 8000, 1, None),
    ("a.g722", "g722", "g722", 16000, 1, None),
    ("a.alaw", "alaw", "pcm_alaw", 8000, 1, 8000),
    ("a.AL", "alaw", "pcm_alaw", 8000, 1, 8000),
    ("a.ulaw", "mulaw", "pcm_mulaw", 8000, 1, 8000),
    ("a.mulaw", "mulaw", "pcm_mulaw", 16000, 1, 16000),
    ("a.pcm", "s16le", "pcm_s16le", 8000, 1, 8000),
    ("a.raw", "s16le", "pcm_s16le", 11025, 1, 11025),
]


@pytest.mark.parametrize(("name", "container", "codec", "rate", "channels", "declared"), CODECS)
def test_codec(
    put: Put,
    make: Any,
    name: str,
    container: str,
    codec: str,
    rate: int,
    channels: int,
    declared: int | None,
) -> None:
    """Two seconds of a 440 Hz tone come back as two seconds of a 440 Hz tone at 16 kHz."""
    source = np.stack([make.tone(2.0, rate=rate)] * channels)
    data = make.encode(source, container=container, codec=codec, rate=rate)
    recording = put(name, data, rate=declared)

    sound = decode(recording)

    assert sound.samples.dtype == np.float32
    assert sound.samples.shape[0] == channels == sound.probe.channels
    assert sound.seconds == pytest.approx(2.0, abs=0.15)  # AAC adds a start-up frame
    assert sound.sha256 == hashlib.sha256(data).hexdigest()
    assert not sound.truncated
    middle = sound.samples[0, RATE // 2 : RATE // 2 + RATE]
    spectrum = np.abs(np.fft.rfft(middle))
    assert abs(int(spectrum.argmax()) - 440) <= 3
    assert float(np.sqrt((middle**2).mean())) == pytest.approx(0.3 / np.sqrt(2), rel=0.25)


def test_gsm_in_wav(put: Put, make: Any) -> None:
    """A GSM 06.10 WAV gives 320 samples at 8 kHz for each block of 65 bytes."""
    data = random.Random(4).randbytes(65 * 50)
    content = make.wav(data, tag=0x31, bits=0, block=65, byte_rate=1625, extra=b"\x02\x00\x40\x01")
    sound = decode(put("a.wav", content))
    assert sound.probe.codec == "gsm_ms"
    assert sound.seconds == pytest.approx(2.0, abs=0.01)


def test_headerless_gsm(put: Put) -> None:
    """A raw GSM file needs no declared rate: 33 bytes are 160 samples at 8 kHz."""
    frames = b"".join(b"\xd2" + random.Random(i).randbytes(32) for i in range(100))
    assert decode(put("a.gsm", frames)).seconds == pytest.approx(2.0, abs=0.01)


def test_amr_wideband(put: Put) -> None:
    """An AMR-WB file of 100 frames of the lowest mode lasts two seconds."""
    frames = b"".join(b"\x04" + random.Random(i).randbytes(17) for i in range(100))
    sound = decode(put("a.awb", b"#!AMR-WB\n" + frames))
    assert sound.probe.codec == "amrwb"
    assert sound.seconds == pytest.approx(2.0, abs=0.05)


def test_channels_stay_apart(put: Put, make: Any) -> None:
    """Left and right of a stereo file come back as channel 0 and 1."""
    source = np.stack([make.tone(1.0, rate=8000), np.zeros(8000, np.float32)])
    data = make.encode(source, container="wav", codec="pcm_alaw", rate=8000)
    sound = decode(put("a.wav", data))
    assert float(np.abs(sound.samples[0]).max()) > 0.2
    assert float(np.abs(sound.samples[1]).max()) < 0.01


BAD = [
    ("empty.wav", b"", "empty_file"),
    ("header.wav", lambda make: make.wav(b""), "no_samples"),
    (
        "trailer.wav",
        lambda make: make.wav(b"", size=0) + b"LIST\x1a\x00\x00\x00" + b"x" * 26,
        "no_samples",
    ),
    ("cut.wav", lambda make: make.wav()[:20], "undecodable"),
    ("cut.wav", lambda make: make.wav()[:40], "undecodable"),
    ("random.mp3", random.Random(1).randbytes(200_000), "no_samples"),
    ("random.wav", random.Random(2).randbytes(50_000), "undecodable"),
    ("random.m4a", b"\0\0\0\x18ftypM4A " + bytes(2000), "undecodable"),
    ("text.wav", b"<html>not sound</html>" * 50, "undecodable"),
    ("text.flac", b"fLaC but not really" * 50, "undecodable"),
    ("text.ogg", b"OggS" + b"nothing" * 50, "undecodable"),
    ("a.wav", lambda make: make.wav(rate=1), "bad_rate"),
    ("a.wav", lambda make: make.wav(rate=0), "bad_rate"),
    ("a.wav", lambda make: make.wav(rate=5999), "bad_rate"),
    ("a.wav", lambda make: make.wav(rate=192_000), "bad_rate"),
    ("a.wav", lambda make: make.wav(channels=65_535), "bad_channels"),
    ("a.wav", lambda make: make.wav(channels=3), "bad_channels"),
    ("a.wav", lambda make: make.wav(channels=0), "bad_channels"),
    ("a.wav", b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1/x.wav\n", "unsupported_format"),
    ("a.mp3", b"\xef\xbb\xbf#EXTM3U\nfile:///etc/passwd\n", "unsupported_format"),
    ("a.wav", b"ffconcat version 1.0\nfile /etc/passwd\n", "unsupported_format"),
    ("a.wav", b"\x1a\x45\xdf\xa3" + bytes(500), "unsupported_format"),
    ("a.docx", b"PK\x03\x04" + bytes(500), "unsupported_format"),
    ("a.ulaw", bytes(8000), "rate_missing"),
    ("a.pcm", bytes(8000), "rate_missing"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BAD)
def test_bad_content(
    put: Put, make: Any, name: str, content: bytes | Callable[[Any], bytes], reason: str
) -> None:
    """Broken and foreign files are refused with their reason, and no error repeats the path."""
    recording = put(name, content if isinstance(content, bytes) else content(make))
    with pytest.raises(AudioError) as caught:
        decode(recording)
    assert caught.value.reason == reason
    assert str(recording.path) not in str(caught.value)


@pytest.mark.parametrize("header", [{"rate": 1}, {"channels": 65_535}])
def test_lying_header_costs_nothing(put: Put, make: Any, header: dict[str, int]) -> None:
    """A header that would blow 32 KB up to gigabytes is refused before memory is taken."""
    recording = put("a.wav", make.wav(bytes(32_000), **header))
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    try:
        with pytest.raises(AudioError):
            decode(recording)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident
    assert grown < 50_000  # KiB; the decoder's own memory included


def test_too_long_by_header(tmp_path: Path, make: Any) -> None:
    """A 12-hour file is refused by its header; nothing of it is decoded."""
    size = 12 * 3600 * 16_000
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        header = make.wav(b"", size=size)
        file.write(header)
        file.truncate(len(header) + size)  # a sparse file takes no space
    with pytest.raises(AudioError) as caught:
        probe(Recording(path=path))
    assert caught.value.reason == "too_long"


def test_too_long_while_decoding(put: Put, make: Any) -> None:
    """Where no header tells the length, decoding stops at the limit."""
    source = make.tone(4.0, rate=8000)[None]
    data = make.encode(source, container="amr", codec="libopencore_amrnb", rate=8000)
    with pytest.raises(AudioError) as caught:
        decode(put("a.amr", data), AudioLimits(max_hours=2 / 3600))
    assert caught.value.reason == "too_long"


def test_too_many_bytes(put: Put, make: Any) -> None:
    """A file over the byte limit is not even hashed."""
    with pytest.raises(AudioError) as caught:
        decode(put("a.wav", make.wav()), AudioLimits(max_bytes=1000))
    assert caught.value.reason == "too_long"


CUTS = [
    ("a.wav", "wav", "pcm_alaw", 8000, 2),
    ("a.wav", "wav", "adpcm_ms", 8000, 2),
    ("a.mp3", "mp3", "libmp3lame", 8000, 1),
    ("a.opus", "ogg", "libopus", 16000, 1),
    ("a.flac", "flac", "flac", 8000, 1),
    ("a.amr", "amr", "libopencore_amrnb", 8000, 1),
    ("a.aac", "adts", "aac", 16000, 1),
]


@pytest.mark.parametrize(("name", "container", "codec", "rate", "channels"), CUTS)
def test_cut_in_the_middle(
    put: Put, make: Any, name: str, container: str, codec: str, rate: int, channels: int
) -> None:
    """The first half of a file decodes and is known to be truncated."""
    source = np.stack([make.tone(4.0, rate=rate)] * channels)
    data = make.encode(source, container=container, codec=codec, rate=rate)
    sound = decode(put(name, data[: len(data) // 2]))
    assert 1.0 < sound.seconds < 3.0
    assert sound.truncated
    assert ProbeNote.TRUNCATED in sound.probe.notes


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0xFFFFFFF0, 0])
def test_open_data_size(put: Put, make: Any, size: int) -> None:
    """A size that a pipe writer left open promises nothing: the real bytes are heard."""
    sound = decode(put("a.wav", make.wav(size=size)))
    assert sound.seconds == pytest.approx(1.0)
    assert not sound.truncated
    assert sound.probe.notes == (ProbeNote.SIZE_UNKNOWN,)


@pytest.mark.parametrize("name", ["a.mp3", "a.alaw"])
def test_wrong_extension(put: Put, make: Any, name: str) -> None:
    """WAV content under another name is decoded as WAV, with a note."""
    sound = decode(put(name, make.wav(), rate=8000))
    assert sound.probe.container == "wav"
    assert sound.probe.notes == (ProbeNote.EXTENSION_MISMATCH,)


def test_missing(tmp_path: Path) -> None:
    """A file that is not there, or lies below a file, is missing."""
    for path in (tmp_path / "no.wav", tmp_path / "no" / "no.wav", Path("a\0.wav")):
        with pytest.raises(AudioError) as caught:
            decode(Recording(path=path))
        assert caught.value.reason == "missing"


def test_fifo_does_not_block(tmp_path: Path) -> None:
    """A named pipe nobody writes to is refused at once."""
    os.mkfifo(tmp_path / "a.wav")
    with pytest.raises(AudioError) as caught:
        decode(Recording(path=tmp_path / "a.wav"))
    assert caught.value.reason == "not_a_regular_file"


def test_link_folder_socket_device(tmp_path: Path, make: Any) -> None:
    """Only regular files are opened, and links to them are not followed."""
    (tmp_path / "real.wav").write_bytes(make.wav())
    (tmp_path / "link.wav").symlink_to(tmp_path / "real.wav")
    (tmp_path / "folder.wav").mkdir()
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket.wav"))
    server.close()
    names = [tmp_path / n for n in ("link.wav", "folder.wav", "socket.wav")]
    for path in [*names, Path("/dev/zero")]:
        with pytest.raises(AudioError) as caught:
            decode(Recording(path=path))
        assert caught.value.reason == "not_a_regular_file"


def test_playlist_opens_nothing(
    put: Put, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A playlist named .wav reaches neither another file nor the network."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    port = server.getsockname()[1]
    bait = tmp_path / "bait.wav"
    os.mkfifo(bait)  # whoever opened it for reading would be seen by the writer below
    for text in (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:{port}/x.ts\n",
        f"#EXTM3U\n#EXTINF:9,\nfile://{bait}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile {bait}\n",
    ):
        for name in ("a.wav", "a.mp3", "a.ogg"):
            recording = put(name, text.encode())
            with pytest.raises(AudioError):
                decode(recording)
    with pytest.raises(TimeoutError):
        server.accept()
    server.close()
    with pytest.raises(OSError, match="No such device"):
        os.open(bait, os.O_WRONLY | os.O_NONBLOCK)  # ENXIO: it never had a reader


def test_forced_format_cannot_open_other_files(put: Put, make: Any) -> None:
    """An mp4 whose sound lies in another file (a data reference) gives nothing of that file."""
    data = make.encode(make.tone(1.0, rate=16000)[None], container="mov", codec="aac", rate=16000)
    assert b"url \x00\x00\x00\x01" in data
    led_away = data.replace(b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00")
    sound = decode(put("a.mov", led_away))
    assert sound.seconds == pytest.approx(1.0, abs=0.1)


def test_declared_hash(put: Put, make: Any) -> None:
    """A wrong declared hash stops before decoding; the right one in capitals passes."""
    data = make.wav()
    right = hashlib.sha256(data).hexdigest().upper()
    assert decode(put("a.wav", data, sha256=right)).sha256 == right.lower()
    with pytest.raises(AudioError) as caught:
        decode(put("a.wav", data, sha256="0" * 64))
    assert caught.value.reason == "hash_mismatch"


def test_probe_agrees_with_decode(put: Put, make: Any) -> None:
    """The probe knows rate, channels and length before anything is decoded."""
    found = probe(put("a.wav", make.wav(channels=2, bits=16)))
    assert (found.codec, found.rate, found.channels) == ("pcm_s16le", 8000, 2)
    assert found.seconds == pytest.approx(0.5)


def test_float_beyond_full_scale(put: Put, make: Any) -> None:
    """Float samples that are infinite, NaN or beyond 1 come back finite and within 1."""
    values = np.tile(np.array([0.5, np.nan, np.inf, -np.inf, 7.0], "<f4"), 2000)
    sound = decode(put("a.wav", make.wav(values.tobytes(), tag=3, bits=32, rate=16000)))
    assert np.isfinite(sound.samples).all()
    assert float(np.abs(sound.samples).max()) <= 1.0


def test_samples_are_read_only(put: Put, make: Any) -> None:
    """Nobody downstream can change the sound another stage relies on."""
    sound = decode(put("a.wav", make.wav()))
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0, 0] = 1.0


@pytest.mark.parametrize("seed", range(30))
def test_damaged_bytes_never_escape(put: Put, make: Any, seed: int) -> None:
    """Files with random bytes overwritten decode or raise AudioError, nothing else."""
    draw = random.Random(seed)
    name, container, codec, rate, channels = draw.choice(CUTS)
    source = np.stack([make.tone(0.5, rate=rate)] * channels)
    data = bytearray(make.encode(source, container=container, codec=codec, rate=rate))
    for _ in range(draw.randint(1, 40)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    outcome = "decoded"
    try:
        sound = decode(put(name, bytes(data)), AudioLimits(max_hours=0.01))
        assert sound.samples.shape[1] > 0
    except AudioError as error:
        outcome = error.reason
    assert outcome in {"decoded", *REASONS}
