"""Patterns taken apart: their alternatives, and what is left without one."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from auditor.workbench.alternatives import is_literal, shadowed, take_apart

APART = [
    ("甲乙", [], 2),
    ("甲|乙丙", ["甲", "乙丙"], 1),
    ("(甲|乙丙).{0,2}丁", ["甲", "乙丙"], 2),
    ("(?:甲|乙(?:丙|丁))?戊", ["甲", "乙(?:丙|丁)", "丙", "丁"], 1),
    ("(?m)^(甲|乙)$", ["甲", "乙"], 1),
    ("[甲|乙]丙", [], 2),
    ("[^]甲|]乙", [], 2),
    (r"甲\|乙|丙", [r"甲\|乙", "丙"], 1),
    ("(甲|)乙", ["甲", ""], 1),
    ("<legs>(甲|乙)", ["甲", "乙"], 3),
    ("甲{2,3}(乙|丙){2}", ["乙", "丙"], 4),
    (r"\d{4}甲?", [], 4),
    ("(甲|乙)+?丙", ["甲", "乙"], 2),
]


@pytest.mark.parametrize(("text", "choices", "least"), APART, ids=[a[0] for a in APART])
def test_alternatives_and_length_of_the_shortest_match(
    text: str, choices: list[str], least: int
) -> None:
    """Groups, classes, escapes, flags, repetition and lexicon names are read."""
    pattern = take_apart(text, {"legs": 2})
    assert [choice.of(text) for choice in pattern.removable] == choices
    assert pattern.least == least


@pytest.mark.parametrize(
    ("text", "at", "left"),
    [
        ("甲|乙|丙", 0, "乙|丙"),
        ("甲|乙|丙", 1, "甲|丙"),
        ("甲|乙|丙", 2, "甲|乙"),
        ("(甲|乙)丙", 1, "(甲)丙"),
        ("(甲|)乙", 1, "(甲)乙"),
    ],
)
def test_an_alternative_goes_with_its_bar(text: str, at: int, left: str) -> None:
    """What is left is the pattern as an author would write it."""
    assert take_apart(text).removable[at].without(text) == left


def test_the_only_alternative_stays() -> None:
    """A pattern without any would match everything."""
    [choice] = take_apart("甲乙").choices
    with pytest.raises(ValueError, match="needs an alternative"):
        choice.without("甲乙")


PIECES = st.recursive(
    st.sampled_from(["甲", "乙", "丙", "[甲乙]", ".{0,2}"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        inner.map(lambda part: f"(?:{part})?"),
    ),
    max_leaves=8,
)


@given(PIECES, st.text("甲乙丙丁", max_size=8))
def test_a_pattern_without_an_alternative_matches_nothing_new(pattern: str, text: str) -> None:
    """Every shorter pattern compiles, and what it matches the whole one matches, too."""
    whole = take_apart(pattern)
    for choice in whole.removable:
        shorter = re2.compile(choice.without(pattern))
        if shorter.fullmatch(text):
            assert re2.compile(pattern).fullmatch(text)


@given(PIECES, st.text("甲乙丙丁", max_size=8))
def test_no_match_is_shorter_than_the_least(pattern: str, text: str) -> None:
    """The bound is never too high."""
    found = re2.compile(pattern).fullmatch(text)
    assert found is None or len(text) >= take_apart(pattern).least


@given(st.text("甲()[]|?*{}2,<>\\^$.", max_size=20))
def test_any_text_can_be_taken_apart(text: str) -> None:
    """What is no pattern at all ends, too."""
    assert take_apart(text).choices


SHADOWED = [
    ("没教|没教过", ["没教过"]),
    ("x(没教|没教过)", ["没教过"]),
    ("(没教|没教过)你", []),
    ("(没教过|没教)", []),
    ("(甲|乙|甲)丙", ["甲"]),
    ("(甲.|甲乙)", []),
    ("((甲|甲乙))", ["甲乙"]),
    ("(甲|甲乙)?", []),
]


@pytest.mark.parametrize(("text", "hidden"), SHADOWED, ids=[s[0] for s in SHADOWED])
def test_only_what_surely_never_matches_is_shadowed(text: str, hidden: list[str]) -> None:
    """The same words twice, or words that begin with earlier ones with nothing to come."""
    assert [later.of(text) for later, _ in shadowed(take_apart(text))] == hidden


@pytest.mark.parametrize(("text", "literal"), [("甲乙", True), ("", False), ("甲.", False)])
def test_literals(text: str, literal: bool) -> None:
    """Only plain characters stand for themselves."""
    assert is_literal(text) is literal
