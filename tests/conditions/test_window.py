"""Words close to a hit, turns around it, and things in order."""

from __future__ import annotations

import pytest
from rule_bench import Bench

from auditor.conditions.truth import Truth

HIT = {"speaker": "agent", "pattern": "密码"}


def excuses(told: dict[str, object], *lines: str) -> bool:
    """Whether the first 密码 of the agent is excused."""
    bench = Bench()
    scene = bench.scene(*lines)
    hit = bench.condition(HIT).find(scene).hits[0]
    answer = bench.exemption(told).excuses(scene, hit)
    assert bench.source.problems == []
    return answer is Truth.HIT


WORD = {"speaker": "agent", "pattern": "捂好"}


@pytest.mark.parametrize(
    ("told", "text", "expected"),
    [
        ({"after": {**WORD, "chars": 4}}, "A 密码您捂好", True),
        ({"after": {**WORD, "chars": 1}}, "A 密码您得捂好", False),
        ({"after": {**WORD, "chars": 4}}, "A 捂好您的密码", False),
        ({"before": {**WORD, "chars": 4}}, "A 捂好您的密码", True),
        ({"before": {**WORD, "chars": 4}}, "A 密码您捂好", False),
        ({"around": {**WORD, "chars": 4}}, "A 密码您捂好", True),
        ({"around": {**WORD, "chars": 4}}, "A 捂好您的密码", True),
        ({"around": {**WORD, "chars": 9, "same_clause": True}}, "A 捂好，您的密码", False),
        ({"around": {**WORD, "chars": 9}}, "A 捂好，您的密码", True),
    ],
)
def test_words_within_a_window(told: dict[str, object], text: str, expected: bool) -> None:
    """The other words must lie on the named side and near enough."""
    assert excuses(told, text) is expected


BAIT = {"speaker": "customer", "pattern": "念给你"}


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        ({"previous": {**BAIT, "turns": 1}}, ("C 我念给你", "A 密码别说"), True),
        ({"previous": {**BAIT, "turns": 1}}, ("C 我念给你", "A 嗯", "A 密码别说"), False),
        ({"following": {**BAIT, "turns": 1}}, ("A 密码", "C 念给你"), True),
        ({"following": {**BAIT, "turns": 1}}, ("C 念给你", "A 密码"), False),
        ({"call": BAIT}, ("C 念给你", "A 好", "A 好", "A 密码"), True),
        ({"call": BAIT}, ("A 念给你", "A 密码"), False),
        ({"turn": WORD}, ("A 密码您捂好",), True),
        ({"turn": WORD}, ("A 密码", "A 您捂好"), False),
    ],
)
def test_words_in_other_turns(
    told: dict[str, object], lines: tuple[str, ...], expected: bool
) -> None:
    """What is said before, after, in the same turn or anywhere may excuse."""
    assert excuses(told, *lines) is expected


@pytest.mark.parametrize(
    ("lines", "truth"),
    [
        (("C 利息怎么算", "A 日息万分之五"), Truth.HIT),
        (("A 日息万分之五", "C 利息怎么算"), Truth.MISS),
        (("C 利息怎么算", "A 嗯", "A 嗯", "A 日息万分之五"), Truth.HIT),
        (("A 日息万分之五",), Truth.MISS),
    ],
)
def test_only_after_the_question_counts(lines: tuple[str, ...], truth: Truth) -> None:
    """``where: {after: …}`` keeps hits later than the first hit of the other condition."""
    bench = Bench()
    told = {
        "speaker": "agent",
        "pattern": "万分之",
        "where": {"after": {"speaker": "customer", "pattern": "怎么算"}},
    }
    assert bench.condition(told).find(bench.scene(*lines)).truth is truth


@pytest.mark.parametrize(
    ("text", "hits"),
    [("A 有录音", 1), ("A 没有录音", 0), ("A 没有录音吗有录音", 1), ("C 有录音", 0)],
)
def test_an_exclusion_removes_only_what_it_overlaps(text: str, hits: int) -> None:
    """``except`` beside a pattern bars matches that share characters with it."""
    bench = Bench()
    told = {"speaker": "agent", "pattern": "录音", "except": "没有录音"}
    assert len(bench.condition(told).find(bench.scene(text)).hits) == hits
