"""Conditions on a part of a call taken by itself."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import NO, OPEN, YES, Bench

from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
TAPE = {"speaker": "agent", "pattern": "录音"}
ASK = {"speaker": "customer", "pattern": "困难"}
HELP = {"speaker": "agent", "pattern": "分期"}
SILENT = {"not": TAPE}


def part(where: dict[str, Any], holds: Any, **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"in_part": {"where": where, "holds": holds, **told}}


NEXT_TWO = {"after": {"of": ASK, "hit": "any", "turns": 2}}


@pytest.mark.parametrize(
    ("told", "lines", "truth", "turns"),
    [
        (part({"first_turns": 2}, SILENT), ("A 您好", "C 喂", "A 有录音"), H, []),
        (part({"first_turns": 1}, TAPE), ("A 有录音", "C 喂"), H, [0]),
        (part({"last_seconds": 4}, SILENT), ("A 有录音", "C 喂", "A 好"), H, []),
        (part(NEXT_TWO, HELP), ("C 困难", "A 嗯", "A 分期"), H, [2]),
        (part(NEXT_TWO, {"not": HELP}), ("C 困难", "A 嗯", "C 嗯", "A 分期"), H, []),
        (part(NEXT_TWO, HELP, each=True), ("C 困难", "A 分期", "C 困难", "A 分期"), H, [1, 3]),
        (part(NEXT_TWO, {"not": HELP}), ("C 困难", "A 分期", "C 困难", "A 嗯"), H, []),
        (part({"before": {"of": ASK}}, HELP), ("A 分期", "C 困难"), H, [0]),
        (part({"around": {"of": ASK, "turns": 1}}, HELP), ("A 嗯", "C 困难", "A 分期"), H, [2]),
        (part({"first_turns": 2}, OPEN), ("A 您好",), U, []),
        (part({"after": {"of": OPEN}}, TAPE), ("A 有录音",), U, []),
        (part({"first_turns": 3}, SILENT), ("A 您好", "C 喂", "A 有录音"), M, []),
        (part({"first_turns": 1}, TAPE), ("A 您好", "C 喂", "A 有录音"), M, []),
        (part({"first_turns": 1}, TAPE), ("C 有录音",), M, []),
        (part(NEXT_TWO, HELP), ("A 分期", "C 困难", "A 嗯", "A 嗯", "A 分期"), M, []),
        (part(NEXT_TWO, HELP), ("C 您好", "A 分期"), M, []),
        (part(NEXT_TWO, {"not": HELP}), ("A 您好",), M, []),
        (part(NEXT_TWO, HELP), ("C 困难",), M, []),
        (part(NEXT_TWO, HELP, each=True), ("C 困难", "A 分期", "C 困难", "A 嗯"), M, []),
        (part({"first_turns": 1, "last_turns": 1}, YES), ("A 您好", "A 好"), M, []),
        (part({"first_turns": 1}, NO), ("A 您好",), M, []),
    ],
)
def test_parts_of_a_call(
    told: dict[str, Any], lines: tuple[str, ...], truth: Truth, turns: list[int]
) -> None:
    """Only what lies in the part is heard, so that absence holds for the part alone."""
    bench = Bench()
    answer = bench.answer(told, *lines)
    assert answer.truth is truth
    assert [hit.turn for hit in answer.hits] == turns


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (part({}, TAPE), "no_part"),
        (part({"first_words": 3}, TAPE), "unknown_key"),
        (part({"first_turns": 3}, None), "no_operator"),
        (part({"first_turns": 3}, TAPE, each="yes"), "not_a_flag"),
        ({"in_part": TAPE}, "unknown_key"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """The part and the condition are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Part and condition are named."""
    said = Bench().condition(part({"first_turns": 2}, SILENT)).describe()
    assert "前2段" in said
    assert "没有（" in said


def test_what_was_not_heard_is_not_absent() -> None:
    """That nothing was said rests on every turn of the part having been heard."""
    bench = Bench()
    silent = bench.condition(part({"first_turns": 2}, SILENT))
    assert silent.find(bench.scene("A 您好", "A 唔", "A 好", marked=(1,))).truth is U
    assert silent.find(bench.scene("A 您好", "U 唔", "A 好")).truth is U
    assert silent.find(bench.scene("A 您好", "A 好", "A 唔", marked=(2,))).truth is H
    said = bench.condition(part({"first_turns": 2}, TAPE))
    assert said.find(bench.scene("A 有录音", "A 唔", marked=(1,))).truth is H
