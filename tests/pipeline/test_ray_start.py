"""Joining and starting a cluster: quiet, private, soon over where it cannot be."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from night import night_arguments, state, write_transcript

from auditor.errors import ExitCode, UsageError, WorkerError
from auditor.pipeline.cluster import start
from auditor.pipeline.cluster.host import Post
from auditor.pipeline.cluster.means import require_equal
from auditor.pipeline.cluster.room import Room, room_for
from auditor.pipeline.cluster.start import joined, refusal
from auditor.pipeline.engines import engine_of
from auditor.settings import Settings

BIN = Path(sys.executable).parent
LISTENING = "0A"


def audit(arguments: list[str | Path], out: Path, *more: str) -> subprocess.Popen[str]:
    """Start the command as a shell would: in a process group of its own."""
    environment = {**os.environ, "HOME": str(out.parent), "AUDITOR_WORKERS": "2"}
    return subprocess.Popen(
        [BIN / "auditor", *arguments, "--out", out, "--cache", out.parent / "cache", *more],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def of_session(leader: int) -> Iterator[int]:
    """The processes of a session."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                yield int(entry.name)


def sockets_of(pids: list[int]) -> set[str]:
    """The inodes of sockets that processes hold."""
    found = set()
    for pid in pids:
        try:
            targets = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        found |= {match[1] for t in targets if (match := re.fullmatch(r"socket:\[(\d+)\]", t))}
    return found


def listening(pids: list[int]) -> list[str]:
    """The addresses that processes listen on, in hexadecimal."""
    ours = sockets_of(pids)
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in ours and (fields[3] == LISTENING or table.startswith("udp")):
                found.append(fields[1].partition(":")[0])
    return found


def test_a_cluster_of_its_own_is_private_and_ends_with_the_run(tmp_path: Path) -> None:
    """It listens here only, says nothing of its own, and leaves nothing when interrupted.

    Then local workers finish, and nothing tells which engine did what.
    """
    arguments = night_arguments(tmp_path)
    for number in range(150):
        write_transcript(tmp_path / "calls" / "more" / f"m{number}.json", f"M{number}", "请还款")
    process = audit(arguments, tmp_path / "ray", "--engine", "ray")
    # Only where an outcome is there the cluster is surely at work.
    until = time.monotonic() + 60
    while not list((tmp_path / "ray" / "transcripts").glob("*.json")):
        assert time.monotonic() < until
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    pids = list(of_session(process.pid))
    addresses = listening(pids)
    commands = " ".join(Path(f"/proc/{pid}/cmdline").read_text() for pid in pids)
    (folder,) = set(re.findall(rf"/[\w/-]*/{start._FOLDER}\w+", commands))
    os.killpg(process.pid, signal.SIGINT)
    shown, told = process.communicate(timeout=30)
    assert len(addresses) >= 4
    assert {a[-8:] for a in addresses} == {"0100007F"}
    assert (process.returncode, shown) == (ExitCode.INTERRUPTED, ""), told
    lines = [line for line in told.splitlines() if not re.match(r"\d+/\d+ calls, |$", line)]
    assert lines == ["auditor: interrupted; run the same command again to finish the rest"]
    until = time.monotonic() + 10
    while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < until, left
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not (tmp_path / ".ray").exists()
    local = audit(arguments, tmp_path / "ray")
    local.communicate(timeout=60)
    assert local.returncode == ExitCode.SOME_FAILED
    other = audit(arguments, tmp_path / "other" / "ray")
    other.communicate(timeout=60)
    assert state(tmp_path / "ray") == state(tmp_path / "other" / "ray")


@pytest.mark.parametrize(
    "address", ["ray://127.0.0.1:10001", "127.0.0.1", ":6379", "h:x", "h:70000"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """Before anything is asked."""
    with pytest.raises(UsageError, match="HOST:PORT"), joined(address, 1, graphics=False):
        pass


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no-such-host.invalid:6379"])
def test_an_address_where_nobody_is_is_said_at_once(address: str) -> None:
    """Ray itself would try for minutes."""
    begun = time.monotonic()
    with (
        pytest.raises(WorkerError, match=f"no cluster answers at {address}"),
        joined(address, 1, graphics=False),
    ):
        pass
    assert time.monotonic() - begun < start.ANSWER_SECONDS + 5


def test_an_address_of_something_else_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes our call and never answers."""
    monkeypatch.setattr(start, "JOIN_SECONDS", 3.0)
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with (
            pytest.raises(WorkerError, match="did not let us in within 3 s"),
            joined(address, 1, graphics=False),
        ):
            pass


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("Version mismatch: The cluster was started with: Ray: 2.1", "other versions: Version"),
        ("Token authentication is enabled but no authentication token was found", "for its key"),
        ("Traceback\n  x\nray.exceptions.AuthenticationError: Invalid", "asks for its key"),
        ("Traceback\n  x\nRuntimeError: no\n", "cannot be used: RuntimeError: no"),
        ("Could not find any running Ray instance.", "in no Ray cluster"),
        ("something\x1b[31m else", "cannot be used: something\ufffd[31m else"),
        ("", "broke off"),
    ],
)
def test_why_a_cluster_cannot_be_used_is_said(told: str, wanted: str) -> None:
    """In our words where we know them, in Ray's where not, fit for a terminal."""
    assert wanted in refusal("10.0.0.5:6379", told)


def test_without_the_extra_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else is done."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"pip install 'auditor\[cluster\]'"):
        engine_of(Settings(engine="ray"))


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"engine": "ray", "workers": 0}, "at least one worker"),
        ({"address": "h:1"}, "belong to --engine ray"),
        ({"gpus_per_worker": 0.0}, "belong to --engine ray"),
    ],
)
def test_options_that_do_not_fit_each_other_are_refused(
    options: Mapping[str, Any], wanted: str
) -> None:
    """What would have no effect, or no end."""
    with pytest.raises(UsageError, match=wanted):
        engine_of(Settings(**options))


def node(cpus: float, gpus: float = 0.0, *, alive: bool = True) -> dict[str, Any]:
    """A machine, as Ray lists it."""
    return {"Alive": alive, "Resources": {"CPU": cpus, "GPU": gpus} if gpus else {"CPU": cpus}}


@pytest.mark.parametrize(
    ("options", "nodes", "room"),
    [
        ({"workers": 2}, [node(2)], Room(1, 0.0, 2)),
        ({"workers": 8}, [node(4), node(4)], Room(1, 0.0, 4)),
        ({"workers": 8, "threads": 4}, [node(16), node(9)], Room(4, 0.0, 4)),
        ({"workers": 4}, [node(16, 1)], Room(1, 0.25, 4)),
        ({"workers": 3}, [node(16, 2)], Room(1, 0.5, 3)),
        ({"workers": 9}, [node(16, 8), node(16, 1)], Room(1, 1.0, 8)),
        ({"workers": 4, "gpus_per_worker": 0.0}, [node(16, 1)], Room(1, 0.0, 4)),
        ({"workers": 4, "gpus_per_worker": 0.5}, [node(16, 1), node(16)], Room(1, 0.5, 2)),
        ({"workers": 4, "gpus_per_worker": 2.0}, [node(16, 3)], Room(1, 2.0, 1)),
        ({"workers": 4}, [node(4, alive=False), node(1)], Room(1, 0.0, 1)),
    ],
)
def test_a_worker_gets_its_share(
    options: Mapping[str, Any], nodes: list[dict[str, Any]], room: Room
) -> None:
    """Cards are shared out where nobody says how; a machine's memory by how many fit on it."""
    assert room_for(Settings(**options), nodes, graphics=True) == room


@pytest.mark.parametrize(
    ("options", "nodes"),
    [
        ({"threads": 4}, [node(2), node(2)]),
        ({"gpus_per_worker": 1.0}, [node(2)]),
        ({"gpus_per_worker": 2.0}, [node(4, 1), node(4, 1)]),
        ({}, [node(4, alive=False)]),
    ],
)
def test_a_cluster_without_room_is_said(
    options: Mapping[str, Any], nodes: list[dict[str, Any]]
) -> None:
    """No machine has what one worker needs; waiting would not help."""
    with pytest.raises(WorkerError, match="no machine of the cluster has"):
        room_for(Settings(**options), nodes, graphics=True)


def test_a_card_and_a_half_is_refused() -> None:
    """Ray gives a part of one card, or whole ones."""
    with pytest.raises(UsageError, match="a part of one card"):
        room_for(Settings(gpus_per_worker=1.5), [node(4, 4)], graphics=True)


OURS = {"auditor": "1", "ctranslate2": "4.6"}


def test_a_machine_with_the_same_is_welcome() -> None:
    """It says nothing."""
    require_equal(OURS, Post("n", "vm1", dict(OURS), ()))


def test_a_machine_with_anything_else_is_not() -> None:
    """All differences are listed, with where they are."""
    post = Post("n", "vm1", {"auditor": "1", "ctranslate2": "4.5"}, (Path("/srv/calls"),))
    with pytest.raises(WorkerError) as caught:
        require_equal({**OURS, "recogniser": "abc"}, post)
    assert str(caught.value).splitlines() == [
        "the worker on vm1 cannot do these calls",
        "  /srv/calls: vm1 cannot see it; it has to be there, too [not_shared]",
        "  ctranslate2: is 4.5 on vm1, but 4.6 where the run was started [differs]",
        "  recogniser: is missing on vm1, but abc where the run was started [differs]",
    ]
