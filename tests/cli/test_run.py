"""``auditor run`` on recordings: what is wrong with one costs only that one."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_model import build_model

from auditor.resources import samples_folder

from .conftest import Invoke, read_jsonl, transcript, write_calls

RATE = 8000
MANY = 16


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real model folder with random weights: the pipeline's plumbing, not its hearing."""
    return build_model(tmp_path_factory.mktemp("model") / "tiny")


def speechlike(seconds: float, seed: int = 0) -> np.ndarray[Any, np.dtype[np.int16]]:
    """Bursts of a voice-like sound: a buzz of 120 Hz through moving formants."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    buzz = np.sign(np.sin(2 * np.pi * 120 * t)) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t) ** 2)
    gate = (np.sin(2 * np.pi * 0.4 * t + seed) > -0.3).astype(float)
    sound = 0.3 * buzz * gate + 0.002 * rng.standard_normal(len(t))
    return (sound * 32767).clip(-32768, 32767).astype(np.int16)


def write_wav(path: Path, seconds: float = 4.0, channels: int = 1, seed: int = 0) -> Path:
    """Write a PCM recording."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = np.stack([speechlike(seconds, seed + c) for c in range(channels)], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    return path


def riff(rate: int, channels: int, data: bytes = b"\0" * 32_000) -> bytes:
    """A WAV file whose header claims anything."""
    block = 2 * channels
    fmt = struct.pack("<HHIIHH", 1, channels, rate, (rate * block) % 2**32, block % 65536, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def write_manifest(folder: Path, rows: list[dict[str, str]]) -> Path:
    """Write ``manifest.csv`` with the columns of the rows."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return folder


def row(call_id: str, path: str, **more: str) -> dict[str, str]:
    """A manifest row."""
    return {"call_id": call_id, "path": path, "agent_id": "007", **more}


Make = Callable[[Path], object]


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


BAD: dict[str, tuple[str, Make, set[str]]] = {
    "0 bytes": ("a.wav", lambda p: p.write_bytes(b""), {"empty_file"}),
    "header only": ("a.wav", lambda p: p.write_bytes(riff(8000, 1, b"")), {"no_samples"}),
    "cut in the header": (
        "a.wav",
        lambda p: p.write_bytes(riff(8000, 1)[:20]),
        {"undecodable", "unsupported_format", "no_samples"},
    ),
    "random bytes named mp3": (
        "a.mp3",
        lambda p: p.write_bytes(np.random.default_rng(1).bytes(200_000)),
        {"no_samples", "undecodable", "unsupported_format"},
    ),
    "text named wav": (
        "a.wav",
        lambda p: p.write_text("this is no sound " * 50),
        {"undecodable", "unsupported_format"},
    ),
    "claims 1 Hz": ("a.wav", lambda p: p.write_bytes(riff(1, 1)), {"bad_rate"}),
    "claims 65,535 channels": (
        "a.wav",
        lambda p: p.write_bytes(riff(8000, 65535)),
        {"bad_channels", "undecodable"},
    ),
    "twelve hours": ("a.ulaw", lambda p: _sparse(p, 8000 * 3600 * 12), {"too_long"}),
    "playlist named wav": (
        "a.wav",
        lambda p: p.write_text(
            "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\nfile:///etc/passwd\n"
        ),
        {"undecodable", "unsupported_format"},
    ),
    "missing": ("a.wav", lambda _: None, {"missing"}),
    "a link": (
        "a.wav",
        lambda p: p.symlink_to("/etc/passwd"),
        {"not_a_regular_file", "path_outside_root"},
    ),
    "a pipe": ("a.wav", lambda p: os.mkfifo(p), {"not_a_regular_file"}),
    "a folder": ("a.wav", lambda p: p.mkdir(), {"not_a_regular_file"}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_recording_costs_only_itself(
    invoke: Invoke, model: Path, tmp_path: Path, name: str
) -> None:
    """It is failed with a reason and its file's name; the good call is done; status 3."""
    file, make, reasons = BAD[name]
    folder = tmp_path / "in"
    write_wav(folder / "good.wav")
    make(folder / file)
    extra = {"rate": "8000"} if file.endswith("ulaw") else {"rate": ""}
    write_manifest(folder, [row("bad", file, **extra), row("good", "good.wav", rate="")])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    done = invoke("run", folder, "--model", model, "--out", tmp_path / "out", "--no-clips")
    assert done.status == 3, done.err
    rows = {r["call_id"]: r for r in read_jsonl(tmp_path / "out" / "calls.jsonl")}
    assert rows["bad"]["outcome"] == "failed"
    assert rows["bad"]["reason"] in reasons
    assert file in rows["bad"]["message"] or "row 2" in rows["bad"]["message"]
    assert rows["good"]["outcome"] in ("audited", "skipped")
    assert time.monotonic() - begun < 60
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 600_000, "a bad header must not cost memory (kB)"


def test_a_playlist_opens_no_connection(invoke: Invoke, model: Path, tmp_path: Path) -> None:
    """A playlist posing as a recording reaches neither files nor the network."""
    folder = tmp_path / "in"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        port = server.getsockname()[1]
        (folder / "a.wav").write_text(f"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:{port}/x.ts\n")
        write_manifest(folder, [row("bad", "a.wav")])
        done = invoke("run", folder, "--model", model, "--out", tmp_path / "out")
        with pytest.raises(TimeoutError):
            server.accept()
    assert done.status == 4


def test_silence_is_skipped_not_judged(invoke: Invoke, model: Path, tmp_path: Path) -> None:
    """A silent recording has no findings, not even omissions."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.wav").write_bytes(riff(8000, 1, b"\0\0" * 8000 * 6))
    write_manifest(folder, [row("silent", "a.wav")])
    invoke("run", folder, "--model", model, "--out", tmp_path / "out")
    (only,) = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert (only["outcome"], only["reason"]) == ("skipped", "no_speech")
    assert read_jsonl(tmp_path / "out" / "findings.jsonl") == []


def test_manifest_problems_are_rows_with_an_outcome(
    invoke: Invoke, model: Path, tmp_path: Path
) -> None:
    """Bad rows fail by themselves; duplicates of one file are done once; ids stay text."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    write_wav(folder / "b.wav", seed=3)
    write_manifest(
        folder,
        [
            row("001", "a.wav", started_at="2026-11-16T10:00:00+08:00"),
            row("001", "a.wav", started_at="2026-11-16T10:00:00+08:00"),
            row("two", "a.wav", started_at=""),
            row("two", "b.wav", started_at=""),
            row("out", "../a.wav", started_at=""),
            row("abs", "/etc/passwd", started_at=""),
            row("naive", "b.wav", started_at="2026-11-16 10:00"),
            {**row("noagent", "b.wav", started_at=""), "agent_id": ""},
        ],
    )
    done = invoke("run", folder, "--model", model, "--out", tmp_path / "out", "--no-clips")
    assert done.status == 3
    rows = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert len(rows) == 8
    outcomes = [(r["call_id"], r["outcome"], r["reason"]) for r in rows]
    assert outcomes[1] == ("001", "skipped", "duplicate_row")
    assert outcomes[2][1:] == outcomes[3][1:] == ("failed", "conflicting_duplicate")
    assert outcomes[4] == ("out", "failed", "path_outside_root")
    assert outcomes[5] == ("abs", "failed", "path_outside_root")
    assert outcomes[6] == ("naive", "failed", "naive_time")
    assert outcomes[7] == ("noagent", "failed", "agent_id_missing")
    assert rows[0]["agent_id"] == "007"


def test_a_recording_without_a_row_is_skipped(invoke: Invoke, model: Path, tmp_path: Path) -> None:
    """Nobody knows whose call it is, so it is listed and skipped."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    write_wav(folder / "b.wav")
    write_manifest(folder, [row("a", "a.wav")])
    invoke("run", folder, "--model", model, "--out", tmp_path / "out", "--no-clips")
    rows = {r["call_id"]: r for r in read_jsonl(tmp_path / "out" / "calls.jsonl")}
    assert rows["b.wav"]["reason"] == "no_manifest_row"


def test_a_manifest_without_its_columns_is_refused(invoke: Invoke, tmp_path: Path) -> None:
    """The missing columns are named, with status 2."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "manifest.csv").write_text("call,file\n1,a.wav\n")
    done = invoke("run", folder, "--model", "demo", "--out", tmp_path / "out")
    assert done.status == 2
    for column in ("call_id", "path", "agent_id"):
        assert column in done.err


def test_without_a_model_the_ways_to_get_one_are_told(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No --model, an unknown folder, or a name without network: status 4 and what to do."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    write_manifest(folder, [row("a", "a.wav")])
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    for model in ([], ["--model", "large-v3"], ["--model", str(tmp_path / "nowhere")]):
        done = invoke("run", folder, "--out", tmp_path / "out", *model)
        assert done.status == 4
        assert "--model" in done.err
        assert "large-v3" in done.err


def test_recordings_and_transcripts_mix(invoke: Invoke, model: Path, tmp_path: Path) -> None:
    """A folder may hold both; each is a call."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    write_manifest(folder, [row("a", "a.wav")])
    write_calls(folder / "texts", transcript("b"))
    invoke("run", folder, "--model", model, "--out", tmp_path / "out", "--no-clips")
    rows = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert {r["call_id"] for r in rows} == {"a", "b"}


def test_the_same_sound_is_transcribed_once(invoke: Invoke, model: Path, tmp_path: Path) -> None:
    """Under another name, in another run, and after a change of policy nothing is heard again."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    (folder / "copy.wav").write_bytes((folder / "a.wav").read_bytes())
    write_manifest(folder, [row("a", "a.wav"), row("b", "copy.wav")])
    cache = tmp_path / "cache"
    command = ("run", folder, "--model", model, "--cache", cache, "--no-clips")
    invoke(*command, "--out", tmp_path / "one")
    entries = sorted(cache.rglob("*.zst"))
    assert len(entries) == 1
    stamp = entries[0].stat().st_mtime_ns
    invoke(*command, "--out", tmp_path / "two")
    assert sorted(cache.rglob("*.zst")) == entries
    assert entries[0].stat().st_mtime_ns == stamp
    one, two = (tmp_path / n / "transcripts" / "a.json" for n in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_the_demo_model_hears_only_synthetic_calls(invoke: Invoke, tmp_path: Path) -> None:
    """A call that is not marked synthetic is skipped with that reason; no call done: status 4."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    write_manifest(folder, [row("a", "a.wav")])
    done = invoke("run", folder, "--model", "demo", "--out", tmp_path / "out", "--no-clips")
    (only,) = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert (only["outcome"], only["reason"]) == ("skipped", "demo_model_needs_synthetic")
    assert done.err.startswith("Demo recogniser")
    assert done.status == 4


def test_what_was_transcribed_for_itself_is_not_transcribed_again_for_a_run(
    invoke: Invoke, model: Path, tmp_path: Path
) -> None:
    """``transcribe`` primes the recogniser by the policy as ``run`` does, so the cache serves."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    write_manifest(folder, [row("a", "a.wav")])
    cache = tmp_path / "cache"
    more = ["--model", model, "--cache", cache]
    assert invoke("transcribe", folder, "--out", tmp_path / "t", *more).status == 0
    entries = sorted(cache.rglob("*.zst"))
    invoke("run", folder, "--out", tmp_path / "r", "--no-clips", *more)
    assert sorted(cache.rglob("*.zst")) == entries
    assert len(entries) == 1
    text = (tmp_path / "t" / "transcripts" / "a.json").read_text(encoding="utf-8")
    assert json.loads(text)["source"]["options"]["decode"]["prompt"]


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_agents_channel_can_be_set_for_all_recordings(
    invoke: Invoke, model: Path, tmp_path: Path, side: str
) -> None:
    """Where the manifest does not say, --agent-channel does; its word goes first."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav", channels=2)
    write_wav(folder / "b.wav", channels=2, seed=5)
    write_manifest(folder, [row("a", "a.wav"), row("b", "b.wav", agent_channel="left")])
    invoke("transcribe", folder, "--model", model, "--out", tmp_path, "--agent-channel", side)
    decided = {
        name: json.loads((tmp_path / "transcripts" / f"{name}.json").read_text("utf-8"))["source"]
        for name in ("a", "b")
    }
    assert decided["a"]["speakers"]["agent_channel"] == side
    assert decided["b"]["speakers"]["agent_channel"] == "left"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder with enough calls to be interrupted in: pieces of a sample recording."""
    folder = tmp_path / "in"
    folder.mkdir()
    with wave.open(str(samples_folder() / "recordings" / "S01.wav")) as file:
        parameters, frames = file.getparams(), file.readframes(file.getnframes())
    size = parameters.nchannels * parameters.sampwidth
    rows = []
    for number in range(MANY):
        begin = number * RATE * 3 // 4
        with wave.open(str(folder / f"{number}.wav"), "wb") as file:
            file.setparams(parameters)
            file.writeframes(frames[begin * size : (begin + 8 * RATE) * size])
        rows.append(row(f"c{number:02d}", f"{number}.wav"))
    return write_manifest(folder, rows)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_stops_and_the_next_run_finishes(
    invoke: Invoke, model: Path, many: Path, tmp_path: Path, workers: str
) -> None:
    """An interrupt ends with 130 and keeps what was heard; the same command finishes the rest."""
    cache, out = tmp_path / "cache", tmp_path / "out"
    arguments = ["run", many, "--model", model, "--cache", cache, "--out", out, "--no-clips"]
    arguments += ["--workers", workers]
    command = [sys.executable, "-m", "auditor", *map(str, arguments)]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        # A test run in the background of a script inherits interrupts as ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while len(list(cache.rglob("*.zst"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    heard = {path: path.stat().st_mtime_ns for path in cache.rglob("*.zst")}
    assert process.returncode == 130, err
    assert "run the same command again" in err
    assert 3 <= len(heard) < MANY
    assert not (out / "run.json").exists()
    assert invoke(*arguments).status == 0
    rows = read_jsonl(out / "calls.jsonl")
    assert sorted(r["call_id"] for r in rows) == [f"c{n:02d}" for n in range(MANY)]
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in heard.items())


def test_a_worker_that_is_killed_costs_only_its_call(
    model: Path, many: Path, tmp_path: Path
) -> None:
    """Killing worker processes loses nothing: the calls are tried again."""
    out = tmp_path / "out"
    arguments = ["run", many, "--model", model, "--cache", tmp_path / "cache", "--out", out]
    command = [
        sys.executable,
        "-m",
        "auditor",
        *map(str, arguments),
        "--workers",
        "2",
        "--no-clips",
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "cache").rglob("*.zst")) and time.monotonic() < deadline:
        time.sleep(0.05)
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid), "-f", "spawn_main"], capture_output=True, text=True
    ).stdout.split()
    assert children
    os.kill(int(children[0]), signal.SIGKILL)
    process.communicate(timeout=120)
    rows = read_jsonl(out / "calls.jsonl")
    assert len(rows) == MANY
    assert {r["outcome"] for r in rows} <= {"audited", "skipped"}


def test_transcribe_writes_transcripts_that_audit_reads(
    invoke: Invoke, model: Path, tmp_path: Path
) -> None:
    """The text of one command is the input of the other."""
    folder = tmp_path / "in"
    write_wav(folder / "a.wav")
    write_manifest(folder, [row("a", "a.wav")])
    texts = tmp_path / "texts"
    assert invoke("transcribe", folder, "--model", model, "--out", texts).status == 0
    data = json.loads((texts / "transcripts" / "a.json").read_text(encoding="utf-8"))
    assert data["source"]["audio_sha256"]
    assert data["agent_id"] == "007"
    assert invoke("audit", texts / "transcripts", "--out", tmp_path / "out").status == 0
