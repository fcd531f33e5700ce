"""One run at a time writes into an output folder."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from auditor.domain.runs import OUTPUT_MARK
from auditor.errors import OutputError
from auditor.store.lock import locked


def test_a_second_run_is_refused_while_the_first_writes(tmp_path: Path) -> None:
    """The second says who holds the folder; afterwards the folder is free again."""
    held = rf"another run .* \(process {os.getpid()} on {platform.node()} since \d{{4}}-\d\d-\d\dT"
    with locked(tmp_path), pytest.raises(OutputError, match=held), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_what_a_killed_run_left_unfinished_is_swept_up(tmp_path: Path) -> None:
    """Hidden parts go, finished files stay, and the mark of an output folder stays."""
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "archive" / "ab").mkdir(parents=True)
    (tmp_path / "archive" / "ab" / ".ab1.json.zst.abc.part").touch()
    (tmp_path / "transcripts" / ".C1.json.abc.part").touch()
    (tmp_path / "transcripts" / "C1.json").touch()
    with locked(tmp_path):
        pass
    left = {path.name for path in tmp_path.rglob("*")}
    assert left == {"transcripts", "archive", "ab", "C1.json", OUTPUT_MARK}


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    """Whoever plants a link must not have another file written."""
    (tmp_path / "precious").write_text("x", encoding="utf-8")
    (tmp_path / OUTPUT_MARK).symlink_to("precious")
    with pytest.raises(OutputError), locked(tmp_path):
        pass
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "x"
