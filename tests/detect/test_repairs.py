"""Terms that a recogniser wrote with other characters of the same sound are read as meant."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from rule_bench import Bench, talk

from auditor.detect.engine import Detector
from auditor.detect.views import no_repairs
from auditor.domain.findings import How
from auditor.pipeline.judging import build_detector

ROOT = Path(__file__).parents[2]
TERMS = ("公安局", "验证码", "录音", "逾期", "律师函", "起诉", "身份证", "征信中心")

_TURN = re.compile(r"([AC]): (?:\{[^}]*\} )?(.+)")
_CLEAN_TURNS = 300


@pytest.fixture(scope="module")
def hears() -> Detector:
    """Some terms that count by sound, and a rule for each way to look for them."""
    bench = Bench({"heard": TERMS, "written": ("工号",)})
    rules = [
        bench.rule({"speaker": "agent", "lexicon": "heard"}, rule_id="heard.term", confidence=0.8),
        bench.rule({"speaker": "agent", "pattern": "<heard>"}, rule_id="heard.pattern"),
        bench.rule({"speaker": "agent", "lexicon": "written"}, rule_id="written.term"),
    ]
    return bench.detector(*rules, by_sound=["heard"])


@pytest.mark.parametrize(
    ("text", "heard", "meant"),
    [
        ("我们是公安菊的", "公安菊", "公安局"),
        ("把验正码报给我", "验正码", "验证码"),
        ("这通电话有录因", "录因", "录音"),
        ("您的卡已经逾七了", "逾七", "逾期"),
        ("明天给你发律师寒", "律师寒", "律师函"),
        ("报一下身分正号码", "身分正", "身份证"),
        ("报到征性中心去", "征性中心", "征信中心"),
        ("把驗正碼報給我", "驗正碼", "验证码"),
        ("把验，正 码报给我", "验，正 码", "验证码"),
    ],
)
def test_a_homophone_is_read_as_the_term(
    hears: Detector, text: str, heard: str, meant: str
) -> None:
    """The finding quotes what is written, is by sound, and says what was heard and meant."""
    findings = hears.audit(talk(f"A {text}")).findings
    assert [finding.rule_id for finding in findings] == ["heard.pattern", "heard.term"]
    for finding in findings:
        assert finding.evidence is not None
        (match,) = finding.evidence.matches
        assert (match.text, match.how) == (heard, How.PINYIN)
        assert match.span.of(text) == heard
        assert f"应为“{meant}”" in finding.explanation
        assert f"meant “{meant}”" in finding.explanation_en
        assert "听作" in finding.explanation
    assert findings[1].confidence == pytest.approx(0.8 * 0.85)


@pytest.mark.parametrize(
    "text",
    [
        "您好，请问是鲁先生吗",
        "我的公号是三三一",
        "大家一起诉说",
        "他住在公安局旁边",
        "把验证码报给我",
        "公安",
        "局",
        "他起床以后诉苦",
        "银行会因为这个",
        "路上因为堵车耽误了",
        "",
        "。。。",
        "abc 123",
    ],
)
def test_what_makes_sense_is_left_alone(hears: Detector, text: str) -> None:
    """Clean words, terms as written and lexicons that do not count by sound stay as they are."""
    (view,) = hears.builder.views(talk(f"A {text}"))
    assert view.repairs == ()
    findings = hears.audit(talk(f"A {text}")).findings
    assert all(
        match.how is not How.PINYIN
        for finding in findings
        if finding.evidence is not None
        for match in finding.evidence.matches
    )


def test_a_repair_keeps_every_place(hears: Detector) -> None:
    """The searched text keeps its length, and repairs do not overlap."""
    text = "喂，公安菊、公安菊！把验正码念一下，录因呢。"
    (view,) = hears.builder.views(talk(f"A {text}"))
    assert [repair.meant for repair in view.repairs] == ["公安局", "公安局", "验证码", "录音"]
    assert len(view.text) == len(view.offsets) == sum(char.isalnum() for char in text)
    for repair, following in zip(view.repairs, view.repairs[1:], strict=False):
        assert repair.end <= following.start
    for repair in view.repairs:
        assert view.text[repair.start : repair.end] == repair.meant
        assert view.original_span(repair.start, repair.end).of(text) == repair.heard


def test_no_repair_reaches_across_turns(hears: Detector) -> None:
    """Two turns are two texts."""
    assert hears.audit(talk("A 公安", "A 菊")).findings == ()


def clean_calls() -> list[tuple[str, ...]]:
    """Written calls without recogniser errors, until there are enough turns."""
    calls: list[tuple[str, ...]] = []
    for path in sorted((ROOT / "models/corpus/calls").glob("b*.txt")):
        for block in path.read_text(encoding="utf-8").split("\n===\n"):
            if "\nstyle: clean\n" not in block:
                continue
            calls.append(tuple(f"{m[1]} {m[2]}" for m in _TURN.finditer(block)))
            if sum(map(len, calls)) >= _CLEAN_TURNS:
                return calls
    raise AssertionError("the corpus has too few clean turns")


def test_no_repair_changes_the_outcome_of_clean_speech() -> None:
    """On written calls the shipped policy says the same with and without repairs."""
    repairing = build_detector(ROOT / "lexicons")
    plain = replace(repairing, builder=replace(repairing.builder, find_repairs=no_repairs))
    repaired = 0
    calls = clean_calls()
    for lines in calls:
        transcript = talk(*lines)
        views = repairing.builder.views(transcript)
        if not any(view.repairs for view in views):
            continue  # nothing differs then
        repaired += sum(len(view.repairs) for view in views)
        assert repairing.audit(transcript) == plain.audit(transcript)
    assert sum(map(len, calls)) >= _CLEAN_TURNS
    assert repaired <= _CLEAN_TURNS // 50
