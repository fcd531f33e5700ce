"""Transcripts kept by content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from auditor.errors import OutputError
from auditor.store.archive import Archive, default_archive

DATA = '{"call_id": "C1", "text": "您好"}'.encode()


def test_a_transcript_comes_back_by_its_digest(tmp_path: Path) -> None:
    """Equal content is kept once."""
    archive = Archive(tmp_path / "a")
    digest = archive.save(DATA)
    assert digest == hashlib.sha256(DATA).hexdigest()
    assert archive.save(DATA) == digest
    assert archive.load(digest) == DATA
    assert len([p for p in (tmp_path / "a").rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_or_missing_one_is_absent(tmp_path: Path, damage: bytes | None) -> None:
    """It is never given back as something else."""
    archive = Archive(tmp_path)
    digest = archive.save(DATA)
    path = archive.path(digest)
    path.unlink() if damage is None else path.write_bytes(damage)
    assert archive.load(digest) is None


def test_another_transcript_under_its_name_is_absent(tmp_path: Path) -> None:
    """The content is held against the name."""
    archive = Archive(tmp_path)
    digest, other = archive.save(DATA), archive.save(b"{}")
    archive.path(digest).write_bytes(archive.path(other).read_bytes())
    assert archive.load(digest) is None


@pytest.mark.parametrize("name", ["", "../etc/passwd", "A" * 64, "0" * 63])
def test_names_are_digests_only(tmp_path: Path, name: str) -> None:
    """No name leads out of the folder."""
    with pytest.raises(ValueError, match="sha256"):
        Archive(tmp_path).path(name)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file is in the way."""
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot write"):
        Archive(tmp_path / "a").save(DATA)


def test_the_archive_goes_with_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside an SQLite file; else in the user's data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_archive("/data/night.db") == Path("/data/archive")
    assert default_archive("postgresql://u@h/d") == tmp_path / "auditor" / "archive"
