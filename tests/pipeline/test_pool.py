"""Supervised workers: every job ends once, whatever happens to the process that had it."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import pytest

from auditor.errors import OutputError
from auditor.pipeline.pool import MAX_TRIES, run_jobs


def make_doubler() -> Callable[[int], int]:
    """Doubles; some numbers kill the process."""

    def do(job: int) -> int:
        if job == 13:
            os.kill(os.getpid(), signal.SIGKILL)
        if job == 17:
            os._exit(3)
        time.sleep(0.002)
        return 2 * job

    return do


def make_frail(folder: Path) -> Callable[[int], int]:
    """Dies the first time it sees a job, then does it."""

    def do(job: int) -> int:
        mark = folder / str(job)
        if job % 5 == 0 and not mark.exists():
            mark.write_text("")
            os._exit(1)
        return job

    return do


class Frail:
    """A picklable maker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self) -> Callable[[int], int]:
        """Build the frail worker."""
        return make_frail(self.folder)


def make_echo() -> Callable[[object], object]:
    """Gives back what it got."""
    return lambda job: job


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_job_is_done_once(workers: int) -> None:
    """No result is lost or doubled."""
    done = list(run_jobs(range(12), make_doubler, workers))
    assert Counter(d.job for d in done) == Counter(range(12))
    assert all(d.result == 2 * d.job and not d.died for d in done)


def test_a_job_that_kills_its_worker_costs_only_itself() -> None:
    """Killed and exiting workers are replaced; their jobs are given up after some tries."""
    done = {d.job: d for d in run_jobs(range(24), make_doubler, 2)}
    assert len(done) == 24
    assert {job for job, d in done.items() if d.died} == {13, 17}
    assert all(d.result == 2 * job for job, d in done.items() if not d.died)


def test_a_job_lost_once_is_tried_again(tmp_path: Path) -> None:
    """A worker's accident is not the job's fault."""
    assert MAX_TRIES > 1
    done = list(run_jobs(range(11), Frail(tmp_path), 2))
    assert sorted(d.job for d in done) == list(range(11))
    assert not [d for d in done if d.died]


def test_read_only_mappings_travel() -> None:
    """Frozen mappings arrive frozen."""
    (done,) = run_jobs([MappingProxyType({"a": 1})], make_echo, 1)
    assert done.result == {"a": 1}
    assert isinstance(done.result, MappingProxyType)


def test_no_jobs_need_no_workers() -> None:
    """Nothing to do is done at once."""
    assert list(run_jobs([], make_echo, 4)) == []


def test_giving_up_early_leaves_no_process_behind() -> None:
    """When the consumer stops, the workers go."""
    import multiprocessing

    results = run_jobs(range(100), make_doubler, 2)
    next(results)
    results.close()  # type: ignore[attr-defined] # a generator
    time.sleep(0.2)
    assert not multiprocessing.active_children()


def make_hopeless() -> Callable[[int], int]:
    """Cannot be built."""
    raise OutputError("the disk is full")


def make_stopping() -> Callable[[int], int]:
    """Meets what no other job could do better."""

    def do(job: int) -> int:
        raise OutputError("the disk is full")

    return do


@pytest.mark.parametrize("make", [make_hopeless, make_stopping])
def test_a_named_error_of_a_worker_stops_the_run(make: Callable[[], Callable[[int], int]]) -> None:
    """A full disk is said once, not retried and blamed on each call."""
    with pytest.raises(OutputError, match="the disk is full"):
        list(run_jobs(range(4), make, 2))
