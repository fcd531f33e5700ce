"""Help teaches, unknown things are refused, and ``doctor`` says what to do next."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from night import write_policy

from .conftest import Invoke, transcript, write_calls

COMMANDS = [
    ("run",),
    ("transcribe",),
    ("audit",),
    ("policy",),
    ("policy", "check"),
    ("policy", "test"),
    ("policy", "list"),
    ("policy", "show"),
    ("policy", "coverage"),
    ("doctor",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(invoke: Invoke, command: tuple[str, ...]) -> None:
    """--help ends well and says more than the usage line."""
    done = invoke(*command, "--help")
    assert done.status == 0
    assert len(done.out.splitlines()) > 5


def test_the_help_teaches_the_exit_status(invoke: Invoke) -> None:
    """All six are explained."""
    out = invoke("--help").out
    for status in ("0", "1", "2", "3", "4", "130"):
        assert f"  {status} " in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("run",),
        ("audit", "/nonexistent"),
        ("audit", ".", "--fail-on", "awful"),
        ("audit", ".", "--workers", "-1"),
        ("run", ".", "--lang", "fr"),
    ],
)
def test_wrong_usage_ends_with_2(invoke: Invoke, arguments: tuple[str, ...]) -> None:
    """Usage mistakes are told from failures."""
    assert invoke(*arguments).status == 2


def test_doctor_says_what_to_do_next(invoke: Invoke) -> None:
    """It names the policy and a next step, also without any model."""
    done = invoke("doctor")
    assert done.status == 0
    assert "Policy: cn-collection" in done.out
    assert "Next: " in done.out


@pytest.mark.parametrize("by_environment", [False, True])
def test_doctor_s_status_says_that_the_model_asked_for_is_missing(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, by_environment: bool
) -> None:
    """With 4, as a run with it would end; one that is there ends with 0."""
    for name, status in (("nowhere", 4), ("demo", 0)):
        monkeypatch.setenv("AUDITOR_MODEL", name if by_environment else "")
        done = invoke("doctor", *([] if by_environment else ["--model", name]))
        assert done.status == status
        assert "Model: " in done.out


def test_doctor_s_status_says_that_the_policy_is_broken(invoke: Invoke, tmp_path: Path) -> None:
    """With 2, also where the model is missing as well."""
    assert invoke("doctor", "--policy", tmp_path, "--model", "nowhere").status == 2


def test_a_bad_environment_variable_is_named(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wrong value is a usage error that names the variable."""
    monkeypatch.setenv("AUDITOR_WORKERS", "many")
    folder = write_calls(tmp_path / "in", transcript())
    done = invoke("audit", folder, "--out", tmp_path / "out")
    assert done.status == 2
    assert "AUDITOR_WORKERS: takes a whole number from 0 to 256" in done.err


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`auditor policy list | head -1` ends quietly, as other commands do."""
    code = "import sys; from auditor.cli import main; main(['policy', 'list'])"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()
        assert command.wait() == 0
        assert command.stderr.read() == b""


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_run_that_nobody_listens_to_goes_on(tmp_path: Path, closed: str) -> None:
    """Piped into ``head``, it does all calls and ends with the status that it has anyway."""
    folder = write_calls(tmp_path / "in", transcript(), transcript("C2"))
    (folder / "broken.json").write_text("{", encoding="utf-8")
    code = (
        "import sys; from auditor.cli import main; import auditor.cli.progress as p; "
        "p._EVERY_SECONDS = 0; main(sys.argv[1:])"
    )
    words = ["audit", str(folder), "--out", str(tmp_path / "out"), "--workers", "0"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        stream = getattr(command, closed)
        stream.close()
        assert command.wait() == 3
        other = command.stderr if closed == "stdout" else command.stdout
        assert other is not None
        assert b"Traceback" not in other.read()
    assert (tmp_path / "out" / "certificate.json").is_file()


def test_no_room_for_what_is_told_is_said() -> None:
    """A full disk behind standard output is an error with a status, not a traceback."""
    code = "from auditor.cli import main; main(['policy', 'list'])"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 4
    assert done.stderr == b"auditor: cannot write what is to be told: No space left on device\n"


def test_a_policy_file_that_cannot_be_read_is_named(invoke: Invoke, tmp_path: Path) -> None:
    """Among the other problems of the policy."""
    policy = write_policy(tmp_path / "policy")
    with socket.socket(socket.AF_UNIX) as unreadable:
        unreadable.bind(str(policy / "rules" / "closed.yaml"))
        done = invoke("policy", "check", "--policy", policy)
    assert done.status == 2
    assert "rules/closed.yaml:1: cannot be read" in done.err


def test_a_case_of_no_run_says_what_is_missing(invoke: Invoke, tmp_path: Path) -> None:
    """By name, not by the name of an exception."""
    done = invoke("case", "D1", "--out", tmp_path)
    assert done.status == 2
    assert "calls.jsonl: is not there; give the folder of a finished run" in done.err
