"""Findings, calls and run information as JSON and back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.calls import Call, Callee, Direction, Seat, Speaker
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
from auditor.domain.jsonform import finding_to_json, record_to_json, run_to_json
from auditor.domain.jsonread import finding_from_json, record_from_json, run_from_json
from auditor.domain.runs import CallRecord, CallScore, Deduction
from auditor.domain.spans import CharSpan, TimeSpan
from auditor.domain.transcripts import Health, HealthIssue
from auditor.errors import UsageError

CONTRACT = (
    *("finding_id", "call_id", "agent_id", "kind", "category", "disclosure", "rule_id"),
    *("rule_version", "status", "outcome", "severity", "clauses", "segment", "start", "end"),
    *("speaker", "quote", "matched", "confidence", "explanation"),
)

TEXT = st.text(max_size=12)
SHARE = st.floats(0, 1)
SPANS = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted)
NAMES = st.text(min_size=1, max_size=8)


def some(strategy: Any) -> Any:
    """The value or nothing."""
    return st.none() | strategy


MATCHES = st.builds(
    Match, TEXT, SPANS.map(lambda s: CharSpan(*s)), st.sampled_from(How), source=TEXT
)
EVIDENCE = st.builds(
    Evidence,
    turn=st.integers(0, 500),
    time=st.tuples(st.integers(0, 10**8), st.integers(0, 10**8))
    .map(sorted)
    .map(lambda t: TimeSpan(*t)),
    speaker=st.sampled_from(Speaker),
    quote=TEXT,
    matches=st.lists(MATCHES, max_size=3).map(tuple),
)
FINDINGS = st.builds(
    Finding,
    call_id=NAMES,
    agent_id=NAMES,
    kind=st.sampled_from(Kind),
    rule_id=NAMES,
    rule_version=st.integers(1, 99),
    title=TEXT,
    status=st.sampled_from(Status),
    outcome=st.sampled_from(Outcome),
    severity=st.sampled_from(Severity),
    weight=st.floats(0, 100),
    clauses=st.lists(st.builds(ClauseRef, TEXT, TEXT, TEXT), max_size=3).map(tuple),
    confidence=SHARE,
    explanation=TEXT,
    explanation_en=TEXT,
    title_en=TEXT,
    category=some(st.sampled_from(Category)),
    disclosure=some(st.sampled_from(Disclosure)),
    evidence=some(EVIDENCE),
    occurrence=st.integers(0, 9),
)
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
CALLS = st.builds(
    Call,
    call_id=st.just("C1"),
    agent_id=NAMES,
    agent_name=some(TEXT),
    team=some(TEXT),
    customer_id=some(TEXT),
    started_at=some(st.datetimes(timezones=ZONES, min_value=datetime(1990, 1, 1))),  # noqa: DTZ001 - the strategy adds the zone
    direction=some(st.sampled_from(Direction)),
    callee=some(st.sampled_from(Callee)),
    overdue_days=some(st.integers(0, 9999)),
    seat=some(st.sampled_from(Seat)),
    answered=some(st.booleans()),
    amount_due=some(st.floats(0, 1e9)),
    amount_as_of=some(st.dates()),
    case_status=some(TEXT),
    synthetic=st.booleans(),
    attributes=st.dictionaries(NAMES, TEXT, max_size=3).map(MappingProxyType),
)
SCORES = st.builds(
    CallScore,
    score=st.floats(0, 100),
    weighted=st.floats(0, 100),
    fatal=st.booleans(),
    dimensions=st.dictionaries(NAMES, some(st.floats(0, 100)), max_size=3),
    deductions=st.lists(
        st.builds(Deduction, NAMES, TEXT, st.floats(0, 50), some(NAMES), st.booleans()), max_size=3
    ).map(tuple),
)
RULES = st.builds(
    RuleOutcome,
    rule_id=NAMES,
    outcome=st.sampled_from(Outcome),
    disclosure=some(st.sampled_from(Disclosure)),
    category=some(st.sampled_from(Category)),
)
HEALTH = st.builds(
    Health,
    usable=st.booleans(),
    issues=st.lists(st.sampled_from(HealthIssue), max_size=3).map(tuple),
    measures=st.dictionaries(NAMES, st.floats(-100, 100), max_size=3),
)


@st.composite
def call_records(draw: st.DrawFn) -> CallRecord:
    """Records as the pipeline makes them: a judged call has a call, an audit and a score."""
    call = draw(some(CALLS))
    audit = None
    if call is not None and draw(st.booleans()):
        audit = CallAudit(
            call_id="C1",
            agent_id=call.agent_id,
            findings=tuple(draw(st.lists(FINDINGS, max_size=2))),
            rules=tuple(draw(st.lists(RULES, max_size=3))),
            made=draw(st.dictionaries(st.sampled_from(Disclosure), st.integers(0, 9), max_size=3)),
        )
    return CallRecord(
        call_id="C1",
        outcome=draw(st.sampled_from(CallOutcome)),
        call=call,
        reason=draw(some(NAMES)),
        message=draw(TEXT),
        row=draw(some(st.integers(1, 999))),
        audit=audit,
        score=None if audit is None else draw(SCORES),
        recording=draw(some(TEXT)),
        duration=draw(some(st.floats(0, 1e5))),
        health=draw(some(HEALTH)),
        seconds=draw(st.dictionaries(NAMES, st.floats(0, 1e4), max_size=2)),
        synthetic_model=draw(st.booleans()),
    )


@given(FINDINGS)
def test_findings_survive_the_way_through_a_file(finding: Finding) -> None:
    """Writing and reading gives an equal finding with the same identity."""
    line = json.dumps(finding_to_json(finding), allow_nan=False)
    back = finding_from_json(json.loads(line))
    assert back == finding
    assert back.finding_id == finding.finding_id


@given(call_records())
def test_calls_survive_the_way_through_a_file(record: CallRecord) -> None:
    """Writing and reading gives an equal record, findings coming from their own file."""
    line = json.dumps(record_to_json(record), allow_nan=False)
    findings = () if record.audit is None else record.audit.findings
    assert record_from_json(json.loads(line), findings) == record


def test_the_run_survives_the_way_through_a_file(make: Any) -> None:
    """``run.json`` holds everything of the run."""
    info = make.night(5, demo=True).info
    assert run_from_json(json.loads(json.dumps(run_to_json(info)))) == info


def test_a_finding_has_the_keys_of_the_contract_in_its_order(make: Any) -> None:
    """Outside programs find the agreed keys first; ours follow."""
    written = finding_to_json(make.violation(make.call()))
    assert tuple(written)[: len(CONTRACT)] == CONTRACT
    assert set(written["matched"][0]) >= {"text", "start", "end", "how"}
    assert (
        written["quote"][written["matched"][0]["start"] : written["matched"][0]["end"]]
        == (written["matched"][0]["text"])
    )


def test_an_omission_without_a_near_attempt_points_nowhere(make: Any) -> None:
    """Segment, time, speaker and quote are null, never 0 or empty."""
    written = finding_to_json(make.omission(make.call()))
    assert [written[key] for key in ("segment", "start", "end", "speaker", "quote")] == [None] * 5
    assert (written["category"], written["disclosure"]) == (None, "recording_notice")


@pytest.mark.parametrize(
    "damage",
    [
        {"severity": "fatal"},
        {"kind": None},
        {"start": "early"},
        {"clauses": 7},
        {"matched": [{"text": "x"}]},
        {"disclosure": "greeting"},
    ],
)
def test_damaged_lines_are_refused_without_quoting_them(make: Any, damage: dict[str, Any]) -> None:
    """A wrong value is a named error that repeats nothing of the data."""
    line = {**finding_to_json(make.violation(make.call())), **damage}
    with pytest.raises(UsageError, match="damaged") as caught:
        finding_from_json(line)
    assert line["quote"] not in str(caught.value)


@pytest.mark.parametrize("key", ["rule_id", "segment", "title", "occurrence"])
def test_missing_keys_are_refused(make: Any, key: str) -> None:
    """A line without one of its keys was not written by this program."""
    line = finding_to_json(make.violation(make.call()))
    del line[key]
    with pytest.raises(UsageError, match="KeyError"):
        finding_from_json(line)
