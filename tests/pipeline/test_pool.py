"""Supervised workers: every job ends once, whatever happens to the process that had it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pytest

from auditor.errors import OutputError, WorkerError
from auditor.pipeline.limits import Grant, Limits, Loss, group_limits, memory_share
from auditor.pipeline.pool import run_jobs

QUICK = Limits(seconds=0.6)
MB = 1 << 20


def make_doubler(grant: Grant) -> Callable[[int], int]:
    """Doubles; some numbers kill the process."""

    def do(job: int) -> int:
        if job == 13:
            os.kill(os.getpid(), signal.SIGKILL)
        if job == 17:
            os._exit(3)
        if job == 19:
            os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(0.002)
        return 2 * job

    return do


class Noted:
    """A picklable maker of workers that note each try of a job in a folder."""

    def __init__(self, folder: Path, bad: str = "") -> None:
        self.folder = folder
        self.bad = bad

    def __call__(self, grant: Grant) -> Callable[[int], int]:
        """Build the tools; a job divisible by five is bad, in the way named."""
        hoard: list[bytearray] = []

        def do(job: int) -> int:
            with (self.folder / str(job)).open("a") as file:
                print(os.getpid(), time.monotonic(), file=file)
            if job % 5 == 0:
                if self.bad == "once" and self.tries(job) == 1:
                    os._exit(1)
                if self.bad == "hang":
                    time.sleep(600)
                if self.bad == "slow":
                    grant(30.0)
                    time.sleep(1.0)
                if self.bad == "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                if self.bad == "eat":
                    while True:
                        hoard.append(bytearray(8 * MB))
            if self.bad == "leak":
                hoard.append(bytearray(20 * MB))
            return job

        return do

    def tries(self, job: int) -> int:
        """How often a job was begun."""
        return len(self.times(job))

    def times(self, job: int) -> list[tuple[int, float]]:
        """Process and time of each try."""
        lines = (self.folder / str(job)).read_text().splitlines()
        return [(int(line.split()[0]), float(line.split()[1])) for line in lines]


def make_echo(grant: Grant) -> Callable[[object], object]:
    """Gives back what it got."""
    return lambda job: job


@pytest.mark.parametrize("workers", [1, 3])
def test_every_job_is_done_once(workers: int) -> None:
    """No result is lost or doubled."""
    done = list(run_jobs(range(12), make_doubler, workers))
    assert Counter(d.job for d in done) == Counter(range(12))
    assert all(d.result == 2 * d.job and d.loss is None for d in done)


def test_a_job_that_kills_its_worker_costs_only_itself() -> None:
    """Killed, exiting and crashing workers are replaced; their jobs are given up."""
    done = {d.job: d for d in run_jobs(range(24), make_doubler, 1)}
    assert len(done) == 24
    lost = {job for job, d in done.items() if d.loss is Loss.WORKER_DIED}
    assert lost == {13, 17, 19}
    assert all(d.result == 2 * job for job, d in done.items() if job not in lost)


def test_a_job_lost_once_is_tried_again(tmp_path: Path) -> None:
    """A worker's accident is not the job's fault; the others are begun once."""
    make = Noted(tmp_path, "once")
    done = list(run_jobs(range(11), make, 2))
    assert sorted(d.job for d in done) == list(range(11))
    assert not [d for d in done if d.loss is not None]
    assert {job: make.tries(job) for job in range(11)} == {
        job: 1 if job % 5 else 2 for job in range(11)
    }


def test_a_job_that_hangs_is_given_up_in_time(tmp_path: Path) -> None:
    """Its worker is ended, twice; the others lose nothing, not even a try."""
    make = Noted(tmp_path, "hang")
    begun = time.monotonic()
    done = {d.job: d for d in run_jobs(range(1, 9), make, 2, QUICK)}
    assert time.monotonic() - begun < 30
    assert done[5].loss is Loss.TIMED_OUT
    assert make.tries(5) == QUICK.tries
    assert [done[j].result for j in (1, 2, 3, 4, 6, 7, 8)] == [1, 2, 3, 4, 6, 7, 8]
    assert all(make.tries(j) == 1 for j in (1, 2, 3, 4, 6, 7, 8))


def test_who_asks_for_more_time_gets_it(tmp_path: Path) -> None:
    """The limit grows with the recording, which only the worker can measure."""
    done = list(run_jobs([5], Noted(tmp_path, "slow"), 1, QUICK))
    assert [(d.result, d.loss) for d in done] == [(5, None)]


@pytest.mark.parametrize("hard", [True, False])
def test_a_job_that_eats_memory_costs_only_itself(tmp_path: Path, hard: bool) -> None:
    """Refused by the system or seen by the parent, it ends as out of memory."""
    make = Noted(tmp_path, "eat")
    limits = Limits(memory=400 * MB, hard=hard)
    done = {d.job: d for d in run_jobs(range(3, 9), make, 2, limits)}
    assert done[5].loss is Loss.OUT_OF_MEMORY
    assert make.tries(5) == limits.tries
    assert [done[j].result for j in (3, 4, 6, 7, 8)] == [3, 4, 6, 7, 8]


def test_what_earlier_jobs_leaked_costs_no_later_one(tmp_path: Path) -> None:
    """A worker that holds on to memory is replaced before it reaches the limit."""
    make = Noted(tmp_path, "leak")
    jobs = [job for job in range(1, 24) if job % 5]
    done = list(run_jobs(jobs, make, 1, Limits(memory=200 * MB)))
    assert [d.result for d in done] == jobs
    assert len({make.times(job)[0][0] for job in jobs}) > 1


def test_a_killed_worker_s_job_is_tried_again_with_no_other_beside_it(tmp_path: Path) -> None:
    """Where memory runs out the system kills the largest, not the guilty one."""
    make = Noted(tmp_path, "kill")
    done = {d.job: d for d in run_jobs(range(1, 12), make, 3)}
    assert {job for job, d in done.items() if d.loss} == {5, 10}
    others = [make.times(job)[-1][1] for job in range(1, 12) if job % 5]
    first_pids = {make.times(job)[0][0] for job in range(1, 12)}
    for job in (5, 10):
        (_, _), (process, when) = make.times(job)
        assert when > max(others)
        assert process not in first_pids


def test_read_only_mappings_travel() -> None:
    """Frozen mappings arrive frozen, also in a worker that loads nothing of ours."""
    # Of the grant, which can be called, and the job, which cannot, this returns the job.
    echo = partial(partial, min, key=callable)
    (done,) = run_jobs([MappingProxyType({"a": 1})], echo, 1)
    assert done.result == {"a": 1}
    assert isinstance(done.result, MappingProxyType)


def test_no_jobs_need_no_workers() -> None:
    """Nothing to do is done at once."""
    assert list(run_jobs([], make_echo, 4)) == []


def test_giving_up_early_leaves_no_process_behind() -> None:
    """When the consumer stops, the workers go."""
    results = run_jobs(range(100), make_doubler, 2)
    next(results)
    results.close()  # type: ignore[attr-defined] # a generator
    time.sleep(0.2)
    assert not multiprocessing.active_children()


def make_hopeless(grant: Grant) -> Callable[[int], int]:
    """Cannot be built."""
    raise OutputError("the disk is full")


def make_stopping(grant: Grant) -> Callable[[int], int]:
    """Meets what no other job could do better."""

    def do(job: int) -> int:
        raise OutputError("the disk is full")

    return do


@pytest.mark.parametrize("make", [make_hopeless, make_stopping])
def test_a_named_error_of_a_worker_stops_the_run(
    make: Callable[[Grant], Callable[[int], int]],
) -> None:
    """A full disk is said once, not retried and blamed on each call."""
    with pytest.raises(OutputError, match="the disk is full"):
        list(run_jobs(range(4), make, 2))


def make_stillborn(grant: Grant) -> Callable[[int], int]:
    """Dies while it is built."""
    os._exit(1)


def test_workers_that_cannot_start_are_no_call_s_fault() -> None:
    """No call is failed; the run says what is wrong."""
    with pytest.raises(WorkerError, match="before their first call"):
        list(run_jobs(range(4), make_stillborn, 2))


ORPHAN = """
import sys, time
sys.path.insert(0, sys.argv[1])
from test_pool import Noted
from pathlib import Path
from auditor.pipeline.pool import run_jobs
if __name__ == "__main__":
    list(run_jobs([5], Noted(Path(sys.argv[2]), "hang"), 1))
"""


def test_workers_die_with_a_killed_run(tmp_path: Path) -> None:
    """No worker goes on writing beside the next run."""
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    noted = tmp_path / "noted"
    noted.mkdir()
    run = subprocess.Popen([sys.executable, script, Path(__file__).parent, noted])
    deadline = time.monotonic() + 30
    while not (noted / "5").exists() or not (noted / "5").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    worker = int((noted / "5").read_text().split()[0])
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    while Path(f"/proc/{worker}").exists() and "Z" not in status_of(worker):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def status_of(process: int) -> str:
    """State letter of a process; Z when it is dead and nobody has asked for it yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@pytest.mark.parametrize(
    ("groups", "files", "limits"),
    [
        ("0::/", {"memory.max": "max"}, []),
        ("0::/", {"memory.max": "1000"}, [1000]),
        ("0::/a/b", {"a/memory.max": "500", "a/b/memory.max": "max"}, [500]),
        ("0::/gone", {"memory.max": "700"}, [700]),
        ("4:memory:/a", {"memory/a/memory.limit_in_bytes": "300"}, [300]),
        ("4:cpu,memory:/", {"memory/memory.limit_in_bytes": "300"}, [300]),
        ("3:cpu:/a", {"cpu/a/memory.max": "1", "a/memory.max": "1"}, []),
        ("", {}, []),
    ],
)
def test_a_container_s_limit_counts(
    tmp_path: Path, groups: str, files: dict[str, str], limits: list[int]
) -> None:
    """Control groups of both versions, with limits on the way up."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert list(group_limits(groups, tmp_path)) == limits


def test_memory_is_shared_out_when_nothing_is_set() -> None:
    """Two workers get half each of what one would get; a number is a number."""
    assert memory_share(0.0, 1) // 2 == pytest.approx(memory_share(0.0, 2), abs=1)
    assert memory_share(1.5, 8) == 1536 * MB


def make_teller(grant: Grant) -> Callable[[int], int]:
    """Logs what it does at two levels."""

    def do(job: int) -> int:
        logging.getLogger("auditor.test").info("busy with %d", job)
        logging.getLogger("auditor.test").warning("careful with %d", job)
        return job

    return do


@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING])
def test_workers_log_as_much_as_their_parent(capfd: pytest.CaptureFixture[str], level: int) -> None:
    """With ``--verbose`` they tell what they do, without it what is wrong."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(level)
    try:
        assert [done.result for done in run_jobs([1, 2], make_teller, 1)] == [1, 2]
    finally:
        root.setLevel(before)
    told = capfd.readouterr().err
    assert "WARNING auditor.test: careful with 2" in told
    assert ("INFO auditor.test: busy with 2" in told) == (level == logging.INFO)
