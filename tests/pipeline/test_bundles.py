"""Several calls to a worker at a time: the same records, and a bad call costs only itself."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from night import write_policy, write_recording
from tiny_model import build_model

from auditor.domain.calls import Call, Recording
from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.pipeline.bundles import CALLS, bundle, rows_for
from auditor.pipeline.doing import do_jobs
from auditor.pipeline.jobs import Job, Recipe
from auditor.settings import Settings


@pytest.mark.parametrize(
    ("jobs", "workers", "sizes"),
    [
        (0, 1, []),
        (1, 1, [1]),
        (5, 1, [5]),
        (5, 2, [3, 2]),
        (2, 4, [1, 1]),
        (2 * CALLS + 1, 1, [CALLS, CALLS, 1]),
        (2 * CALLS, 4, [CALLS // 2] * 4),
    ],
)
def test_every_worker_gets_as_many_calls(jobs: int, workers: int, sizes: list[int]) -> None:
    """In order, none twice, and no more than so many at once."""
    made = [Job(index=k, call_id=str(k), shown=str(k)) for k in range(jobs)]
    found = list(bundle(made, workers))
    assert [len(part) for part in found] == sizes
    assert [job for part in found for job in part] == made


def test_a_graphics_card_takes_larger_batches() -> None:
    """Where nobody says how large."""
    assert rows_for("cuda") > rows_for("cpu") > 1


def jobs_of(paths: Sequence[Path]) -> list[Job]:
    """Jobs for recordings."""
    return [
        Job(
            index=index,
            call_id=path.stem,
            shown=path.name,
            call=Call(call_id=path.stem, agent_id="A1"),
            recording=Recording(path=path),
        )
        for index, path in enumerate(paths)
    ]


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """A small policy and a tiny model."""
    (tmp_path / "out" / "transcripts").mkdir(parents=True)
    return Recipe(
        settings=Settings(device="cpu", threads=1, beam_size=1, workers=1, call_seconds=120),
        out=tmp_path / "out",
        policy=write_policy(tmp_path / "policy"),
        cache=tmp_path / "cache",
        model=str(build_model(tmp_path / "model")),
    )


def records(jobs: Sequence[Job], recipe: Recipe) -> list[CallRecord]:
    """The record of each job, in order, without what the clock says."""
    found = dict(do_jobs(jobs, recipe))
    assert sorted(found) == list(range(len(jobs)))
    return [replace(found[index], seconds={}) for index in range(len(jobs))]


def test_bundles_come_to_what_calls_come_to_by_themselves(recipe: Recipe, tmp_path: Path) -> None:
    """Good, broken and missing recordings."""
    paths = []
    for number in range(4):
        write_recording(tmp_path / f"r{number}.wav", 3.0 + number, number)
        paths.append(tmp_path / f"r{number}.wav")
    (tmp_path / "broken.wav").write_bytes(b"RIFF of nothing")
    paths[2:2] = [tmp_path / "broken.wav", tmp_path / "missing.wav"]
    together = records(jobs_of(paths), recipe)
    alone = replace(
        recipe, settings=replace(recipe.settings, batch=1), cache=tmp_path / "another cache"
    )
    assert together == records(jobs_of(paths), alone)
    failed = [record.outcome is CallOutcome.FAILED for record in together]
    assert failed == [False, False, True, True, False, False]


def test_a_call_that_needs_too_much_memory_costs_only_itself(
    recipe: Recipe, tmp_path: Path
) -> None:
    """It takes its bundle down; then each call is done alone, and only it is given up."""
    paths = []
    for number in range(3):
        write_recording(tmp_path / f"r{number}.wav", 3.0, number)
        paths.append(tmp_path / f"r{number}.wav")
    huge = tmp_path / "huge.wav"
    with wave.open(str(huge), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        for _ in range(180):
            file.writeframes(bytes(4 * 8000 * 60))
    paths.insert(1, huge)
    small = replace(recipe, settings=replace(recipe.settings, worker_memory=1.0))
    found = records(jobs_of(paths), small)
    assert [record.reason == "out_of_memory" for record in found] == [False, True, False, False]
    assert all(found[k].outcome is not CallOutcome.FAILED for k in (0, 2, 3))
