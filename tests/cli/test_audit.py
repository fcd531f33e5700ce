"""``auditor audit`` judges transcripts; one bad file costs only itself."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import CREDENTIAL, Invoke, read_jsonl, transcript, write_calls

OUTPUTS = {
    "findings.jsonl",
    "calls.jsonl",
    "scorecards.csv",
    "report.html",
    "report.xlsx",
    "run.json",
    "transcripts",
    "certificate.json",
    "audit.db",
    "archive",
}


def guilty(call_id: str = "C1", agent_id: str = "A1") -> dict[str, Any]:
    """A call in which the agent asks for the code."""
    call = transcript(call_id, agent_id)
    call["segments"].append(CREDENTIAL)
    return call


def test_the_output_folder_is_the_contracts(invoke: Invoke, tmp_path: Path) -> None:
    """The files of the interchange contract are written, the certificate and the store."""
    done = invoke("audit", write_calls(tmp_path / "in", transcript()), "--out", tmp_path / "out")
    assert done.status == 0, done.err
    shown = {p.name for p in (tmp_path / "out").iterdir() if not p.name.startswith(".")}
    assert shown == OUTPUTS
    assert [p.name for p in (tmp_path / "out" / "transcripts").iterdir()] == ["C1.json"]


def test_a_finding_names_segment_words_clause_and_second(invoke: Invoke, tmp_path: Path) -> None:
    """The evidence is the sentence said, with offsets into it and times inside it."""
    invoke("audit", write_calls(tmp_path / "in", guilty()), "--out", tmp_path / "out")
    found = [
        finding
        for finding in read_jsonl(tmp_path / "out" / "findings.jsonl")
        if finding["category"] == "credential_request"
    ]
    assert len(found) == 1
    finding = found[0]
    assert finding["segment"] == 7
    assert finding["quote"] == CREDENTIAL["text"]
    assert 28.0 <= finding["start"] <= finding["end"] <= 36.0
    assert finding["outcome"] == "fail"
    assert finding["clauses"]
    for match in finding["matched"]:
        assert finding["quote"][match["start"] : match["end"]] == match["text"]


def test_a_blameless_call_is_not_accused(invoke: Invoke, tmp_path: Path) -> None:
    """Nothing is found where nothing is wrong."""
    invoke("audit", write_calls(tmp_path / "in", transcript()), "--out", tmp_path / "out")
    findings = read_jsonl(tmp_path / "out" / "findings.jsonl")
    assert [f["rule_id"] for f in findings if f["outcome"] == "fail"] == []


@pytest.mark.parametrize(
    ("level", "status"), [("critical", 1), ("major", 1), ("minor", 1), (None, 0)]
)
def test_findings_set_the_status_only_when_asked(
    invoke: Invoke, tmp_path: Path, level: str | None, status: int
) -> None:
    """Without --fail-on findings are no failure."""
    folder = write_calls(tmp_path / "in", guilty())
    extra = [] if level is None else ["--fail-on", level]
    assert invoke("audit", folder, "--out", tmp_path / "out", *extra).status == status


def test_a_clean_folder_passes_fail_on(invoke: Invoke, tmp_path: Path) -> None:
    """--fail-on does not fire without findings."""
    folder = write_calls(tmp_path / "in", transcript())
    assert invoke("audit", folder, "--out", tmp_path / "o", "--fail-on", "critical").status == 0


BAD = {
    "not json": "{",
    "unknown speaker": json.dumps(
        transcript(segments=[{"start": 0, "end": 1, "speaker": "robot", "text": "喂"}])
    ),
    "negative time": json.dumps(
        transcript(segments=[{"start": -1, "end": 1, "speaker": "agent", "text": "喂"}])
    ),
    "end before start": json.dumps(
        transcript(segments=[{"start": 2, "end": 1, "speaker": "agent", "text": "喂"}])
    ),
    "a megabyte in one segment": json.dumps(
        transcript(segments=[{"start": 0, "end": 1, "speaker": "agent", "text": "钱" * 350_000}])
    ),
    "no agent": json.dumps({k: v for k, v in transcript().items() if k != "agent_id"}),
    "naive time": json.dumps(transcript(started_at="2026-11-16T10:00:00")),
    "no segments": json.dumps({k: v for k, v in transcript().items() if k != "segments"}),
    "text is a number": json.dumps(
        transcript(segments=[{"start": 0, "end": 1, "speaker": "agent", "text": 7}])
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_transcript_costs_only_itself(invoke: Invoke, tmp_path: Path, name: str) -> None:
    """The bad file is failed with a reason that names it; the good one is audited; status 3."""
    folder = write_calls(tmp_path / "in", transcript("good"))
    (folder / "bad.json").write_text(BAD[name], encoding="utf-8")
    done = invoke("audit", folder, "--out", tmp_path / "out")
    assert done.status == 3
    rows = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert [row["outcome"] for row in rows if row["call_id"] == "good"] == ["audited"]
    bad = [row for row in rows if row["outcome"] == "failed"]
    assert len(bad) == 1
    assert "bad.json" in bad[0]["message"]
    assert bad[0]["reason"]


def test_control_characters_do_not_reach_the_outputs(invoke: Invoke, tmp_path: Path) -> None:
    """A transcript with control characters is audited and its output stays readable."""
    call = transcript()
    call["segments"][0]["text"] = "您好\x00\x1b[31m请问\x07是王小明吗"
    folder = write_calls(tmp_path / "in", call)
    assert invoke("audit", folder, "--out", tmp_path / "out").status == 0
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert not [char for char in text if ord(char) < 32 and char not in "\n\t\r"]


def test_only_bad_calls_means_nothing_ran(invoke: Invoke, tmp_path: Path) -> None:
    """When every call fails the status is 4."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "bad.json").write_text("{", encoding="utf-8")
    assert invoke("audit", folder, "--out", tmp_path / "out").status == 4


def test_a_recordings_row_is_accounted_for_where_only_transcripts_are_audited(
    invoke: Invoke, tmp_path: Path
) -> None:
    """Every row of a manifest has an outcome, also one this command does nothing about."""
    folder = write_calls(tmp_path / "in", transcript("text"))
    (folder / "sound.wav").write_bytes(b"RIFF")
    (folder / "manifest.csv").write_text(
        "call_id,path,agent_id\ntext,000.json,A1\nsound,sound.wav,A1\n", encoding="utf-8"
    )
    assert invoke("audit", folder, "--out", tmp_path / "out").status == 0
    rows = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert [(r["call_id"], r["outcome"], r["reason"]) for r in rows] == [
        ("text", "audited", None),
        ("sound", "skipped", "not_asked_for"),
    ]


def test_recordings_alone_are_nothing_to_audit(invoke: Invoke, tmp_path: Path) -> None:
    """Where a manifest names recordings only, ``audit`` says so, with status 2."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "manifest.csv").write_text(
        "call_id,path,agent_id\nsound,sound.wav,A1\n", encoding="utf-8"
    )
    done = invoke("audit", folder, "--out", tmp_path / "out")
    assert done.status == 2
    assert "there are no transcripts" in done.err


def test_an_unknown_zone_is_said_once_before_anything_runs(invoke: Invoke, tmp_path: Path) -> None:
    """It is a mistake of the user's, not one of every call."""
    calls = write_calls(tmp_path / "in", transcript())
    done = invoke("audit", calls, "--out", tmp_path / "out", "--timezone", "Nowhere/Zone")
    assert done.status == 2
    assert done.err.count("unknown_timezone") == 1
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_a_usage_error(invoke: Invoke, tmp_path: Path) -> None:
    """Nothing to do is said, with status 2."""
    (tmp_path / "in").mkdir()
    done = invoke("audit", tmp_path / "in", "--out", tmp_path / "out")
    assert done.status == 2
    assert "nothing_to_do" in done.err


def test_two_files_with_one_call_id_both_fail(invoke: Invoke, tmp_path: Path) -> None:
    """A call cannot have two outcomes, so neither of two different files counts."""
    folder = write_calls(tmp_path / "in", transcript("same"), guilty("same"), transcript("other"))
    assert invoke("audit", folder, "--out", tmp_path / "out").status == 3
    rows = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert [(r["outcome"], r["reason"]) for r in rows if r["call_id"] == "same"] == [
        ("failed", "conflicting_duplicate")
    ] * 2
    findings = read_jsonl(tmp_path / "out" / "findings.jsonl")
    assert not [f for f in findings if f["call_id"] == "same"]


def test_files_with_one_call_id_are_all_named(invoke: Invoke, tmp_path: Path) -> None:
    """On the terminal and, in Chinese, on the page; nobody has to search for the other one."""
    calls = [transcript("same", duration=40.0 + number) for number in range(7)]
    folder = write_calls(tmp_path / "in", *calls[:2], transcript("other"))
    done = invoke("audit", folder, "--out", tmp_path / "out")
    assert "failed: 000.json, 001.json: these files carry one call id, same;" in done.err
    assert "failed: 001.json, 000.json: these files" in done.err
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "000.json、001.json：同一通话编号对应多个不同的文件" in page
    many = write_calls(tmp_path / "many", *calls)
    done = invoke("audit", many, "--out", tmp_path / "out2")
    assert "failed: 006.json, 000.json, 001.json, 002.json, 003.json and 2 more:" in done.err


def test_the_same_input_gives_the_same_findings(invoke: Invoke, tmp_path: Path) -> None:
    """Findings, calls and scorecards are equal to the byte on a second run and with workers."""
    folder = write_calls(tmp_path / "in", *(guilty(f"C{i}", f"A{i % 3}") for i in range(8)))
    outs = [tmp_path / name for name in ("one", "two", "three")]
    for out, workers in zip(outs, ("1", "1", "2"), strict=True):
        assert invoke("audit", folder, "--out", out, "--workers", workers).status == 0
    for name in ("findings.jsonl", "scorecards.csv"):
        assert len({(out / name).read_bytes() for out in outs}) == 1, name


def test_audit_loads_no_recogniser(invoke: Invoke, tmp_path: Path) -> None:
    """Judging transcripts imports neither the recogniser nor its engine."""
    import subprocess

    folder = write_calls(tmp_path / "in", transcript())
    code = (
        "import sys\nfrom auditor.cli import main\n"
        f"try: main(['audit', {str(folder)!r}, '--out', {str(tmp_path / 'o')!r}])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('faster_whisper', 'ctranslate2', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_output_folder_that_cannot_be_written_stops_the_run(
    invoke: Invoke, tmp_path: Path
) -> None:
    """A file in the way is named; status 4; nothing half-written."""
    folder = write_calls(tmp_path / "in", transcript())
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    done = invoke("audit", folder, "--out", tmp_path / "out" / "deeper")
    assert done.status == 4
    assert "cannot write" in done.err


def test_the_summary_as_json_is_one_document(invoke: Invoke, tmp_path: Path) -> None:
    """--json prints the run record and nothing else."""
    folder = write_calls(tmp_path / "in", transcript())
    done = invoke("audit", folder, "--out", tmp_path / "out", "--json")
    assert json.loads(done.out)["counts"]["audited"] == 1


def test_no_call_text_is_logged(invoke: Invoke, tmp_path: Path) -> None:
    """Neither progress nor errors nor the summary quote what was said."""
    folder = write_calls(tmp_path / "in", guilty())
    bad = transcript("bad")
    bad["segments"][0] = {"start": 3, "end": 1, "speaker": "agent", "text": "绝密暗号西瓜"}
    (folder / "bad.json").write_text(json.dumps(bad, ensure_ascii=False), encoding="utf-8")
    done = invoke("--verbose", "audit", folder, "--out", tmp_path / "out")
    for secret in ("绝密暗号西瓜", "验证码念给我", "王小明"):
        assert secret not in done.out + done.err


def test_a_call_without_a_word_is_not_charged_with_omissions(
    invoke: Invoke, tmp_path: Path
) -> None:
    """Turns of blanks and dots are silence: there was nobody to disclose anything to."""
    call = transcript(segments=[{"start": 0, "end": 1, "speaker": "agent", "text": "…　 。"}])
    invoke("audit", write_calls(tmp_path / "in", call), "--out", tmp_path / "out")
    (row,) = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert (row["outcome"], row["reason"]) == ("skipped", "no_speech")
    assert not read_jsonl(tmp_path / "out" / "findings.jsonl")


def test_an_id_of_a_talk_and_of_a_silent_call_is_a_conflict(invoke: Invoke, tmp_path: Path) -> None:
    """Both would write one transcript file, so neither is judged."""
    folder = write_calls(tmp_path / "in", transcript(), transcript(segments=[]))
    invoke("audit", folder, "--out", tmp_path / "out")
    rows = read_jsonl(tmp_path / "out" / "calls.jsonl")
    assert [row["reason"] for row in rows] == ["conflicting_duplicate"] * 2


def test_the_output_may_lie_in_the_input_and_be_written_twice(
    invoke: Invoke, tmp_path: Path
) -> None:
    """What a run writes, even an unfinished one, is no input of the next."""
    folder = write_calls(tmp_path / "in", transcript())
    for out in (folder / "sub", folder / "sub", folder, folder):
        done = invoke("audit", folder, "--out", out, "--json")
        assert (done.status, json.loads(done.out)["counts"]["rows"]) == (0, 1), done.err
        (out / "run.json").unlink()


def test_transcripts_of_the_input_are_never_overwritten(invoke: Invoke, tmp_path: Path) -> None:
    """An output folder whose transcripts folder is the input is refused."""
    folder = write_calls(tmp_path / "in" / "transcripts", transcript())
    before = (folder / "000.json").read_bytes()
    for source in (folder, tmp_path / "in"):
        done = invoke("audit", source, "--out", tmp_path / "in")
        assert done.status == 2
        assert "output_is_input" in done.err
    assert (folder / "000.json").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["000.json"]


def test_a_file_name_cannot_fake_a_line_of_the_log(invoke: Invoke, tmp_path: Path) -> None:
    """Line breaks and escape sequences of names do not reach the terminal."""
    folder = write_calls(tmp_path / "in", transcript())
    (folder / "x\x1b[2J\nfailed: C9.json").write_text("{", encoding="utf-8")
    done = invoke("audit", folder, "--out", tmp_path / "out")
    assert done.status == 3
    assert "\x1b" not in done.err
    assert not any(line.startswith("failed: C9") for line in done.err.splitlines())


@pytest.mark.parametrize(("number", "told"), [(1, "1 call: 1 audited"), (2, "2 calls: 2 audited")])
def test_the_summary_counts_in_singular_and_plural(
    invoke: Invoke, tmp_path: Path, number: int, told: str
) -> None:
    """One call is not "1 calls"."""
    calls = [transcript(f"C{n}") for n in range(number)]
    done = invoke("audit", write_calls(tmp_path / "in", *calls), "--out", tmp_path / "out")
    assert done.out.startswith(told)
    assert not re.search(r"\b1 (calls|findings|fatal calls)\b", done.out)
