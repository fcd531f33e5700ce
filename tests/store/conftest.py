"""Stores on both databases, and made-up runs to keep in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from postgres import emptied, server
from sqlalchemy import Engine, select

from auditor.domain.calls import Call, Callee, Speaker
from auditor.domain.findings import (
    CallAudit,
    CallOutcome,
    Category,
    ClauseRef,
    Disclosure,
    Evidence,
    Finding,
    How,
    Kind,
    Match,
    Outcome,
    RuleOutcome,
    Severity,
    Status,
)
from auditor.domain.runs import CallRecord, CallScore, Deduction, RunInfo
from auditor.domain.spans import CharSpan, TimeSpan
from auditor.domain.transcripts import Health, HealthIssue
from auditor.store.store import Store, open_store
from auditor.store.tables import metadata

CHINA = timezone(timedelta(hours=8))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server; tests fail where there is none."""
    with server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "audit.db")
    return emptied(request.getfixturevalue("postgres"))


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An open store on each kind of database."""
    with open_store(address) as opened:
        yield opened


def finding(call_id: str = "C1", **changes: Any) -> Finding:
    """A threat with its quote."""
    values: dict[str, Any] = {
        "call_id": call_id,
        "agent_id": "A1",
        "kind": Kind.VIOLATION,
        "category": Category.THREAT,
        "rule_id": "threat.family",
        "rule_version": 2,
        "title": "以家人相威胁",
        "status": Status.STABLE,
        "outcome": Outcome.FAIL,
        "severity": Severity.CRITICAL,
        "weight": 40.0,
        "clauses": (ClauseRef("《公约》", "第18条", "V2"),),
        "confidence": 0.93,
        "explanation": "说了要去家里。",
        "evidence": Evidence(
            turn=3,
            time=TimeSpan(31_200, 34_000),
            speaker=Speaker.AGENT,
            quote="明天去你爸妈家。",
            matches=(Match("去你爸妈家", CharSpan(2, 7), How.LEXICON, "family"),),
        ),
    }
    return Finding(**{**values, **changes})


RULES = (
    ("threat.family", Category.THREAT, None, Status.STABLE),
    ("abuse.insult", Category.ABUSE, None, Status.TRIAL),
    ("recording.notice", None, Disclosure.RECORDING_NOTICE, Status.STABLE),
)


def record(number: int = 1, *found: Finding, answers: str = "", **changes: Any) -> CallRecord:
    """An audited call; ``answers`` has a letter for each of ``RULES``."""
    call_id = f"C{number}"
    letters = {
        "p": Outcome.PASS,
        "f": Outcome.FAIL,
        "u": Outcome.UNDETERMINED,
        "n": Outcome.NOT_APPLICABLE,
    }
    audit = CallAudit(
        call_id=call_id,
        agent_id="A1",
        findings=found,
        rules=tuple(
            RuleOutcome(rule_id=name, category=c, disclosure=d, status=s, outcome=letters[letter])
            for (name, c, d, s), letter in zip(
                RULES, answers or ("fpp" if found else "ppp"), strict=True
            )
        ),
        made=MappingProxyType({Disclosure.RECORDING_NOTICE: 2}),
    )
    call = Call(
        call_id=call_id,
        agent_id="A1",
        agent_name="周敏",
        customer_id=f"K{number % 3}",
        started_at=datetime(2026, 11, 16, 9, 30, tzinfo=CHINA) + timedelta(minutes=number),
        callee=Callee.DEBTOR,
        attributes=MappingProxyType({"product": "card"}),
    )
    lost = 40.0 if found else 0.0
    values: dict[str, Any] = {
        "call_id": call_id,
        "outcome": CallOutcome.AUDITED,
        "call": call,
        "row": number + 1,
        "audit": audit,
        "score": CallScore(
            score=100.0 - lost,
            weighted=100.0 - lost,
            fatal=bool(found),
            dimensions=MappingProxyType({"conduct": 100.0 - lost, "duty": None}),
            deductions=(Deduction("threat.family", "以家人相威胁", 40.0, "conduct", fatal=True),)
            if found
            else (),
        ),
        "recording": f"day/{call_id}.wav",
        "duration": 61.5,
        "health": Health(True, (HealthIssue.TRUNCATED,), MappingProxyType({"level": -20.5})),
        "seconds": MappingProxyType({"listen": 1.5, "judge": 0.1}),
    }
    return CallRecord(**{**values, **changes})


def failed(number: int, reason: str = "empty_file") -> CallRecord:
    """A call that could not be heard."""
    return CallRecord(
        call_id=f"C{number}",
        outcome=CallOutcome.FAILED,
        row=number + 1,
        reason=reason,
        message="the file is empty",
    )


def info(run_id: str = "20261116T200000Z-aaaa0001", minute: int = 0, **changes: Any) -> RunInfo:
    """What a run was made with."""
    values: dict[str, Any] = {
        "run_id": run_id,
        "started_at": datetime(2026, 11, 16, 20, minute, tzinfo=UTC),
        "finished_at": datetime(2026, 11, 16, 20, minute, 30, tzinfo=UTC),
        "input_path": "recordings",
        "versions": {"auditor": "0.1.0"},
        "policy": {"id": "p", "version": "1", "title": "规则", "fingerprint": "ff00"},
        "recogniser": {"model": "demo", "digest": "00ff"},
        "counts": {},
        "reasons": {},
    }
    return RunInfo(**{**values, **changes})


def night() -> list[CallRecord]:
    """A few calls of every kind."""
    return [
        record(0),
        record(1, finding("C1")),
        record(2, finding("C2", status=Status.TRIAL), answers="pfp"),
        failed(3),
        record(4, answers="puf"),
    ]


def keep(store: Store, records: list[CallRecord], fingerprint: str = "f1", **of: Any) -> str:
    """Keep a whole run and return its id."""
    run = store.begin_run(info(**of), fingerprint=fingerprint, rows=len(records))
    for place, settled in enumerate(records):
        store.settle(run.run_id, place, settled, job=f"job-{place}")
    store.finish_run(info(**of))
    return run.run_id


def dump(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, sorted."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }
