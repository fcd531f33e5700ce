"""Findings say point by point why they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rule_bench import OPEN, Bench, talk

from auditor.detect.grounds import with_likeliest
from auditor.detect.voices import voices
from auditor.domain.calls import Call
from auditor.domain.findings import Disclosure, Finding, Grounds, Told
from auditor.domain.transcripts import Health, Transcript

BAD = {"speaker": "agent", "pattern": "坐牢"}
NOT = {"before": {"speaker": "agent", "pattern": "不", "chars": 2}}
TERMS = {
    "prison": ("坐牢",),
    "negation": ("不",),
    "negation-but": ("不信",),
    "court": ("法院传票",),
}
NAME = {"speaker": "agent", "says_field": {"field": "agent_name", "by_sound": True}}
SCRIPT = {
    "speaker": "agent",
    "script": {"parts": [{"name": "机构", "say": "我是银行"}, {"name": "录音", "say": "通话录音"}]},
}
MADE: dict[str, Any] = {"disclosure": Disclosure.RECORDING_NOTICE}


def found(transcript: Transcript, find: object = BAD, **told: Any) -> Finding:
    """The one finding of a rule."""
    bench = Bench(TERMS)
    rule = bench.rule(find, **told)
    (finding,) = bench.detector(rule, by_sound=("court",)).audit(transcript).findings
    return finding


def zh(points: tuple[Told, ...]) -> str:
    """The Chinese of some points."""
    return "；".join(point.zh for point in points)


@pytest.mark.parametrize(
    ("lines", "told", "kind", "expected"),
    [
        (("A 你要坐，牢",), {}, "conditions", "“坐，牢”符合句式〔坐牢〕"),
        (("A 坐牢",), {"find": {"speaker": "agent", "lexicon": "prison"}}, "conditions", "词表"),
        (
            ("A 坐牢",),
            {"find": {"speaker": "agent", "lexicon": "prison"}},
            "conditions",
            "〔prison〕",
        ),
        (("A 坐牢",), {"applies": BAD}, "conditions", "前提（成立）：句式〔坐牢〕"),
        (("A 坐牢",), {"applies": OPEN}, "conditions", "前提（无法判断）"),
        (
            ("A 法院船票",),
            {"find": {"speaker": "agent", "lexicon": "court"}},
            "heard",
            "听作“法院",
        ),
        (("A 我是月小满",), {"find": NAME}, "heard", "听作“月小满”，按读音应为“岳小满”"),
        (("A 坐牢",), {"unless": [NOT]}, "exemptions", "之前2字内没有句式〔不〕"),
        (("A 坐牢",), {"unless": [{"negated": True}]}, "exemptions", "没有否定用语"),
        (("A 我不信你坐牢",), {"unless": [{"negated": True}]}, "exemptions", "“不信”使其不成立"),
        (("A 坐牢",), {"unless": [{"call": OPEN}]}, "exemptions", "无法判断是否"),
        (
            ("A 坐牢",),
            {"unless": [{"following": {"speaker": "agent", "pattern": "更正", "turns": 2}}]},
            "exemptions",
            "之后2段内没有句式〔更正〕",
        ),
        (("A 坐牢", "A 不坐牢"), {"unless": [NOT]}, "excused", "第2段“坐牢”未计"),
    ],
)
def test_what_violations_rest_on(
    lines: tuple[str, ...], told: dict[str, Any], kind: str, expected: str
) -> None:
    """Words and conditions, what was heard and meant, excuses looked at and hits excused."""
    call = Call(call_id="c", agent_id="a", agent_name="岳小满")
    finding = found(talk(*lines, call=call), **{"find": BAD, **told})
    points = getattr(finding.grounds, kind)
    assert expected in zh(points)
    for point in points:
        outside = "".join(part.split("”")[-1] for part in point.en.split("“"))
        assert outside.isascii(), point.en


def test_a_figure_that_was_compared_is_told() -> None:
    """The explanation and the grounds name what was said and what it should be."""
    told = {"speaker": "agent", "value": {"kind": "amount", "more_than": 1000}}
    finding = found(talk("A 交两千元"), told)
    assert "2000" in zh(finding.grounds.conditions)
    assert "2000" in finding.explanation
    assert "2000" in finding.explanation_en


@pytest.mark.parametrize(
    ("lines", "told", "expected"),
    [
        (
            ("A 我是银行的",),
            {"find": SCRIPT},
            ["0秒“我是银行”", "已说到：机构", "缺少：录音"],
        ),
        (("A 喂",), {"find": SCRIPT}, ["缺少：机构、录音", "全程录音可用"]),
        (("A 您好",), {"find": {"speaker": "agent", "pattern": "录音"}}, ["没有听到符合要求"]),
        (("A 您好", "U 喂"), {"find": SCRIPT}, ["1段听不清或说话人不确定（第2段）"]),
        (
            ("A 您好", "A 有记录"),
            {
                "find": {"speaker": "agent", "pattern": "录音"},
                "nearest": {"speaker": "agent", "pattern": "记录"},
            },
            ["最接近的说法：3秒“记录”", "该处录音可用"],
        ),
    ],
)
def test_what_omissions_lack(
    lines: tuple[str, ...], told: dict[str, Any], expected: list[str]
) -> None:
    """The nearest attempt, the parts that are missing, and whether the audio was usable."""
    finding = found(talk(*lines), **told, **MADE)
    for part in expected:
        assert part in zh(finding.grounds.missing)


def test_the_missing_parts_stand_in_the_explanation() -> None:
    """Also without unfolding anything."""
    finding = found(talk("A 我是银行的"), SCRIPT, **MADE)
    assert "缺少：录音" in finding.explanation
    assert "missing: “录音”" in finding.explanation_en


def test_a_bad_recording_is_told() -> None:
    """Where nothing can be judged by the sound, the grounds say so."""
    transcript = replace(talk("A 您好"), health=Health(usable=False))
    finding = found(transcript, SCRIPT, **MADE)
    assert "录音质量不足以判断" in zh(finding.grounds.missing)


def test_voices_are_the_weights_times_the_signals_heaviest_first() -> None:
    """What does not weigh is left out; names are plain words in both languages."""
    weights = {"rule": 2.0, "classifier, call": 1.5, "always": 0.01, "category threat": -1.0}
    features = {"rule": 1.0, "classifier, call": -2.0, "always": 1.0, "category threat": 1.0}
    told = voices(weights, features)
    assert [voice.weight for voice in told] == [-3.0, 2.0, -1.0]
    assert told[0].zh == "分类模型：整通电话 11.9%"
    assert told[1].en == "a rule in force found words"
    assert "威胁恐吓" in told[2].zh
    assert all(voice.en.isascii() for voice in told)
    (one,) = voices({"said: cue:hardship": 1.0}, {"said: cue:hardship": 3.0}, zh="应告知：")
    assert one.zh == "应告知：模型听到“客户有困难”的可能 95.3%"
    (new,) = voices({"something new": 1.0}, {"something new": 3.0})
    assert new.zh == "something new"


def test_the_classifier_names_the_nearest_turn() -> None:
    """Where it finds any turn likely enough to be an attempt."""
    scene = Bench().scene("A 您好", "A 这边会记录一下")
    near = with_likeliest(Grounds(), scene, 1, 0.3)
    assert near.missing[0].zh == "模型认为最接近的一段：3秒“这边会记录一下”（30%）"
    assert "classifier at 3 s" in near.missing[0].en
    for turn, chance in ((-1, 0.9), (1, 0.01)):
        assert with_likeliest(Grounds(), scene, turn, chance) == Grounds()
