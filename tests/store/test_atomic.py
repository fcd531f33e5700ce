"""Files appear whole or not at all, and every call id has a safe name of its own."""

from __future__ import annotations

import doctest
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import OutputError
from auditor.store import names
from auditor.store.atomic import make_folder, sweep, write_text, writing
from auditor.store.names import file_name


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """When writing breaks off, the old content stands and nothing is left over."""
    target = tmp_path / "a.json"
    write_text(target, "old")
    with pytest.raises(KeyboardInterrupt), writing(target) as file:
        file.write(b"half of the new")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_process_left_goes_when_it_is_old(tmp_path: Path) -> None:
    """A young unfinished file may still be written to; finished ones stay whatever their age."""
    old, young, whole = (tmp_path / name for name in (".a.x.part", ".b.y.part", "c"))
    for path in (old, young, whole):
        path.touch()
    for path in (old, whole):
        os.utime(path, (0, 0))
    sweep(tmp_path, 3600.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.y.part", "c"]


def test_a_missing_folder_is_an_output_error(tmp_path: Path) -> None:
    """The error names the folder."""
    with pytest.raises(OutputError, match="nowhere"):
        write_text(tmp_path / "nowhere" / "a.json", "x")


def test_a_file_in_the_way_of_a_folder_is_an_output_error(tmp_path: Path) -> None:
    """A plain file where the output folder should be is said so."""
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="out"):
        make_folder(tmp_path / "out" / "transcripts")


def test_examples_in_docstrings_hold() -> None:
    """The doctests pass."""
    assert doctest.testmod(names).failed == 0


@given(st.text(min_size=1, max_size=300))
def test_names_are_safe(call_id: str) -> None:
    """Whatever the id, the name stays inside its folder and under the system's limit."""
    name = file_name(call_id, ".json")
    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith(".")
    assert 0 < len(name.encode()) <= 255


@given(st.lists(st.text(min_size=1, max_size=200), min_size=2, max_size=5, unique=True))
def test_names_differ_where_ids_differ(ids: list[str]) -> None:
    """No two ids share a file."""
    assert len({file_name(call_id, ".json") for call_id in ids}) == len(ids)


def test_a_shortened_name_cannot_be_forged() -> None:
    """An id that spells the shortened name of a longer one gets another name."""
    long = file_name("x" * 190, "")
    assert file_name(long, "") != long
