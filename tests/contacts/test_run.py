"""From a manifest and transcripts to findings, scores, report and time line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import main

HEADER = "call_id,path,agent_id,customer_id,started_at,direction,callee,answered,number,duration"
DAY = "2026-11-10"


@pytest.fixture
def auditor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[int, str]]:
    """Run a command; return its status and what it printed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def run(*arguments: str | Path) -> tuple[int, str]:
        capsys.readouterr()
        here = ("--workers", "0") if arguments[0] == "audit" else ()
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in (*arguments, *here)])
        shown = capsys.readouterr()
        return int(caught.value.code or 0), shown.out + shown.err

    return run


def talk(customer: str, agent: str) -> list[dict[str, Any]]:
    """The segments of a call that says all that must be said, with one exchange of one's own."""
    lines = [
        ("agent", "您好，请问是王小明先生本人吗？"),
        ("customer", "我是，你哪里？"),
        ("agent", "我是东湖银行信用卡中心的周敏，工号四一一八，本次通话会录音。"),
        ("customer", "哦，你说。"),
        ("agent", "您的信用卡逾期六天，欠款一千二百元，请您今晚十点前用手机银行还款。"),
        ("customer", customer),
        ("agent", agent),
    ]
    return [
        {"start": 4.0 * i, "end": 4.0 * i + 3.5, "speaker": speaker, "text": text}
        for i, (speaker, text) in enumerate(lines)
    ]


def night(folder: Path, rows: list[str], talks: dict[str, list[dict[str, Any]]]) -> Path:
    """Write a manifest with transcripts beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    for call_id, segments in talks.items():
        data = {"call_id": call_id, "agent_id": "A1", "duration": 40.0, "segments": segments}
        (folder / f"{call_id}.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return folder


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def row(call_id: str, clock: str, *, agent: str = "A1", heard: bool = True, **changes: str) -> str:
    """A manifest row of the day."""
    values = {
        "path": f"{call_id}.json" if heard else "",
        "customer": "K1",
        "callee": "debtor",
        "answered": "yes" if heard else "no",
        "number": "13800000001",
        "duration": "",
        **changes,
    }
    return (
        f"{call_id},{values['path']},{agent},{values['customer']},{DAY}T{clock}+08:00,outbound,"
        f"{values['callee']},{values['answered']},{values['number']},{values['duration']}"
    )


CALM = talk("好的，我晚上就还。", "谢谢您，再见。")
STOP = talk("你们不要再给我打电话了。", "好的，再见。")


def test_attempts_are_counted_and_neither_failed_nor_scored(
    auditor: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """A night of attempts alone is something done: status 0, the seventh is a finding."""
    rows = [row(f"M{hour}", f"{hour:02d}:00:00", heard=False) for hour in range(9, 16)]
    source = night(tmp_path / "in", [*rows, rows[0]], {})
    status, shown = auditor("audit", source, "--out", tmp_path / "out")
    assert status == 0, shown
    calls = rows_of(tmp_path / "out" / "calls.jsonl")
    assert [call["outcome"] for call in calls] == ["skipped"] * 8
    assert [call["reason"] for call in calls] == [*["no_recording"] * 7, "duplicate_row"]
    assert [call["score"] for call in calls] == [None] * 8
    assert calls[-1]["rules"] is None
    found = rows_of(tmp_path / "out" / "findings.jsonl")
    assert [(f["call_id"], f["outcome"], f["category"]) for f in found] == [
        ("M14", "undetermined", "call_frequency"),
        ("M15", "fail", "call_frequency"),
    ]
    assert found[1]["segment"] is None
    assert found[1]["quote"] is None
    assert [one["call_id"] for one in found[1]["trail"]["calls"]] == [
        f"M{hour}" for hour in range(9, 16)
    ]
    assert "13800000001" not in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_breach_of_times_costs_the_call_its_points(
    auditor: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """Night, stop request and a fourth talk in transcripts; an answered call without a file."""
    rows = [
        row("C1", "08:00:00"),
        row("C2", "09:00:00", agent="A2"),
        row("C3", "10:00:00", agent="A2"),
        row("C4", "11:00:00", agent="A3"),
        row("C5", "22:00:00", agent="A4", customer="K2", number="13800000002"),
        row("C6", "23:00:00", agent="A5", customer="K3", path="", duration="60"),
    ]
    talks = dict.fromkeys(("C1", "C3", "C4", "C5"), CALM) | {"C2": STOP}
    source = night(tmp_path / "in", rows, talks)
    out = tmp_path / "out"
    status, shown = auditor("audit", source, "--out", out)
    assert status == 3, shown
    calls = {call["call_id"]: call for call in rows_of(out / "calls.jsonl")}
    found: dict[str, list[str]] = {}
    for finding in rows_of(out / "findings.jsonl"):
        if "trail" in finding and finding["outcome"] == "fail":
            found.setdefault(finding["call_id"], []).append(finding["rule_id"])
    assert found == {
        "C3": ["contact_after_refusal.stop"],
        "C4": ["call_frequency.effective-calls", "contact_after_refusal.stop"],
        "C5": ["calling_hours.outside"],
        "C6": ["calling_hours.outside"],
    }
    weights = {item["rule_id"]: item["points"] for item in calls["C4"]["deductions"]}
    assert weights["call_frequency.effective-calls"] == 30
    assert weights["contact_after_refusal.stop"] == 20
    assert calls["C4"]["score"] < calls["C1"]["score"]
    assert calls["C4"]["dimensions"]["contact"] == 50
    assert calls["C1"]["dimensions"]["contact"] == 100
    assert calls["C2"]["cues"]["stop"] is True
    assert (calls["C6"]["outcome"], calls["C6"]["reason"]) == ("failed", "path_missing")
    assert calls["C6"]["score"] is None

    page = (out / "report.html").read_text("utf-8")
    part = page[page.index('<section id="contacts">') :]
    assert part.index("K1") < part.index("K2")
    assert "要求不要再联系" in part
    status, text = auditor("case", "K1", "--out", out)
    assert status == 0
    assert [line.split()[3] for line in text.splitlines() if line.startswith(DAY)] == [
        *("C1", "C2", "C3", "C4")
    ]
    status, stored = auditor("case", "K1", "--db", out / "audit.db")
    told, _, read = text.rpartition("read from ")
    assert stored.rpartition("read from ")[0] == told
    assert read.startswith(str(out))
    assert str(out / "report.html") in read
    status, data = auditor("case", "K1", "--out", out, "--json")
    data = data.rpartition("read from ")[0]
    assert [call["call_id"] for call in json.loads(data)["calls"]] == ["C1", "C2", "C3", "C4"]
    assert auditor("case", "K9", "--out", out)[0] == 2


def test_earlier_nights_and_other_agencies_bind(
    auditor: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """An output folder, a table and consents are looked at; damaged ones stop the run at once."""
    first = night(tmp_path / "first", [row("C1", "09:00:00")], {"C1": STOP})
    assert auditor("audit", first, "--out", tmp_path / "one")[0] == 0
    agency = tmp_path / "agency.csv"
    agency.write_text(
        "call_id,agent_id,customer_id,started_at,direction,callee,answered,seat\n"
        + "".join(
            f"X{hour},B1,K1,{DAY}T{hour}:00:00+08:00,outbound,debtor,yes,agency\n"
            for hour in (10, 11)
        ),
        "utf-8",
    )
    consents = tmp_path / "consents.csv"
    consents.write_text("customer_id,from,until,hours\nK1,,,21:00-23:00\n", "utf-8")
    second = night(tmp_path / "second", [row("C2", "22:30:00")], {"C2": CALM})
    out = tmp_path / "two"

    def found(*options: str | Path) -> set[str]:
        status, shown = auditor("audit", second, "--out", out, *options)
        assert status == 0, shown
        across = [f for f in rows_of(out / "findings.jsonl") if "trail" in f]
        return {f["rule_id"] for f in across if f["outcome"] == "fail"}

    assert found() == {"calling_hours.outside"}
    assert found("--consents", consents) == set()
    assert found("--consents", consents, "--history", tmp_path / "one") == {
        "contact_after_refusal.stop"
    }
    assert found("--consents", consents, "--history", tmp_path / "one", "--history", agency) == {
        *("contact_after_refusal.stop", "call_frequency.effective-calls")
    }
    assert found("--db", tmp_path / "one" / "audit.db") == {
        *("calling_hours.outside", "contact_after_refusal.stop")
    }
    agency.write_text("call_id,agent_id\nX,B\n", "utf-8")
    status, shown = auditor("audit", second, "--out", tmp_path / "three", "--history", agency)
    assert status == 2
    assert "no column customer_id" in shown
    assert not (tmp_path / "three").exists()


def test_a_second_run_says_the_same(
    auditor: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """Nothing is counted twice when a night is run again."""
    rows = [row(f"M{hour}", f"{hour:02d}:00:00", heard=False) for hour in range(9, 16)]
    source = night(tmp_path / "in", rows, {})
    auditor("audit", source, "--out", tmp_path / "out")
    before = (tmp_path / "out" / "findings.jsonl").read_bytes()
    auditor("audit", source, "--out", tmp_path / "out")
    assert (tmp_path / "out" / "findings.jsonl").read_bytes() == before
