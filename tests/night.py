"""A small night: calls of every kind of ending, a small policy, and what a run leaves behind."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import wave
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tiny_model import build_model

RATE = 8000

POLICY = {
    "policy.yaml": "id: small\nversion: '1'\ntitle: 测试\n",
    "clauses/law.yaml": (
        "document: 《某法》\nclauses:\n"
        "  - {id: law-1, section: 第1条, grade: V1, summary: 不得如何。}\n"
    ),
    "terms/codes.yaml": "id: codes\ntitle: 码\nterms: [验证码, 密码]\n",
    "rules/secret/code.yaml": """\
id: secret.code
version: 1
title: 索要
kind: violation
category: credential_request
clauses: [law-1]
severity: critical
weight: 30
status: stable
find:
  speaker: agent
  pattern: '<codes>.{0,4}(给|告诉)我'
examples:
  - {name: a, expect: finding, evidence: 验证码给我, dialogue: [{agent: 验证码给我}]}
  - {name: b, expect: finding, evidence: 密码告诉我, dialogue: [{agent: 密码告诉我}]}
  - {name: c, expect: finding, evidence: 密码给我, dialogue: [{agent: 密码给我}]}
  - {name: d, expect: none, dialogue: [{agent: 验证码不要告诉别人}]}
  - {name: e, expect: none, dialogue: [{customer: 验证码给我}]}
  - {name: f, expect: none, dialogue: [{agent: 验证码}]}
  - {name: g, expect: none, dialogue: [{agent: 您好}]}
""",
}


def write_policy(folder: Path) -> Path:
    """Write a policy of one rule, which loads at once."""
    for name, text in POLICY.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_recording(path: Path, seconds: float, seed: int) -> None:
    """Write bursts of a buzz that a voice detector takes for a voice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(int(seconds * RATE)) / RATE
    buzz = np.sign(np.sin(2 * np.pi * 120 * t)) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t) ** 2)
    gate = (np.sin(2 * np.pi * 0.4 * t + seed) > -0.3).astype(float)
    noise = np.random.default_rng(seed).standard_normal(len(t))
    left = 0.3 * buzz * gate + 0.002 * noise
    # Two tracks: telling voices apart on one loads libraries for seconds.
    sound = np.stack([left, 0.3 * buzz * (1 - gate) + 0.002 * noise[::-1]], axis=1)
    samples = (sound * 32767).clip(-32768, 32767).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def write_transcript(path: Path, call_id: str, text: str) -> None:
    """Write a transcript of one turn."""
    path.parent.mkdir(parents=True, exist_ok=True)
    turn = {"start": 0.0, "end": 4.0, "speaker": "agent", "text": text}
    call = {"call_id": call_id, "agent_id": "A1", "segments": [turn]}
    path.write_text(json.dumps(call, ensure_ascii=False), encoding="utf-8")


def write_night(folder: Path, recordings: int = 2, transcripts: int = 2) -> Path:
    """Write calls that end in every way: audited with and without findings, skipped, failed.

    Besides the numbers asked for there are a broken recording, a row without recording, a
    recording without row and a transcript without row.
    """
    rows = []
    for number in range(recordings):
        write_recording(folder / f"r{number}.wav", 3.0, number)
        rows.append({"call_id": f"R{number}", "path": f"r{number}.wav", "agent_id": "A1"})
    for number in range(transcripts):
        text = "把验证码给我" if number % 2 else "请您按时还款"
        write_transcript(folder / f"t{number}.json", f"T{number}", text)
        rows.append({"call_id": f"T{number}", "path": f"t{number}.json", "agent_id": "A2"})
    (folder / "broken.wav").write_bytes(b"RIFF of nothing")
    rows.append({"call_id": "B", "path": "broken.wav", "agent_id": "A2"})
    rows.append({"call_id": "M", "path": "missing.wav", "agent_id": "A2"})
    write_recording(folder / "rowless.wav", 1.0, 99)
    write_transcript(folder / "loose.json", "L", "密码告诉我")
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def night_arguments(folder: Path) -> list[str | Path]:
    """Make a night, a policy and a model below a folder; the command that audits it."""
    calls = write_night(folder / "calls")
    policy = write_policy(folder / "policy")
    model = build_model(folder / "model")
    command: list[str | Path] = ["run", calls, "--policy", policy, "--model", model]
    return [*command, "--device", "cpu", "--threads", "1", "--beam-size", "1", "--no-clips"]


_OF_ONE_RUN = re.compile(
    r"\d{8}T\d{6}Z-[0-9a-f]{8}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00)?"
)


def state(out: Path, *more: Path) -> dict[str, Any]:
    """Everything a run left that the next must leave alike: all but run id and times.

    Args:
        out: Its output folder.
        more: Other folders whose files count, such as the cache.
    """
    found: dict[str, Any] = {}
    for root in (out, *more):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.parent.name != "certificates":
                found[f"{root.name}/{path.relative_to(root)}"] = _content(path)
    return {name: content for name, content in found.items() if content is not None}


def _stored(path: Path) -> dict[str, Any]:
    """What the newest run of a store came to, and that none was left unfinished."""
    # A copy, as SQLite finds its way around a view into another process's file systems.
    with TemporaryDirectory() as folder:
        for part in path.parent.glob(f"{path.name}*"):
            shutil.copy(part, folder)
        return _dumped(Path(folder) / path.name)


def _dumped(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as base:
        runs = base.execute("SELECT run_id, state FROM runs ORDER BY started_at").fetchall()
        newest = runs[-1][0] if runs else ""
        outcomes = base.execute(
            "SELECT place, result, final, row FROM outcomes WHERE run_id = ? ORDER BY place",
            [newest],
        ).fetchall()
        kept = {
            table: base.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
            for table in ("results", "findings", "result_findings", "calls", "disclosures")
        }
        return {
            "unfinished": [run for run, state in runs if state != "finished"],
            "outcomes": outcomes,
            "damaged": base.execute("PRAGMA integrity_check").fetchall(),
            **kept,
        }


def _content(path: Path) -> Any:
    if path.name == "audit.db":
        return _stored(path)
    if path.name.endswith(("-wal", "-shm", ".part")) and "transcripts" not in path.parts:
        # What a killed process left of the database's journal is part of the database; what it
        # left in the cache is hidden, and goes after an hour, as another may be writing there.
        return None
    if path.name == "calls.jsonl":
        lines = path.read_text(encoding="utf-8").splitlines()
        return [{**json.loads(line), "seconds": None} for line in lines]
    if path.name in (".auditor-run", ".auditor-note.json", "report.xlsx"):
        # The first two name process and inodes, the third is packed with the time of day.
        return None
    if path.name == "certificate.json":
        # Earlier certificates of killed runs make it a later one of the chain.
        body = json.loads(path.read_text(encoding="utf-8"))
        return {key: body[key] for key in ("expected", "counts", "skipped", "failed", "cells")}
    if path.suffix in (".html", ".json"):
        return _OF_ONE_RUN.sub("", path.read_text(encoding="utf-8"))
    return path.read_bytes()
