"""``auditor noise`` reads and writes what the other commands write and read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import main
from auditor.cli import noise as command
from auditor.ingest.transcripts import read_transcript, transcript_to_json
from auditor.noise.recipe import MOST, Kind

from .conftest import CALL, transcript_of


def run(*arguments: str | Path) -> int:
    """Run ``auditor noise`` in this process and return its status."""
    with pytest.raises(SystemExit) as caught:
        main(["noise", *(str(argument) for argument in arguments)])
    return int(caught.value.code or 0)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A folder with three transcripts."""
    folder = tmp_path / "calls"
    folder.mkdir()
    for call_id in ("C1", "C2", "C3"):
        write(folder / f"{call_id}.json", transcript_to_json(transcript_of(CALL, call_id)))
    return folder


def write(path: Path, *rows: dict[str, Any]) -> Path:
    """Write objects, one a line."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_a_folder_is_damaged_and_measured(
    calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same call ids under the same names, the rate at the end, and an audit takes them."""
    out = tmp_path / "out"
    assert run(calls, "--out", out, "--share", "0.2", "--seed", "4") == 0
    shown = capsys.readouterr().out
    rate = re.search(r"3 calls in .*: \d+ of \d+ characters wrong, (\d+\.\d+)%", shown)
    assert rate is not None
    assert 17 <= float(rate[1]) <= 22
    assert sorted(path.name for path in out.iterdir()) == ["C1.json", "C2.json", "C3.json"]
    ids = [read_transcript(path).call.call_id for path in sorted(out.iterdir())]
    assert ids == ["C1", "C2", "C3"]
    with pytest.raises(SystemExit) as caught:
        main(["audit", str(out), "--out", str(tmp_path / "audit")])
    assert not caught.value.code


def test_again_gives_the_same_bytes(calls: Path, tmp_path: Path) -> None:
    """Into the same folder as well; another seed gives others; one file alone gives its own."""
    for name, seed, source in (("a", 4, calls), ("b", 5, calls), ("c", 4, calls / "C2.json")):
        assert run(source, "--out", tmp_path / name, "--share", "0.1", "--seed", str(seed)) == 0
    first = (tmp_path / "a" / "C2.json").read_bytes()
    assert run(calls, "--out", tmp_path / "a", "--share", "0.1", "--seed", "4") == 0
    assert (tmp_path / "a" / "C2.json").read_bytes() == first
    assert (tmp_path / "c" / "C2.json").read_bytes() == first
    assert (tmp_path / "b" / "C2.json").read_bytes() != first


def test_labels_are_moved(calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into the output folder, for the calls that are there."""
    violations = [{"category": "threat", "segment": number} for number in range(len(CALL))]
    rows = [
        {"call_id": call, "violations": violations, "omissions": [], "applicable": []}
        for call in ("C1", "C3", "C9")
    ]
    labels = write(tmp_path / "labels.jsonl", *rows)
    out = tmp_path / "out"
    assert run(calls, "--out", out, "--share", "0.3", "--labels", labels) == 0
    assert "labels of 2 calls" in (shown := capsys.readouterr().out)
    assert "1 row is of other calls" in shown
    moved = [json.loads(line) for line in (out / "labels.jsonl").read_text().splitlines()]
    assert [row["call_id"] for row in moved] == ["C1", "C3"]
    for row in moved:
        noise = json.loads((out / f"{row['call_id']}.json").read_text())["noise"]
        assert [v["segment"] for v in row["violations"]] == sorted(set(noise["main_segments"]))


def test_only_the_kinds_named(calls: Path, tmp_path: Path) -> None:
    """Without characters among them the words stay."""
    out = tmp_path / "out"
    assert run(calls, "--out", out, "--share", "0.3", "--kinds", "split, merge") == 0
    for path in out.iterdir():
        damaged = read_transcript(path)
        assert "".join(turn.text for turn in damaged.turns) == "".join(t for _, t in CALL)
        assert damaged.extra["noise"]["kinds"] == ["merge", "split"]
        assert damaged.extra["noise"]["character_error_rate"] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--share", "0.1", "--kinds", "same,loud"], "loud"),
        (["--share", "0.1", "--kinds", ","], "kind"),
        (["--share", "0.6"], "0.6"),
        (["--share", "x"], "x"),
        ([], "--share"),
    ],
)
def test_wrong_options(
    calls: Path,
    tmp_path: Path,
    options: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is written, and the message names what is wrong."""
    assert run(calls, "--out", tmp_path / "out", *options) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_input_is_never_overwritten(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not as a folder and not as a file."""
    before = {path.name: path.read_bytes() for path in calls.iterdir()}
    assert run(calls, "--out", calls, "--share", "0.1") == 2
    assert run(calls / "C1.json", "--out", calls, "--share", "0.1") == 2
    assert "--out" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in calls.iterdir()} == before


def test_other_transcripts_do_not_mix(
    calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a call of another input would be audited together."""
    out = tmp_path / "out"
    out.mkdir()
    write(out / "C7.json", transcript_to_json(transcript_of(CALL, "C7")))
    assert run(calls, "--out", out, "--share", "0.1") == 2
    assert "C7.json" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["C7.json"]


def test_a_bad_file_costs_only_itself(
    calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named, without its text, and so is a second file of one call."""
    (calls / "bad.json").write_text('{"call_id": "C4", "segments": "秘密"}', encoding="utf-8")
    write(calls / "twin.json", transcript_to_json(transcript_of(CALL, "C1")))
    assert run(calls, "--out", tmp_path / "out", "--share", "0.1") == 3
    shown = capsys.readouterr()
    assert "bad.json" in shown.err
    assert "twin.json" in shown.err
    assert "秘密" not in shown.err
    assert shown.out.startswith("3 calls")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1"),
        ('{"violations": []}', "call_id"),
        ('{"call_id": "C1", "violations": [{"segment": 99}]}', "line 1"),
        ('{"call_id": "C1", "call_id": "C1"}', "line 1"),
        ("[]", "line 1"),
    ],
)
def test_wrong_labels(
    calls: Path,
    tmp_path: Path,
    line: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The row is named."""
    labels = tmp_path / "labels.jsonl"
    labels.write_text(line + "\n", encoding="utf-8")
    assert run(calls, "--out", tmp_path / "out", "--share", "0.1", "--labels", labels) == 2
    assert message in capsys.readouterr().err


def test_without_transcripts_there_is_nothing_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty folder is a mistake."""
    (tmp_path / "in").mkdir()
    assert run(tmp_path / "in", "--out", tmp_path / "out", "--share", "0.1") == 2
    assert "no transcript" in capsys.readouterr().err


def test_only_bad_files_end_as_nothing_ran(tmp_path: Path) -> None:
    """Status 4, as of the other commands."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad.json").write_text("{}", encoding="utf-8")
    assert run(tmp_path / "in", "--out", tmp_path / "out", "--share", "0.1") == 4


def test_the_help_names_the_kinds_there_are() -> None:
    """The command says them again so that its help loads nothing."""
    assert tuple(Kind) == command.KINDS
    assert MOST == command.MOST
