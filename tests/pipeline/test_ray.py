"""A Ray cluster of two cores does calls as this machine's own workers do, whatever is killed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from night import state, write_night, write_policy, write_recording, write_transcript
from poison import MB, Poison, Unready
from tiny_model import build_model

from auditor.domain.calls import Call, Recording
from auditor.domain.runs import CallRecord
from auditor.errors import ExitCode, OutputError, WorkerError
from auditor.pipeline.cluster.crew import Crew, Ended, Piece, Terms
from auditor.pipeline.cluster.engine import do_on_cluster
from auditor.pipeline.cluster.host import Post, hire, host_class
from auditor.pipeline.cluster.room import Room
from auditor.pipeline.cluster.start import joined
from auditor.pipeline.doing import Do, do_jobs, lost_record
from auditor.pipeline.jobs import Job, Recipe
from auditor.pipeline.limits import Limits, Loss
from auditor.pipeline.plan import make_plan
from auditor.pipeline.run import run
from auditor.pipeline.settling import Watch
from auditor.resources import deploy_folder
from auditor.settings import Settings

QUICK = Limits(seconds=1.5, start_seconds=60)


ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
HIDDEN = "hidden"
"""Folder below that of the night which the machine of the cluster does not see."""
PARTLY = "partly"
"""Folder of which it does not see one file."""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calls of every kind of ending, a policy and a model."""
    folder = tmp_path_factory.mktemp("night")
    write_night(folder / "calls", recordings=3, transcripts=6)
    write_policy(folder / "policy")
    build_model(folder / "model")
    for name in (HIDDEN, PARTLY):
        for number in range(4):
            write_transcript(folder / name / f"t{number}.json", f"T{number}", "请您按时还款")
    return folder


def readme(start: str) -> str:
    """The one command of the README that begins so."""
    (found,) = re.findall(rf"^{re.escape(start)}.*", README, flags=re.MULTILINE)
    return found


@dataclass(frozen=True)
class Cluster:
    """A cluster, and the library connected to it."""

    ray: Any
    address: str


@pytest.fixture(scope="module")
def cluster(night: Path) -> Iterator[Cluster]:
    """Two machines of one core that do not see all files, started as the README says."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    mounts = f"""
        [ -d {night / "copy"} ] || cp -r {night / PARTLY} {night / "copy"}
        rm -f {night / "copy" / "t1.json"}
        mount -t tmpfs none {night / HIDDEN}
        mount --bind {night / "copy"} {night / PARTLY}
    """
    one = "--block --num-cpus=1 --object-store-memory=100000000"
    machines: list[subprocess.Popen[bytes]] = []

    def start(command: str) -> None:
        """Start a machine that has its own view of the files."""
        own = [
            "unshare",
            "--map-root-user",
            "--mount",
            "bash",
            "-ec",
            f"{mounts} exec env {command}",
        ]
        null = subprocess.DEVNULL
        machines.append(subprocess.Popen(own, stdout=null, stderr=null))

    with (
        TemporaryDirectory(prefix="ray-", dir="/tmp") as place,
        pytest.MonkeyPatch.context() as patch,
    ):
        # The key lies in the user's home; workers find what lies in tests/.
        patch.setenv("HOME", place)
        patch.setenv("PATH", f"{BIN}:{os.environ['PATH']}")
        patch.setenv("PYTHONPATH", str(ROOT / "tests"))
        subprocess.run(["bash", "-c", readme("(umask 077; ray get-auth")], check=True)
        key = Path(place) / ".ray" / "auth_token"
        assert key.stat().st_mode & 0o077 == 0
        head = readme("RAY_AUTH_MODE=token ray start --head").replace(
            "--port=6379", f"--port={port}"
        )
        start(f"{head} {one} --temp-dir={place}")
        wait_until(lambda: answers(port))
        start(
            readme("RAY_AUTH_MODE=token ray start --address").replace("head:6379", address)
            + f" {one}"
        )
        try:
            with joined(address, 2, graphics=False) as library:
                wait_until(lambda: len(library.nodes()) == 2)
                yield Cluster(library, address)
        finally:
            for machine in reversed(machines):
                machine.terminate()
                machine.wait(30)


@pytest.fixture
def ray(cluster: Cluster) -> Any:
    """The library, connected."""
    return cluster.ray


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


def wait_until(seen: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < until
        time.sleep(0.1)


def nothing() -> dict[str, str]:
    """Nothing that results depend on."""
    return {}


def same(limits: Limits) -> Limits:
    """The limits of every machine."""
    return limits


def welcome(post: Post) -> None:
    """Take any worker."""


def crew_of(ray: Any, make: Any, workers: int = 2, limits: Limits = QUICK) -> Crew:
    """A crew with one kind of job."""
    host = host_class(ray, Room(cpus=1, gpus=0.0, beside=workers))
    terms = Terms(
        workers=workers,
        seconds=60,
        hire=partial(hire, host, {"word": make}, partial(same, limits), nothing),
        welcome=welcome,
    )
    return Crew(ray, terms)


def ends(crew: Crew, jobs: Sequence[str]) -> dict[str, Ended]:
    """How jobs end; each does once."""
    for job in jobs:
        crew.add(Piece("word", job))
    found: dict[str, Ended] = {}
    for ended in crew.run():
        assert ended.piece.job not in found
        found[ended.piece.job] = ended
    return found


def test_tools_are_built_once_a_worker(ray: Any, tmp_path: Path) -> None:
    """Every job is done once, by as many processes as workers had come by then."""
    poison = Poison(tmp_path)
    jobs = [f"word-{number}" for number in range(20)]
    found = ends(crew_of(ray, poison), jobs)
    assert {job: ended.result for job, ended in found.items()} == {j: j.upper() for j in jobs}
    assert all(len(poison.tries(job)) == 1 for job in jobs)
    made = poison.tries("tools")
    assert len(set(made)) == len(made) <= 2
    assert {pid for job in jobs for pid in poison.tries(job)} <= set(made)


def test_a_poisoned_call_costs_only_itself(ray: Any, tmp_path: Path) -> None:
    """Crashing, hanging and swelling ones are tried twice and given up; what dies once is not."""
    poison = Poison(tmp_path)
    bad = {
        "killed": Loss.WORKER_DIED,
        "hosts": Loss.WORKER_DIED,
        "hang": Loss.TIMED_OUT,
        "eat": Loss.OUT_OF_MEMORY,
    }
    good = [f"word-{number}" for number in range(12)]
    jobs = [*good[:2], *bad, "once", "host", *good[2:]]
    found = ends(crew_of(ray, poison, limits=replace(QUICK, memory=400 * MB)), jobs)
    assert {job: ended.loss for job, ended in found.items() if ended.loss} == bad
    assert {job: len(poison.tries(job)) for job in bad} == dict.fromkeys(bad, 2)
    assert all(len(poison.tries(job)) == 1 for job in good)
    assert len(poison.tries("once")) == 2
    assert found["once"].result == "ONCE"


def test_what_no_call_can_help_ends_the_run(ray: Any, tmp_path: Path) -> None:
    """The worker's own error arrives."""
    with pytest.raises(OutputError, match="disk is full"):
        ends(crew_of(ray, Poison(tmp_path), 1), ["word", "stop", "word-2"])


def test_workers_that_die_before_their_first_call_are_not_replaced_for_ever(ray: Any) -> None:
    """Three in a row are enough for one worker."""
    with pytest.raises(WorkerError, match="in a row died before their first call"):
        ends(crew_of(ray, Unready(), 1), ["word"])


def test_a_busy_cluster_is_not_waited_for_without_end(ray: Any, tmp_path: Path) -> None:
    """Nobody comes, as another has all there is."""
    taken = [ray.remote(Poison).options(num_cpus=1).remote(tmp_path) for _ in range(2)]
    ray.get([other.tries.remote("word") for other in taken], timeout=30)
    crew = crew_of(ray, Poison(tmp_path))
    crew._terms = replace(crew._terms, seconds=0.5)
    with pytest.raises(WorkerError, match="started no worker within"):
        ends(crew, ["word"])
    for other in taken:
        ray.kill(other)


def recipe_of(night: Path, folder: Path, **options: Any) -> Recipe:
    """How calls are done by two workers, into a folder."""
    model = options.pop("model", str(night / "model"))
    (folder / "out" / "transcripts").mkdir(parents=True, exist_ok=True)
    return Recipe(
        settings=Settings(device="cpu", threads=1, beam_size=1, **{"workers": 2, **options}),
        out=folder / "out",
        policy=night / "policy",
        cache=folder / "cache",
        model=model,
    )


def overlook(record: CallRecord) -> None:
    """Take no notice."""


def audit(night: Path, name: str, do: Do, watch: Watch = overlook) -> dict[str, Any]:
    """Audit the night with an engine into folders of that name; what it left."""
    recipe = replace(
        recipe_of(night, night / name, clips=False), archive=night / name / "out" / "archive"
    )
    result = run(make_plan(night / "calls", recipe.settings), recipe, watch, do=do)
    assert result.exit_code() == ExitCode.SOME_FAILED
    return state(recipe.out, night / name / "cache")


@pytest.fixture(scope="module")
def local(night: Path) -> dict[str, Any]:
    """What this machine's own workers leave."""
    return audit(night, "local", do_jobs)


def processes(marks: str) -> list[int]:
    """Those whose command line holds a text."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if marks in command:
                found.append(int(entry.name))
    return found


CHILD = "auditor.pipeline.cluster.child"
HOST = "ray::Host"


def test_results_are_those_of_the_local_engine_whoever_is_killed(
    ray: Any, night: Path, local: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    """Reports, findings, transcripts, store and cache: nothing is lost, doubled or different.

    Nor does Ray tell of it on streams that are ours.
    """
    left = [HOST, CHILD, HOST]

    def kill(record: CallRecord) -> None:
        for pid in processes(left[0])[:1] if left else ():
            os.kill(pid, signal.SIGKILL)
            left.pop(0)

    found = audit(night, "killed", do_on_cluster, kill)
    assert not left
    assert found == local
    assert capfd.readouterr() == ("", "")
    assert {"out/report.html", "out/findings.jsonl", "out/audit.db"} <= found.keys()


def test_a_run_of_one_engine_is_gone_on_with_by_the_other(
    ray: Any, night: Path, local: dict[str, Any]
) -> None:
    """Interrupted in the middle, it leaves what the other needs not do again."""
    seen = 0

    def interrupt(record: CallRecord) -> None:
        nonlocal seen
        seen += 1
        if seen == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(night, "both", do_on_cluster, interrupt)
    wait_until(lambda: not processes(CHILD))
    done: list[int] = []

    def counting(jobs: Sequence[Job], recipe: Recipe) -> Iterator[tuple[int, CallRecord]]:
        done.append(len(jobs))
        return do_jobs(jobs, recipe)

    assert audit(night, "both", counting) == local
    assert 0 < done[0] < 11


def test_a_call_that_needs_too_much_memory_costs_only_itself(
    ray: Any, night: Path, tmp_path: Path
) -> None:
    """It takes its bundle down; then each call is done by itself, and ends as it does locally."""
    jobs = []
    for number in range(4):
        path = tmp_path / f"r{number}.wav"
        write_recording(path, 3.0, number)
        jobs.append(
            Job(
                index=number,
                call_id=path.stem,
                shown=path.name,
                call=Call(call_id=path.stem, agent_id="A1"),
                recording=Recording(path=path),
            )
        )
    with wave.open(str(tmp_path / "r1.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        for _ in range(120):
            file.writeframes(bytes(4 * 8000 * 60))
    found = dict(do_on_cluster(jobs, recipe_of(night, tmp_path, workers=1, worker_memory=0.7)))
    assert [found[k].reason == "out_of_memory" for k in range(4)] == [False, True, False, False]
    assert found[1] == lost_record(jobs[1], Loss.OUT_OF_MEMORY, 2)


def texts_of(folder: Path) -> list[Job]:
    """Jobs for the transcripts of a folder."""
    paths = sorted(folder.glob("*.json"))
    return [
        Job(index=index, call_id=path.stem, shown=path.name, transcript=path)
        for index, path in enumerate(paths)
    ]


def test_a_folder_that_a_machine_does_not_see_is_said_at_once(
    ray: Any, night: Path, tmp_path: Path
) -> None:
    """Before any call is done; so is a policy that is another there."""
    recipe = recipe_of(night, tmp_path, model=None)
    write_transcript(night / HIDDEN / "more" / "a.json", "A", "请您按时还款")
    other = replace(recipe, policy=write_policy(night / HIDDEN))
    with pytest.raises(WorkerError) as caught:
        list(do_on_cluster(texts_of(night / HIDDEN / "more"), other))
    assert re.search(r"hidden/more: .* cannot see it; it has to be there", str(caught.value))
    assert re.search(r"policy: is \w+ on .*, but \w+ where the run was started", str(caught.value))


def test_a_file_that_a_machine_does_not_see_costs_only_its_call(
    ray: Any, night: Path, tmp_path: Path
) -> None:
    """It fails with that reason; what nobody sees fails as it does locally."""
    recipe = recipe_of(night, tmp_path, model=None)
    jobs = texts_of(night / PARTLY)
    gone = replace(jobs[0], index=9, transcript=night / PARTLY / "gone.json", shown="gone.json")
    found = dict(do_on_cluster([gone, *jobs], recipe))
    local = dict(do_jobs([gone, *jobs], recipe))
    assert found[1].reason == "not_shared"
    assert "t1.json" in found[1].message
    assert {k: replace(r, seconds={}) for k, r in found.items() if k != 1} == {
        k: replace(r, seconds={}) for k, r in local.items() if k != 1
    }


def test_a_machine_that_sees_no_files_any_more_ends_the_run(
    ray: Any, night: Path, tmp_path: Path
) -> None:
    """Three calls in a row; else it would fail all of the night, and fast."""
    jobs = [replace(job, index=k) for k, job in enumerate(3 * texts_of(night / HIDDEN)[-1:])]
    with pytest.raises(WorkerError, match="under the same path"):
        list(do_on_cluster(jobs, recipe_of(night, tmp_path, model=None)))


def test_the_command_of_the_readme_does_what_it_does_here(cluster: Cluster, tmp_path: Path) -> None:
    """From another process, with paths that start from where it is, which no code comes from."""
    for name in ("auditor", "av", "numpy", "ray", "poison"):
        (tmp_path / f"{name}.py").write_text("from pathlib import Path; Path('loaded').touch()")
    samples = tmp_path / "auditor" / "samples"
    shutil.copytree(ROOT / "auditor" / "samples", samples, ignore=shutil.ignore_patterns("*.csv"))
    rows = (ROOT / "auditor" / "samples" / "manifest.csv").read_text(encoding="utf-8").splitlines()
    (samples / "manifest.csv").write_text("\n".join(rows[:5]) + "\n", encoding="utf-8")
    command = readme("auditor run auditor/samples --model demo --out out-cluster")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    done = subprocess.run(
        ["bash", "-c", command.replace("head:6379", cluster.address)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.DONE, done.stderr
    assert re.search(r"\d+ calls: 4 audited", done.stdout)
    assert not (tmp_path / "loaded").exists()
    ours = re.compile(r"\d+/\d+ calls|skipped: .*no manifest row|Demo recogniser")
    assert [line for line in done.stderr.splitlines() if not ours.match(line)] == []


def test_a_night_is_done_by_a_cluster_where_the_environment_says_so(
    cluster: Cluster, tmp_path: Path
) -> None:
    """As from cron, Airflow or systemd; the shipped canary calls go along."""
    write_transcript(tmp_path / "recordings" / "2026-11-17" / "a.json", "C1", "请您按时还款")
    environment = {
        **os.environ,
        "RECORDINGS": str(tmp_path / "recordings"),
        "NIGHTS": str(tmp_path / "nights"),
        "AUDITOR_ENGINE": "ray",
        "AUDITOR_ADDRESS": cluster.address,
        "AUDITOR_WORKERS": "2",
    }
    done = subprocess.run(
        ["sh", deploy_folder() / "nightly.sh", "2026-11-17"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.DONE, done.stderr
    assert "canary calls" in done.stdout
