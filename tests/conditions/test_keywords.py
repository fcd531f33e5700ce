"""Any, all, some or none of some words."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import Bench, words

from auditor.conditions.truth import Truth

H, M = Truth.HIT, Truth.MISS
TERMS = {"court": ("法院", "起诉", "开庭"), "pay": ("还款",)}


def said(*inline: str, speaker: str = "agent", **told: Any) -> dict[str, Any]:
    """The condition under test."""
    if inline:
        told["words"] = list(inline)
    return {"speaker": speaker, "keywords": told}


ALL: dict[str, Any] = {"which": "all"}


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        (said("法院", "起诉"), ("A 法院",), ["法院"]),
        (said("法院", "起诉"), ("A 起诉", "A 法院"), ["起诉", "法院"]),
        (said("法院", lexicon="pay"), ("A 还款",), ["还款"]),
        (said(lexicon=["court", "pay"]), ("A 开庭还款",), ["开庭", "还款"]),
        (said("法院", speaker="any"), ("C 法院",), ["法院"]),
        (said("法 院"), ("A 法，院",), ["法，院"]),
        (said("法院", "起诉", **ALL), ("A 法院起诉",), ["法院", "起诉"]),
        (said("法院", "起诉", **ALL, within="call"), ("A 法院", "A 起诉"), ["法院", "起诉"]),
        (said("法院", "起诉", **ALL, within={"turns": 1}), ("A 法院", "A 起诉"), ["法院", "起诉"]),
        (
            said("法院", "起诉", **ALL, within={"seconds": 1}),
            ("A 法院", "A 起诉"),
            ["法院", "起诉"],
        ),
        (said(lexicon="court", which=2), ("A 法院开庭",), ["法院", "开庭"]),
        (said("甲", times={"at_least": 2}), ("A 甲", "A 甲"), ["甲", "甲"]),
        (said("甲", "乙", times={"at_most": 2}), ("A 甲乙",), ["甲", "乙"]),
        (said("录音", not_inside=["没有录音"]), ("A 没有录音，有录音",), ["录音"]),
        (said("法院", "起诉"), ("A 还款",), []),
        (said("法院", "起诉"), ("C 法院",), []),
        (said("法院", "起诉", **ALL), ("A 法院",), []),
        (said("法院", "起诉", **ALL), ("A 法院", "A 起诉"), []),
        (said("法院", "起诉", **ALL, within="call"), ("A 法院", "C 起诉"), []),
        (said("法院", "起诉", **ALL, within={"turns": 1}), ("A 法院", "A 嗯", "A 起诉"), []),
        (said("法院", "起诉", **ALL, within={"seconds": 0.5}), ("A 法院", "A 起诉"), []),
        (said(lexicon="court", which=2), ("A 法院法院",), []),
        (said(lexicon="court", which="all"), ("A 法院开庭",), []),
        (said("甲", times={"at_least": 2}), ("A 甲",), []),
        (said("甲", times={"at_most": 1}), ("A 甲甲",), []),
        (said("甲", times={"at_most": 1}), ("A 乙",), []),
        (said("录音", not_inside=["没有录音"]), ("A 没有录音",), []),
        (said("甲"), (), []),
    ],
)
def test_words_that_are_said(
    told: dict[str, Any], lines: tuple[str, ...], expected: list[str]
) -> None:
    """As many different words as wanted, close enough together, often enough."""
    bench = Bench(TERMS)
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert words(scene, answer) == expected
    assert answer.truth is (H if expected else M)


@pytest.mark.parametrize(
    ("lines", "truth"),
    [(("A 您好",), H), (("C 法院",), H), ((), H), (("A 去法院",), M), (("A 开庭",), M)],
)
def test_none_of_the_words(lines: tuple[str, ...], truth: Truth) -> None:
    """That nothing was said holds without words to point at."""
    answer = Bench(TERMS).answer(said(lexicon="court", which="none"), *lines)
    assert (answer.truth, answer.hits) == (truth, ())


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (said(), "no_words"),
        (said("甲", which=2), "out_of_range"),
        (said("甲", which="both"), "unknown_word"),
        (said("甲", which="none", times={"at_least": 1}), "never_counted"),
        (said("甲", times={}), "no_comparison"),
        (said("甲", times={"exactly": 2}), "unknown_key"),
        (said("，"), "empty_term"),
        (said(lexicon="nothing"), "unknown_lexicon"),
        (said("甲", near=3), "unknown_key"),
        ({"keywords": {"words": ["甲"]}}, "no_speaker"),
        ({"speaker": "agent", "keywords": ["甲"]}, "not_a_mapping"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """What cannot be counted or looked for is a problem of the file."""
    bench = Bench(TERMS)
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Words, lexicons, number and times are named."""
    bench = Bench(TERMS)
    text = bench.condition(said("甲", "乙", **ALL, times={"at_least": 4})).describe()
    assert "甲、乙" in text
    assert "2个词" in text
    assert "不少于4次" in text
    assert "没有说到" in bench.condition(said("甲", which="none")).describe()


def test_what_was_not_heard_is_not_absent() -> None:
    """Where a turn cannot be judged nobody knows that none of the words was said."""
    bench = Bench(TERMS)
    none = bench.condition(said(lexicon="court", which="none"))
    assert none.find(bench.scene("A 您好", "A 唔", marked=(1,))).truth is Truth.UNDETERMINED
    assert none.find(bench.scene("A 法院", "A 唔", marked=(1,))).truth is M
