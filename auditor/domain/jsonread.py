"""Read the JSON of an output folder or of the store back into values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from auditor.domain.calls import Call, Callee, Direction, Seat, Speaker
from auditor.domain.contactform import cues_from_json, trail_from_json
from auditor.domain.findings import (
    CallAudit,
    CallOutcome,
    Category,
    ClauseRef,
    Disclosure,
    Evidence,
    Finding,
    Grounds,
    How,
    Kind,
    Match,
    Outcome,
    RuleOutcome,
    Severity,
    Status,
    Told,
    Voice,
)
from auditor.domain.jsonform import GROUNDS
from auditor.domain.runs import CallRecord, CallScore, Deduction, RunInfo
from auditor.domain.spans import CharSpan, TimeSpan
from auditor.domain.transcripts import Health, HealthIssue
from auditor.errors import UsageError

Value = TypeVar("Value")
Given = ParamSpec("Given")


def _named(read: Callable[Given, Value]) -> Callable[Given, Value]:
    def reader(*args: Given.args, **kwargs: Given.kwargs) -> Value:
        try:
            return read(*args, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # The message of the cause may quote the data; the type of the error may not.
            raise UsageError(
                f"not written by auditor, or damaged: {type(error).__name__} in {read.__name__}"
            ) from error

    reader.__name__, reader.__doc__ = read.__name__, read.__doc__
    return reader


@_named
def finding_from_json(data: Mapping[str, Any]) -> Finding:
    """Read one line of ``findings.jsonl``; the inverse of ``finding_to_json``.

    Raises:
        UsageError: A key is missing or a value does not fit.
    """
    return Finding(
        call_id=data["call_id"],
        agent_id=data["agent_id"],
        kind=Kind(data["kind"]),
        category=None if data["category"] is None else Category(data["category"]),
        disclosure=None if data["disclosure"] is None else Disclosure(data["disclosure"]),
        rule_id=data["rule_id"],
        rule_version=data["rule_version"],
        title=data["title"],
        title_en=data["title_en"],
        status=Status(data["status"]),
        outcome=Outcome(data["outcome"]),
        severity=Severity[data["severity"].upper()],
        weight=data["weight"],
        clauses=tuple(
            ClauseRef(ref["document"], ref["section"], ref["grade"]) for ref in data["clauses"]
        ),
        confidence=data["confidence"],
        explanation=data["explanation"],
        explanation_en=data["explanation_en"],
        evidence=_evidence(data),
        trail=None if data.get("trail") is None else trail_from_json(data["trail"]),
        occurrence=data["occurrence"],
        grounds=_grounds(data.get("grounds", {})),
    )


def _grounds(data: Mapping[str, Any]) -> Grounds:
    """Read why a finding stands; findings of earlier versions do not say."""
    told = {
        name: tuple(Told(point["zh"], point["en"]) for point in data.get(name, ()))
        for name in GROUNDS
    }
    heavy = (Voice(v["zh"], v["en"], float(v["weight"])) for v in data.get("voices", ()))
    return Grounds(**told, voices=tuple(heavy))


def _evidence(data: Mapping[str, Any]) -> Evidence | None:
    if data["segment"] is None:
        return None
    return Evidence(
        turn=data["segment"],
        time=TimeSpan.from_seconds(data["start"], data["end"]),
        speaker=Speaker(data["speaker"]),
        quote=data["quote"],
        matches=tuple(
            Match(m["text"], CharSpan(m["start"], m["end"]), How(m["how"]), m["source"])
            for m in data["matched"]
        ),
    )


@_named
def record_from_json(data: Mapping[str, Any], findings: Iterable[Finding] = ()) -> CallRecord:
    """Read one line of ``calls.jsonl``; the inverse of ``record_to_json``.

    Args:
        data: The line.
        findings: The call's lines of ``findings.jsonl``, in order.

    Raises:
        UsageError: A key is missing or a value does not fit.
    """
    health = data["health"]
    return CallRecord(
        call_id=data["call_id"],
        outcome=CallOutcome(data["outcome"]),
        call=None if data["call"] is None else _call(data),
        reason=data["reason"],
        message=data["message"],
        row=data["row"],
        audit=None if data["rules"] is None else _audit(data, findings),
        score=None if data["score"] is None else _score(data),
        recording=data["recording"],
        duration=data["duration"],
        health=None if health is None else _health(health),
        seconds=MappingProxyType(dict(data["seconds"])),
        synthetic_model=data["synthetic_model"],
        transcript=data.get("transcript"),
    )


def _call(data: Mapping[str, Any]) -> Call:
    call = data["call"]
    started, as_of = call.get("started_at"), call.get("amount_as_of")
    return Call(
        call_id=data["call_id"],
        agent_id=data["agent_id"],
        agent_name=call.get("agent_name"),
        team=call.get("team"),
        customer_id=call.get("customer_id"),
        started_at=None if started is None else datetime.fromisoformat(started),
        direction=None if "direction" not in call else Direction(call["direction"]),
        callee=None if "callee" not in call else Callee(call["callee"]),
        overdue_days=call.get("overdue_days"),
        seat=None if "seat" not in call else Seat(call["seat"]),
        answered=call.get("answered"),
        amount_due=call.get("amount_due"),
        amount_as_of=None if as_of is None else date.fromisoformat(as_of),
        case_status=call.get("case_status"),
        synthetic=call.get("synthetic", False),
        attributes=MappingProxyType(dict(call.get("attributes", {}))),
    )


def _audit(data: Mapping[str, Any], findings: Iterable[Finding]) -> CallAudit:
    return CallAudit(
        call_id=data["call_id"],
        agent_id=data["agent_id"],
        findings=tuple(findings),
        rules=tuple(
            RuleOutcome(
                rule_id=item["rule_id"],
                outcome=Outcome(item["outcome"]),
                status=Status(item["status"]),
                category=None if item["category"] is None else Category(item["category"]),
                disclosure=None if item["disclosure"] is None else Disclosure(item["disclosure"]),
            )
            for item in data["rules"]
        ),
        made=MappingProxyType({Disclosure(k): v for k, v in data["disclosures_made"].items()}),
        cues=None if data.get("cues") is None else cues_from_json(data["cues"]),
    )


def _score(data: Mapping[str, Any]) -> CallScore:
    return CallScore(
        score=data["score"],
        weighted=data["weighted_score"],
        fatal=data["auto_fail"],
        dimensions=MappingProxyType(dict(data["dimensions"])),
        deductions=tuple(
            Deduction(
                item["rule_id"], item["title"], item["points"], item["dimension"], item["fatal"]
            )
            for item in data["deductions"]
        ),
    )


def _health(data: Mapping[str, Any]) -> Health:
    return Health(
        usable=data["usable"],
        issues=tuple(HealthIssue(issue) for issue in data["issues"]),
        measures=MappingProxyType(dict(data["measures"])),
    )


@_named
def run_from_json(data: Mapping[str, Any]) -> RunInfo:
    """Read ``run.json``; the inverse of ``run_to_json``.

    Raises:
        UsageError: A key is missing or a value does not fit.
    """
    return RunInfo(
        run_id=data["run_id"],
        started_at=datetime.fromisoformat(data["started_at"]),
        finished_at=datetime.fromisoformat(data["finished_at"]),
        input_path=data["input_path"],
        versions=MappingProxyType(dict(data["versions"])),
        policy=MappingProxyType(dict(data["policy"])),
        recogniser=MappingProxyType(dict(data["recogniser"])),
        counts=MappingProxyType(dict(data["counts"])),
        reasons=MappingProxyType(dict(data["reasons"])),
        demo=data["demo"],
    )
