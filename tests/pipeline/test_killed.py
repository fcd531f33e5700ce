"""A run that is killed anywhere and started again ends as if nothing had happened."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from launcher import Launcher
from night import night_arguments, state
from postgres import emptied, server

from auditor.errors import ExitCode
from auditor.failpoints import STATUS, VARIABLE, Point

IN_WORKERS = (Point.AFTER_GIVING, Point.AFTER_DECODE, Point.AFTER_JUDGING)


@pytest.fixture(scope="module")
def launch() -> Iterator[Launcher]:
    """A launcher of commands."""
    with Launcher() as launcher:
        yield launcher


class Night:
    """A night that is audited into fresh folders."""

    def __init__(self, folder: Path, launch: Launcher) -> None:
        self.folder = folder
        self.launch = launch
        self.arguments = night_arguments(folder)
        self.number = 0
        self.fresh()
        assert self.audit() == ExitCode.SOME_FAILED, self.log.read_text()
        self.whole = self.state()

    def fresh(self) -> None:
        """Take other folders."""
        self.number += 1
        self.out = self.folder / str(self.number) / "out"
        self.cache = self.folder / str(self.number) / "cache"
        self.log = self.folder / str(self.number) / "log"
        self.log.parent.mkdir()

    def audit(self, workers: int = 0, options: Sequence[str] = (), **more: Any) -> int:
        """Run the command."""
        places = ["--out", self.out, "--cache", self.cache, "--workers", workers, *options]
        return self.launch(*self.arguments, *map(str, places), log=self.log, **more)

    def killed_at(self, point: Point, nth: int, workers: int = 0) -> int:
        """Run it to a failpoint; its status."""
        return self.audit(workers, environment={VARIABLE: f"{point}:{nth}"})

    def state(self) -> dict[str, Any]:
        """What it left."""
        return state(self.out, self.cache)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, launch: Launcher) -> Night:
    """One night for all tests of this module, audited once without a kill."""
    return Night(tmp_path_factory.mktemp("night"), launch)


def test_two_runs_of_a_night_leave_the_same(night: Night) -> None:
    """Without any kill, too: what is compared below does not change by itself."""
    night.fresh()
    assert night.audit() == ExitCode.SOME_FAILED
    assert night.state() == night.whole
    assert {"out/findings.jsonl", "out/calls.jsonl", "out/scorecards.csv"} <= night.whole.keys()


@pytest.mark.parametrize("point", [p for p in Point if p is not Point.AFTER_GIVING])
def test_killed_at_a_place(night: Night, point: Point) -> None:
    """At the first, the second or a later passing: the next run ends like one never killed."""
    nth = 1
    while True:
        night.fresh()
        if night.killed_at(point, nth) != STATUS:
            break
        assert night.audit() == ExitCode.SOME_FAILED, night.log.read_text()
        assert night.state() == night.whole, f"{point}:{nth}"
        # Files are many, and every fourth stands for those like it.
        nth += 4 if nth > 1 else 1
    assert nth > 1, f"{point} is never passed"
    assert night.state() == night.whole, night.log.read_text()


@pytest.mark.parametrize("point", IN_WORKERS)
def test_killed_with_its_workers(night: Night, point: Point) -> None:
    """A place that only a worker passes takes the whole run down; the next finishes it."""
    night.fresh()
    assert night.killed_at(point, 2, workers=1) in (STATUS, -9)
    assert not (night.out / "run.json").exists()
    assert night.audit(workers=2) == ExitCode.SOME_FAILED
    assert night.state() == night.whole


def test_killed_with_a_database_server(night: Night) -> None:
    """The server lets go of what a killed run held; the next one finishes it."""
    elsewhere = ("out/audit.db", "out/archive/")
    whole = {name: kept for name, kept in night.whole.items() if not name.startswith(elsewhere)}
    kills = ((Point.AFTER_CLAIM, 1), (Point.AFTER_SETTLING, 4), (Point.AFTER_CERTIFICATE, 1))
    with server() as address:
        for point, nth in kills:
            emptied(address)
            night.fresh()
            kept = ("--db", address, "--archive", str(night.log.parent / "archive"))
            killed = night.audit(options=kept, environment={VARIABLE: f"{point}:{nth}"})
            assert killed == STATUS, night.log.read_text()
            assert night.audit(options=kept) == ExitCode.SOME_FAILED, night.log.read_text()
            assert night.state() == whole, f"{point}:{nth}"


def test_killed_at_any_time_any_number_of_times(night: Night) -> None:
    """Kills at random, several in a row, leave nothing that the last run does not mend."""
    draw = random.Random(7)
    for _ in range(3):
        night.fresh()
        for _ in range(3):
            night.audit(kill_after=draw.uniform(0.02, 0.9))
        assert night.audit() == ExitCode.SOME_FAILED
        assert night.state() == night.whole


def test_a_place_that_does_not_exist_is_refused(night: Night) -> None:
    """A misspelt place must not pass for a test that survived it."""
    night.fresh()
    assert night.audit(environment={VARIABLE: "after_nothing:1"}) == 1
    assert "after_nothing" in night.log.read_text()
