"""A claim that another speaker reacts to."""

from __future__ import annotations

import pytest
from rule_bench import Bench

from auditor.conditions.truth import Truth

CLAIM = {"speaker": "agent", "pattern": "立案"}
DOUBT = {"speaker": "customer", "pattern": "没收到"}


def told(turns: int = 2) -> dict[str, object]:
    """The condition under test."""
    return {"followed": {"that": CLAIM, "by": DOUBT, "turns": turns}}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A 已经立案", "C 我没收到啊"), [0]),
        (("A 已经立案", "C 啊", "C 没收到"), [0]),
        (("A 立案", "A 又立案", "C 没收到"), [0, 1]),
        (("A 已经立案", "C 知道了"), []),
        (("C 没收到", "A 已经立案"), []),
        (("A 已经立案", "A 嗯", "A 嗯", "C 没收到"), []),
        (("A 已经立案没收到",), []),
        (("C 已经立案", "C 没收到"), []),
    ],
)
def test_points_at_the_claim(lines: tuple[str, ...], expected: list[int]) -> None:
    """Only claims that the reaction comes after, near enough, are hit, at the claim's turn."""
    bench = Bench()
    answer = bench.condition(told()).find(bench.scene(*lines))
    assert bench.source.problems == []
    assert [hit.turn for hit in answer.hits] == expected
    assert answer.truth is (Truth.HIT if expected else Truth.MISS)


def test_same_turn_counts_when_the_reaction_stands_behind() -> None:
    """Within one turn the order of the characters decides."""
    bench = Bench()
    condition = bench.condition(
        {
            "followed": {
                "that": CLAIM,
                "by": {"speaker": "agent", "pattern": "撤下来"},
                "turns": 0,
            }
        }
    )
    assert condition.find(bench.scene("A 立案了我给你撤下来")).truth is Truth.HIT
    assert condition.find(bench.scene("A 撤下来的都是没立案的")).truth is Truth.MISS


def test_unknown_keys_are_reported() -> None:
    """A misspelt key is a problem of the rule file."""
    bench = Bench()
    bench.condition({"followed": {"that": CLAIM, "then": DOUBT, "by": DOUBT, "turns": 1}})
    assert [problem.reason for problem in bench.source.problems] == ["unknown_key"]


def test_says_itself_in_chinese() -> None:
    """The explanation names both parts and the distance."""
    text = Bench().condition(told(3)).describe()
    assert "3段以内" in text
    assert "立案" in text
    assert "没收到" in text
