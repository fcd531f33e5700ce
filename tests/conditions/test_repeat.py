"""The same sentence again."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import Bench

from auditor.conditions.truth import Truth

H, M = Truth.HIT, Truth.MISS
SAME = "A 今天必须还款"


def again(speaker: str = "agent", **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"speaker": speaker, "repeat": told}


@pytest.mark.parametrize(
    ("told", "lines", "turns"),
    [
        (again(), (SAME, "C 嗯", SAME), [2]),
        (again(), (SAME, "C 嗯", "A 今天必须得还款"), [2]),
        (again(), ("A 今天必须还款。今天必须还款。",), [0]),
        (again(times=2), (SAME, SAME, SAME), [2]),
        (again(within={"turns": 2}), (SAME, "C 嗯", SAME), [2]),
        (again(within={"seconds": 1}), (SAME, SAME), [1]),
        (again(of_other=True), ("C 我明天就还款", "A 我明天就还款"), [1]),
        (again("any"), ("C 我明天就还款", "C 我明天就还款"), [1]),
        (again(similarity=60), (SAME, "A 今天一定要还款"), [1]),
        (again(), (SAME,), []),
        (again(), (SAME, "C 今天必须还款"), []),
        (again(), ("C 今天必须还款", "C 今天必须还款"), []),
        (again(), ("A 好的", "A 好的"), []),
        (again(times=2), (SAME, SAME), []),
        (again(within={"turns": 1}), (SAME, "C 嗯", SAME), []),
        (again(within={"seconds": 0.5}), (SAME, SAME), []),
        (again(**{"except": ["必须"]}), (SAME, SAME), []),
        (again(), (SAME, "A 您方便什么时候处理"), []),
        (again(of_other=True), (SAME, SAME), []),
        (again(shortest=7), (SAME, SAME), []),
        (again(), (), []),
    ],
)
def test_said_again(told: dict[str, Any], lines: tuple[str, ...], turns: list[int]) -> None:
    """Nearly the same words count, short ones and barred ones do not."""
    answer = Bench().answer(told, *lines)
    assert [hit.turn for hit in answer.hits] == turns
    assert answer.truth is (H if turns else M)
    assert all("重复" in hit.note and "said before" in hit.note_en for hit in answer.hits)


def test_what_was_not_heard_is_not_repeated() -> None:
    """A turn that the recogniser looped over is no repetition."""
    bench = Bench()
    assert bench.condition(again()).find(bench.scene(SAME, SAME, marked=(1,))).truth is M


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (again(similarity=10), "out_of_range"),
        (again(times=0), "out_of_range"),
        (again(shortest=1), "out_of_range"),
        (again(within={"words": 3}), "unknown_key"),
        (again(of_other="yes"), "not_a_flag"),
        (again(last=3), "unknown_key"),
        ({"repeat": {}}, "no_speaker"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Thresholds and windows are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """How often and how alike is named."""
    said = Bench().condition(again(times=2)).describe()
    assert "第2次" in said
    assert "85%" in said
