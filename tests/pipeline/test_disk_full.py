"""A full disk, and a folder that another run holds: said clearly, nothing half done, mended."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from launcher import Launcher
from night import night_arguments, state

from auditor.errors import ExitCode
from auditor.store.lock import locked

PLACES = {
    # What is put on a disk of its own, and how small it is: room for the first files only.
    "cache": ("cache", "4k"),
    "transcripts": ("out/transcripts", "8k"),
    "archive": ("archive", "8k"),
    "store": ("store", "64k"),
    "report": ("out", "44k"),
}


@pytest.fixture(scope="module")
def launch() -> Iterator[Launcher]:
    """A launcher with file systems of its own, where anybody may mount a small disk."""
    with Launcher("unshare", "--map-root-user", "--mount") as launcher:
        yield launcher


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """The command that audits a small night."""
    return night_arguments(tmp_path_factory.mktemp("night"))


def audit(
    launch: Launcher, arguments: list[str | Path], folder: Path, workers: int = 0, **more: int
) -> int:
    """Audit into a folder; its status."""
    arguments = [*arguments, "--workers", str(workers)]
    places: list[str | Path] = ["--out", folder / "out", "--cache", folder / "cache"]
    places += ["--db", folder / "store" / "audit.db", "--archive", folder / "archive"]
    return launch(*arguments, *places, log=folder / "log", **more)


@pytest.fixture
def whole(launch: Launcher, arguments: list[str | Path], tmp_path: Path) -> dict[str, object]:
    """What the night leaves where there is room."""
    folder = tmp_path / "roomy"
    (folder / "store").mkdir(parents=True)
    assert audit(launch, arguments, folder) == ExitCode.SOME_FAILED, (folder / "log").read_text()
    return state(folder / "out", folder / "cache", folder / "store", folder / "archive")


@pytest.mark.parametrize(
    ("what", "workers"),
    [*((what, 0) for what in PLACES), ("cache", 1), ("transcripts", 2)],
)
def test_a_full_disk_is_said_and_mended_by_the_next_run(
    launch: Launcher,
    arguments: list[str | Path],
    whole: dict[str, object],
    tmp_path: Path,
    what: str,
    workers: int,
) -> None:
    """It ends with 4 and the place; what is visible is whole; with room, the rest is done."""
    name, size = PLACES[what]
    folder = tmp_path / "full"
    for part in ("out/transcripts", "cache", "store", "archive"):
        (folder / part).mkdir(parents=True)
    disk = folder / name
    launch.shell(f"mount -t tmpfs -o size={size} small {disk}")
    try:
        assert audit(launch, arguments, folder, workers) == ExitCode.NOTHING_RAN
        said = (folder / "log").read_text()
        assert str(disk) in said
        assert "No space left" in said or "disk is full" in said
        assert "Traceback" not in said
        seen = [launch.seen(folder / part) for part in ("out", "cache", "store", "archive")]
        assert_visible_is_whole(seen[0])
        launch.shell(f"mount -o remount,size=64m {disk}")
        assert audit(launch, arguments, folder) == ExitCode.SOME_FAILED
        assert state(*seen) == whole
    finally:
        launch.shell(f"umount {disk}")


def assert_visible_is_whole(out: Path) -> None:
    """No file of a run that did not end is taken for one of a run that did."""
    assert not (out / "run.json").exists()
    assert not (out / "certificate.json").exists()
    for path in out.rglob("*.json*"):
        if not path.name.startswith(".") and path.suffix != ".zst":
            text = path.read_text(encoding="utf-8")
            for part in [text] if path.suffix == ".json" else text.splitlines():
                json.loads(part)


def test_a_file_that_may_not_grow_is_said_alike(
    launch: Launcher, arguments: list[str | Path], tmp_path: Path
) -> None:
    """A limit on the size of files ends the run like a full disk does."""
    (tmp_path / "store").mkdir()
    assert audit(launch, arguments, tmp_path, file_limit=20_000) == ExitCode.NOTHING_RAN
    assert "the database" in (tmp_path / "log").read_text()
    assert not (tmp_path / "out" / "run.json").exists()
    assert audit(launch, arguments, tmp_path) == ExitCode.SOME_FAILED


def test_two_runs_share_a_store(arguments: list[str | Path], tmp_path: Path) -> None:
    """Into folders of their own, at the same time: each finds all its calls."""
    places = [
        *("--db", tmp_path / "audit.db", "--archive", tmp_path / "archive"),
        *("--cache", tmp_path / "cache", "--workers", "0"),
    ]

    def run(number: int) -> int:
        # Each has a launcher of its own, as one obeys one order at a time.
        with Launcher() as other:
            out = tmp_path / str(number)
            return other(*arguments, *places, "--out", out, log=tmp_path / f"{number}.log")

    with ThreadPoolExecutor(3) as threads:
        ended = list(threads.map(run, range(3)))
    assert ended == [ExitCode.SOME_FAILED] * 3, (tmp_path / "0.log").read_text()
    states = [{Path(k).name: v for k, v in state(tmp_path / str(n)).items()} for n in range(3)]
    assert states[0] == states[1] == states[2]
    assert len(states[0]["calls.jsonl"]) == 8


def test_the_second_of_two_runs_says_who_holds_the_folder(
    launch: Launcher, arguments: list[str | Path], tmp_path: Path
) -> None:
    """Process, host and since when; the first goes on undisturbed."""
    (tmp_path / "store").mkdir()
    (tmp_path / "out").mkdir()
    with locked(tmp_path / "out"):
        assert audit(launch, arguments, tmp_path) == ExitCode.NOTHING_RAN
        said = (tmp_path / "log").read_text()
        assert f"process {os.getpid()} on {platform.node()} since 2" in said
    assert audit(launch, arguments, tmp_path) == ExitCode.SOME_FAILED
