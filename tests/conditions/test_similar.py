"""Sentences like sample sentences."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import Bench, words

from auditor.conditions.truth import Truth

H, M = Truth.HIT, Truth.MISS
SAMPLE = "我们会联系您的家人和单位"


def like(*samples: str, speaker: str = "agent", **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"speaker": speaker, "similar": {"to": list(samples or (SAMPLE,)), **told}}


@pytest.mark.parametrize(
    ("told", "lines", "quoted"),
    [
        (like(), ("A 我们会联系您的家人和单位",), "我们会联系您的家人和单位"),
        (like(), ("A 我们会联系你的家人跟单位",), "我们会联系你的家人跟单位"),
        (like(), ("A 好的。我们就会联系您家人和单位。再见",), "我们就会联系您家人和单位"),
        (like(), ("A 好的我们会联系您的家人和单位再见",), "我们会联系您的家人和单位"),
        (like("完全不同的句子", SAMPLE), ("A 我们会联系您的家人和单位",), SAMPLE),
        (like(at_least=60), ("A 会去联系您家里人和单位",), ""),
        (like(by_sound=True), ("A 我们会连系您的佳人和单位",), "我们会连系您的佳人和单位"),
        (like(), ("A 您好",), None),
        (like(), ("A 我",), None),
        (like(), ("C 我们会联系您的家人和单位",), None),
        (like(), ("A 我们会把您的账单寄给您",), None),
        (like(at_least=95), ("A 我们会联系你的家人跟单位",), None),
        (like(), ("A 我们会联系", "A 您的家人和单位吗"), None),
        (like(), (), None),
    ],
)
def test_alike_enough(told: dict[str, Any], lines: tuple[str, ...], quoted: str | None) -> None:
    """The alike stretch of a sentence is quoted, however the sentence goes on."""
    bench = Bench()
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert answer.truth is (M if quoted is None else H)
    if quoted:
        assert words(scene, answer) == [quoted]
    assert all("相似度" in hit.note and "like" in hit.note_en for hit in answer.hits)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (like("你好"), "too_short"),
        (like(at_least=20), "out_of_range"),
        (like(model="x"), "unknown_key"),
        ({"speaker": "agent", "similar": {"at_least": 80}}, "empty_list"),
        ({"similar": {"to": [SAMPLE]}}, "no_speaker"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Samples and thresholds are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Samples and threshold are named."""
    said = Bench().condition(like()).describe()
    assert SAMPLE in said
    assert "80%" in said
