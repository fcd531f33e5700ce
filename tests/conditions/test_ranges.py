"""Parts of a call: turns, seconds, percent, and places beside another condition's hits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rule_bench import OPEN, Bench, talk

from auditor.conditions.scene import Scene
from auditor.conditions.termindex import build_finder
from auditor.conditions.truth import Truth
from auditor.detect.views import ViewBuilder
from auditor.domain.spans import TimeSpan

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
WORD = {"speaker": "agent", "pattern": "密码"}
YEAH = {"speaker": "customer", "pattern": "嗯"}
NEVER = {"speaker": "customer", "pattern": "没有这句"}
MAYBE = {"all": [YEAH, OPEN]}
FIVE = ("A 密码", "C 嗯", "A 密码", "C 嗯", "A 密码")
"""Turns of two seconds that start every three; the call lasts fifteen."""


def untimed(bench: Bench, *lines: str) -> Scene:
    """A talk whose turns have no times."""
    said = talk(*lines)
    nowhen = tuple(replace(turn, time=TimeSpan(0, 0)) for turn in said.turns)
    said = replace(said, turns=nowhen, duration=None)
    views = ViewBuilder(bench.normaliser).views(said)
    return Scene(said, views, build_finder(bench.lexicons), bench.signals)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"turns": {"from": 1, "to": 1}}, [0]),
        ({"turns": {"from": 3}}, [2, 4]),
        ({"turns": {"to": 2}}, [0]),
        ({"turns": {"from": 2, "to": 2}, "counting": "agent"}, [2]),
        ({"first_turns": 2, "counting": "agent"}, [0, 2]),
        ({"last_turns": 1, "counting": "agent"}, [4]),
        ({"last_turns": 2, "counting": "customer"}, [2]),
        ({"turns": {"from": 6}}, []),
        ({"turns": {"from": 2, "to": 2}}, []),
        ({"first_turns": 1, "counting": "customer"}, []),
        ({"seconds": {"from": 6, "to": 8}}, [2]),
        ({"seconds": {"from": 2.5, "to": 5}}, []),
        ({"first_percent": 40}, [0, 2]),
        ({"first_percent": 39}, [0]),
        ({"last_percent": 10}, [4]),
        ({"percent": {"from": 30, "to": 70}}, [2]),
        ({"last_seconds": 0}, []),
        ({"last_percent": 6}, []),
        ({"before": {"of": YEAH, "hit": "last"}}, [0, 2]),
        ({"after": {"of": YEAH, "hit": "last"}}, [4]),
        ({"after": {"of": YEAH, "hit": 2}}, [4]),
        ({"after": {"of": YEAH, "turns": 1}}, [2]),
        ({"after": {"of": YEAH, "hit": "any", "turns": 1}}, [2, 4]),
        ({"after": {"of": YEAH, "hit": "each", "turns": 1}}, [2, 4]),
        ({"around": {"of": YEAH, "hit": "first", "turns": 1}}, [0, 2]),
        ({"around": {"of": YEAH, "turns": 1}}, [0, 2, 4]),
        ({"around": YEAH}, [0, 2, 4]),
        ({"before": {"of": YEAH, "hit": "each", "turns": 1}}, [0, 2]),
        ({"after": {"of": WORD, "hit": "each"}}, [0, 2, 4]),
        ({"before": {"of": NEVER}}, [0, 2, 4]),
        ({"after": {"of": YEAH, "hit": 3}}, []),
        ({"before": {"of": NEVER, "turns": 2}}, []),
        ({"around": {"of": NEVER, "turns": 2}}, []),
        ({"after": {"of": YEAH, "seconds": 0.5}}, []),
        ({"after": {"of": YEAH, "seconds": 1}}, [2]),
        ({"after": {"of": {"speaker": "agent", "pattern": "密码"}, "hit": 3, "turns": 1}}, [4]),
    ],
)
def test_where(where: dict[str, object], expected: list[int]) -> None:
    """Turns are numbered from 1; what lies beside a hit lies beside the hit that is named."""
    answer = Bench().answer({**WORD, "where": where}, *FIVE)
    assert [hit.turn for hit in answer.hits] == expected
    assert answer.truth is (H if expected else M)


@pytest.mark.parametrize(("chars", "truth"), [(0, M), (1, M), (2, H), (3, H)])
@pytest.mark.parametrize("side", ["after", "around"])
def test_characters_beside_a_hit(side: str, chars: int, truth: Truth) -> None:
    """Distances in characters hold within one turn."""
    other = {"speaker": "agent", "pattern": "短信"}
    told = {**WORD, "where": {side: {"of": other, "hit": "any", "chars": chars}}}
    assert Bench().answer(told, "A 短信里的密码").truth is truth
    assert Bench().answer(told, "A 短信", "A 密码").truth is M


def test_each_needs_words_beside_every_hit() -> None:
    """One hit of the other condition without words beside it, and none counts."""
    told = {**WORD, "where": {"after": {"of": YEAH, "hit": "each", "turns": 1}}}
    assert Bench().answer(told, "C 嗯", "A 密码", "C 嗯", "A 好").truth is M


@pytest.mark.parametrize(
    ("where", "truth", "expected"),
    [
        ({"after": {"of": MAYBE}}, U, [2, 4]),
        ({"after": MAYBE}, U, [2, 4]),
        ({"before": MAYBE}, H, [0]),
        ({"after": OPEN}, U, [0, 2, 4]),
        ({"before": OPEN}, U, [0, 2, 4]),
        ({"around": {"of": MAYBE, "turns": 1}, "first_turns": 1}, U, [0]),
        ({"after": {"of": MAYBE, "hit": 3}}, U, [0, 2, 4]),
        ({"after": {"of": MAYBE}, "first_turns": 1}, M, []),
    ],
)
def test_open_anchors(where: dict[str, object], truth: Truth, expected: list[int]) -> None:
    """Beside something that may not be there the answer is open, unless it holds either way."""
    answer = Bench().answer({**WORD, "where": where}, *FIVE)
    assert answer.truth is truth
    assert [hit.turn for hit in answer.hits] == expected


@pytest.mark.parametrize(
    ("where", "truth"),
    [
        ({"first_seconds": 3}, U),
        ({"last_percent": 10}, U),
        ({"seconds": {"from": 1, "to": 2}}, U),
        ({"after": {"of": YEAH, "seconds": 3}}, U),
        ({"first_turns": 1}, H),
        ({"after": {"of": YEAH, "turns": 1}}, H),
    ],
)
def test_without_times_only_turns_can_be_counted(where: dict[str, object], truth: Truth) -> None:
    """A text whose turns have no times leaves open what seconds and percent decide."""
    bench = Bench()
    condition = bench.condition({**WORD, "where": where})
    assert condition.find(untimed(bench, *FIVE)).truth is truth


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ({"turns": {"from": 3, "to": 2}}, "empty_range"),
        ({"seconds": {"from": 3, "to": 2}}, "empty_range"),
        ({"turns": {"from": 0}}, "out_of_range"),
        ({"percent": {"to": 101}}, "out_of_range"),
        ({"first_percent": 101}, "out_of_range"),
        ({"turns": 3}, "not_a_mapping"),
        ({"counting": "agent"}, "no_turns"),
        ({"first_turns": 1, "counting": "boss"}, "unknown_word"),
        ({"after": {"of": WORD, "hit": "second"}}, "unknown_word"),
        ({"after": {"of": WORD, "hit": 0}}, "out_of_range"),
        ({"after": {"of": WORD, "words": 2}}, "unknown_key"),
        ({"after": {"hit": "last"}}, "no_operator"),
        ({"beside": WORD}, "unknown_key"),
    ],
)
def test_mistakes_are_reported(where: dict[str, object], reason: str) -> None:
    """Ranges without anything in them and unknown words are problems of the file."""
    bench = Bench()
    bench.condition({**WORD, "where": where})
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """The part of the call is named."""
    bench = Bench()
    where = {
        "first_percent": 20,
        "last_turns": 3,
        "counting": "agent",
        "after": {"of": YEAH, "hit": 2, "turns": 1},
        "seconds": {"from": 3, "to": 9},
    }
    said = bench.condition({**WORD, "where": where}).describe()
    for part in ("前20%", "坐席后3段", "在第2次", "之后1段内", "3至9秒"):
        assert part in said
