"""Help teaches, unknown things are refused, and ``doctor`` says what to do next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
