"""Words with their own prerequisites and excuses."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import NO, OPEN, YES, Bench

from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
WORD = {"speaker": "agent", "pattern": "上门"}
ASKED = {"speaker": "customer", "pattern": "来吗"}
NOT = {"before": {"speaker": "agent", "pattern": "不", "chars": 2}}
MAYBE_NOT = {"before": {"all": [{"speaker": "agent", "pattern": "不"}, OPEN], "chars": 2}}


def trigger(**told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"trigger": {"words": WORD, **told}}


@pytest.mark.parametrize(
    ("told", "lines", "truth", "turns"),
    [
        (trigger(requires=[ASKED]), ("A 上门", "C 来吗"), H, [0]),
        (trigger(requires=ASKED, unless=[NOT]), ("A 上门", "C 来吗", "A 不上门"), H, [0]),
        (trigger(unless=[NOT]), ("A 不上门", "A 上门"), H, [1]),
        (trigger(requires=[YES, ASKED]), ("C 来吗", "A 上门"), H, [1]),
        (trigger(requires=[OPEN]), ("A 上门",), U, [0]),
        (trigger(unless=[MAYBE_NOT]), ("A 不上门",), U, [0]),
        (trigger(unless=[MAYBE_NOT]), ("A 不上门", "A 上门"), H, [1]),
        (trigger(unless=[{"call": OPEN}]), ("A 上门",), U, [0]),
        (trigger(requires=[ASKED]), ("A 上门",), M, []),
        (trigger(requires=[ASKED]), ("C 来吗",), M, []),
        (trigger(unless=[NOT]), ("A 不上门",), M, []),
        (trigger(requires=[NO, OPEN]), ("A 上门",), M, []),
        (trigger(requires=[OPEN]), ("A 您好",), M, []),
        (trigger(unless=[NOT, {"call": OPEN}]), ("A 不上门",), M, []),
    ],
)
def test_words_with_conditions(
    told: dict[str, Any], lines: tuple[str, ...], truth: Truth, turns: list[int]
) -> None:
    """Only the words are quoted; prerequisites may hold anywhere in the call."""
    answer = Bench().answer(told, *lines)
    assert answer.truth is truth
    assert [hit.turn for hit in answer.hits] == turns


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (trigger(), "nothing_besides"),
        (trigger(requires=[{}]), "no_operator"),
        (trigger(unless=[{"never": True}]), "no_exemption"),
        (trigger(when=[YES]), "unknown_key"),
        ({"trigger": {"requires": [YES]}}, "no_operator"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Parts are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Words, prerequisites and excuses are named."""
    said = Bench().condition(trigger(requires=[ASKED], unless=[NOT])).describe()
    assert "前提" in said
    assert "除非" in said
