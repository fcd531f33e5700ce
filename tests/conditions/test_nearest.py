"""How near a call came to what it does not meet."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import NO, Bench

from auditor.conditions.base import LONGEST, brief
from auditor.conditions.nearest import attempt_at

A, B, C = ({"speaker": "agent", "pattern": text} for text in "甲乙丙")
SCRIPT = {
    "speaker": "agent",
    "script": {"parts": [{"name": "机构", "say": "我是银行"}, {"name": "录音", "say": "通话录音"}]},
}


@pytest.mark.parametrize(
    ("told", "lines", "missing", "turns"),
    [
        (SCRIPT, ("A 我是银行",), ["录音"], [0]),
        ({"all": [A, B]}, ("A 甲",), ["句式〔乙〕"], [0]),
        ({"all": [A, B]}, ("A 甲", "A 乙"), ["各部分没有按要求出现在一起"], [0, 1]),
        ({"sequence": [A, B], "within": "call"}, ("A 乙",), ["句式〔甲〕"], [0]),
        ({"any": [{"all": [A, B, C]}, {"all": [A, B]}]}, ("A 甲",), ["句式〔乙〕"], [0]),
        ({"at_least": {"count": 2, "of": [A, B]}}, ("A 乙",), ["句式〔甲〕"], [0]),
        ({"near": {"of": [A, B], "chars": 1}}, ("A 甲一二三乙",), ["各部分没有按要求"], [0, 0]),
        ({**A, "where": {"first_turns": 1}}, ("A 嗯", "A 甲"), ["位置不合要求：前1段"], [1]),
        ({**A, "min": 2}, ("A 甲",), ["不足2次"], [0]),
        ({"in_part": {"where": {"first_turns": 1}, "holds": A}}, ("A 嗯", "A 甲"), ["不在"], [1]),
        ({"trigger": {"words": A, "requires": [B]}}, ("A 甲",), ["句式〔乙〕"], [0]),
    ],
)
def test_says_what_is_missing(
    told: Any, lines: tuple[str, ...], missing: list[str], turns: list[int]
) -> None:
    """The parts that are there are quoted, those that are not are named."""
    bench = Bench()
    attempt = attempt_at(bench.condition(told), bench.scene(*lines))
    assert attempt is not None
    assert len(attempt.missing) == len(missing)
    for told_, wanted in zip(attempt.missing, missing, strict=True):
        assert told_.startswith(wanted)
    assert [hit.turn for hit in attempt.hits] == turns


@pytest.mark.parametrize("told", [A, {"all": [A, B]}, {"any": [A, {"all": [B, NO]}]}, {"not": A}])
def test_without_a_trace_there_is_no_attempt(told: Any) -> None:
    """Where nothing of it was said nothing is told."""
    bench = Bench()
    assert attempt_at(bench.condition(told), bench.scene("A 您好")) is None


def test_long_conditions_are_cut_short() -> None:
    """An explanation is no listing of patterns."""
    told = {"speaker": "agent", "pattern": ["很长的句式" * 20, "另一个"]}
    assert len(brief(Bench().condition(told))) == LONGEST
