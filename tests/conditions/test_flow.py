"""What must come after something is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rule_bench import OPEN, Bench, talk, words

from auditor.conditions.scene import Scene
from auditor.conditions.termindex import build_finder
from auditor.conditions.truth import Truth
from auditor.detect.views import ViewBuilder

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
HARD = {"speaker": "customer", "pattern": "困难"}
OFFER = {"speaker": "agent", "pattern": "分期"}
REFUSE = {"speaker": "agent", "pattern": "不行"}
AGREE = {"speaker": "customer", "pattern": "好"}


def step(
    name: str, says: Any, end: str | None = None, turns: int = 3, **told: Any
) -> dict[str, Any]:
    """A branch."""
    return {
        "name": name,
        "says": says,
        "within": {"turns": turns},
        **({"end": end} if end else {}),
        **told,
    }


def flow(*then: dict[str, Any], **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"flow": {"when": HARD, "then": list(then), **told}}


SIMPLE = flow(step("给方案", OFFER, "kept"))
BOTH = flow(step("拒绝", REFUSE, "broken", 1), step("给方案", OFFER, "kept"))
NESTED = flow(step("给方案", OFFER, then=[step("客户同意", AGREE, "kept")], otherwise="broken"))
KEPT = flow(step("给方案", OFFER, "kept"), find="kept")


@pytest.mark.parametrize(
    ("told", "lines", "truth", "turns"),
    [
        (SIMPLE, ("C 困难", "A 快还", "C 嗯", "A 快点"), H, [1]),
        (SIMPLE, ("C 困难", "A 分期", "C 困难", "A 快还"), H, [3]),
        (SIMPLE, ("A 分期", "C 困难", "A 快还"), H, [2]),
        (BOTH, ("C 困难", "A 不行", "A 分期"), H, [1]),
        (BOTH, ("C 困难", "A 嗯", "A 快还"), H, [1]),
        (NESTED, ("C 困难", "A 分期", "C 不要"), H, [2]),
        (NESTED, ("C 困难", "A 快还"), H, [1]),
        (KEPT, ("C 困难", "A 分期"), H, [1]),
        (flow(step("说别的", {"not": OFFER}, "broken", 2)), ("C 困难", "A 快还"), H, [0]),
        (flow(step("开", {"all": [OFFER, OPEN]}, "kept")), ("C 困难", "A 分期"), U, [0]),
        (flow(step("开", OPEN, "kept")), ("C 困难", "A 分期"), U, [0]),
        (SIMPLE, ("C 困难", "U 分期"), U, [0]),
        ({"flow": {**SIMPLE["flow"], "when": OPEN}}, ("C 困难", "A 快还"), U, []),
        ({"flow": {**SIMPLE["flow"], "when": {"all": [HARD, OPEN]}}}, ("C 困难", "A 还"), U, [0]),
        (SIMPLE, ("C 困难", "A 嗯", "C 唉", "A 分期"), M, []),
        (SIMPLE, ("A 您好", "A 快还"), M, []),
        (SIMPLE, ("A 困难", "A 快还"), M, []),
        (SIMPLE, ("C 困难",), M, []),
        (SIMPLE, ("C 困难", "C 真的"), M, []),
        (BOTH, ("C 困难", "A 嗯", "A 不行", "A 分期"), M, []),
        (NESTED, ("C 困难", "A 分期", "C 好"), M, []),
        (NESTED, ("C 困难", "A 分期"), M, []),
        (KEPT, ("C 困难", "A 快还"), M, []),
        (flow(step("给方案", OFFER, "kept"), otherwise="kept"), ("C 困难", "A 快还"), M, []),
    ],
)
def test_runs(told: dict[str, Any], lines: tuple[str, ...], truth: Truth, turns: list[int]) -> None:
    """Each start is followed by itself; the first branch that holds decides."""
    bench = Bench()
    answer = bench.answer(told, *lines)
    assert answer.truth is truth
    assert [hit.turn for hit in answer.hits] == turns


def test_what_was_not_heard_accuses_nobody() -> None:
    """A turn that is not usable, or of an unsure speaker, leaves the run open."""
    bench = Bench()
    condition = bench.condition(SIMPLE)
    lines = ("C 困难", "A 快还", "A 唔")
    assert condition.find(bench.scene(*lines)).truth is H
    assert condition.find(bench.scene(*lines, marked=(2,))).truth is U
    said = talk(*lines)
    unsure = replace(said, turns=(*said.turns[:2], replace(said.turns[2], speaker_confidence=0.5)))
    views = ViewBuilder(bench.normaliser).views(unsure)
    assert condition.find(Scene(unsure, views, build_finder({}), {})).truth is U


def test_seconds_and_the_same_turn() -> None:
    """A window may be in seconds; words of the same turn count when they come later."""
    soon = flow({"name": "给方案", "says": OFFER, "within": {"seconds": 1}, "end": "kept"})
    assert Bench().answer(soon, "C 困难", "A 分期").truth is M
    assert Bench().answer(soon, "C 困难", "A 嗯", "A 分期").truth is H
    own = {
        "when": OFFER,
        "then": [step("问同意", {"speaker": "agent", "pattern": "行吗"}, "kept", 0)],
    }
    assert Bench().answer({"flow": own}, "A 分期行吗").truth is M
    assert Bench().answer({"flow": {**own, "find": "kept"}}, "A 行吗分期").truth is M


def test_the_reply_is_quoted_with_what_it_lacks() -> None:
    """The note names the steps that were due."""
    bench = Bench()
    scene = bench.scene("C 困难", "A 快还钱")
    answer = bench.condition(SIMPLE).find(scene)
    assert words(scene, answer) == ["快还钱"]
    assert "给方案" in answer.hits[0].note


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (flow(), "empty_list"),
        (flow(step("x", OFFER)), "no_end"),
        (flow(step("x", OFFER, "kept", then=[step("y", AGREE, "kept")])), "no_end"),
        (flow(step("x", OFFER, "kept", otherwise="kept")), "unknown_key"),
        (flow({"name": "x", "says": OFFER, "end": "kept"}), "no_within"),
        (flow(step("x", OFFER, "maybe")), "unknown_word"),
        (flow(step("x", OFFER, "kept"), find="open"), "unknown_word"),
        (flow({"says": OFFER, "within": "call", "end": "kept"}), "not_text"),
        (flow(step("x", None, "kept")), "no_operator"),
        ({"flow": {"then": [step("x", OFFER, "kept")]}}, "no_operator"),
        ({"flow": [HARD]}, "not_a_mapping"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Every branch needs a name, words, a window and an end."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Start, steps and what is looked for are named."""
    said = Bench().condition(NESTED).describe()
    for part in ("流程", "3段内给方案", "再3段内客户同意", "没有做到"):
        assert part in said
