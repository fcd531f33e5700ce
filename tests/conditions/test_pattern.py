"""Patterns over the searched text of one turn at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_bench import Bench, words

from auditor.conditions.truth import Truth

LEXICONS = {"codes": ("密码", "验证码", "a+b")}


def told(*patterns: str, **more: object) -> dict[str, object]:
    """The condition under test, on the agent's speech."""
    return {"speaker": "agent", "pattern": list(patterns), **more}


@pytest.mark.parametrize(
    ("condition", "lines", "expected"),
    [
        (told("报.{0,2}密码"), ("A 报一下密码",), ["报一下密码"]),
        (told("报.{0,2}密码"), ("A 报一下，密码！",), ["报一下，密码"]),
        (told("報.{0,2}密碼"), ("A 报一下密码",), ["报一下密码"]),
        (told("报.{0,2}密码"), ("A 報一下密碼",), ["報一下密碼"]),
        (told("<codes>给我"), ("A 验证码给我",), ["验证码给我"]),
        (told("<codes>给我"), ("A a+b给我",), []),
        (told("APP"), ("A 打开ＡＰＰ或app",), ["ＡＰＰ", "app"]),  # noqa: RUF001
        (told("甲", "乙"), ("A 乙甲",), ["乙", "甲"]),
        (told("^您好"), ("A 您好", "A 嗯您好", "A 您好"), ["您好", "您好"]),
        (told("再见$"), ("A 再见。", "A 再见啊", "A 好再见"), ["再见", "再见"]),
        (told("报.{0,2}密码"), ("A 报一下您的密码",), []),
        (told("报.{0,2}密码"), ("C 报密码",), []),
        (told("报.{0,2}密码"), ("A 报", "A 密码"), []),
        (told("报[^您]{0,4}密码"), ("A 报", "A 密码"), []),
        (told(r"报\s?密码"), ("A 报", "A 密码"), []),
        (told(r"报\W*密码"), ("A 报", "A 密码"), []),
        (told("(?s)报.{0,4}密码"), ("A 报", "A 密码"), []),
        (told(r"报\n密码"), ("A 报", "A 密码"), []),
        (told("报[^您]{0,9}密码"), ("A 报", "C 嗯", "A 密码"), []),
        (told("^密码"), ("A 报密码",), []),
        (told("报$"), ("A 报密码",), []),
        (told("密码", **{"except": "密码锁"}), ("A 密码锁",), []),
        (told("密码", **{"except": "[^好]密码"}), ("A 您", "A 密码"), ["密码"]),
        (told("密码", **{"except": ["密码锁", "改密码"]}), ("A 改密码，密码锁，密码",), ["密码"]),
        (told("密码"), ("A ",), []),
        (told("密码"), (), []),
    ],
)
def test_patterns(
    condition: dict[str, object], lines: tuple[str, ...], expected: list[str]
) -> None:
    """Matches lie in one turn, ignore punctuation, script, width and case, and are quoted."""
    bench = Bench(LEXICONS)
    scene = bench.scene(*lines)
    answer = bench.condition(condition).find(scene)
    assert bench.reasons == []
    assert words(scene, answer) == expected
    assert answer.truth is (Truth.HIT if expected else Truth.MISS)


def test_a_marked_turn_is_not_searched() -> None:
    """What the recogniser may have invented says nothing."""
    assert Bench().answer(told("密码"), "A 密码", marked=[0]).truth is Truth.MISS


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (told("(甲"), "pattern_syntax"),
        (told("甲(?=乙)"), "pattern_syntax"),
        (told("(?<!乙)甲"), "pattern_syntax"),
        (told(r"(甲)\1"), "pattern_syntax"),
        (told("(?P<n>甲)"), "pattern_syntax"),
        (told("<codes"), "pattern_syntax"),
        (told("甲{1,999999}"), "pattern_syntax"),
        (told("<nothing>"), "unknown_lexicon"),
        (told("甲*"), "pattern_matches_nothing"),
        (told("^"), "pattern_matches_nothing"),
        (told("甲。"), "punctuation"),
        (told("甲" * 2001), "pattern_too_long"),
        (told(), "empty_list"),
        (told(""), "not_text"),
        (told("甲", **{"except": "("}), "pattern_syntax"),
        ({"pattern": "甲"}, "no_speaker"),
        ({"speaker": "agent", "pattern": 12}, "not_text"),
        ({"speaker": "agent", "pattern": {"a": "甲"}}, "not_text"),
    ],
)
def test_mistakes_are_reported(condition: dict[str, object], reason: str) -> None:
    """What cannot match, or could take forever elsewhere, is a problem of the file."""
    bench = Bench(LEXICONS)
    bench.condition(condition)
    assert reason in bench.reasons


TEXT = st.text("报密码您，。！ a　驗\uff229", max_size=12)


@given(
    st.lists(TEXT, max_size=4), st.sampled_from(["密", "报[^您]*", r"\S+", r"\D{2}", ".码$", "^."])
)
def test_hits_lie_in_their_turn_and_map_back(texts: list[str], pattern: str) -> None:
    """Every hit is inside its turn, and its written words fold to what was searched."""
    bench = Bench()
    scene = bench.scene(*(f"A {text}" for text in texts))
    for hit in bench.condition(told(pattern)).find(scene).hits:
        view = scene.views[hit.turn]
        assert 0 <= hit.start < hit.end <= len(view.text)
        span = view.original_span(hit.start, hit.end)
        written = span.of(view.turn.text)
        kept = "".join(char for char in bench.normaliser.fold(written) if char.isalnum())
        assert kept == view.text[hit.start : hit.end]
        assert written[0].isalnum()
        assert written[-1].isalnum()


@given(st.text("报密码您", max_size=8), st.integers(0, 8), st.text("，。、！ “”…", max_size=3))
def test_punctuation_changes_no_match(text: str, place: int, marks: str) -> None:
    """Punctuation anywhere in a turn moves no hit in the searched text."""
    place = min(place, len(text))
    bench = Bench()
    condition = bench.condition(told("报.?", "密码", **{"except": "您密"}))
    plain = condition.find(bench.scene(f"A {text}"))
    assert condition.find(bench.scene(f"A {text[:place]}{marks}{text[place:]}")) == plain
