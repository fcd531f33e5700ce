"""The difference of two runs as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.domain.jsonform import finding_to_json
from auditor.domain.runs import RunInfo
from auditor.errors import counted
from auditor.report.difference import (
    AgentShift,
    AgentSide,
    CallFlip,
    Difference,
    FindingFlip,
    RuleShift,
    State,
)


def difference_to_json(difference: Difference) -> dict[str, Any]:
    """Return everything of a difference; ``findings`` hold the keys of ``findings.jsonl``."""
    return {
        "first": _run(difference.first),
        "second": _run(difference.second),
        "calls_in_both": difference.shared,
        "calls_only_in_first": difference.only_first,
        "calls_only_in_second": difference.only_second,
        "findings_new": difference.new,
        "findings_gone": difference.gone,
        "findings_flipped": difference.flips,
        "rules": [_rule(shift) for shift in difference.rules],
        "clauses": [
            {
                "document": shift.clause.document,
                "section": shift.clause.section,
                "grade": shift.clause.grade,
                "before": shift.before,
                "after": shift.after,
            }
            for shift in difference.clauses
        ],
        "agents": [_agent(shift) for shift in difference.agents],
        "calls": [_call(flip) for flip in difference.calls],
        "findings": [_finding(flip) for flip in difference.findings],
    }


def _run(info: RunInfo) -> dict[str, Any]:
    return {
        "run_id": info.run_id,
        "started_at": info.started_at.isoformat(),
        "policy": dict(info.policy),
        "counts": dict(info.counts),
    }


def _rule(shift: RuleShift) -> dict[str, Any]:
    states = [state for state in State if state is not State.ABSENT]
    return {
        "rule_id": shift.rule_id,
        "title": shift.title,
        "title_en": shift.title_en,
        "before": {state.value: shift.before.get(state, 0) for state in states},
        "after": {state.value: shift.after.get(state, 0) for state in states},
        "new": shift.new,
        "gone": shift.gone,
    }


def _agent(shift: AgentShift) -> dict[str, Any]:
    return {
        "agent_id": shift.agent_id,
        "agent_name": shift.name or None,
        "before": _side(shift.before),
        "after": _side(shift.after),
    }


def _side(side: AgentSide) -> dict[str, Any]:
    return {
        "calls": side.calls,
        "score": side.score,
        "place": side.place,
        "fatal_calls": side.fatal_calls,
        "findings": side.findings,
        "undetermined": side.review,
    }


def _call(flip: CallFlip) -> dict[str, Any]:
    return {
        "call_id": flip.call_id,
        "agent_id": flip.agent_id,
        "outcome": [flip.outcome, flip.new_outcome],
        "score": [flip.score, flip.new_score],
        "auto_fail": [flip.fatal, flip.new_fatal],
    }


def _finding(flip: FindingFlip) -> dict[str, Any]:
    return {
        "before": flip.before.value,
        "after": flip.after.value,
        "severity_before": flip.severity,
        "severity_after": flip.new_severity,
        "finding": finding_to_json(flip.finding),
    }


def difference_to_text(difference: Difference, most: int = 20) -> Iterator[str]:
    """Yield the lines of a table: rules, clauses, agents and calls that change most.

    Args:
        difference: What to show; no text of a call is in it.
        most: Lines of each part.
    """
    yield f"{difference.first.run_id} -> {difference.second.run_id}"
    yield (
        f"{counted(difference.shared, 'call')} in both, {difference.only_first} only in the first, "
        f"{difference.only_second} only in the second; "
        f"{counted(difference.flips, 'finding flips', 'findings flip')}, "
        f"{counted(len(difference.calls), 'call changes', 'calls change')}"
    )
    charged = State.COUNTED
    parts: list[tuple[str, list[str]]] = [
        (
            f"{'rule':40} {'counted':>15} {'new':>5} {'gone':>5}",
            [
                f"{s.rule_id:40} {_step(s.before.get(charged, 0), s.after.get(charged, 0)):>15} "
                f"{s.new:5d} {s.gone:5d}"
                for s in difference.rules
            ],
        ),
        (
            f"{'counted':>15}  clause",
            [
                f"{_step(s.before, s.after):>15}  {s.clause.document} {s.clause.section}"
                for s in difference.clauses
            ],
        ),
        (
            f"{'agent':16} {'score':>15} {'place':>11} {'fatal calls':>12}",
            [
                f"{s.agent_id:16} {_step(_of(s.before.score), _of(s.after.score)):>15} "
                f"{_step(_of(s.before.place), _of(s.after.place)):>11} "
                f"{_step(s.before.fatal_calls, s.after.fatal_calls):>12}"
                for s in difference.agents
                if _differs(s)
            ],
        ),
        (
            f"{'call':20} {'agent':12} {'score':>15}  fatal",
            [
                f"{flip.call_id:20} {flip.agent_id:12} "
                f"{_step(_of(flip.score), _of(flip.new_score)):>15}  "
                f"{_step(flip.fatal, flip.new_fatal) if flip.fatal != flip.new_fatal else ''}"
                for flip in difference.calls
            ],
        ),
    ]
    for head, lines in parts:
        if lines:
            yield ""
            yield head
            yield from (line.rstrip() for line in lines[:most])
            if len(lines) > most:
                yield f"... and {len(lines) - most} more"


def _differs(shift: AgentShift) -> bool:
    before, after = _side(shift.before), _side(shift.after)
    return before != after


def _step(before: object, after: object) -> str:
    return f"{before} -> {after}"


def _of(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
