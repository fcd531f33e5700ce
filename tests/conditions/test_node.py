"""Reading values out of a file: every mistake is told with its line, none stops the reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_bench import Bench

from auditor.conditions.node import Node, Path, Source
from auditor.policy.strictyaml import read_text

Read = Callable[[Node], Any]


def node(value: object, lines: dict[Path, int] | None = None) -> Node:
    """A node of a file of its own."""
    return Node(value, Source("rule.yaml", lines or {}))


READ: dict[str, Read] = {
    "text": lambda n: n.text(),
    "text or x": lambda n: n.text("x"),
    "texts": lambda n: n.texts(),
    "number": lambda n: n.number(low=1, high=5),
    "number or 3": lambda n: n.number(3, low=1, high=5),
    "integer": lambda n: n.integer(low=1, high=5),
    "integer or 3": lambda n: n.integer(3, low=1, high=5),
    "flag": lambda n: n.flag(),
    "flag or true": lambda n: n.flag(default=True),
    "choice": lambda n: n.choice(("a", "b")),
    "choice or b": lambda n: n.choice(("a", "b"), "b"),
    "items": lambda n: [item.value for item in n.items()],
    "single": lambda n: [item.value for item in n.items(single=True)],
    "some": lambda n: [item.value for item in n.some()],
    "keys": lambda n: n.keys(),
    "only": lambda n: n.only(("a",)),
}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", " 密码 ", "密码"),
        ("text or x", None, "x"),
        ("texts", "a", ("a",)),
        ("texts", ["a", "b"], ("a", "b")),
        ("texts", None, ()),
        ("number", 2.5, 2.5),
        ("number", 5, 5.0),
        ("number or 3", None, 3),
        ("integer", 2, 2),
        ("integer", 2.0, 2),
        ("flag", None, False),
        ("flag", True, True),
        ("flag or true", None, True),
        ("choice", "b", "b"),
        ("choice or b", None, "b"),
        ("items", [1, None], [1, None]),
        ("items", None, []),
        ("single", 1, [1]),
        ("single", [1], [1]),
        ("some", 1, [1]),
        ("keys", {"a": 1}, ("a",)),
        ("only", {"a": 1}, None),
    ],
)
def test_sound_values(kind: str, value: object, expected: object) -> None:
    """What is sound is read without a problem."""
    place = node(value)
    assert READ[kind](place) == expected
    assert place.source.problems == []


@pytest.mark.parametrize(
    ("kind", "value", "reason", "instead"),
    [
        ("text", None, "not_text", ""),
        ("text", 1.1, "not_text", ""),
        ("text", "  ", "not_text", ""),
        ("text", ["a"], "not_text", ""),
        ("text or x", 1, "not_text", "x"),
        ("texts", [1], "not_text", ("",)),
        ("number", None, "not_a_number", 1),
        ("number", "2", "not_a_number", 1),
        ("number", True, "not_a_number", 1),
        ("number", [2], "not_a_number", 1),
        ("number", 0.99, "out_of_range", 1),
        ("number", 5.01, "out_of_range", 1),
        ("number", float("inf"), "out_of_range", 1),
        ("number", float("nan"), "out_of_range", 1),
        ("number", 10**400, "out_of_range", 1),
        ("number or 3", 9, "out_of_range", 3),
        ("integer", float("inf"), "out_of_range", 1),
        ("integer", float("nan"), "out_of_range", 1),
        ("integer", 10**400, "out_of_range", 1),
        ("integer", 2.5, "not_a_whole_number", 2),
        ("integer or 3", "x", "not_a_number", 3),
        ("flag", "yes", "not_a_flag", False),
        ("flag", 1, "not_a_flag", False),
        ("flag or true", 0, "not_a_flag", True),
        ("choice", None, "unknown_word", "a"),
        ("choice", "c", "unknown_word", "a"),
        ("choice", ["a"], "unknown_word", "a"),
        ("choice or b", {}, "unknown_word", "b"),
        ("items", "a", "not_a_list", []),
        ("items", {"a": 1}, "not_a_list", []),
        ("some", None, "empty_list", []),
        ("some", [], "empty_list", []),
        ("keys", ["a"], "not_a_mapping", ()),
        ("keys", None, "not_a_mapping", ()),
        ("only", {"b": 1}, "unknown_key", None),
    ],
)
def test_mistakes(kind: str, value: object, reason: str, instead: object) -> None:
    """A mistake is reported once, and reading goes on with something harmless."""
    place = node(value)
    assert READ[kind](place) == instead
    assert [problem.reason for problem in place.source.problems] == [reason]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(READ)), JSON)
def test_no_value_stops_the_reading(kind: str, value: object) -> None:
    """Whatever stands there, reading gives a value and at most tells a problem."""
    place = node(value)
    READ[kind](place)
    assert all(problem.where == "rule.yaml:1" for problem in place.source.problems)


KEYS = st.sampled_from(
    [
        "any",
        "all",
        "not",
        "at_least",
        "lexicon",
        "pattern",
        "near",
        "sequence",
        "signal",
        "state",
        "metadata",
        "says_field",
        "followed",
        "speaker",
        "person",
        "where",
        "min",
        "within",
        "except",
    ]
)


@given(st.dictionaries(KEYS, JSON, min_size=1, max_size=3))
def test_no_condition_stops_the_reading(told: dict[str, object]) -> None:
    """A rule file may hold anything: its problems are told, or it looks for something."""
    bench = Bench({"codes": ("密码",)})
    condition = bench.condition(told)
    if not bench.reasons:
        assert condition.find(bench.scene()).hits == ()


def test_lines() -> None:
    """A problem has the line of its key, or of the nearest key above it."""
    source = Source("rule.yaml", {})
    value = read_text("a: 1\nb:\n  - x\n  - {c: 2}\n", source)
    place = Node(value, source)
    assert place.child("a").line == 1
    assert place.child("b").line == 2
    assert place.child("b").child(1).child("c").line == 4
    assert place.child("b").child(1).child("missing").child("deeper").line in (2, 4)
    assert place.child("nothing").line == 1
    place.child("b").child(1).child("c").text()
    assert source.problems[0].where == "rule.yaml:4"


@pytest.mark.parametrize(
    ("value", "key", "found"),
    [
        ({"a": 1}, "a", 1),
        ({"a": None}, "a", None),
        ({}, "a", None),
        ([5], 0, 5),
        ([5], 1, None),
        ([5], "a", None),
        ("text", 0, None),
        (None, "a", None),
    ],
)
def test_child(value: object, key: str | int, found: object) -> None:
    """A missing child is there, with nothing in it, and knows its path."""
    child = node(value).child(key)
    assert child.value == found
    assert child.path == (key,)
    assert node(value).has("a") is (value == {"a": 1})


def test_without() -> None:
    """Some keys are left out, at the same place; other values are left as they are."""
    place = Node({"a": 1, "b": 2}, Source("rule.yaml", {}), ("x",))
    assert place.without("b", "c").value == {"a": 1}
    assert place.without("b").path == ("x",)
    assert place.value == {"a": 1, "b": 2}
    assert node([1]).without("a").value == [1]
