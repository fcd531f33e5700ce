"""A mandated text, part by part."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import Bench, words

from auditor.conditions.base import Attempting
from auditor.conditions.truth import Truth

H, M = Truth.HIT, Truth.MISS
PARTS: list[dict[str, Any]] = [
    {"name": "机构", "say": ["我是…银行的…", "这里是…银行客服"]},
    {"name": "录音", "say": "本次通话将被录音"},
    {"name": "问候", "say": "请问您现在方便吗", "optional": True},
]
BANK, TAPE, ASK = "我是青禾银行的小岳", "本次通话将被录音", "请问您现在方便吗"


def script(parts: list[dict[str, Any]] | None = None, **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"speaker": "agent", "script": {"parts": parts or PARTS, **told}}


@pytest.mark.parametrize(
    ("told", "lines", "truth"),
    [
        (script(), (f"A {BANK}，{TAPE}",), H),
        (script(), (f"A {BANK}", "C 嗯", f"A {TAPE}，{ASK}"), H),
        (script(), (f"A {TAPE}", f"A {BANK}"), H),
        (script(), (f"A 这里是青禾银行客服，{TAPE}",), H),
        (script(), (f"A {BANK}，本次通话会被录音的",), H),
        (script(), (f"A {BANK}，本次通话", "C 啊", "A 将被录音"), H),
        (script(coverage=40), (f"A {TAPE}",), H),
        (script(ordered=True), (f"A {BANK}，{TAPE}",), H),
        (script(within_turns=2), (f"A {BANK}", "C 嗯", f"A {TAPE}"), H),
        (script(within_turns=0), ("A 您好", f"A {TAPE}", f"A {BANK}，{TAPE}"), H),
        (script(by_sound=True), (f"A {BANK}，本次同话讲被录因",), H),
        (script(), (f"A {BANK}",), M),
        (script(), (f"A {TAPE}",), M),
        (script(), (f"A {BANK}", f"C {TAPE}"), M),
        (script(), ("A 您好，还款吧",), M),
        (script(), ("A 我",), M),
        (script(), (), M),
        (script(), (f"A {BANK}，本次同话讲被录因",), M),
        (script(similarity=100), (f"A {BANK}，本次通话会被录音",), M),
        (script(ordered=True), (f"A {TAPE}，{BANK}",), M),
        (script(within_turns=1), (f"A {BANK}", "C 嗯", f"A {TAPE}"), M),
    ],
)
def test_parts_of_the_text(told: dict[str, Any], lines: tuple[str, ...], truth: Truth) -> None:
    """Required parts in their words or words like them, in the order and distance asked for."""
    bench = Bench()
    answer = bench.answer(told, *lines)
    assert answer.truth is truth
    assert bool(answer.hits) is (truth is H)


def test_words_are_quoted_turn_by_turn() -> None:
    """A part that is cut by the other side's word is quoted in both turns."""
    bench = Bench()
    scene = bench.scene(f"A {BANK}", "A 本次通话", "A 将被录音")
    answer = bench.condition(script()).find(scene)
    assert words(scene, answer)[-2:] == ["本次通话", "将被录音"]
    assert {hit.source for hit in answer.hits} == {"机构", "录音"}


@pytest.mark.parametrize(
    ("lines", "found", "missing", "near"),
    [
        ((f"A {BANK}",), ("机构",), ("录音",), True),
        ((f"A {TAPE}", f"A {ASK}"), ("录音", "问候"), ("机构",), True),
        (("A 通话有录音",), (), ("机构", "录音"), True),
        (("A 喂",), (), ("机构", "录音"), False),
        ((), (), ("机构", "录音"), False),
    ],
)
def test_missing_parts_are_named(
    lines: tuple[str, ...], found: tuple[str, ...], missing: tuple[str, ...], near: bool
) -> None:
    """What is said, what is not, and the nearest words."""
    bench = Bench()
    condition = bench.condition(script())
    assert isinstance(condition, Attempting)
    attempt = condition.attempt(bench.scene(*lines))
    assert (attempt.found, attempt.missing) == (found, missing)
    assert bool(attempt.hits) is near


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (script([{"name": "x", "say": "…"}]), "too_short"),
        (script([{"name": "x", "say": "您好啊", "optional": True}]), "nothing_required"),
        (script([{"say": "您好啊"}]), "not_text"),
        (script([{"name": "x"}]), "empty_list"),
        (script([{"name": "x", "say": "您好啊", "weight": 3}]), "unknown_key"),
        (script(similarity=10), "out_of_range"),
        (script(coverage=0), "out_of_range"),
        (script(within_turns=-1), "out_of_range"),
        (script(order=True), "unknown_key"),
        ({"script": {"parts": PARTS}}, "no_speaker"),
        ({"speaker": "agent", "script": {}}, "empty_list"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Parts and thresholds are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Parts are named, optional ones as such."""
    said = Bench().condition(script()).describe()
    assert "机构、录音、问候（可省）" in said
