"""Findings say in words why they stand, in Chinese and in English."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rule_bench import OPEN, YES, Bench, talk

from auditor.domain.findings import Disclosure, Finding
from auditor.domain.transcripts import Health, Transcript

BAD = {"speaker": "agent", "pattern": "坐牢"}
NOTICE = {"speaker": "agent", "pattern": "录音"}
MADE: dict[str, Any] = {"disclosure": Disclosure.RECORDING_NOTICE}
NOT = {"before": {"speaker": "agent", "pattern": "不", "chars": 2}}
REVIEW = "转人工复核，不计分"
HEARD_BADLY = Health(usable=False)


def explained(transcript: Transcript, find: object, **told: Any) -> Finding:
    """The one finding of a rule."""
    bench = Bench({"prison": ("蹲大牢",)})
    (finding,) = bench.detector(bench.rule(find, **told)).audit(transcript).findings
    return finding


TABLE: list[tuple[tuple[str, ...], dict[str, Any], list[str], list[str]]] = [
    (("A 你要坐，牢",), {}, ["命中“标题”", "“坐，牢”（句式）"], ["排除情形", "另有", REVIEW]),
    (("A 坐牢坐牢",), {}, ["“坐牢”（句式）。"], ["坐牢”（句式）、", REVIEW]),
    (
        ("A 蹲大牢",),
        {"find": {"speaker": "agent", "lexicon": "prison"}},
        ["“蹲大牢”（词表）"],
        [REVIEW],
    ),
    (
        ("A 坐牢",),
        {"unless": [NOT]},
        ["已核对排除情形（紧邻之前", "均不成立"],
        ["另有", "〔", REVIEW],
    ),
    (("A 坐牢", "A 不坐牢"), {"unless": [NOT]}, ["另有1处因符合排除情形未计"], [REVIEW]),
    (("A 坐牢", "A 不坐牢，不坐牢"), {"unless": [NOT]}, ["另有2处"], [REVIEW]),
    (("A 坐牢",), {"applies": OPEN}, [REVIEW, "前提不能确定"], ["说话人"]),
    (("A 坐牢",), {"unless": [{"call": OPEN}]}, [REVIEW, "其中有无法判断的"], ["均不成立"]),
    (
        ("A 您好",),
        {"find": YES},
        ["通话信息符合“标题”的情形", "通话信息〔call_id"],
        ["命中", REVIEW],
    ),
    (("A 您好",), {"find": NOTICE, **MADE}, ["标题：全程没有听到", "也没有近似"], ["太晚", REVIEW]),
    (
        ("A 您好", "A 记录"),
        {"find": NOTICE, **MADE, "nearest": {"speaker": "agent", "pattern": "记录"}},
        ["全程没有听到", "最接近的一处在3秒"],
        ["近似", REVIEW],
    ),
    (
        ("A 坐牢", "A 录音"),
        {"find": NOTICE, **MADE, "before": BAD},
        ["说得太晚", "最接近的一处在3秒"],
        ["未听到", REVIEW],
    ),
    (("A 您好", "U 喂"), {"find": NOTICE, **MADE}, ["说话人不确定", REVIEW], ["前提"]),
    (("A 您好",), {"find": NOTICE, **MADE, "applies": OPEN}, ["前提不能确定", REVIEW], ["说话人"]),
]


@pytest.mark.parametrize(("lines", "told", "holds", "lacks"), TABLE)
def test_says_why(
    lines: tuple[str, ...], told: dict[str, Any], holds: list[str], lacks: list[str]
) -> None:
    """The words, how they were found, what was checked and why it goes to review, no more."""
    finding = explained(talk(*lines), **{"find": BAD, **told})
    for part in holds:
        assert part in finding.explanation
    for part in lacks:
        assert part not in finding.explanation
    assert finding.explanation.endswith("。")
    assert (REVIEW in finding.explanation) is ("review" in finding.explanation_en)
    assert finding.explanation_en.endswith((".", ". "))


@pytest.mark.parametrize("told", [{"find": BAD}, {"find": NOTICE, **MADE}, {"find": YES}])
def test_bad_sound_is_the_reason_for_review(told: dict[str, Any]) -> None:
    """A finding in an unusable recording says so once."""
    finding = explained(replace(talk("A 坐牢"), health=HEARD_BADLY), **told)
    assert finding.explanation.count(REVIEW) == 1
    assert "录音质量" in finding.explanation
    assert "sound" in finding.explanation_en


def test_an_unsure_speaker_is_the_reason_for_review() -> None:
    """The reason is told once, even where the sound is bad as well."""
    unsure = talk("A 坐牢", confidence=0.5)
    for transcript in (unsure, replace(unsure, health=HEARD_BADLY)):
        finding = explained(transcript, BAD)
        assert finding.explanation.count(REVIEW) == 1
        assert "说话人不够确定" in finding.explanation
        assert "Who spoke" in finding.explanation_en


def test_english_falls_back_to_the_rule_id() -> None:
    """Rules without an English title are named by their id."""
    assert "“Title”" in explained(talk("A 坐牢"), BAD).explanation_en
    assert "“test.rule”" in explained(talk("A 坐牢"), BAD, title_en="").explanation_en
    silent = explained(talk("A 您好"), NOTICE, **MADE, title_en="")
    assert silent.explanation_en.startswith("test.rule: ")


def test_no_chinese_in_english_but_quoted_words() -> None:
    """What is English quotes Chinese words and says nothing else in Chinese."""
    finding = explained(talk("A 坐牢", "A 不坐牢"), BAD, unless=[NOT])
    outside = finding.explanation_en.split("“")
    rest = "".join(part.split("”")[-1] for part in outside)
    assert rest.isascii()
