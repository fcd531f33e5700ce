"""All terms of all lexicons in one pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_bench import Bench

from auditor.conditions.termindex import build_finder

Found = tuple[str, str, int, int]


@pytest.mark.parametrize(
    ("lexicons", "text", "expected"),
    [
        ({"a": ("码",)}, "码一码", [("a", "码", 0, 1), ("a", "码", 2, 3)]),
        ({"a": ("短信码", "码")}, "短信码", [("a", "短信码", 0, 3)]),
        ({"a": ("短信码", "信")}, "短信码信", [("a", "短信码", 0, 3), ("a", "信", 3, 4)]),
        ({"a": ("短信", "信码")}, "短信码", [("a", "短信", 0, 2), ("a", "信码", 1, 3)]),
        ({"a": ("短信码",), "b": ("信",)}, "短信码", [("a", "短信码", 0, 3), ("b", "信", 1, 2)]),
        ({"a": ("码",), "b": ("码",)}, "码", [("a", "码", 0, 1), ("b", "码", 0, 1)]),
        ({"a": ("码码",)}, "码码码", [("a", "码码", 0, 2), ("a", "码码", 1, 3)]),
        ({"a": ("短信码",)}, "短信", []),
        ({"a": ("短信",)}, "短\n信", []),
        ({"a": ("短信",)}, "信短", []),
        ({"a": ("短信",)}, "", []),
        ({"a": ()}, "短信", []),
        ({}, "短信", []),
    ],
)
def test_terms(lexicons: dict[str, tuple[str, ...]], text: str, expected: list[Found]) -> None:
    """A term inside a longer one of its own lexicon is not told apart; others are."""
    assert sorted(build_finder(lexicons)(text)) == sorted(expected)


TERMS = st.lists(st.text("甲乙丙", min_size=1, max_size=3), min_size=1, max_size=6, unique=True)


@given(TERMS, st.text("甲乙丙\n", max_size=20))
def test_finds_what_a_plain_search_finds(terms: list[str], text: str) -> None:
    """Every place of every term is found, or lies inside a longer found term."""
    found = list(build_finder({"a": tuple(terms)})(text))
    for _, term, start, end in found:
        assert text[start:end] == term
    spans = [(start, end) for _, _, start, end in found]
    assert len(set(spans)) == len(spans)
    for term in terms:
        for at in range(len(text)):
            if text.startswith(term, at):
                assert any(start <= at and at + len(term) <= end for start, end in spans)


@given(st.lists(st.text("甲乙，。 ", max_size=5), max_size=5), TERMS)
def test_never_across_turns(texts: list[str], terms: list[str]) -> None:
    """The hits of a talk are those of its turns one by one, at the same characters."""
    bench = Bench({"a": tuple(terms)})
    condition = bench.condition({"speaker": "any", "lexicon": "a"})
    together = condition.find(bench.scene(*(f"A {text}" for text in texts))).hits
    alone = [
        (index, hit.start, hit.end, hit.source)
        for index, text in enumerate(texts)
        for hit in condition.find(bench.scene(f"C {text}")).hits
    ]
    assert [(hit.turn, hit.start, hit.end, hit.source) for hit in together] == sorted(alone)
