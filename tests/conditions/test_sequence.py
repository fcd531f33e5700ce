"""One thing after another."""

from __future__ import annotations

import time

import pytest
from rule_bench import NO, OPEN, YES, Bench, words

from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED


def says(text: str, speaker: str) -> dict[str, object]:
    """Somebody says a word."""
    return {"speaker": speaker, "pattern": text}


ASK, REPLY, END = says("困难", "customer"), says("不管", "agent"), says("再见", "agent")


def after(*steps: object, within: object) -> dict[str, object]:
    """The condition under test."""
    return {"sequence": list(steps), "within": within}


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        (after(ASK, REPLY, within={"turns": 1}), ("C 困难", "A 不管"), [1]),
        (after(ASK, REPLY, within={"turns": 2}), ("C 困难", "A 嗯", "A 不管"), [2]),
        (after(ASK, REPLY, within="call"), ("C 困难", *["A 嗯"] * 9, "A 不管"), [10]),
        (after(ASK, REPLY, within={"seconds": 1}), ("C 困难", "A 不管"), [1]),
        (after(ASK, REPLY, END, within={"turns": 1}), ("C 困难", "A 不管", "A 再见"), [2]),
        (after(ASK, REPLY, within={"turns": 1}), ("C 困难", "A 不管", "C 困难", "A 不管"), [1, 3]),
        (after(REPLY, END, within="turn"), ("A 不管，再见",), [0]),
        (after(ASK, REPLY, within={"turns": 1}), ("A 不管", "C 困难"), []),
        (after(ASK, REPLY, within={"turns": 1}), ("C 困难", "A 嗯", "A 不管"), []),
        (after(ASK, REPLY, within={"seconds": 0.5}), ("C 困难", "A 不管"), []),
        (after(ASK, REPLY, within={"turns": 1}), ("C 困难",), []),
        (after(ASK, REPLY, within={"turns": 1}), ("A 不管",), []),
        (after(ASK, REPLY, within={"turns": 1}), ("A 困难", "C 不管"), []),
        (after(REPLY, END, within="turn"), ("A 再见，不管",), []),
        (after(REPLY, END, within="turn"), ("A 不管", "A 再见"), []),
        (after(ASK, REPLY, END, within={"turns": 1}), ("C 困难", "A 再见", "A 不管"), []),
        (
            after(ASK, REPLY, END, within={"turns": 1}),
            ("C 困难", "A 不管", "A 嗯", "A 再见"),
            [],
        ),
        (after(says("不管", "agent"), says("管你", "agent"), within="turn"), ("A 不管你",), []),
        (after(REPLY, REPLY, within={"turns": 3}), ("A 不管",), []),
        (after(ASK, YES, within="call"), ("C 困难",), []),
        (after(ASK, REPLY, NO, within="call"), ("C 困难", "A 不管"), []),
    ],
)
def test_points_at_the_last_step(
    told: dict[str, object], lines: tuple[str, ...], expected: list[int]
) -> None:
    """Each step begins after the one before ends, near enough; its words are the last step's."""
    bench = Bench()
    answer = bench.condition(told).find(bench.scene(*lines))
    assert bench.reasons == []
    assert [hit.turn for hit in answer.hits] == expected
    assert answer.truth is (H if expected else M)


def test_an_open_step_leaves_it_open() -> None:
    """Where one step cannot be judged the whole cannot, but what never came is a miss."""
    bench = Bench()
    told = after({"all": [ASK, OPEN]}, REPLY, within={"turns": 1})
    scene = bench.scene("C 困难", "A 不管")
    answer = bench.condition(told).find(scene)
    assert (answer.truth, words(scene, answer)) == (U, ["不管"])
    assert bench.answer(told, "A 不管", "C 困难").truth is M


def test_many_steps_take_no_longer_than_their_hits() -> None:
    """Thousands of hits in many steps are followed step by step, not path by path."""
    bench = Bench()
    told = after(*[says("嗯", "agent")] * 8, within="call")
    begun = time.monotonic()
    answer = bench.answer(told, *["A 嗯嗯嗯"] * 60)
    assert time.monotonic() - begun < 10
    assert len(answer.hits) == 180 - 7


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"sequence": [ASK, REPLY]}, "no_within"),
        ({"sequence": [], "within": "call"}, "empty_list"),
        (after(ASK, REPLY, within={"words": 2}), "unknown_key"),
        (after(ASK, REPLY, within={"seconds": -1}), "out_of_range"),
        (after(ASK, {"pattern": "不管"}, within="call"), "no_speaker"),
    ],
)
def test_mistakes_are_reported(told: dict[str, object], reason: str) -> None:
    """A sequence must say how close its steps are."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Steps are joined by 之后."""
    assert "，之后" in Bench().condition(after(ASK, REPLY, within="call")).describe()
