"""``auditor evaluate`` from the user's side."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from auditor.cli import main

from .conftest import call, write_corpus

TOLD = "你把手机收到的验证码念给我"
CALLS = call(
    "b001-01",
    "A: {institution_identity} 您好，我是东湖银行信用卡中心的。",
    "C: 哦，你说。",
    f"A: {{!credential_request}} {TOLD}。",
    "C: 这个不能给吧。",
) + call(
    "b001-02",
    "A: {institution_identity, recording_notice} 您好，我是东湖银行信用卡中心的，本次通话会录音。",
    "C: 好的，我今天就还。",
).replace("omitted: recording_notice", "omitted:")


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    status: int
    out: str
    err: str


Evaluate = Callable[..., Done]


@pytest.fixture
def evaluate(capsys: pytest.CaptureFixture[str]) -> Evaluate:
    """Run ``auditor evaluate`` in this process."""

    def run(*arguments: str | Path) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main(["evaluate", *map(str, arguments)])
        shown = capsys.readouterr()
        return Done(int(caught.value.code or 0), shown.out, shown.err)

    return run


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Two labelled calls in one file."""
    path = tmp_path / "labelled.txt"
    path.write_text(CALLS, encoding="utf-8")
    return path


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_labelled_calls_are_audited_from_their_own_text(
    evaluate: Evaluate, script: Path, tmp_path: Path
) -> None:
    """Table on the terminal, figures, page and errors in the folder."""
    done = evaluate(script, "--out", tmp_path / "out")
    assert done.status == 0, done.err
    assert done.out.startswith("2 calls\n")
    assert "credential_request      1.000 (0.207-1.000)" in done.out
    made = json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8"))
    assert made["score"]["violations"]["tp"] == 1
    assert made["score"]["wrongly_accused"] == {"calls": 0, "of": 1, "share": 0.0}
    assert made["intervals"]["violations"]["recall"] == pytest.approx([0.2065, 1.0], abs=1e-3)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        *("evaluation.json", "evaluation.html", "errors.txt", "errors.jsonl", "findings.jsonl"),
    }


def test_no_word_of_a_call_is_printed_or_in_the_figures(
    evaluate: Evaluate, script: Path, tmp_path: Path
) -> None:
    """Not on the terminal, with --json or without; the list of errors is where they are quoted."""
    empty = jsonl(tmp_path / "findings.jsonl")
    for options in ([], ["--json"], ["--with-trial", "--against", str(empty)]):
        done = evaluate(script, empty, "--out", tmp_path / "out", *options)
        assert done.status == 0
        assert TOLD not in done.out + done.err
    assert TOLD not in (tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8")
    assert TOLD in (tmp_path / "out" / "errors.txt").read_text(encoding="utf-8")
    assert TOLD in (tmp_path / "out" / "errors.jsonl").read_text(encoding="utf-8")
    assert TOLD in (tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8")


def test_without_out_nothing_is_written(
    evaluate: Evaluate, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table alone."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert evaluate(script).status == 0
    assert list((tmp_path / "here").iterdir()) == []


def test_a_table_and_a_folder_of_transcripts_give_the_same_as_the_run(
    evaluate: Evaluate, script: Path, tmp_path: Path
) -> None:
    """Audited first into --out, then read back: the figures are those of the run's folder."""
    from auditor.evaluate.blind import write_blind
    from auditor.ingest.scripts import read_scripts

    write_blind(read_scripts(script), tmp_path / "calls")
    labels = jsonl(
        tmp_path / "labels.jsonl",
        {
            "call_id": "b001-01",
            "violations": [{"category": "credential_request", "segment": 2}],
            "omissions": ["recording_notice"],
            "applicable": [],
        },
        {"call_id": "b001-02", "violations": [], "omissions": [], "applicable": []},
    )
    folder = tmp_path / "calls" / "transcripts"
    first = evaluate(labels, folder, "--out", tmp_path / "run", "--json")
    assert first.status == 0, first.err
    assert (tmp_path / "run" / "report.html").is_file()
    again = evaluate(labels, tmp_path / "run", "--json")
    now, then = json.loads(again.out), json.loads(first.out)
    assert now["score"] == then["score"]
    assert now["score"]["violations"]["tp"] == 1
    assert json.loads(evaluate(labels, folder, "--json").out)["score"] == now["score"]


def test_calls_the_run_did_not_judge_are_named_and_missed(
    evaluate: Evaluate, script: Path, tmp_path: Path
) -> None:
    """Status 3 where some are lacking, 4 where all are."""
    run = tmp_path / "run"
    run.mkdir()
    jsonl(run / "findings.jsonl")
    line = {"call_id": "b001-02", "outcome": "audited"}
    jsonl(run / "calls.jsonl", line, {"call_id": "b001-01", "outcome": "failed", "reason": "x"})
    done = evaluate(script, run)
    assert done.status == 3
    assert "b001-01" in done.err
    assert "b001-02" not in done.err
    jsonl(run / "calls.jsonl")
    assert evaluate(script, run).status == 4


def test_an_earlier_evaluation_can_be_compared_with(
    evaluate: Evaluate, script: Path, tmp_path: Path
) -> None:
    """Its folder holds the findings; against itself nothing turned."""
    evaluate(script, "--out", tmp_path / "first")
    same = json.loads(evaluate(script, "--against", tmp_path / "first", "--json").out)["against"]
    assert same["flips"] == []
    assert same["mcnemar"]["violations"] == {"better": 0, "worse": 0, "p": 1.0}
    empty = jsonl(tmp_path / "none.jsonl")
    turned = json.loads(evaluate(script, "--against", empty, "--json").out)["against"]
    change = {"change": "found_now", "call_id": "b001-01", "topic": "credential_request"}
    assert change in turned["flips"]


def test_the_noise_curve_begins_with_the_calls_as_they_are(
    evaluate: Evaluate, script: Path
) -> None:
    """By share, the same for the same seed, and nobody is accused for being misheard here."""
    made = [json.loads(evaluate(script, "--noise", "0.3,0.1", "--json").out) for _ in range(2)]
    assert made[0] == made[1]
    points = made[0]["noise"]
    assert [point["share"] for point in points] == [0.0, 0.1, 0.3]
    assert points[0]["score"] == made[0]["score"]
    assert points[0]["character_error"] == 0.0
    assert 0.0 < points[1]["character_error"] < points[2]["character_error"]


def test_a_folder_with_splits_asks_which(evaluate: Evaluate, tmp_path: Path) -> None:
    """Nobody opens the test split unawares."""
    corpus = write_corpus(
        tmp_path / "corpus",
        {"b001": ("development", CALLS), "b002": ("test", CALLS.replace("b001", "b002"))},
    )
    assert "--split" in evaluate(corpus).err
    for place in (corpus, corpus / "calls"):
        done = evaluate(place, "--split", "development", "--json")
        assert done.status == 0, done.err
        assert json.loads(done.out)["score"]["calls"] == 2
        assert "b002" not in done.out
    assert json.loads(evaluate(corpus / "calls" / "b001.txt", "--json").out)["score"]["calls"] == 2


@pytest.mark.parametrize(
    "row",
    [
        {"violations": []},
        {"call_id": "a", "violations": [{"category": "treat", "segment": 1}]},
        {"call_id": "a", "violations": [{"category": "threat"}]},
        {"call_id": "a", "violations": [{"category": "threat", "segment": 1.5}]},
        {"call_id": "a", "violations": [], "omissions": ["recording"]},
        {"call_id": "a"},
    ],
)
def test_bad_labels_are_named_by_line(
    evaluate: Evaluate, tmp_path: Path, row: dict[str, Any]
) -> None:
    """A typing error in a label must not pass for a call without violation."""
    labels = jsonl(tmp_path / "labels.jsonl", {"call_id": "ok", "violations": []}, row)
    done = evaluate(labels, jsonl(tmp_path / "findings.jsonl"))
    assert done.status == 2
    assert "labels.jsonl, line 2" in done.err


@pytest.mark.parametrize(
    "row",
    [
        {"call_id": "a", "kind": "violation"},
        {"call_id": "a", "kind": "violation", "disclosure": "recording_notice"},
        {"call_id": "a", "kind": "murmur", "category": "threat"},
        {"call_id": "a", "kind": "violation", "category": "threat", "confidence": 7},
        {"call_id": "a", "kind": "violation", "category": "threat", "status": "sure"},
    ],
)
def test_bad_findings_are_named_by_line(
    evaluate: Evaluate, script: Path, tmp_path: Path, row: dict[str, Any]
) -> None:
    """Also those of another program."""
    done = evaluate(script, jsonl(tmp_path / "findings.jsonl", row))
    assert done.status == 2
    assert "findings.jsonl, line 1" in done.err


@pytest.mark.parametrize("noise", ["0.7", "-1", "much", "nan", "0"])
def test_impossible_shares_are_refused(evaluate: Evaluate, script: Path, noise: str) -> None:
    """Damage lies above 0 and up to one half."""
    assert evaluate(script, f"--noise={noise}").status == 2


def test_what_does_not_fit_together_is_refused(
    evaluate: Evaluate, script: Path, tmp_path: Path
) -> None:
    """A table without calls, damage without text, an output folder that holds a run."""
    labels = jsonl(tmp_path / "labels.jsonl", {"call_id": "a", "violations": []})
    findings = jsonl(tmp_path / "findings.jsonl")
    assert evaluate(labels).status == 2
    assert evaluate(labels, findings, "--noise", "0.1").status == 2
    assert evaluate(script, "--split", "test").status == 2
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}", encoding="utf-8")
    assert evaluate(script, "--out", tmp_path / "run").status == 2
    jsonl(tmp_path / "twice.jsonl", *[{"call_id": "a", "violations": []}] * 2)
    assert evaluate(tmp_path / "twice.jsonl", findings).status == 2
