"""Something else said that excuses: its speaker, its distance, and when it is open.

Words in the same turn, before and after are tabled beside the windows.
"""

from __future__ import annotations

import pytest
from rule_bench import NO, OPEN, YES, Bench

from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
WORD = {"speaker": "customer", "pattern": "合同"}
MAYBE = {"all": [WORD, OPEN]}


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        ({"call": YES}, ("A 密码",), H),
        ({"previous": WORD}, ("C 合同", *["A 嗯"] * 30, "A 密码"), H),
        ({"following": WORD}, ("A 密码", *["A 嗯"] * 30, "C 合同"), H),
        ({"call": {"not": WORD}}, ("A 密码",), H),
        ({"call": OPEN}, ("A 密码",), U),
        ({"call": MAYBE}, ("A 密码", "C 合同"), U),
        ({"previous": MAYBE}, ("C 合同", "A 密码"), U),
        ({"following": MAYBE}, ("A 密码", "C 合同"), U),
        ({"call": NO}, ("A 密码",), M),
        ({"previous": MAYBE}, ("A 密码", "C 合同"), M),
        ({"previous": WORD}, ("A 密码", "C 合同"), M),
        ({"following": WORD}, ("C 合同", "A 密码"), M),
        ({"turn": WORD}, ("C 合同", "A 密码"), M),
        ({"turn": {**WORD, "speaker": "any"}}, ("C 合同", "A 密码"), M),
        ({"turn": {"speaker": "agent", "pattern": "合同"}}, ("A 密码", "A 合同"), M),
        ({"previous": {**WORD, "turns": 2}}, ("C 合同", "A 嗯", "A 嗯", "A 密码"), M),
        ({"following": {**WORD, "turns": 2}}, ("A 密码", "A 嗯", "A 嗯", "C 合同"), M),
        ({"call": {"not": WORD}}, ("A 密码", "C 合同"), M),
        ({"previous": YES}, ("C 合同", "A 密码"), M),
    ],
)
def test_elsewhere(told: dict[str, object], lines: tuple[str, ...], expected: Truth) -> None:
    """An open condition excuses nothing for certain."""
    bench = Bench()
    scene = bench.scene(*lines)
    hit = bench.condition({"speaker": "agent", "pattern": "密码"}).find(scene).hits[0]
    assert bench.exemption(told).excuses(scene, hit) is expected
    assert bench.reasons == []


@pytest.mark.parametrize("side", ["before", "after", "around"])
def test_an_open_word_in_a_window_excuses_nothing_for_certain(side: str) -> None:
    """Windows answer as their condition does, and miss where it is out of reach."""
    bench = Bench()
    inner = {"all": [{"speaker": "agent", "pattern": "合同"}, OPEN], "chars": 3}
    exemption = bench.exemption({side: inner})
    for text, expected in (("A 合同密码合同", U), ("A 合同一二三密码一二三合同", M)):
        scene = bench.scene(text)
        hit = bench.condition({"speaker": "agent", "pattern": "密码"}).find(scene).hits[0]
        assert exemption.excuses(scene, hit) is expected


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"call": True}, "not_a_mapping"),
        ({"previous": "合同"}, "not_a_mapping"),
        ({"turn": None}, "not_a_mapping"),
        ({"turn": [WORD]}, "not_a_mapping"),
        ({"before": True}, "not_a_mapping"),
        ({"around": "合同"}, "not_a_mapping"),
        ({"previous": {**WORD, "turns": 0}}, "out_of_range"),
        ({"previous": {**WORD, "turns": "two"}}, "not_a_number"),
        ({"before": {**WORD, "chars": 501}}, "out_of_range"),
        ({"before": {**WORD, "same_clause": 1}}, "not_a_flag"),
        ({"previous": {"pattern": "合同"}}, "no_speaker"),
        ({"previous": {"turns": 2}}, "no_operator"),
        ({"previous": WORD, "following": WORD}, "no_exemption"),
        ({"elsewhere": WORD}, "no_exemption"),
        ("call", "no_exemption"),
    ],
)
def test_mistakes_are_reported(told: object, reason: str) -> None:
    """What is no condition is a problem of the file, not a crash."""
    from auditor.conditions.node import Node

    bench = Bench()
    bench.reading.exemption(Node(told, bench.source))
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """The place is named."""
    bench = Bench()
    places = {"turn": "同一段", "previous": "之前", "following": "之后", "call": "通话中"}
    for place, name in places.items():
        assert name in bench.exemption({place: WORD}).describe()
