"""Stored transcripts are judged again without what they were heard from."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from night import write_policy

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import UsageError
from auditor.pipeline.again import plan_again
from auditor.pipeline.jobs import Recipe
from auditor.pipeline.plan import make_plan
from auditor.pipeline.run import RunResult, run
from auditor.settings import Settings
from auditor.store.archive import Archive
from auditor.store.selection import Selection
from auditor.store.store import open_store

CHINA = timezone(timedelta(hours=8))


def unwatched(_: CallRecord) -> None:
    """Nobody looks on."""


class Nights:
    """Two nights in one database; the calls themselves are gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = str(folder / "audit.db")
        self.policy = write_policy(folder / "policy")
        for night, numbers in (("mon", (0, 1, 2)), ("tue", (2, 3, 4))):
            calls = folder / night
            calls.mkdir()
            for number in numbers:
                self.write(calls, number, "把验证码给我" if number % 2 else "请您按时还款")
            (calls / "bad.json").write_text("{}", encoding="utf-8")
            plan = make_plan(calls, Settings(workers=0), exclude=())
            run(plan, self.recipe(night + "-out"), unwatched)
            shutil.rmtree(calls)

    def write(self, folder: Path, number: int, said: str) -> None:
        """Write a call of a day of its own."""
        day = datetime(2026, 11, 10 + number, 10, 0, tzinfo=CHINA)
        turn = {"start": 0.0, "end": 4.0, "speaker": "agent", "text": said}
        call = {
            "call_id": f"T{number}",
            "agent_id": f"A{number % 2}",
            "started_at": day.isoformat(),
            "segments": [turn],
        }
        (folder / f"{number}.json").write_text(json.dumps(call), encoding="utf-8")

    def recipe(self, out: str) -> Recipe:
        """How calls are done."""
        return Recipe(
            settings=Settings(workers=0),
            out=self.folder / out,
            policy=self.policy,
            cache=None,
            model=None,
            database=self.database,
            archive=self.folder / "archive",
        )

    def again(self, **selection: Any) -> RunResult:
        """Judge stored calls again."""
        with open_store(self.database) as store:
            plan = plan_again(store, Selection(**selection))
        return run(plan, self.recipe("again"), unwatched)


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    """Two nights."""
    return Nights(tmp_path)


def ids(result: RunResult) -> list[str]:
    """The calls that were judged."""
    return [r.call_id for r in result.records if r.outcome is CallOutcome.AUDITED]


def test_every_call_of_all_nights_is_judged_once(nights: Nights) -> None:
    """The newest outcome of a call counts; what failed stays failed, each file by its name."""
    result = nights.again()
    assert sorted(ids(result)) == ["T0", "T1", "T2", "T3", "T4"]
    assert result.tally.reasons == {"missing_key": 1}
    assert result.tally.findings == 2


def test_a_new_policy_changes_what_is_found_and_not_who_is_found(nights: Nights) -> None:
    """The identity of a finding is the same as in the night it was first made."""
    rule = nights.policy / "rules/secret/code.yaml"
    rule.write_text(rule.read_text("utf-8").replace("severity: critical", "severity: minor"))
    result = nights.again()
    found = [f for r in result.records if r.audit is not None for f in r.audit.findings]
    before = {
        json.loads(line)["finding_id"]
        for night in ("mon", "tue")
        for line in (nights.folder / f"{night}-out/findings.jsonl").read_text("utf-8").splitlines()
    }
    assert {finding.finding_id for finding in found} == before
    assert {finding.severity.label for finding in found} == {"minor"}


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        ({"since": datetime(2026, 11, 12, tzinfo=CHINA)}, ["T2", "T3", "T4"]),
        ({"until": datetime(2026, 11, 12, tzinfo=CHINA)}, ["T0", "T1"]),
        ({"agents": ("A1",)}, ["T1", "T3"]),
        ({"agents": ("A1",), "since": datetime(2026, 11, 13, tzinfo=CHINA)}, ["T3"]),
    ],
)
def test_days_and_agents_can_be_chosen(
    nights: Nights, selection: dict[str, Any], wanted: list[str]
) -> None:
    """Calls outside the choice are not rows of the run."""
    result = nights.again(**selection)
    assert sorted(ids(result)) == wanted
    assert result.tally.rows == len(wanted)


def test_one_run_can_be_chosen(nights: Nights) -> None:
    """Whatever came later; the new run names it."""
    with open_store(nights.database) as store:
        first = store.runs()[-1].run_id
    result = nights.again(run_id=first)
    assert ids(result) == ["T0", "T1", "T2"]
    with open_store(nights.database) as store:
        stored = store.run(result.info.run_id)
        assert (stored.kind, stored.judged_again) == ("reaudit", first)


def test_judging_again_is_not_itself_judged_again(nights: Nights) -> None:
    """A third judgement takes the calls from the nights, and takes over what is the same."""
    first, second = nights.again(), nights.again()
    assert list(first.records) == list(second.records)
    assert first.info.run_id != second.info.run_id


def test_nothing_that_fits_is_a_usage_error(nights: Nights) -> None:
    """Better than an empty report."""
    with pytest.raises(UsageError, match="no call"):
        nights.again(agents=("nobody",))


def test_a_transcript_that_is_gone_costs_only_its_call(nights: Nights) -> None:
    """Its reason says so."""
    with open_store(nights.database) as store:
        record = store.records(store.runs()[-1].run_id).at(0)[0]
    assert record.transcript is not None
    Archive(nights.folder / "archive").path(record.transcript).unlink()
    result = nights.again()
    assert result.tally.reasons == {"missing_key": 1, "transcript_not_kept": 1}
    assert result.tally.outcomes[CallOutcome.AUDITED] == 4
