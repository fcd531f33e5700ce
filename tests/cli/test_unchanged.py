"""What nothing changed stands: no call is heard or judged again, and whatever changed is seen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from night import night_arguments, write_policy, write_recording, write_transcript

from auditor.errors import ExitCode
from auditor.pipeline.unchanged import NOTE

from .conftest import Done, Invoke

STANDS = "nothing has changed since run "
HEAVY = ("auditor.pipeline.run", "auditor.detect.engine", "sqlalchemy", "numpy", "re2", "yaml")


class Night:
    """Two calls named by a manifest, a policy of one rule, and a folder for results."""

    def __init__(self, invoke: Invoke, folder: Path) -> None:
        self.invoke, self.folder = invoke, folder
        self.calls, self.out = folder / "calls", folder / "out"
        for number, text in enumerate(("请您按时还款", "把密码给我")):
            write_transcript(self.calls / f"{number}.json", f"C{number}", text)
        self.write_manifest("D1")
        (folder / "history.csv").write_text(
            "call_id,agent_id,customer_id,started_at\nE1,A1,D9,2026-11-01T10:00:00+08:00\n"
        )
        self.policy = write_policy(folder / "policy")

    def write_manifest(self, customer: str) -> None:
        """Write the manifest; the first call is about this debtor."""
        rows = [f"C0,0.json,A1,{customer}", "C1,1.json,A1,D2"]
        text = "\n".join(["call_id,path,agent_id,customer_id", *rows, ""])
        (self.calls / "manifest.csv").write_text(text, encoding="utf-8")

    def audit(self, *more: str | Path) -> Done:
        """Audit them."""
        return self.invoke(*self.arguments(*more))

    def arguments(self, *more: str | Path) -> list[str]:
        """What the command is given."""
        given = ("audit", self.calls, "--policy", self.policy, "--out", self.out)
        return [str(one) for one in (*given, "--history", self.folder / "history.csv", *more)]

    def info(self) -> dict[str, Any]:
        """What is known of the run whose results lie in the folder."""
        read: dict[str, Any] = json.loads((self.out / "run.json").read_text("utf-8"))
        return read


@pytest.fixture
def night(invoke: Invoke, tmp_path: Path) -> Night:
    """A night that was audited once."""
    made = Night(invoke, tmp_path)
    done = made.audit()
    assert done.status == ExitCode.DONE, done.err
    assert STANDS not in done.err
    return made


def test_the_results_of_an_unchanged_night_stand(night: Night) -> None:
    """The same is told with the same status, and no file is touched."""
    first = night.audit("--out", night.folder / "fresh")
    before = {path: path.stat().st_mtime_ns for path in night.out.rglob("*")}
    run_id = night.info()["run_id"]
    for _ in range(2):
        again = night.audit()
        assert again.status == ExitCode.DONE
        assert f"{STANDS}{run_id}: it stands" in again.err
        assert again.out.replace("/out/", "/fresh/") == first.out
    assert {path: path.stat().st_mtime_ns for path in night.out.rglob("*")} == before
    assert json.loads(night.audit("--json").out) == night.info()


def test_nothing_is_loaded_for_an_unchanged_night(night: Night) -> None:
    """Neither policy nor judge, database or numbers: it costs what listing the files costs."""
    code = (
        "import sys\nfrom auditor.cli import main\n"
        f"for name in {HEAVY[2:]!r}: sys.modules[name] = None\n"
        f"try: main({night.arguments()!r})\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY[:2]!r} if name in sys.modules])"
    )
    # In a process of its own: here everything is loaded already.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert STANDS in done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_status_goes_by_what_is_asked_this_time(night: Night) -> None:
    """A threshold changes no result, so it is held against those that stand."""
    for severity, status in (("critical", ExitCode.FINDINGS), ("minor", ExitCode.FINDINGS)):
        done = night.audit("--fail-on", severity)
        assert STANDS in done.err
        assert done.status == status


def call_changed(night: Night) -> None:
    """Other words, of the same length."""
    write_transcript(night.calls / "0.json", "C0", "请您按月还款")


def call_changed_unseen(night: Night) -> None:
    """Other words of the same length, with the date of before."""
    path = night.calls / "0.json"
    before = path.stat()
    call_changed(night)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def call_added(night: Night) -> None:
    """One more file."""
    write_transcript(night.calls / "2.json", "C2", "您好")


def call_gone(night: Night) -> None:
    """One file less."""
    (night.calls / "0.json").unlink()


def row_changed(night: Night) -> None:
    """The same call of another debtor."""
    night.write_manifest("D3")


def rule_changed(night: Night) -> None:
    """Other points for a finding."""
    rule = night.policy / "rules/secret/code.yaml"
    rule.write_text(rule.read_text("utf-8").replace("weight: 30", "weight: 20"), "utf-8")


def words_changed(night: Night) -> None:
    """One more word in a lexicon."""
    terms = night.policy / "terms/codes.yaml"
    terms.write_text(terms.read_text("utf-8").replace("密码", "密码, 口令"), "utf-8")


def rule_added(night: Night) -> None:
    """A rule file more."""
    text = (night.policy / "rules/secret/code.yaml").read_text("utf-8")
    other = night.policy / "rules/secret/other.yaml"
    other.write_text(text.replace("id: secret.code", "id: secret.other"), "utf-8")


def history_changed(night: Night) -> None:
    """One contact more in the table of history."""
    with (night.folder / "history.csv").open("a") as file:
        file.write("E2,A1,D2,2026-11-02T10:00:00+08:00\n")


def transcript_lost(night: Night) -> None:
    """A transcript of the results is gone."""
    (night.out / "transcripts" / "C0.json").unlink()


def transcript_forged(night: Night) -> None:
    """A transcript of the results says something else."""
    (night.out / "transcripts" / "C0.json").write_text("{}")


def report_changed(night: Night) -> None:
    """The page was written to."""
    with (night.out / "report.html").open("a") as file:
        file.write(" ")


def report_lost(night: Night) -> None:
    """The workbook is gone."""
    (night.out / "report.xlsx").unlink()


def database_lost(night: Night) -> None:
    """The database is gone."""
    (night.out / "audit.db").unlink()


def note_damaged(night: Night) -> None:
    """The note itself cannot be read."""
    (night.out / NOTE).write_text("{ half")


def note_of_other_form(night: Night) -> None:
    """The note is of another version."""
    note = json.loads((night.out / NOTE).read_text())
    (night.out / NOTE).write_text(json.dumps({**note, "format": 99}))


def moved(night: Night) -> None:
    """The results lie elsewhere now: addresses in the page may not hold."""
    shutil.copytree(night.out, night.folder / "other")
    night.out = night.folder / "other"


CHANGES = [
    *(call_changed, call_changed_unseen, call_added, call_gone, row_changed, rule_changed),
    *(words_changed, rule_added, history_changed, transcript_lost, transcript_forged),
    *(report_changed, report_lost, database_lost, note_damaged, note_of_other_form, moved),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_is_seen(night: Night, change: Callable[[Night], None]) -> None:
    """A new run is made, whose results stand from then on."""
    before = night.info()["run_id"]
    change(night)
    done = night.audit()
    assert done.status in (ExitCode.DONE, ExitCode.SOME_FAILED), done.err
    assert STANDS not in done.err
    assert night.info()["run_id"] != before
    assert STANDS in night.audit().err


@pytest.mark.parametrize(
    "options",
    [
        ("--lang", "en"),
        ("--timezone", "Asia/Shanghai"),
        ("--db", "other.db"),
        ("--call-seconds", "200"),
        ("--manifest", "calls/copy.csv"),
        ("--consents", "consents.csv"),
    ],
    ids=" ".join,
)
def test_other_options_are_another_run(
    night: Night, monkeypatch: pytest.MonkeyPatch, options: tuple[str, str]
) -> None:
    """Whatever can change a result or a report."""
    monkeypatch.chdir(night.folder)
    shutil.copy(night.calls / "manifest.csv", night.calls / "copy.csv")
    (night.folder / "consents.csv").write_text("customer_id,from,until,hours\nD1,,,any\n")
    assert STANDS not in night.audit(*options).err


@pytest.mark.parametrize("options", [("--workers", "1")], ids=" ".join)
def test_what_changes_no_result_is_no_other_run(night: Night, options: tuple[str, str]) -> None:
    """How many workers there are."""
    assert STANDS in night.audit(*options).err


def test_canaries_are_sung_every_time(night: Night) -> None:
    """Whether the night may be relied on today, no note can say."""
    own = night.folder / "own"
    write_transcript(own / "X1.json", "X1", "把验证码给我")
    line = {"call_id": "X1", "violations": ["credential_request"]}
    (own / "expected.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    for _ in range(2):
        done = night.audit("--canaries", own)
        assert STANDS not in done.err
        assert "1 of 1 canary calls found" in done.out


def test_a_night_with_a_broken_file_stands_with_its_status(night: Night) -> None:
    """What the file itself brings does not go away while the file stays as it is."""
    (night.calls / "broken.json").write_text("{", encoding="utf-8")
    first = night.audit()
    assert first.status == ExitCode.SOME_FAILED
    again = night.audit()
    assert STANDS in again.err
    assert again.status == ExitCode.SOME_FAILED
    assert [line for line in again.err.splitlines() if line.startswith("failed: ")] == [
        line for line in first.err.splitlines() if line.startswith("failed: ")
    ]
    (night.calls / "broken.json").unlink()
    assert night.audit().status == ExitCode.DONE


def test_another_night_in_the_same_database_may_be_history(night: Night) -> None:
    """So the checks across calls are made again."""
    shared = night.folder / "shared.db"
    night.audit("--db", shared)
    assert STANDS in night.audit("--db", shared).err
    night.audit("--db", shared, "--out", night.folder / "second")
    assert STANDS not in night.audit("--db", shared).err


def test_a_folder_of_history_may_change_inside(night: Night) -> None:
    """Its files are looked at, not only the folder."""
    earlier = night.folder / "earlier"
    night.audit("--out", earlier)
    for expected in (False, True):
        assert (STANDS in night.audit("--history", earlier).err) == expected
    with (earlier / "calls.jsonl").open("a") as file:
        file.write("\n")
    assert STANDS not in night.audit("--history", earlier).err


def test_recordings_stand_too_until_one_changes(invoke: Invoke, tmp_path: Path) -> None:
    """No model is loaded for those that do not."""
    command = [*night_arguments(tmp_path), "--cache", tmp_path / "cache", "--out", tmp_path / "o"]
    first = invoke(*command)
    again = invoke(*command)
    assert STANDS in again.err
    assert again.status == first.status == ExitCode.SOME_FAILED
    assert again.out == first.out
    write_recording(tmp_path / "calls" / "r0.wav", 3.0, 77)
    assert STANDS not in invoke(*command).err
    assert STANDS in invoke(*command).err
    other = next((tmp_path / "model").glob("vocabulary*"))
    other.touch()
    assert STANDS not in invoke(*command).err
