"""Calls that take too long or too much memory, in a real run with a real recogniser."""

from __future__ import annotations

import csv
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from launcher import Launcher
from night import write_policy, write_recording, write_transcript
from tiny_model import build_model

from auditor.errors import ExitCode

HOURS = 3.9


@pytest.fixture(scope="module")
def launch() -> Iterator[Launcher]:
    """A launcher of commands."""
    with Launcher() as launcher:
        yield launcher


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """The command that audits three short calls, a transcript and one of some hours."""
    folder = tmp_path_factory.mktemp("long")
    calls = folder / "calls"
    for number in range(3):
        write_recording(calls / f"s{number}.wav", 2.0, number)
    with wave.open(str(calls / "long.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        second = b"\x10\x00\xf0\xff" * 4000
        for _ in range(int(HOURS * 3600)):
            file.writeframesraw(second)
    write_transcript(calls / "t.json", "T", "把验证码给我")
    with (calls / "manifest.csv").open("w", newline="", encoding="utf-8") as file_:
        rows = csv.writer(file_)
        rows.writerow(["call_id", "path", "agent_id"])
        rows.writerows([name, f"{name}.wav", "A1"] for name in ("s0", "long", "s1", "s2"))
    command: list[str | Path] = ["run", calls, "--policy", write_policy(folder / "policy")]
    command += ["--model", build_model(folder / "model"), "--device", "cpu", "--threads", "1"]
    return [*command, "--beam-size", "1", "--no-clips", "--max-hours", "4"]


@pytest.mark.parametrize(
    ("limit", "reason", "workers"),
    [
        (("--worker-memory", "0.6"), "out_of_memory", "1"),
        (("--call-seconds", "2", "--call-pace", "0"), "timed_out", "2"),
    ],
)
def test_it_costs_only_that_call(
    launch: Launcher,
    command: list[str | Path],
    tmp_path: Path,
    limit: tuple[str, ...],
    reason: str,
    workers: str,
) -> None:
    """The long one fails with its reason, heard together with others or not; they are done."""
    out, log = tmp_path / "out", tmp_path / "log"
    places = ("--out", out, "--cache", tmp_path / "cache", "--workers", workers)
    assert launch(*command, *places, *limit, log=log) == ExitCode.SOME_FAILED, log.read_text()
    lines = [json.loads(line) for line in (out / "calls.jsonl").read_text().splitlines()]
    ends: dict[str, Any] = {line["call_id"]: line["reason"] for line in lines}
    assert ends == {
        "s0": "no_speech",
        "long": reason,
        "s1": "no_speech",
        "s2": "no_speech",
        "T": None,
    }
    told = json.loads((out / "certificate.json").read_text())
    assert told["failed"] == {reason: 1}
    assert told["counts"]["recordings_found"] == 4
    assert told["counts"]["recordings_transcribed"] == 3
