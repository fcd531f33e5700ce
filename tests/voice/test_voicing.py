"""Labelled calls become recordings and a manifest that an audit takes as they are."""

from __future__ import annotations

import csv
from pathlib import Path

import av
import pytest
from click.testing import CliRunner

from auditor.ingest.discover import discover
from auditor.voice.voicing import main

CALLS = """=== x-1
callee: debtor
person: debtor
overdue: 12
agent: 罗思远
style: clean
A: {institution_identity} 您好，这里是江州银行。
C: 您说。
===
=== x-2
callee: debtor
person: debtor
overdue: 12
agent: 罗思远
style: asr
A: 您好这里是江州因行
C: 您说
===
"""


@pytest.fixture
def voiced(tmp_path: Path) -> Path:
    """Two labelled calls, voiced."""
    (tmp_path / "calls.txt").write_text(CALLS, "utf-8")
    out = tmp_path / "out"
    done = CliRunner().invoke(
        main, [str(tmp_path / "calls.txt"), "--out", str(out)], catch_exceptions=False
    )
    assert done.exit_code == 0
    return out


def test_calls_in_a_recognisers_spelling_are_not_voiced(voiced: Path) -> None:
    """Their wrong characters were never said."""
    with (voiced / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["call_id"] for row in rows] == ["x-1"]
    assert rows[0]["synthetic"] == "true"


def test_the_manifest_names_recordings_with_two_channels(voiced: Path) -> None:
    """One speaker a channel, at telephone rate, and every row ready to be audited."""
    [row] = discover(voiced).rows
    assert row.recording is not None
    with av.open(str(row.recording.path)) as container:
        [stream] = container.streams.audio
        assert (stream.channels, stream.rate) == (2, 8000)
