"""A folder, file or manifest is taken apart into rows, transcripts and recordings without row."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.audio import sniff
from auditor.errors import ManifestError, UsageError
from auditor.ingest.discover import RECORDING_SUFFIXES, Inputs, discover

HEADER = "call_id,path,agent_id\n"


def _names(inputs: Inputs) -> tuple[list[str], list[str], list[str]]:
    rows = [row.call_id or "" for row in inputs.rows]
    return rows, [p.name for p in inputs.transcripts], [p.name for p in inputs.without_row]


def _fill(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_folder_with_manifest(tmp_path: Path) -> None:
    """The folder's own manifest is used; what it does not name is told apart and sorted."""
    _fill(
        tmp_path, "b.wav", "sub/deep/A.MP3", "sub/c.json", "notes.txt", ".hidden.wav", ".git/x.wav"
    )
    _fill(tmp_path, "named.wav", "sub/named.json", "z.amr")
    text = HEADER + "1,named.wav,7\n2,sub/named.json,7\n3,gone.wav,7\n"
    (tmp_path / "manifest.csv").write_text(text, "utf-8")
    (tmp_path / "link.wav").symlink_to(tmp_path / "b.wav")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.wav")
    inputs = discover(tmp_path)
    assert _names(inputs) == (["1", "2", "3"], ["c.json"], ["b.wav", "A.MP3", "z.amr"])
    assert inputs.manifest == tmp_path.resolve() / "manifest.csv"
    assert inputs.ignored == 4  # notes.txt, link.wav, loop, pipe.wav


def test_a_folder_that_cannot_be_listed(tmp_path: Path) -> None:
    """A folder the system refuses to list is named, and everything else is found."""
    _fill(tmp_path, "a.json", "z/b.json")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # longer than any path the system takes
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    inputs = discover(tmp_path)
    assert _names(inputs) == ([], ["a.json", "b.json"], [])
    assert [folder.name for folder in inputs.unreadable] == ["d" * 250]


def test_folder_without_manifest(tmp_path: Path) -> None:
    """Without a manifest all recordings lack a row; transcripts are calls of their own."""
    _fill(tmp_path, "a.wav", "b.json")
    assert _names(discover(tmp_path)) == ([], ["b.json"], ["a.wav"])


def test_manifest_elsewhere(tmp_path: Path) -> None:
    """A manifest given by name is used before the folder's own, with paths from the folder."""
    _fill(tmp_path, "calls/a.wav")
    (tmp_path / "calls/manifest.csv").write_text(HEADER, "utf-8")
    (tmp_path / "m.csv").write_text(HEADER + "9,a.wav,7\n", "utf-8")
    inputs = discover(tmp_path / "calls", tmp_path / "m.csv")
    assert _names(inputs) == (["9"], [], [])


def test_two_manifests(tmp_path: Path) -> None:
    """Two manifests in a folder are an error, not a guess."""
    _fill(tmp_path, "manifest.csv", "manifest.parquet")
    with pytest.raises(ManifestError) as caught:
        discover(tmp_path)
    assert caught.value.problems[0].reason == "two_manifests"


def test_manifest_as_input(tmp_path: Path) -> None:
    """A manifest as the input speaks about its own folder; only its rows are calls."""
    _fill(tmp_path, "other.wav")
    (tmp_path / "list.csv").write_text(HEADER + "1,a.wav,7\n", "utf-8")
    inputs = discover(tmp_path / "list.csv")
    assert _names(inputs) == (["1"], [], [])
    assert inputs.root == tmp_path.resolve()


def test_one_file(tmp_path: Path) -> None:
    """One recording takes its row from the manifest beside it; one transcript needs none."""
    _fill(tmp_path, "a.wav", "b.wav", "c.json", "d.wav")
    assert _names(discover(tmp_path / "a.wav")) == ([], [], ["a.wav"])
    (tmp_path / "manifest.csv").write_text(HEADER + "1,a.wav,7\n2,b.wav,7\n", "utf-8")
    assert _names(discover(tmp_path / "b.wav")) == (["2"], [], [])
    assert _names(discover(tmp_path / "d.wav")) == ([], [], ["d.wav"])
    assert _names(discover(tmp_path / "c.json")) == ([], ["c.json"], [])


def test_earlier_output_is_no_input(tmp_path: Path) -> None:
    """The output folder and those of earlier runs are left out, unless they are the input."""
    _fill(tmp_path, "a.json", "out/transcripts/x.json", "new/transcripts/y.json")
    _fill(tmp_path, "out/run.json", "out/findings.jsonl")
    inputs = discover(tmp_path, exclude=(tmp_path / "new",))
    assert _names(inputs) == ([], ["a.json"], [])
    assert _names(discover(tmp_path / "out" / "transcripts"))[1] == ["x.json"]


@pytest.mark.parametrize("name", ["gone", "a.txt", "a.exe"])
def test_no_input(tmp_path: Path, name: str) -> None:
    """What is missing or of no known kind is a usage error."""
    _fill(tmp_path, "a.txt", "a.exe")
    with pytest.raises(UsageError):
        discover(tmp_path / name)


def test_same_suffixes_as_the_decoder() -> None:
    """What is looked for is exactly what can be decoded."""
    assert RECORDING_SUFFIXES == sniff.RECORDING_SUFFIXES
