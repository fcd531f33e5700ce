"""Canary calls: they say whether a run may be relied on, and count nowhere else."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from night import night_arguments, write_policy, write_recording, write_transcript

from auditor.errors import ExitCode
from auditor.pipeline.canary import Canary, Expected, mixed
from auditor.pipeline.jobs import Job

from .conftest import Invoke, read_jsonl


def canaries(folder: Path, text: str = "把验证码给我", *lines: object) -> Path:
    """A folder with one canary, and a table: by default what the small policy finds in it."""
    write_transcript(folder / "X1.json", "X1", text)
    known = lines or ({"call_id": "X1", "violations": ["credential_request"]},)
    table = "".join(
        f"{line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)}\n"
        for line in known
    )
    (folder / "expected.jsonl").write_text(table, encoding="utf-8")
    return folder


def summary(out: Path) -> list[str]:
    """The values of the workbook's first sheet."""
    book = openpyxl.load_workbook(out / "report.xlsx", read_only=True)
    values = [str(row[1].value) for row in next(iter(book)).iter_rows()]
    book.close()
    return values


@pytest.fixture
def night(tmp_path: Path) -> list[str | Path]:
    """The command that audits two calls by a small policy."""
    for number, text in enumerate(("请您按时还款", "把密码给我")):
        write_transcript(tmp_path / "calls" / f"{number}.json", f"C{number}", text)
    policy = write_policy(tmp_path / "policy")
    return ["audit", tmp_path / "calls", "--policy", policy, "--out", tmp_path / "out"]


def test_shipped_canaries_are_found_by_the_shipped_policy(invoke: Invoke, tmp_path: Path) -> None:
    """And nothing of them is in what the run leaves, but that they were there."""
    write_transcript(tmp_path / "calls" / "a.json", "C1", "请您按时还款")
    out = tmp_path / "out"
    done = invoke("audit", tmp_path / "calls", "--out", out, "--canary")
    assert done.status == ExitCode.DONE, done.err
    assert "6 of 6 canary calls found" in done.out
    assert [line["call_id"] for line in read_jsonl(out / "calls.jsonl")] == ["C1"]
    assert [path.name for path in (out / "transcripts").iterdir()] == ["C1.json"]
    assert len(list((out / "archive").rglob("*.zst"))) == 1
    told = json.loads((out / "certificate.json").read_text())
    assert told["canaries"] == {"canaries": 6, "canaries_missed": 0, "faults": []}
    assert told["counts"]["rows"] == 1
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "K0" not in page
    assert "不可依赖" not in page
    assert "校验通话：6 通中 6 通得出应有结论" in page
    assert "校验通话：6 通中 6 通得出应有结论" in summary(out)
    assert "清单 0 行" in page


def test_a_missed_canary_makes_the_run_unreliable(
    invoke: Invoke, night: list[str | Path], tmp_path: Path
) -> None:
    """The status, the summary, the certificate and run.json all say so."""
    own = canaries(tmp_path / "own", "请您按时还款")
    done = invoke(*night, "--canaries", own)
    assert done.status == ExitCode.UNRELIABLE
    assert "only 0 of 1 canary calls found" in done.err
    assert "canary calls found" not in done.out
    assert "DO NOT RELY ON THIS RUN" in done.err
    assert "X1: missed credential_request" in done.err
    told = json.loads((tmp_path / "out" / "certificate.json").read_text())
    assert told["canaries"]["faults"] == ["X1: missed credential_request"]
    assert json.loads((tmp_path / "out" / "run.json").read_text())["counts"]["canaries_missed"] == 1
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "1/1 通已知结论的校验通话未得出应有结论" in page
    assert "得出应有结论</p>" not in page
    assert any("本次结果不可依赖" in value for value in summary(tmp_path / "out"))
    assert invoke("certificate", "verify", tmp_path / "out").status == ExitCode.DONE


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_found_canary_changes_nothing(
    invoke: Invoke, night: list[str | Path], tmp_path: Path, workers: str
) -> None:
    """Scores and counts are those of the run without it; it is done again on every run."""
    plain = invoke(*night)
    scores = (tmp_path / "out" / "scorecards.csv").read_bytes()
    own = canaries(tmp_path / "own")
    for _ in range(2):
        done = invoke(*night, "--canaries", own, "--workers", workers)
        assert done.status == plain.status == ExitCode.DONE
        assert "1 of 1 canary calls found" in done.out
    assert (tmp_path / "out" / "scorecards.csv").read_bytes() == scores


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_canary_s_sound_is_listened_to_every_time(
    invoke: Invoke, tmp_path: Path, workers: str
) -> None:
    """Alone and together with others: the cache tells of other days, the canary of this one."""
    command = [*night_arguments(tmp_path), "--cache", tmp_path / "cache", "--workers", workers]
    own = tmp_path / "own"
    write_recording(own / "x.wav", 2.5, 50)
    (own / "manifest.csv").write_text("call_id,path,agent_id\nX1,x.wav,A1\n", encoding="utf-8")
    (own / "expected.jsonl").write_text('{"call_id": "X1"}\n', encoding="utf-8")
    heard = []
    for number in range(2):
        done = invoke(*command, "--out", tmp_path / f"out{number}", "--canaries", own)
        # The model of the test hears nothing in it, and that is what is said.
        assert "canary X1: no_speech" in done.err
        heard.append({p: p.stat().st_mtime_ns for p in (tmp_path / "cache").rglob("*.zst")})
    assert heard[0].keys() == heard[1].keys()
    again = [path for path in heard[0] if heard[0][path] != heard[1][path]]
    digest = hashlib.sha256((own / "x.wav").read_bytes()).hexdigest()
    assert [path.parent.name for path in again] == [digest]


def test_a_finding_in_a_clean_canary_is_a_fault_too(
    invoke: Invoke, night: list[str | Path], tmp_path: Path
) -> None:
    """A policy that finds everything everywhere must not pass for one that misses nothing."""
    own = canaries(tmp_path / "own", "把验证码给我", {"call_id": "X1"})
    done = invoke(*night, "--canaries", own)
    assert done.status == ExitCode.UNRELIABLE
    assert "found credential_request where there is nothing" in done.err


def test_a_canary_that_cannot_be_read_is_a_missed_one(
    invoke: Invoke, night: list[str | Path], tmp_path: Path
) -> None:
    """Why is said."""
    own = canaries(tmp_path / "own")
    (own / "X1.json").write_text("{", encoding="utf-8")
    done = invoke(*night, "--canaries", own)
    assert done.status == ExitCode.UNRELIABLE
    assert "X1: bad_json, missed credential_request" in done.err


@pytest.mark.parametrize("name", ["moved/renamed.json", "X2.json", "好.json"])
def test_a_canary_is_known_by_what_it_says_not_by_its_file(
    invoke: Invoke, night: list[str | Path], tmp_path: Path, name: str
) -> None:
    """Wherever the file lies and whatever it is called, the id in it counts."""
    own = canaries(tmp_path / "own")
    (own / name).parent.mkdir(exist_ok=True)
    (own / "X1.json").rename(own / name)
    done = invoke(*night, "--canaries", own.rename(tmp_path / "other name"))
    assert done.status == ExitCode.DONE, done.err
    assert "1 of 1 canary calls found" in done.out


def test_two_canaries_of_one_id_are_refused(
    invoke: Invoke, night: list[str | Path], tmp_path: Path
) -> None:
    """Nobody could say which of them has to sing; both files are named."""
    own = canaries(tmp_path / "own")
    write_transcript(own / "second.json", "X1", "请您按时还款")
    done = invoke(*night, "--canaries", own)
    assert done.status == ExitCode.USAGE
    assert "second.json: has the call id of X1.json" in done.err


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("",), "names no call"),
        (("{",), "line 1"),
        (("[]",), "line 1"),
        (({"violations": ["abuse"]},), "lacks a call_id"),
        (({"call_id": "X1", "violations": ["rudeness"]},), "none of: abuse"),
        (({"call_id": "X1", "violations": "abuse"},), "lists of names"),
        (({"call_id": "X1", "omissions": [["x"]]},), "none of"),
        (({"call_id": "X1", "finds": []},), "has other keys"),
        (({"call_id": "X1"}, {"call_id": "X1"}), "line 2"),
        (({"call_id": "X2", "violations": ["abuse"]},), "X2: no such call"),
    ],
)
def test_a_wrong_table_is_said_before_the_run(
    invoke: Invoke, night: list[str | Path], tmp_path: Path, lines: tuple[object, ...], said: str
) -> None:
    """A canary that cannot sing must not be taken for one that sang."""
    done = invoke(*night, "--canaries", canaries(tmp_path / "own", "把验证码给我", *lines))
    assert done.status == ExitCode.USAGE
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_table_is_refused(
    invoke: Invoke, night: list[str | Path], tmp_path: Path
) -> None:
    """Nothing is known of its calls."""
    own = canaries(tmp_path / "own")
    (own / "expected.jsonl").unlink()
    done = invoke(*night, "--canaries", own)
    assert done.status == ExitCode.USAGE
    assert "expected.jsonl" in done.err


@given(st.integers(0, 60), st.integers(0, 12))
def test_canaries_are_spread_among_the_calls(calls: int, canaries: int) -> None:
    """Every call once and in order, every canary once, none bunched at one end."""
    jobs = [Job(index=i, call_id=f"C{i}", shown="") for i in range(calls)]
    known = [
        Canary(Job(index=-1 - i, call_id=f"X{i}", shown="", canary=True), Expected())
        for i in range(canaries)
    ]
    order = [job.index for job in mixed(jobs, known)]
    assert [i for i in order if i >= 0] == list(range(calls))
    assert [i for i in order if i < 0] == [-1 - i for i in range(canaries)]
    if canaries and calls >= 2 * canaries:
        places = [place for place, i in enumerate(order) if i < 0]
        gaps = [b - a for a, b in pairwise(places)]
        assert max(gaps, default=0) <= 2 * (calls // canaries + 2)
