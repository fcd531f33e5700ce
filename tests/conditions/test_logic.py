"""Groups of conditions: any, all, not, at_least."""

from __future__ import annotations

import pytest
from rule_bench import NO, OPEN, YES, Bench, words

from auditor.conditions.truth import Truth
from auditor.domain.calls import Call

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED


def says(text: str, speaker: str = "agent") -> dict[str, object]:
    """Somebody says a word."""
    return {"speaker": speaker, "pattern": text}


A, B, C = says("甲"), says("乙"), says("丙")
MAYBE = {"all": [A, OPEN]}


@pytest.mark.parametrize(
    ("told", "lines", "truth", "expected"),
    [
        ({"any": [A, B]}, ("A 甲",), H, ["甲"]),
        ({"any": [A, B]}, ("A 乙", "A 甲"), H, ["乙", "甲"]),
        ({"any": [A, OPEN]}, ("A 甲",), H, ["甲"]),
        ({"any": [A, MAYBE, B]}, ("A 甲乙",), H, ["甲", "乙"]),
        ({"any": [MAYBE, B]}, ("A 甲", "A 乙"), H, ["乙"]),
        ({"any": [MAYBE, B]}, ("A 甲",), U, ["甲"]),
        ({"any": [B, OPEN]}, ("A 甲",), U, []),
        ({"any": [OPEN, NO]}, ("A 甲",), U, []),
        ({"any": [A, B]}, ("A 丙",), M, []),
        ({"any": [A, B]}, ("C 甲乙",), M, []),
        ({"any": [NO, NO]}, (), M, []),
        ({"not": A}, ("A 乙",), H, []),
        ({"not": A}, ("A 甲",), M, []),
        ({"not": OPEN}, ("A 甲",), U, []),
        ({"not": {"not": OPEN}}, ("A 甲",), U, []),
    ],
)
def test_any_and_not(
    told: dict[str, object], lines: tuple[str, ...], truth: Truth, expected: list[str]
) -> None:
    """One part suffices; only parts that decide the answer give words."""
    bench = Bench()
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert (answer.truth, words(scene, answer)) == (truth, expected)


def within(*parts: object, within: object = None) -> dict[str, object]:
    """An ``all`` with a reach."""
    return {"all": list(parts)} if within is None else {"all": list(parts), "within": within}


@pytest.mark.parametrize(
    ("told", "lines", "truth", "expected"),
    [
        (within(A, B), ("A 甲乙",), H, ["甲", "乙"]),
        (within(A, B), ("A 乙，甲，乙",), H, ["乙", "甲", "乙"]),
        (within(A, B, within="turn"), ("A 甲", "A 乙", "A 甲乙"), H, ["甲", "乙"]),
        (within(A, B, within={"turns": 1}), ("A 甲", "A 乙"), H, ["甲", "乙"]),
        (within(A, B, within="call"), ("A 甲", "C 嗯", "A 嗯", "A 乙"), H, ["甲", "乙"]),
        (within(A, B, within={"seconds": 1}), ("A 甲", "A 乙"), H, ["甲", "乙"]),
        (within(A, YES), ("A 甲",), H, ["甲"]),
        (within(YES, YES), ("A 甲",), H, []),
        (within(A, OPEN), ("A 甲",), U, ["甲"]),
        (within(A, B, OPEN), ("A 甲乙",), U, ["甲", "乙"]),
        (within(A, B), ("A 甲", "A 乙"), M, []),
        (within(A, says("乙", "customer")), ("A 甲", "C 乙"), M, []),
        (within(A, B, within={"turns": 1}), ("A 甲", "C 嗯", "A 乙"), M, []),
        (within(A, B, within={"seconds": 0.9}), ("A 甲", "A 乙"), M, []),
        (within(A, B, within="call"), ("A 甲",), M, []),
        (within(A, NO), ("A 甲",), M, []),
        (within(A, NO, OPEN), ("A 甲",), M, []),
        (within(B, OPEN), ("A 甲",), M, []),
        (within(A, B, OPEN), ("A 甲", "A 乙"), M, []),
        (within(A, B, C, within={"turns": 1}), ("A 乙", "A 甲", "A 嗯", "A 丙"), M, []),
    ],
)
def test_all(
    told: dict[str, object], lines: tuple[str, ...], truth: Truth, expected: list[str]
) -> None:
    """Every part holds within reach of one place of the first."""
    bench = Bench()
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert (answer.truth, words(scene, answer)) == (truth, expected)


@pytest.mark.parametrize(
    ("told", "lines", "truth", "expected"),
    [
        (within(A, {"not": B}), ("A 甲",), H, ["甲"]),
        (within(A, {"not": B}), ("A 甲", "A 乙"), H, ["甲"]),
        (within(A, {"not": B}), ("A 甲乙", "A 甲"), H, ["甲"]),
        (within(A, {"not": NO}), ("A 甲",), H, ["甲"]),
        (within(YES, {"not": B}), ("A 甲",), H, []),
        (within(A, {"not": OPEN}), ("A 甲",), U, ["甲"]),
        (within(A, {"not": OPEN}, within="call"), ("A 甲",), U, ["甲"]),
        (within(A, {"not": {"all": [B, OPEN]}}), ("A 甲乙",), U, ["甲"]),
        (within(A, {"not": {"all": [B, OPEN]}}), ("A 甲乙", "A 甲"), H, ["甲"]),
        (within(A, {"not": B}), ("A 甲乙",), M, []),
        (within(A, {"not": B}, within={"turns": 1}), ("A 甲", "A 乙"), M, []),
        (within(A, {"not": B}, within="call"), ("A 甲", "A 嗯", "A 嗯", "A 乙"), M, []),
        (within(A, {"not": YES}), ("A 甲",), M, []),
        (within(A, {"not": YES}, within="call"), ("A 甲",), M, []),
        (within(YES, {"not": B}), ("A 甲", "A 乙"), M, []),
        (within(YES, {"not": YES}), ("A 甲",), M, []),
        (within(A, {"not": says("乙", "customer")}, within={"turns": 1}), ("A 甲", "C 乙"), M, []),
    ],
)
def test_what_a_not_bars(
    told: dict[str, object], lines: tuple[str, ...], truth: Truth, expected: list[str]
) -> None:
    """A ``not`` bars places within reach of its words, and every place where it has no words."""
    bench = Bench()
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert (answer.truth, words(scene, answer)) == (truth, expected)


@pytest.mark.parametrize(
    ("count", "parts", "truth", "expected"),
    [
        (1, [A, B], H, ["甲"]),
        (2, [A, says("甲乙?"), B], H, ["甲"]),
        (2, [A, YES], H, ["甲"]),
        (2, [A, YES, MAYBE], H, ["甲"]),
        (2, [A, OPEN], U, ["甲"]),
        (2, [OPEN, OPEN, B], U, []),
        (2, [A, B], M, []),
        (2, [A, B, NO], M, []),
        (3, [A, OPEN, B], M, []),
        (2, [OPEN, B, C], M, []),
    ],
)
def test_at_least(count: int, parts: list[object], truth: Truth, expected: list[str]) -> None:
    """Some number of the parts hold somewhere in the call."""
    bench = Bench()
    scene = bench.scene("A 甲")
    answer = bench.condition({"at_least": {"count": count, "of": parts}}).find(scene)
    assert bench.reasons == []
    assert answer.truth is truth
    assert sorted(set(words(scene, answer))) == expected


def test_words_of_open_parts_are_no_evidence_of_a_hit() -> None:
    """Where enough parts hold for certain, the words of the open ones are not quoted."""
    bench = Bench()
    scene = bench.scene("A 甲", "A 乙")
    told = {"at_least": {"count": 1, "of": [B, MAYBE]}}
    answer = bench.condition(told).find(scene)
    assert (answer.truth, words(scene, answer)) == (H, ["乙"])


@pytest.mark.parametrize("value", ["x", None, "y"])
def test_open_answers_travel_up(value: str | None) -> None:
    """Only a missing field leaves a nest of groups open; a recorded one decides it."""
    bench = Bench()
    told = {"any": [{"all": [A, {"at_least": {"count": 2, "of": [YES, OPEN]}}]}, {"not": A}]}
    call = Call(call_id="c", agent_id="a", case_status=value)
    answer = bench.answer(told, "A 甲", call=call)
    assert answer.truth is {"x": H, None: U, "y": M}[value]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"any": []}, "empty_list"),
        ({"all": None}, "empty_list"),
        ({"all": [{"not": A}]}, "only_negatives"),
        ({"any": A}, "not_a_list"),
        ({"any": [A], "within": "turn"}, "unknown_key"),
        ({"at_least": {"count": 1, "of": [A]}, "within": "call"}, "unknown_key"),
        ({"all": [A], "within": "lunch"}, "unknown_word"),
        ({"all": [A], "within": {"words": 1}}, "unknown_key"),
        ({"all": [A], "within": {"turns": -1}}, "out_of_range"),
        ({"at_least": {"count": 0, "of": [A]}}, "out_of_range"),
        ({"at_least": {"count": 3, "of": [A, B]}}, "out_of_range"),
        ({"at_least": {"of": [A, B]}}, "not_a_number"),
        ({"at_least": {"count": 1, "parts": [A]}}, "unknown_key"),
        ({"at_least": 2}, "not_a_mapping"),
        ({"not": [A]}, "not_a_mapping"),
        ({"any": [A], "all": [B]}, "no_operator"),
    ],
)
def test_mistakes_are_reported(told: dict[str, object], reason: str) -> None:
    """Groups that mean nothing, or count more parts than they have, are problems."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Groups say how their parts belong together."""
    bench = Bench()
    assert "，或" in bench.condition({"any": [A, B]}).describe()
    both = bench.condition(within(A, {"not": B})).describe()
    assert "甲" in both
    assert "且没有" in both
    assert "至少2项" in bench.condition({"at_least": {"count": 2, "of": [A, B]}}).describe()
