"""What a pattern needs is in every text it matches."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.conditions.literals import needed_words
from auditor.conditions.words import least

NEEDS: list[tuple[str, list[list[set[str]]]]] = [
    ("还钱", [[{"还钱"}]]),
    ("(你|您)(家|店)", [[{"你家", "你店", "您家", "您店"}]]),
    ("警察.{0,4}上门", [[{"警察"}, {"上门"}]]),
    ("还款|.*判刑", [[{"还款"}], [{"判刑"}]]),
    ("还(一下)?钱", [[{"还钱", "还一下钱"}]]),
    ("还(的)*钱", [[{"还"}, {"钱"}]]),
    ("还(的)+钱", [[{"还"}, {"的"}, {"钱"}]]),
    ("还{2,3}钱", [[{"还"}, {"钱"}]]),
    ("[你您]妈", [[{"你妈", "您妈"}]]),
    ("[^你您]妈", [[{"妈"}]]),
    (r"\d块", [[{f"{digit}块" for digit in "0123456789"}]]),
    ("^喂$", [[{"喂"}]]),
    ("(?m:^)喂(?:好|呀)", [[{"喂好", "喂呀"}]]),
    ("(?P<name>滚)", [[{"滚"}]]),
    (r"a\.b", [[{"a.b"}]]),
    ("(坐牢|拘.留)了", [[{"坐牢", "拘"}, {"了"}]]),
]


@pytest.mark.parametrize(("pattern", "needs"), NEEDS, ids=[pattern for pattern, _ in NEEDS])
def test_the_words_a_pattern_cannot_match_without(
    pattern: str, needs: list[list[set[str]]]
) -> None:
    """Each way of matching names sets of words of which one must occur."""
    found = needed_words(f"(?m){pattern}")
    assert found is not None
    assert [sorted(map(sorted, way)) for way in found] == [
        sorted(map(sorted, way)) for way in needs
    ]


NOTHING_NEEDED = [
    *(".", ".{2,}", "(还)?", "还*", "[^还]", "(还|.)", r"\w\w", r"\p{Han}x|.", "[一-龥]", "s", "K"),
]


@pytest.mark.parametrize("pattern", NOTHING_NEEDED)
def test_patterns_that_need_no_word(pattern: str) -> None:
    """A pattern that many texts match, or a letter with more than two cases, needs nothing."""
    found = needed_words(pattern)
    assert found is None or any(not way for way in found)


NOT_UNDERSTOOD = [
    *(
        r"\A还钱",
        r"还钱\z",
        "(?i:还)",
        "(?-m)^还",
        "(?s)还.钱",
        r"\p{Han}",
        r"\Q还\E",
        "[[:alpha:]]",
    ),
    *(r"\101", r"\b还", r"还\B", "还)", "*还", r"\C"),
]


@pytest.mark.parametrize("pattern", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_left_alone(pattern: str) -> None:
    """Anything out of the ordinary, and what looks beyond a turn, is always run."""
    assert needed_words(pattern) is None


def test_words_that_hold_others_are_left_out() -> None:
    """A longer word never occurs without the shorter one inside it."""
    assert least(frozenset({"还", "还钱", "给钱", "钱"})) == {"还", "钱"}
    assert least(frozenset({"还钱", "给钱"})) == {"还钱", "给钱"}


PIECES = st.sampled_from(
    ["还", "钱", "你", "[你您]", "[^还]", ".", r"\d", "(还|钱你)", "(你|)", "a", "^"]
)
QUANTIFIERS = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,2}?"])
BRANCHES = st.lists(st.tuples(PIECES, QUANTIFIERS), min_size=1, max_size=4)
PATTERNS = st.lists(BRANCHES, min_size=1, max_size=3)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.text("还钱你您a12他", max_size=8))
def test_a_text_that_matches_holds_what_is_needed(
    branches: list[list[tuple[str, str]]], text: str
) -> None:
    """Whatever pattern: a text without the words of any way of matching never matches."""
    said = [
        "".join(piece + ("" if piece == "^" else often) for piece, often in branch)
        for branch in branches
    ]
    pattern = "|".join(said)
    ways = needed_words(pattern)
    assert ways is not None
    possible = any(all(any(word in text for word in words) for words in way) for way in ways)
    options = re2.Options()
    options.case_sensitive = False
    if re2.compile(pattern, options).search(text) is not None:
        assert possible
