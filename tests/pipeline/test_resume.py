"""What was done is not done again, and what changed is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from night import write_policy, write_transcript
from postgres import emptied, server
from sqlalchemy import text

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.pipeline.jobs import Recipe
from auditor.pipeline.plan import make_plan
from auditor.pipeline.run import RunResult, run
from auditor.settings import Settings
from auditor.store.archive import Archive
from auditor.store.store import Store, open_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server; tests fail where there is none."""
    with server() as address:
        yield address


class Night:
    """Transcripts that are audited into a database, in this process."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.calls = folder / "calls"
        self.policy = write_policy(folder / "policy")
        for number in range(6):
            self.write(number, "把验证码给我" if number % 2 else "请您按时还款")

    def write(self, number: int, said: str) -> None:
        """Write or change a call."""
        path = self.calls / f"t{number}.json"
        write_transcript(path, f"T{number}", said)
        os.utime(path, ns=(number, hash(said) % 10**9))

    def recipe(self, out: str = "out") -> Recipe:
        """How the calls are done."""
        return Recipe(
            settings=Settings(workers=0),
            out=self.folder / out,
            policy=self.policy,
            cache=None,
            model=None,
            database=self.database,
            archive=self.folder / "archive",
        )

    def audit(self, out: str = "out", stop: int | None = None) -> RunResult:
        """Audit the calls; stop as by Ctrl-C after so many."""
        recipe = self.recipe(out)
        plan = make_plan(self.calls, recipe.settings, exclude=(recipe.out,))
        seen: list[CallRecord] = []

        def watch(record: CallRecord) -> None:
            seen.append(record)
            if stop is not None and len(seen) >= stop:
                raise KeyboardInterrupt

        return run(plan, recipe, watch)

    def store(self) -> Store:
        """The database."""
        return open_store(self.database)


@pytest.fixture(params=["sqlite", "postgresql"])
def night(request: pytest.FixtureRequest, tmp_path: Path) -> Night:
    """A night on each kind of database."""
    if request.param == "sqlite":
        return Night(tmp_path, str(tmp_path / "audit.db"))
    return Night(tmp_path, emptied(request.getfixturevalue("postgres")))


def outputs(out: Path) -> dict[str, bytes]:
    """The files for programs, and the transcripts."""
    paths = [out / "findings.jsonl", out / "calls.jsonl", out / "scorecards.csv"]
    paths += sorted((out / "transcripts").iterdir())
    return {path.name: path.read_bytes() for path in paths}


def own(night: Night) -> list[tuple[Any, ...]]:
    """When each outcome of the newest run was made, by its listening times."""
    with night.store() as store, store.engine.connect() as connection:
        run_id = store.runs()[0].run_id
        query = text("SELECT place, result, seconds FROM outcomes WHERE run_id = :r ORDER BY place")
        return [tuple(row) for row in connection.execute(query, {"r": run_id})]


def test_an_interrupted_run_is_finished_under_its_own_name(night: Night) -> None:
    """What was settled before the interrupt stays as it was, to the microsecond it took."""
    with pytest.raises(KeyboardInterrupt):
        night.audit(stop=3)
    with night.store() as store:
        (begun,) = store.runs()
        assert not begun.finished
    before = own(night)
    assert len(before) == 3
    result = night.audit()
    assert result.info.run_id == begun.run_id
    assert result.info.started_at == begun.info.started_at
    assert own(night)[:3] == before
    with night.store() as store:
        assert [run.finished for run in store.runs()] == [True]


def test_an_interrupted_run_ends_like_one_that_was_not(night: Night) -> None:
    """Findings, calls, scorecards and transcripts are the same."""
    for stop in (1, 3, 5):
        with pytest.raises(KeyboardInterrupt):
            night.audit(stop=stop)
    night.audit()
    broken = outputs(night.folder / "out")
    night.database = str(night.folder / "other.db")
    night.audit("whole")
    whole = outputs(night.folder / "whole")
    calls = [json.loads(line) for line in broken.pop("calls.jsonl").splitlines()]
    others = [json.loads(line) for line in whole.pop("calls.jsonl").splitlines()]
    assert [{**call, "seconds": {}} for call in calls] == [
        {**call, "seconds": {}} for call in others
    ]
    assert broken == whole


def test_a_second_run_takes_everything_over(night: Night) -> None:
    """Nothing is judged again, the files are equal, the run has a name of its own."""
    first = night.audit()
    files, made = outputs(night.folder / "out"), own(night)
    second = night.audit()
    assert second.info.run_id != first.info.run_id
    assert outputs(night.folder / "out") == files
    assert own(night) == made
    with night.store() as store:
        assert len(store.runs()) == 2


def test_only_the_call_that_changed_is_judged_again(night: Night) -> None:
    """The others keep the outcome they had."""
    night.audit()
    before = own(night)
    night.write(2, "密码告诉我")
    result = night.audit()
    after = own(night)
    assert [old == new for old, new in zip(before, after, strict=True)] == [
        place != 2 for place in range(6)
    ]
    assert result.tally.findings == 4


def test_another_policy_judges_everything_again(night: Night) -> None:
    """Also where it finds the same."""
    night.audit()
    rule = night.policy / "rules/secret/code.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("weight: 30", "weight: 20"))
    night.audit()
    with night.store() as store:
        newest, oldest = store.runs()
        new, old = list(store.records(newest.run_id)), list(store.records(oldest.run_id))
    found = [record for record in new if record.audit and record.audit.findings]
    assert {record.score.score for record in found if record.score} == {0.0}
    assert new != old
    assert [r.audit.findings[0].finding_id for r in found if r.audit] == [
        r.audit.findings[0].finding_id for r in old if r.audit and r.audit.findings
    ]


def test_a_failed_call_is_tried_again_by_the_next_run(night: Night) -> None:
    """A failure may have gone away without any file having changed."""
    night.calls.joinpath("bad.json").write_text("{}", encoding="utf-8")
    first = night.audit()
    assert first.tally.outcomes[CallOutcome.FAILED] == 1
    before = {place for place, *_ in own(night)}
    night.audit()
    with night.store() as store, store.engine.connect() as connection:
        query = text(
            "SELECT count(*) FROM outcomes o JOIN results r ON r.key = o.result "
            "WHERE r.outcome = 'failed'"
        )
        assert connection.execute(query).scalar_one() == 2
    assert {place for place, *_ in own(night)} == before


def test_another_output_folder_gets_its_transcripts_from_the_archive(night: Night) -> None:
    """Calls taken over have their transcript there, byte for byte."""
    night.audit("one")
    night.audit("two")
    one, two = outputs(night.folder / "one"), outputs(night.folder / "two")
    assert one == two
    assert len(one) == 3 + 6


def test_without_its_transcript_a_call_is_done_again(night: Night) -> None:
    """An archive that lost it does not make the outcome poorer."""
    first = night.audit("one")
    record = next(iter(first.records))
    assert record.transcript is not None
    Archive(night.folder / "archive").path(record.transcript).unlink()
    night.audit("two")
    assert outputs(night.folder / "one").keys() == outputs(night.folder / "two").keys()


def test_a_changed_transcript_in_the_output_folder_is_mended(night: Night) -> None:
    """What the outcome rests on is what lies beside it."""
    night.audit()
    path = night.folder / "out" / "transcripts" / "T0.json"
    whole = path.read_bytes()
    path.write_bytes(b"{}")
    night.audit()
    assert path.read_bytes() == whole


def test_two_files_with_one_id_stay_a_conflict_when_gone_on_with(night: Night) -> None:
    """Both fail in every run, and are judged by themselves each time."""
    path = night.calls / "twin.json"
    write_transcript(path, "T0", "您好")
    with pytest.raises(KeyboardInterrupt):
        night.audit(stop=4)
    for _ in range(2):
        result = night.audit()
        assert result.info.reasons == {"conflicting_duplicate": 2}
    path.unlink()
    assert night.audit().info.reasons == {}


def test_a_run_too_long_to_hold_writes_the_same(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records read page by page give the files, the page and the workbook of records held."""
    night.audit()
    held = outputs(night.folder / "out")
    page = (night.folder / "out" / "report.html").read_text("utf-8")
    monkeypatch.setattr("auditor.pipeline.run.HELD", 0)
    monkeypatch.setattr("auditor.store.reader.PAGE", 2)
    night.audit()
    assert outputs(night.folder / "out") == held
    own = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}|\d{4}-\d\d-\d\d \d\d:\d\d")
    again = (night.folder / "out" / "report.html").read_text("utf-8")
    assert own.sub("", again) == own.sub("", page)
