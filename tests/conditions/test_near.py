"""Parts within some characters of one turn."""

from __future__ import annotations

import pytest
from rule_bench import OPEN, YES, Bench, words

from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED


def near(*patterns: str, chars: int = 2, **more: object) -> dict[str, object]:
    """The condition under test."""
    of = [{"pattern": text} for text in patterns]
    return {"near": {"of": of, "chars": chars, **more}, "speaker": "agent"}


ANY_ORDER = {"ordered": False}


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        (near("甲", "乙"), ("A 甲乙",), ["甲乙"]),
        (near("甲", "乙"), ("A 甲一二乙",), ["甲一二乙"]),
        (near("甲", "乙"), ("A 甲，一。二！乙",), ["甲，一。二！乙"]),
        (near("甲", "乙", "丙"), ("A 甲一乙二丙",), ["甲一乙二丙"]),
        (near("甲", "乙"), ("A 甲乙一二三甲乙",), ["甲乙", "甲乙"]),
        (near("甲", "乙", **ANY_ORDER), ("A 乙一甲",), ["乙一甲"]),
        (near("甲", "丙", "乙", **ANY_ORDER), ("A 甲乙丙",), ["甲乙丙"]),
        (near("甲", "甲", **ANY_ORDER), ("A 甲一甲",), ["甲一甲"]),
        (near("甲", "乙", chars=0), ("A 甲乙",), ["甲乙"]),
        (near("甲", "乙"), ("A 甲一二三乙",), []),
        (near("甲", "乙"), ("A 乙甲",), []),
        (near("甲", "乙"), ("A 甲", "A 乙"), []),
        (near("甲", "乙"), ("A 甲", "C 乙"), []),
        (near("甲", "乙"), ("C 甲乙",), []),
        (near("甲", "乙"), ("A 甲",), []),
        (near("甲", "乙", chars=0), ("A 甲一乙",), []),
        (near("甲", "乙", "丙"), ("A 甲丙乙",), []),
        (near("甲", "乙", "丙"), ("A 甲一乙二三四丙",), []),
        (near("甲", "甲"), ("A 甲",), []),
        (near("甲", "甲", **ANY_ORDER), ("A 甲",), []),
        (near("甲乙", "乙丙"), ("A 甲乙丙",), []),
        (near("甲乙", "乙丙", **ANY_ORDER), ("A 甲乙丙",), []),
        (near("甲", "乙", **ANY_ORDER), ("A 乙一二三甲",), []),
        (near("甲", "乙"), (), []),
    ],
)
def test_parts_close_together(
    told: dict[str, object], lines: tuple[str, ...], expected: list[str]
) -> None:
    """The hit reaches from the first part to the last; one word is never two parts."""
    bench = Bench()
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert sorted(set(words(scene, answer))) == sorted(set(expected))
    assert len(answer.hits) >= len(expected)
    assert answer.truth is (H if expected else M)


@pytest.mark.parametrize(
    ("part", "truth"),
    [({"all": [{"pattern": "乙"}, OPEN]}, U), ({"all": [{"pattern": "丙"}, OPEN]}, M), (YES, M)],
)
def test_open_parts(part: dict[str, object], truth: Truth) -> None:
    """A part that is open leaves the place open; a part without words is close to nothing."""
    told = {"near": {"of": [{"pattern": "甲"}, part], "chars": 1}, "speaker": "agent"}
    assert Bench().answer(told, "A 甲乙").truth is truth


def close(*parts: dict[str, object], **more: object) -> dict[str, object]:
    """Parts within turns or seconds."""
    return {"near": {"of": list(parts), **more}}


A, B, C = (
    {"speaker": who, "pattern": text}
    for who, text in (("agent", "甲"), ("customer", "乙"), ("agent", "丙"))
)


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        (close(A, B, turns=1), ("A 甲", "C 乙"), ["甲", "乙"]),
        (close(A, B, turns=1, ordered=False), ("C 乙", "A 甲"), ["乙", "甲"]),
        (close(A, B, C, turns=1), ("A 甲", "C 乙", "A 丙"), ["甲", "乙", "丙"]),
        (close(A, B, C, turns=1), ("A 甲", "C 乙", "A 甲", "C 乙", "A 丙"), ["甲", "乙", "丙"]),
        (close(A, B, seconds=1), ("A 甲", "C 乙"), ["甲", "乙"]),
        (close(A, C, turns=0), ("A 甲，丙",), ["甲", "丙"]),
        (close(A, B, turns=1), ("C 乙", "A 甲"), []),
        (close(A, B, turns=1), ("A 甲", "C 嗯", "C 乙"), []),
        (close(A, B, turns=1), ("A 甲", "A 乙"), []),
        (close(A, B, C, turns=1), ("A 甲", "C 乙", "A 嗯", "A 丙"), []),
        (close(A, B, seconds=0.5), ("A 甲", "C 乙"), []),
        (close(A, A, turns=0, ordered=False), ("A 甲",), []),
        (close(A, B, turns=1), ("A 甲",), []),
    ],
)
def test_parts_in_neighbouring_turns(
    told: dict[str, object], lines: tuple[str, ...], expected: list[str]
) -> None:
    """In order each part is near the one before; in any order each is near the first."""
    bench = Bench()
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert words(scene, answer) == expected
    assert answer.truth is (H if expected else M)


@pytest.mark.parametrize("distance", [{"turns": 1}, {"seconds": 9}])
def test_an_open_part_leaves_the_neighbourhood_open(distance: dict[str, object]) -> None:
    """Also where the open part points at no words yet."""
    for part in ({"all": [B, OPEN]}, OPEN):
        assert Bench().answer(close(A, part, **distance), "A 甲", "C 乙").truth is U
    assert Bench().answer(close(A, YES, **distance), "A 甲", "C 乙").truth is M


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (near("甲", chars=-1), "out_of_range"),
        (near("甲", chars=501), "out_of_range"),
        (near("甲", ordered="yes"), "not_a_flag"),
        (near("甲", turns=1), "two_distances"),
        (near("甲", words=1), "unknown_key"),
        (close(A, turns=-1), "out_of_range"),
        (near(), "empty_list"),
        ({"near": {"of": [{"pattern": "甲"}], "chars": 1}}, "no_speaker"),
        ({"near": {"of": [{"speaker": "agent", "pattern": "甲"}]}}, "not_a_number"),
        ({"near": "甲乙"}, "not_a_mapping"),
    ],
)
def test_mistakes_are_reported(told: dict[str, object], reason: str) -> None:
    """Distances and parts are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """The distance and the parts are named."""
    assert "2字以内" in Bench().condition(near("甲", "乙")).describe()
