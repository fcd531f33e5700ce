"""Calling the command in this process and building inputs for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import main


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    status: int
    out: str
    err: str


Invoke = Callable[..., Done]


@pytest.fixture
def invoke(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Invoke:
    """Run ``auditor`` with arguments; no setting leaks in from the machine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg-cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    # Starting a worker takes longer than most tests; those about workers ask for them.
    monkeypatch.setenv("AUDITOR_WORKERS", "0")

    def run(*arguments: str | Path) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return Done(int(caught.value.code or 0), shown.out, shown.err)

    return run


def transcript(call_id: str = "C1", agent_id: str = "A1", **changes: Any) -> dict[str, Any]:
    """A transcript in the interchange format: a short, blameless call."""
    lines = [
        ("agent", "您好，请问是王小明先生本人吗？"),
        ("customer", "我是，你哪里？"),
        ("agent", "我是东湖银行信用卡中心的周敏，工号四一一八，本次通话会录音。"),
        ("customer", "哦，你说。"),
        ("agent", "您的信用卡逾期六天，欠款一千二百元，请您今晚十点前用手机银行还款。"),
        ("customer", "好的，我马上还。"),
        ("agent", "谢谢您，再见。"),
    ]
    segments = [
        {"start": 4.0 * i, "end": 4.0 * i + 3.5, "speaker": speaker, "text": text}
        for i, (speaker, text) in enumerate(lines)
    ]
    return {
        "call_id": call_id,
        "agent_id": agent_id,
        "callee": "debtor",
        "started_at": "2026-11-16T10:00:00+08:00",
        "duration": 40.0,
        "segments": segments,
        **changes,
    }


CREDENTIAL = {
    "start": 28.0,
    "end": 36.0,
    "speaker": "agent",
    "text": "别急着挂，你手机上刚收到一条短信，把里面的六位验证码念给我，我帮你操作。",
}


def write_calls(folder: Path, *calls: dict[str, Any]) -> Path:
    """Write transcripts into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, call in enumerate(calls):
        path = folder / f"{number:03d}.json"
        path.write_text(json.dumps(call, ensure_ascii=False), encoding="utf-8")
    return folder


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
