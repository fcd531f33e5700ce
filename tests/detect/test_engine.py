"""Rules judge a call: what was said that must not be, and what was not said that must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest
from rule_bench import NO, OPEN, YES, Bench, talk

from auditor.detect.judging import Judged
from auditor.domain.calls import Call
from auditor.domain.findings import (
    Disclosure,
    Finding,
    Grounds,
    How,
    Outcome,
    Status,
    Told,
)
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Health, HealthIssue, Mark, Transcript, Turn
from auditor.policy.model import Rule

PASS, FAIL = Outcome.PASS, Outcome.FAIL
OPEN_, APART = Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE


def says(text: str, speaker: str = "agent") -> dict[str, object]:
    """Somebody says a word."""
    return {"speaker": speaker, "pattern": text}


BAD = says("坐牢")
NOTICE = says("录音")
MADE: dict[str, Any] = {"disclosure": Disclosure.RECORDING_NOTICE}
BROKEN = Health(usable=False, issues=(HealthIssue.CLIPPED,))


def judged(transcript: Transcript, find: object, **told: Any) -> Judged:
    """Judge a talk by one rule, through a whole audit."""
    bench = Bench()
    rule = bench.rule(find, **told)
    audit = bench.detector(rule).audit(transcript)
    outcomes = [answer.outcome for answer in audit.rules]
    assert len(outcomes) == 1
    return Judged(outcomes[0], audit.findings, audit.made.get(Disclosure.RECORDING_NOTICE))


VIOLATIONS: list[tuple[str, tuple[str, ...], dict[str, Any], Outcome, list[Outcome]]] = [
    ("said", ("A 你要坐牢",), {}, FAIL, [FAIL]),
    ("said in two turns", ("A 坐牢", "C 嗯", "A 坐牢"), {}, FAIL, [FAIL, FAIL]),
    ("said twice in one turn", ("A 坐牢，坐牢",), {}, FAIL, [FAIL]),
    ("excused once, said once", ("A 不坐牢", "A 坐牢"), {"unless": ["不"]}, FAIL, [FAIL]),
    ("an open exemption", ("A 坐牢",), {"unless": [{"call": OPEN}]}, OPEN_, [OPEN_]),
    ("an open premise", ("A 坐牢",), {"applies": OPEN}, OPEN_, [OPEN_]),
    ("an open find", ("A 坐牢",), {"find": {"all": [BAD, OPEN]}}, OPEN_, [OPEN_]),
    ("open without words", ("A 您好",), {"find": OPEN}, OPEN_, []),
    ("nothing said, open premise", ("A 您好",), {"applies": OPEN}, OPEN_, []),
    ("in the data of the call", ("A 您好",), {"find": YES}, FAIL, [FAIL]),
    ("in the data, open premise", ("A 您好",), {"find": YES, "applies": OPEN}, OPEN_, [OPEN_]),
    ("not said", ("A 您好",), {}, PASS, []),
    ("said by the customer", ("C 你坐牢",), {}, PASS, []),
    ("said by nobody known", ("U 你坐牢",), {}, PASS, []),
    ("across turns", ("A 坐", "A 牢"), {}, PASS, []),
    ("excused", ("A 不坐牢",), {"unless": ["不"]}, PASS, []),
    ("excused twice", ("A 不坐牢", "A 不坐牢"), {"unless": ["不"]}, PASS, []),
    ("excused by the second", ("A 不坐牢",), {"unless": ["没", "不"]}, PASS, []),
    ("no premise", ("A 坐牢",), {"applies": NO}, APART, []),
    ("no premise, nothing said", ("A 您好",), {"applies": NO}, APART, []),
    ("a silent call", (), {}, PASS, []),
]


def _told(told: dict[str, Any]) -> dict[str, Any]:
    unless = [
        {"before": {**says(item), "chars": 1}} if isinstance(item, str) else item
        for item in told.get("unless", ())
    ]
    return {**told, "unless": unless}


@pytest.mark.parametrize(
    ("lines", "told", "outcome", "findings"),
    [row[1:] for row in VIOLATIONS],
    ids=[row[0] for row in VIOLATIONS],
)
def test_violations(
    lines: tuple[str, ...], told: dict[str, Any], outcome: Outcome, findings: list[Outcome]
) -> None:
    """One finding a turn with words that nothing excuses; what is open goes to review."""
    answer = judged(talk(*lines), **{"find": BAD, **_told(told)})
    assert answer.outcome is outcome
    assert [finding.outcome for finding in answer.findings] == findings
    assert all(finding.counts is (finding.outcome is FAIL) for finding in answer.findings)


LATE: dict[str, Any] = {"before": says("欠")}
OMISSIONS: list[tuple[str, tuple[str, ...], dict[str, Any], Outcome, int | None]] = [
    ("made", ("A 本次录音",), {}, PASS, 0),
    ("made twice", ("A 您好", "A 录音", "A 录音"), {}, PASS, 1),
    ("made in time", ("A 录音", "A 您欠三千"), LATE, PASS, 0),
    ("made in time, repeated late", ("A 录音", "A 欠", "A 录音"), LATE, PASS, 0),
    ("made in time within a turn", ("A 录音，您欠三千",), LATE, PASS, 0),
    ("its limit never came", ("A 您好", "A 录音"), LATE, PASS, 1),
    ("made in the data of the call", ("A 您好",), {"find": YES}, PASS, None),
    ("an open premise, made", ("A 录音",), {"applies": OPEN}, OPEN_, 0),
    ("an open premise, not made", ("A 您好",), {"applies": OPEN}, OPEN_, None),
    ("open words", ("A 录音",), {"find": {"all": [NOTICE, OPEN]}}, OPEN_, None),
    ("open without words", ("A 您好",), {"find": OPEN}, OPEN_, None),
    ("somebody unknown spoke", ("A 您好", "U 录音"), {}, OPEN_, None),
    ("late while somebody unknown spoke", ("U 喂", "A 欠", "A 录音"), LATE, OPEN_, None),
    ("not made", ("A 您好",), {}, FAIL, None),
    ("made by the customer", ("C 录音",), {}, FAIL, None),
    ("made late", ("A 您欠三千", "A 录音"), LATE, FAIL, None),
    ("made late within a turn", ("A 您欠三千，录音",), LATE, FAIL, None),
    ("taken back", ("A 不录音",), {"unless": ["不"]}, FAIL, None),
    ("taken back in time, made late", ("A 不录音", "A 欠", "A 录音"), LATE, FAIL, None),
    ("across turns", ("A 录", "A 音"), {}, FAIL, None),
    ("a silent call", (), {}, FAIL, None),
    ("no premise", ("A 您好",), {"applies": NO}, APART, None),
    ("no premise, made", ("A 录音",), {"applies": NO}, APART, None),
]


@pytest.mark.parametrize(
    ("lines", "told", "outcome", "made_at"),
    [row[1:] for row in OMISSIONS],
    ids=[row[0] for row in OMISSIONS],
)
def test_omissions(
    lines: tuple[str, ...], told: dict[str, Any], outcome: Outcome, made_at: int | None
) -> None:
    """A disclosure is made by certain words in time; what is open is neither passed nor failed."""
    if lines[:1] == ("A 不录音",):
        told = {**told, "unless": ["不"]}
    answer = judged(talk(*lines), **{"find": NOTICE, **MADE, **_told(told)})
    assert answer.outcome is outcome
    assert answer.made_at == made_at
    unmade = outcome in (FAIL, OPEN_) and made_at is None
    assert [finding.outcome for finding in answer.findings] == [outcome] * unmade


def test_a_late_disclosure_is_quoted() -> None:
    """The words that came too late are the evidence, not another attempt."""
    lines = ("A 有记录", "A 欠三千", "C 嗯", "A 通话有录音")
    told = {"find": NOTICE, **MADE, **LATE, "nearest": says("记录")}
    (finding,) = judged(talk(*lines), **told).findings
    assert finding.evidence is not None
    assert finding.evidence.turn == 3
    assert [match.text for match in finding.evidence.matches] == ["录音"]
    assert "太晚" in finding.explanation
    assert "too late" in finding.explanation_en


@pytest.mark.parametrize(
    ("lines", "turn"),
    [
        (("A 您好", "A 有记录", "A 有记录"), 1),
        (("A 您好",), None),
        (("C 有记录",), None),
    ],
)
def test_the_nearest_attempt_is_quoted(lines: tuple[str, ...], turn: int | None) -> None:
    """The first attempt that does not suffice is evidence; without one there is none."""
    told = {"find": NOTICE, **MADE, "nearest": says("记录")}
    (finding,) = judged(talk(*lines), **told).findings
    assert (finding.evidence.turn if finding.evidence else None) == turn


@pytest.mark.parametrize(("confidence", "outcome"), [(0.9, FAIL), (0.89, OPEN_), (0.0, OPEN_)])
def test_an_unsure_speaker_goes_to_review(confidence: float, outcome: Outcome) -> None:
    """Words of a doubtful speaker are shown and not counted; nor is what they lack."""
    unsure = talk("A 坐牢", confidence=confidence)
    for answer in (judged(unsure, BAD), judged(unsure, NOTICE, **MADE)):
        assert answer.outcome is outcome
        (finding,) = answer.findings
        assert finding.outcome is outcome
        assert finding.counts is (outcome is FAIL)
        assert ("不确定" in finding.explanation or "不够确定" in finding.explanation) is (
            outcome is OPEN_
        )


def test_one_sure_turn_fails_the_call_beside_an_unsure_one() -> None:
    """Each turn is judged by its own speaker; the call fails by the sure one."""
    sure = talk("A 坐牢", "A 坐牢")
    mixed = replace(sure, turns=(replace(sure.turns[0], speaker_confidence=0.5), sure.turns[1]))
    answer = judged(mixed, BAD)
    assert answer.outcome is FAIL
    assert [finding.outcome for finding in answer.findings] == [OPEN_, FAIL]


@pytest.mark.parametrize("mark", [*Mark])
def test_a_marked_turn_says_nothing(mark: Mark) -> None:
    """Invented text neither breaks a rule nor makes a disclosure, and leaves absence open."""
    said = talk("A 坐牢，录音", "A 您好")
    marked = replace(said, turns=(replace(said.turns[0], marks=(mark,)), said.turns[1]))
    assert judged(marked, BAD).outcome is PASS
    assert judged(marked, BAD).findings == ()
    answer = judged(marked, NOTICE, **MADE)
    assert (answer.outcome, answer.made_at) == (OPEN_, None)
    assert answer.findings[0].evidence is None
    # Marked words do not excuse, limit or lead up to anything either.
    excuse = {"call": says("录音")}
    said = talk("A 录音", "A 坐牢")
    marked = replace(said, turns=(replace(said.turns[0], marks=(mark,)), said.turns[1]))
    assert judged(said, BAD, unless=[excuse]).outcome is PASS
    assert judged(marked, BAD, unless=[excuse]).outcome is FAIL


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A 坐牢", {"find": BAD}),
        ("A 您好", {"find": BAD}),
        ("A 录音", {"find": NOTICE, **MADE}),
        ("A 您好", {"find": NOTICE, **MADE}),
        ("A 您好", {"find": YES}),
    ],
)
def test_unusable_sound_leaves_every_check_open(text: str, told: dict[str, Any]) -> None:
    """Nothing is passed or failed by a recording that cannot be heard."""
    answer = judged(replace(talk(text), health=BROKEN), **told)
    assert answer.outcome is OPEN_
    assert all(finding.outcome is OPEN_ for finding in answer.findings)
    assert all("录音质量" in finding.explanation for finding in answer.findings)
    assert judged(replace(talk(text), health=Health()), **told).outcome in (PASS, FAIL)


def test_unusable_sound_does_not_make_a_rule_apply() -> None:
    """A rule for other calls stays out."""
    assert judged(replace(talk("A 坐牢"), health=BROKEN), BAD, applies=NO).outcome is APART


@pytest.mark.parametrize(
    ("started", "in_force"),
    [
        (datetime(2026, 1, 31, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 31, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 2, 15, tzinfo=UTC), True),
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), False),
        (datetime(2026, 1, 1, tzinfo=UTC), False),
        (None, True),
    ],
)
def test_rules_in_force(started: datetime | None, in_force: bool) -> None:
    """A rule judges the calls of its days, by the calendar in China; undated calls always."""
    bench = Bench()
    span = {"effective_from": date(2026, 2, 1), "effective_to": date(2026, 3, 1)}
    call = Call(call_id="c", agent_id="a", started_at=started)
    audit = bench.detector(bench.rule(BAD, **span)).audit(talk("A 坐牢", call=call))
    assert len(audit.rules) == len(audit.findings) == in_force


@pytest.mark.parametrize(
    ("status", "judges", "counts"),
    [
        (Status.STABLE, True, True),
        (Status.TRIAL, True, False),
        (Status.DRAFT, False, False),
        (Status.RETIRED, False, False),
    ],
)
def test_only_stable_rules_count(status: Status, judges: bool, counts: bool) -> None:
    """Rules on trial are shown and not scored; drafts and retired rules say nothing."""
    bench = Bench()
    audit = bench.detector(bench.rule(BAD, status=status)).audit(talk("A 坐牢"))
    assert len(audit.rules) == len(audit.findings) == judges
    assert any(finding.counts for finding in audit.findings) is counts


def _id(transcript: Transcript, **told: Any) -> str:
    (finding,) = judged(transcript, BAD, **told).findings
    return finding.finding_id


def test_an_identity_survives_what_does_not_change_the_finding() -> None:
    """Times, words, versions, titles and weights do not touch a finding's identity."""
    said = talk("A 您好", "A 要坐牢的")
    known = _id(said)
    later = tuple(replace(t, time=TimeSpan(t.time.start_ms + 70, 9000)) for t in said.turns)
    assert _id(replace(said, turns=later, duration=99.0)) == known
    assert _id(said, version=7, title="另一个", title_en="Other", weight=1.0) == known
    assert _id(said, status=Status.TRIAL, confidence=0.1) == known
    assert _id(replace(said, health=BROKEN)) == known
    assert _id(talk("C 喂", "A 坐牢，听到没有")) == known


def test_an_identity_belongs_to_one_finding() -> None:
    """Another call, rule, turn or word has another identity."""
    ids = [
        _id(talk("A 坐牢")),
        _id(talk("A 坐牢", call=Call(call_id="d", agent_id="a"))),
        _id(talk("A 坐牢"), rule_id="test.other"),
        _id(talk("A 您好", "A 坐牢")),
        _id(talk("A 坐，牢")),
        _id(talk("A 坐牢坐牢")),
        judged(talk("A 您好"), NOTICE, **MADE).findings[0].finding_id,
    ]
    assert len(set(ids)) == len(ids)


def test_several_hits_in_a_turn_are_one_finding() -> None:
    """All words of the turn are its evidence, longest once, with the time they cover."""
    said = talk("A 坐牢，您好，你坐牢啊啊")
    told = {"speaker": "agent", "pattern": ["坐牢", "你坐牢", "牢啊"]}
    (finding,) = judged(said, told).findings
    evidence = finding.evidence
    assert evidence is not None
    assert [match.text for match in evidence.matches] == ["坐牢", "你坐牢", "牢啊"]
    assert all(match.span.of(evidence.quote) == match.text for match in evidence.matches)
    assert all(match.how is How.PATTERN for match in evidence.matches)
    assert evidence.quote == said.turns[0].text
    assert evidence.time.start_ms == 0
    assert 0 < evidence.time.end_ms < 2000


def _rules(bench: Bench) -> list[Rule]:
    return [
        bench.rule(BAD, rule_id="b.one"),
        bench.rule(says("牢"), rule_id="a.two"),
        bench.rule(NOTICE, rule_id="d.late", **MADE, **LATE),
        bench.rule(says("录音|记录"), rule_id="c.any", **MADE),
        bench.rule(says("工号"), rule_id="d.id", disclosure=Disclosure.AGENT_IDENTITY),
    ]


def test_the_order_of_rules_changes_nothing() -> None:
    """Findings come by turn and rule, and a disclosure is made where it was first heard."""
    bench = Bench()
    said = talk("A 有记录", "A 要坐牢", "A 录音", "A 坐牢")
    first = bench.detector(*_rules(bench)).audit(said)
    assert [f.rule_id for f in first.findings] == ["d.id", "a.two", "b.one", "a.two", "b.one"]
    assert first.made == {Disclosure.RECORDING_NOTICE: 0}
    for order in permutations(_rules(bench)):
        audit = bench.detector(*order).audit(said)
        assert audit.findings == first.findings
        assert audit.made == first.made
        assert sorted(a.rule_id for a in audit.rules) == sorted(a.rule_id for a in first.rules)


def test_a_disclosure_heard_by_one_rule_only_is_made() -> None:
    """A rule that fails does not unmake what another heard."""
    bench = Bench()
    rules = _rules(bench)[2:4]
    for order in (rules, rules[::-1]):
        audit = bench.detector(*order).audit(talk("A 欠", "A 录音"))
        assert {answer.rule_id: answer.outcome for answer in audit.rules} == {
            "d.late": FAIL,
            "c.any": PASS,
        }
        assert audit.made == {Disclosure.RECORDING_NOTICE: 1}


def test_calls_do_not_touch_each_other() -> None:
    """One detector judges calls in any order, again and again, alike."""
    bench = Bench()
    detector = bench.detector(*_rules(bench))
    talks = [talk("A 坐牢"), talk("A 录音"), talk(), talk("A 坐", "A 牢")]
    alone = [bench.detector(*_rules(bench)).audit(said) for said in talks]
    assert [detector.audit(said) for said in talks] == alone
    assert [detector.audit(said) for said in talks[::-1]] == alone[::-1]


def test_a_finding_says_what_its_rule_says() -> None:
    """Clause, severity, weight, call and agent come from rule and call."""
    call = Call(call_id="c-7", agent_id="a-9")
    bench = Bench()
    rule = bench.rule(BAD, confidence=0.8)
    (finding,) = bench.detector(rule).audit(talk("A 坐牢", call=call)).findings
    expected = Finding(
        call_id="c-7",
        agent_id="a-9",
        kind=rule.kind,
        category=rule.category,
        rule_id=rule.rule_id,
        rule_version=1,
        title="标题",
        title_en="Title",
        status=Status.STABLE,
        outcome=FAIL,
        severity=rule.severity,
        weight=10.0,
        clauses=(rule.clauses[0].ref,),
        confidence=0.8,
        explanation=finding.explanation,
        explanation_en=finding.explanation_en,
        grounds=Grounds(
            conditions=(Told("“坐牢”符合句式〔坐牢〕", "“坐牢” meets pattern “坐牢”"),),
        ),
        evidence=finding.evidence,
    )
    assert finding == expected


def test_empty_turns_are_harmless() -> None:
    """Turns of nothing or of punctuation have no words to find."""
    silent = tuple(
        Turn(index=i, speaker=talk("A x").turns[0].speaker, text=text, time=TimeSpan(0, 0))
        for i, text in enumerate(("", "，。", " \n ", "\u200b"))
    )
    said = replace(talk(), turns=silent)
    assert judged(said, says(".")).outcome is PASS
    assert judged(said, NOTICE, **MADE).outcome is FAIL
