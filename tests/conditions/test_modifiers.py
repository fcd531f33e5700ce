"""Where in the call, to whom, and how often something is said."""

from __future__ import annotations

import pytest
from rule_bench import OPEN, YES, Bench, on_line, words

from auditor.conditions.scene import Person
from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
WORD = {"speaker": "agent", "pattern": "密码"}
DEBTOR, THIRD = (Person.DEBTOR, 0.9), (Person.THIRD_PARTY, 0.9)
MAYBE, UNKNOWN = (Person.DEBTOR, 0.55), (Person.UNKNOWN, 0.3)

FIVE = ("A 密码", "C 嗯", "A 密码", "C 嗯", "A 密码")
"""Turns of two seconds that start every three; the call lasts fifteen."""


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"first_turns": 1}, [0]),
        ({"first_turns": 3}, [0, 2]),
        ({"last_turns": 1}, [4]),
        ({"last_turns": 3}, [2, 4]),
        ({"first_seconds": 6}, [0, 2]),
        ({"first_seconds": 5.9}, [0]),
        ({"last_seconds": 1}, [4]),
        ({"last_seconds": 0.5}, []),
        ({"first_turns": 4, "last_turns": 4}, [2]),
        ({"first_turns": 2, "last_turns": 2}, []),
        ({"first_seconds": 4, "last_seconds": 4}, []),
        ({"before": {"speaker": "customer", "pattern": "嗯"}}, [0]),
        ({"after": {"speaker": "customer", "pattern": "嗯"}}, [2, 4]),
        ({"before": {"speaker": "customer", "pattern": "没有这句"}}, [0, 2, 4]),
        ({"after": {"speaker": "customer", "pattern": "没有这句"}}, []),
        ({}, [0, 2, 4]),
    ],
)
def test_where(where: dict[str, object], expected: list[int]) -> None:
    """Every part named must hold; ``before`` something never said holds, ``after`` does not."""
    answer = Bench().answer({**WORD, "where": where}, *FIVE)
    assert [hit.turn for hit in answer.hits] == expected
    assert answer.truth is (H if expected else M)


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("A 密码短信", "before", ["密码"]),
        ("A 短信密码", "before", []),
        ("A 短信密码", "after", ["密码"]),
        ("A 密码短信", "after", []),
        ("A 密码短信密码", "before", ["密码"]),
    ],
)
def test_order_within_a_turn(text: str, place: str, expected: list[str]) -> None:
    """In one turn the order of the characters decides."""
    bench = Bench()
    scene = bench.scene(text)
    told = {**WORD, "where": {place: {"speaker": "agent", "pattern": "短信"}}}
    assert words(scene, bench.condition(told).find(scene)) == expected


@pytest.mark.parametrize(
    ("persons", "state", "truth", "expected"),
    [
        ("debtor", [DEBTOR, DEBTOR, DEBTOR], H, [0, 2]),
        ("debtor", [THIRD, THIRD, DEBTOR], H, [2]),
        ("debtor", [MAYBE, DEBTOR, DEBTOR], H, [2]),
        (["debtor", "third_party"], [DEBTOR, DEBTOR, THIRD], H, [0, 2]),
        ("unknown", [(Person.UNKNOWN, 0.9), THIRD, THIRD], H, [0]),
        ("debtor", [MAYBE, MAYBE, MAYBE], U, [0, 2]),
        ("debtor", [UNKNOWN, UNKNOWN, THIRD], U, [0]),
        ("third_party", [UNKNOWN, UNKNOWN, DEBTOR], U, [0]),
        ("debtor", [THIRD, DEBTOR, THIRD], M, []),
        ("third_party", [DEBTOR, THIRD, DEBTOR], M, []),
        (["third_party", "minor"], [DEBTOR, DEBTOR, DEBTOR], M, []),
        ("debtor", [(Person.UNKNOWN, 0.9), THIRD, (Person.MACHINE, 0.9)], M, []),
        ("third_party", [MAYBE, MAYBE, MAYBE], M, []),
    ],
)
def test_person(
    persons: object, state: list[tuple[Person, float]], truth: Truth, expected: list[int]
) -> None:
    """Only words said to such a person count; where that is not sure the answer is open."""
    told = {**WORD, "person": persons}
    answer = Bench().answer(told, "A 密码", "C 嗯", "A 密码", state=on_line(*state))
    assert answer.truth is truth
    assert [hit.turn for hit in answer.hits] == expected


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        ({**WORD, "min": 1}, ("A 密码",), H),
        ({**WORD, "min": 2}, ("A 密码密码",), H),
        ({**WORD, "min": 2}, ("A 密码", "C 嗯", "A 密码"), H),
        ({**WORD, "min": 2, "where": {"first_turns": 3}}, FIVE, H),
        ({**WORD, "min": 2}, ("A 密码",), M),
        ({**WORD, "min": 2}, ("A 密码", "C 密码"), M),
        ({**WORD, "min": 3}, ("A 密码", "A 密码"), M),
        ({**WORD, "min": 1}, ("A 您好",), M),
        ({**WORD, "min": 2, "where": {"first_turns": 1}}, FIVE, M),
        ({**WORD, "pattern": ["密码", "密码", "密.?"], "min": 2}, ("A 密码",), M),
        ({**WORD, "pattern": ["密码", "码报"], "min": 2}, ("A 密码报",), M),
    ],
)
def test_how_often(told: dict[str, object], lines: tuple[str, ...], expected: Truth) -> None:
    """Places are counted, not the patterns that match at them, and after the other limits."""
    assert Bench().answer(told, *lines).truth is expected


@pytest.mark.parametrize(
    ("more", "truth"),
    [({"person": "debtor"}, U), ({"where": {"first_turns": 1}}, U), ({"min": 2}, U)],
)
def test_open_answers_stay_open(more: dict[str, object], truth: Truth) -> None:
    """A modifier does not close what nobody can answer."""
    told = {"any": [WORD, OPEN], **more}
    assert Bench().answer(told, "A 您好", state=on_line(DEBTOR)).truth is truth
    told = {"all": [WORD, OPEN], **more}
    assert Bench().answer(told, "A 密码", state=on_line(DEBTOR)).truth is truth
    assert Bench().answer(told, "A 您好", state=on_line(DEBTOR)).truth is M


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({**WORD, "where": {"middle": 1}}, "unknown_key"),
        ({**WORD, "where": "start"}, "not_a_mapping"),
        ({**WORD, "where": {"first_turns": 0}}, "out_of_range"),
        ({**WORD, "where": {"first_turns": 1.5}}, "not_a_whole_number"),
        ({**WORD, "where": {"first_seconds": -1}}, "out_of_range"),
        ({**WORD, "where": {"after": "短信"}}, "not_a_mapping"),
        ({**WORD, "person": "neighbour"}, "unknown_word"),
        ({**WORD, "person": []}, "empty_list"),
        ({**WORD, "min": 0}, "out_of_range"),
        ({**WORD, "min": True}, "not_a_number"),
        ({**WORD, "speaker": "bystander"}, "unknown_word"),
        ({**WORD, "often": 2}, "unknown_key"),
    ],
)
def test_mistakes_are_reported(told: dict[str, object], reason: str) -> None:
    """Modifiers are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_the_speaker_of_a_group_is_that_of_its_parts() -> None:
    """A part takes over the speaker around it unless it names its own."""
    told = {"speaker": "agent", "all": [{"pattern": "甲"}, {"speaker": "any", "pattern": "乙"}]}
    within = {**told, "within": {"turns": 1}}
    assert Bench().answer(within, "A 甲", "C 乙").truth is H
    assert Bench().answer(within, "C 甲", "C 乙").truth is M


def test_says_itself_in_chinese() -> None:
    """Every limit is named."""
    where = {"first_turns": 2, "last_turns": 3, "first_seconds": 4, "last_seconds": 5.5}
    also = {"before": WORD, "after": {"speaker": "agent", "pattern": "短信"}}
    told = {**WORD, "where": {**where, **also}, "person": ["debtor", "minor"], "min": 2}
    text = Bench().condition(told).describe()
    for part in (
        "前2段",
        "后3段",
        "前4秒",
        "后5.5秒",
        "之前",
        "之后",
        "债务人、未成年人",
        "至少2次",
    ):
        assert part in text


def test_a_condition_without_words_is_nowhere() -> None:
    """What points at no words is in no part of the call."""
    assert Bench().answer({"any": [YES], "where": {"first_turns": 1}}, "A 您好").truth is M
