"""The cache gives back what was put in, or nothing at all."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest
import zstandard

from auditor.errors import OutputError
from auditor.transcribe.cache import TranscriptCache

AUDIO, ENGINE = "a" * 64, "e" * 64


@pytest.fixture
def lanes(piece):
    """Two tracks, one without speech."""
    return {"left": (piece("您好", 0.25), piece("请问是王先生吗？", 3.1)), "right": ()}


@pytest.fixture
def cache(tmp_path):
    """An empty cache."""
    return TranscriptCache(tmp_path / "cache")


def test_what_was_heard_comes_back(cache, lanes):
    """Every number and character, lanes without speech included."""
    assert cache.load(AUDIO, ENGINE, ["left", "right"]) is None
    cache.save(AUDIO, ENGINE, lanes)
    assert cache.load(AUDIO, ENGINE, ["left", "right"]) == lanes
    assert cache.path(AUDIO, ENGINE).relative_to(cache.root).as_posix() == (
        f"aa/{AUDIO}/{ENGINE}.json.zst"
    )


@pytest.mark.parametrize(
    ("audio", "engine", "names"),
    [
        ("b" * 64, ENGINE, ["left", "right"]),
        (AUDIO, "f" * 64, ["left", "right"]),
        (AUDIO, ENGINE, ["right", "left"]),
        (AUDIO, ENGINE, ["mix"]),
    ],
)
def test_another_sound_engine_or_track_is_not_in_it(cache, lanes, audio, engine, names):
    """Only the same content heard by the same engine on the same tracks counts."""
    cache.save(AUDIO, ENGINE, lanes)
    assert cache.load(audio, engine, names) is None


def test_an_entry_cut_off_anywhere_is_as_good_as_absent(cache, lanes):
    """A torn file is never read as a shorter call."""
    cache.save(AUDIO, ENGINE, lanes)
    path = cache.path(AUDIO, ENGINE)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert cache.load(AUDIO, ENGINE, ["left", "right"]) is None


def test_any_flipped_byte_is_noticed(cache, lanes):
    """A changed byte gives nothing, or what was saved where the byte carries no content."""
    cache.save(AUDIO, ENGINE, lanes)
    path = cache.path(AUDIO, ENGINE)
    whole = path.read_bytes()
    for index in range(len(whole)):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 0x55]) + whole[index + 1 :])
        assert cache.load(AUDIO, ENGINE, ["left", "right"]) in (None, lanes)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry["body"]["lanes"]["left"][0]["words"][0].__setitem__(2, "坏"),
        lambda entry: entry["body"].update(version=2),
        lambda entry: entry.update(body=[]),
        lambda entry: entry.pop("checksum"),
    ],
)
def test_an_edited_entry_is_noticed(cache, lanes, change):
    """The checksum covers the content, not only the compressed bytes."""
    cache.save(AUDIO, ENGINE, lanes)
    path = cache.path(AUDIO, ENGINE)
    entry = json.loads(zstandard.ZstdDecompressor().decompress(path.read_bytes()))
    change(entry)
    path.write_bytes(zstandard.ZstdCompressor().compress(json.dumps(entry).encode()))
    assert cache.load(AUDIO, ENGINE, ["left", "right"]) is None


def test_an_entry_that_unpacks_to_gigabytes_is_refused(cache, lanes):
    """A few bytes on disk cannot fill the memory."""
    cache.save(AUDIO, ENGINE, lanes)
    bomb = zstandard.ZstdCompressor().compress(b" " * (80 * 1024 * 1024))
    cache.path(AUDIO, ENGINE).write_bytes(bomb)
    assert cache.load(AUDIO, ENGINE, ["left", "right"]) is None


def test_a_process_killed_while_saving_leaves_no_broken_entry(cache, tmp_path):
    """Entries appear whole: after SIGKILL in the middle everything readable is right."""
    program = textwrap.dedent(
        f"""
        import itertools, sys
        from pathlib import Path
        from auditor.transcribe.base import Piece, PieceWord
        from auditor.transcribe.cache import TranscriptCache
        cache = TranscriptCache(Path({str(cache.root)!r}))
        for k in itertools.count():
            text = "好" * 2000
            words = tuple(PieceWord(0.0, 1.0, char, 0.5) for char in text)
            lane = {{"left": (Piece(0.0, 1.0, text, words, -float(k), 0.0, 1.0),)}}
            cache.save({AUDIO!r}, {ENGINE!r}, lane)
            print(k, flush=True)
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        for _ in range(5):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    found = cache.load(AUDIO, ENGINE, ["left"])
    assert found is not None
    assert len(found["left"][0].text) == 2000


def test_an_unwritable_folder_is_a_clear_error(tmp_path, lanes):
    """The folder's name is taken by a file."""
    (tmp_path / "cache").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        TranscriptCache(tmp_path / "cache").save(AUDIO, ENGINE, lanes)


@pytest.mark.parametrize("key", ["../../etc/passwd", "A" * 64, "", "a" * 63])
def test_keys_are_digests_and_nothing_else(cache, key):
    """A key cannot lead out of the folder."""
    with pytest.raises(ValueError, match="sha256"):
        cache.path(key, ENGINE)
