"""Name the format of a recording by its first bytes, from a fixed list.

libavformat's own guessing is never used: it would follow a playlist named ``.wav`` to other
files or to the network, and it reads headerless telephone data as something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from auditor.audio.sound import ProbeNote
from auditor.errors import AudioError

HEADERLESS = {
    ".alaw": "alaw",
    ".al": "alaw",
    ".ulaw": "mulaw",
    ".ul": "mulaw",
    ".mulaw": "mulaw",
    ".pcm": "s16le",
    ".raw": "s16le",
    ".g722": "g722",
    ".gsm": "gsm",
}
"""Formats without a header: the name alone tells them."""

RATE_FIXED = {"g722": 16_000, "gsm": 8_000}
"""Headerless formats whose rate is part of the format."""

_EXTENSIONS = {
    "wav": {".wav", ".wave"},
    "mp3": {".mp3"},
    "mov": {".m4a", ".mp4", ".mov", ".3gp", ".m4b", ".aac"},
    "aac": {".aac", ".adts"},
    "ogg": {".ogg", ".oga", ".opus"},
    "flac": {".flac"},
    "amr": {".amr", ".awb", ".3ga"},
}
SUPPORTED = "wav, mp3, m4a/aac, ogg/opus, flac, amr, g722, gsm, alaw, ulaw, pcm"
RECORDING_SUFFIXES = frozenset(set().union(*_EXTENSIONS.values()) | set(HEADERLESS))
"""Names a recording may have, lower case with dot."""

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Kind:
    """The format of a file.

    Args:
        container: Demuxer to force.
        headerless: Whether the rate has to come from elsewhere.
        notes: Odd things seen.
    """

    container: str
    headerless: bool = False
    notes: tuple[ProbeNote, ...] = ()


def identify(file: BinaryIO, name: PurePath) -> Kind:
    """Tell the format by content, and by name where the format has no header.

    Raises:
        AudioError: ``unsupported_format`` for a known other format or an unknown name,
            ``undecodable`` where the content is not what the name says.
    """
    file.seek(0)
    head = file.read(_HEAD)
    suffix = name.suffix.lower()
    container = _by_content(head, file)
    file.seek(0)
    if container is not None and suffix not in HEADERLESS:
        fits = suffix in _EXTENSIONS[container]
        return Kind(container, notes=() if fits else (ProbeNote.EXTENSION_MISMATCH,))
    # Telephone data may begin with any bytes, so only an unmistakable header outweighs the name.
    if container in {"wav", "flac", "ogg", "amr"}:
        return Kind(container, notes=(ProbeNote.EXTENSION_MISMATCH,))
    if suffix in HEADERLESS:
        return Kind(HEADERLESS[suffix], headerless=True)
    foreign = _foreign(head)
    if foreign is not None:
        raise AudioError(
            "unsupported_format", f"the recording is {foreign}; supported are {SUPPORTED}"
        )
    if suffix == ".mp3":
        return Kind("mp3")  # leading junk is common; the decoder decides
    if suffix in RECORDING_SUFFIXES:
        raise AudioError(
            "undecodable", f"the content is not {suffix[1:]} sound; export the recording again"
        )
    raise AudioError(
        "unsupported_format", f"the kind of recording is not known; supported are {SUPPORTED}"
    )


def _by_content(head: bytes, file: BinaryIO) -> str | None:
    if head[:4] in {b"RIFF", b"RF64", b"BW64"} and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS":
        return "ogg"
    if head[:6] == b"#!AMR\n" or head[:9] == b"#!AMR-WB\n":
        return "amr"
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:3] == b"ID3" and len(head) >= 10:
        file.seek(10 + _tag_size(head))
        after = file.read(16)
        return "mp3" if after[:3] == b"ID3" else _by_content(after, file) or "mp3"
    return _frames(head)


def _tag_size(head: bytes) -> int:
    """Length of an ID3 tag after its ten bytes: four times seven bits (ID3v2.4 section 3.1)."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return size


def _frames(head: bytes) -> str | None:
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 3
    if layer == 0:
        return "aac" if head[1] & 0xF0 == 0xF0 else None
    return "mp3"


def counts_frames(file: BinaryIO) -> bool:
    """Tell whether an mp3 file says how many frames it has (Xing, Info or VBRI header)."""
    position = file.tell()
    file.seek(0)
    head = file.read(10)
    file.seek(10 + _tag_size(head) if head[:3] == b"ID3" else 0)
    frame = file.read(256)
    file.seek(position)
    return any(name in frame for name in (b"Xing", b"Info", b"VBRI"))


def _foreign(head: bytes) -> str | None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower()
    for magic, title in (
        (b"#extm3u", "a playlist"),
        (b"ffconcat", "a playlist"),
        (b"[playlist]", "a playlist"),
        (b"<?xml", "a text document"),
        (b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
        (b"0&\xb2u", "Windows Media"),
        (b"caff", "Core Audio"),
        (b"form", "AIFF"),
        (b"#!silk", "SILK"),
        (b"\x02#!silk", "SILK"),
    ):
        if text.startswith(magic.lower()):
            return title
    return None
