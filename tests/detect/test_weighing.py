"""Rules and classifier decide together; what they do not agree on goes to a person."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rule_bench import Bench, talk

from auditor.classify.model import TurnRisk, load_model
from auditor.conditions.operators.classifier import ClassifiedAs
from auditor.detect.signals import WEIGHED, Signals, violation_features
from auditor.detect.weights import (
    Judgement,
    WeightsError,
    card_hash,
    read_judgement,
    write_judgement,
)
from auditor.domain.findings import CallAudit, Category, Disclosure, How, Outcome
from auditor.domain.transcripts import Health, HealthIssue
from auditor.policy.model import Rule
from auditor.resources import model_folder

NEVER: Mapping[str, float] = {"always": -30.0}
THREAT = "category threat"
ACCUSE = dict.fromkeys(WEIGHED, 0.6)
TALK = (
    "A 您好，您这笔欠款今天必须处理。",
    "C 我月底发了工资再还。",
    "A 今天不还我就带几个人去你家，把你孩子堵在学校门口，出了事别怪我。",
    "C 你别吓唬我。",
)
CALM = ("A 您好，请问您方便接电话吗？", "C 方便，您说。", "A 谢谢您的配合，祝您生活愉快。")


@pytest.fixture(scope="module")
def model() -> TurnRisk:
    """The shipped classifier."""
    return load_model(model_folder("turn-risk"))


def weights(violation: Mapping[str, float], **told: Any) -> Judgement:
    """Weights of violations; no disclosure is ever owed unless said otherwise."""
    nothing = dict.fromkeys(Disclosure, NEVER)
    defaults = {"owed": nothing, "unsaid": nothing, "accuse": ACCUSE, "review": 0.4}
    defaults |= {"omit": 0.5, "omit_heard": 0.8}
    return Judgement(violation=violation, **{**defaults, **told})


def audited(
    model: TurnRisk, judgement: Judgement, *rules: Rule, lines: tuple[str, ...] = TALK, **told: Any
) -> CallAudit:
    """Judge a talk by some rules, weighed."""
    detector = replace(Bench().detector(*rules), classifier=model, judgement=judgement)
    return detector.audit(replace(talk(*lines), **told))


def words_rule(text: str = "堵在学校") -> Rule:
    """A rule that looks for words."""
    return Bench().rule({"speaker": "agent", "pattern": text}, rule_id="threat.words")


def model_rule(**told: Any) -> Rule:
    """A rule that asks the classifier of the whole call."""
    rule = Bench().rule({"speaker": "agent", "pattern": "无"}, rule_id="threat.model", **told)
    return replace(rule, find=ClassifiedAs("threat", at_least=0.99, in_call=True))


DECISIONS = [
    ("all for it", {THREAT: 3.0}, Outcome.FAIL),
    ("not enough for a score", {THREAT: -3.0}, Outcome.UNDETERMINED),
    ("the rule tips it", {THREAT: -3.0, "rule": 6.0}, Outcome.FAIL),
    ("the classifier tips it", {THREAT: 9.0, "classifier, call": 1.0}, Outcome.FAIL),
]


@pytest.mark.parametrize(
    ("told", "outcome"), [d[1:] for d in DECISIONS], ids=[d[0] for d in DECISIONS]
)
def test_words_count_only_where_everything_together_makes_them_likely(
    model: TurnRisk, told: dict[str, float], outcome: Outcome
) -> None:
    """The finding stays in any case, with the weighed probability as its confidence."""
    audit = audited(model, weights(told), words_rule())
    [finding] = audit.findings
    assert finding.outcome is outcome
    assert audit.rules[0].outcome is outcome
    assert (finding.confidence >= 0.6) is (outcome is Outcome.FAIL)
    assert finding.evidence is not None
    assert finding.evidence.turn == 2
    assert ("转人工复核" in finding.explanation) is (outcome is Outcome.UNDETERMINED)


def test_a_rule_that_stands_by_itself_is_not_weighed_and_weighs_nothing(model: TurnRisk) -> None:
    """Its finding keeps its own confidence, and the category is no likelier for it."""
    apart = replace(words_rule(), weighed=False, rule_id="threat.apart")
    for alone in (weights({THREAT: -3.0, "rule": 6.0}), weights({THREAT: 3.0})):
        [finding] = audited(model, alone, apart).findings
        assert (finding.outcome, finding.confidence) == (Outcome.FAIL, apart.confidence)
    low = weights({THREAT: -3.0, "rule": 6.0})
    assert audited(model, low, apart, model_rule()).findings[0].rule_id == "threat.apart"
    assert len(audited(model, low, apart, model_rule()).findings) == 1


def test_what_only_the_classifier_hears_quotes_its_likeliest_turn(model: TurnRisk) -> None:
    """The words that weigh most are matched in the turn, and said to come from the model."""
    audit = audited(model, weights({THREAT: 3.0}), model_rule())
    assert [f.rule_id for f in audit.findings] == ["threat.model"]
    evidence = audit.findings[0].evidence
    assert evidence is not None
    assert evidence.turn == 2
    assert evidence.matches[0].how is How.CLASSIFIER
    assert evidence.matches[0].text in evidence.quote


def test_one_violation_is_not_told_twice(model: TurnRisk) -> None:
    """Where a rule quotes words, the classifier's own rule keeps silent."""
    audit = audited(model, weights({THREAT: 3.0}), words_rule(), model_rule())
    assert [f.rule_id for f in audit.findings] == ["threat.words"]
    assert [r.outcome for r in audit.rules] == [Outcome.FAIL, Outcome.PASS]


def test_between_review_and_accusation_a_person_decides(model: TurnRisk) -> None:
    """Half likely is put before a person; unlikely is not put before anybody."""
    [finding] = audited(model, weights({THREAT: 0.0}), model_rule()).findings
    assert finding.outcome is Outcome.UNDETERMINED
    assert not finding.counts
    assert audited(model, weights({THREAT: -3.0}), model_rule()).findings == ()


def test_bad_sound_accuses_nobody(model: TurnRisk) -> None:
    """However likely, what was hardly heard goes to review."""
    broken = Health(usable=False, issues=(HealthIssue.CLIPPED,))
    audit = audited(model, weights({THREAT: 9.0}), words_rule(), model_rule(), health=broken)
    assert {f.outcome for f in audit.findings} == {Outcome.UNDETERMINED}
    assert {rule.outcome for rule in audit.rules} == {Outcome.UNDETERMINED}


OMISSIONS = [
    ("owed and very likely unsaid", 5.0, 5.0, Outcome.FAIL),
    ("owed and likely unsaid", 5.0, 0.5, Outcome.FAIL),
    ("not owed", -5.0, 5.0, Outcome.NOT_APPLICABLE),
    ("said", 5.0, -5.0, Outcome.PASS),
]


@pytest.mark.parametrize(
    ("owed", "unsaid", "outcome"), [o[1:] for o in OMISSIONS], ids=[o[0] for o in OMISSIONS]
)
@pytest.mark.parametrize("text", ["录音", "您好"], ids=["rule did not hear it", "rule heard it"])
def test_an_omission_is_owed_and_unsaid(
    model: TurnRisk, text: str, owed: float, unsaid: float, outcome: Outcome
) -> None:
    """Both probabilities decide; against words that the rule heard it takes more to accuse."""
    rule = Bench().rule(
        {"speaker": "agent", "pattern": text}, disclosure=Disclosure.RECORDING_NOTICE
    )
    judgement = weights(
        {},
        owed={key: {"always": owed} for key in Disclosure},
        unsaid={key: {"always": unsaid} for key in Disclosure},
    )
    audit = audited(model, judgement, rule, lines=CALM)
    if outcome is Outcome.FAIL and text == "您好" and unsaid < 1:
        outcome = Outcome.UNDETERMINED
    told = outcome in (Outcome.FAIL, Outcome.UNDETERMINED)
    assert audit.rules[0].outcome is outcome
    assert [f.outcome for f in audit.findings] == [outcome] * told
    assert (Disclosure.RECORDING_NOTICE in audit.made) is (outcome is Outcome.PASS)


def test_signals_of_another_category_are_kept_apart() -> None:
    """A rule's hit speaks for its own category; for others it is only company."""
    signals = Signals(
        turns=4,
        highest=dict.fromkeys([c.value for c in WEIGHED], 0.1),
        calls=dict.fromkeys([c.value for c in WEIGHED], 0.1),
        stable=frozenset({Category.THREAT}),
        trial=frozenset(),
        unsaid=frozenset(),
        not_owed=frozenset(),
    )
    own, other = (violation_features(signals, c) for c in (Category.THREAT, Category.ABUSE))
    assert (own["rule"], own["rules of other categories"]) == (1.0, 0.0)
    assert (other["rule"], other["rules of other categories"]) == (0.0, 1.0)


def test_weights_survive_being_written(tmp_path: Path) -> None:
    """They are read back as they were, to four places."""
    before = weights({THREAT: 0.12344, "rule": -2.0})
    write_judgement(tmp_path, before, {"classifier": card_hash(model_folder("turn-risk"))})
    after = read_judgement(tmp_path, model_folder("turn-risk"))
    assert after.violation == {THREAT: 0.1234, "rule": -2.0}
    assert (after.accuse, after.review) == (ACCUSE, 0.4)
    assert (after.omit, after.omit_heard) == (0.5, 0.8)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"card": {"classifier": "0" * 64}}, "other_classifier"),
        ({"format": 99}, "malformed"),
        ({"accuse": {"threat": 1.5}}, "malformed"),
        ({"review": 1.5}, "malformed"),
        ({"violation": {"rule": "much"}}, "malformed"),
        ({"violation": {"rule": 1e999}}, "unreadable"),
        ({"owed": {}}, "malformed"),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    """Another classifier's weights, or a changed file, judge nobody."""
    write_judgement(tmp_path, weights({}), {"classifier": card_hash(model_folder("turn-risk"))})
    path = tmp_path / "weights.json"
    told = json.loads(path.read_text("utf-8")) | change
    path.write_text(json.dumps(told, allow_nan=True).replace("Infinity", "NaN!"), "utf-8")
    with pytest.raises(WeightsError) as error:
        read_judgement(tmp_path, model_folder("turn-risk"))
    assert error.value.problems[0].reason == reason


def test_the_shipped_weights_fit_the_shipped_classifier() -> None:
    """They read, and a rule's words speak for a violation."""
    judgement = read_judgement(model_folder("judgement"), model_folder("turn-risk"))
    assert judgement.violation["rule"] > 0
    assert judgement.review <= min(judgement.accuse.values())


def test_a_finding_names_every_signal_and_its_weight(model: TurnRisk) -> None:
    """The weights add up to the log-odds of the confidence, the heaviest first."""
    told = {THREAT: -3.0, "rule": 6.0, "classifier, call": 0.1}
    [finding] = audited(model, weights(told), words_rule()).findings
    heavy = finding.grounds.voices
    assert {"正式规则命中用语", "“威胁恐吓”的一般水平"} <= {voice.zh for voice in heavy}
    odds = math.log(finding.confidence / (1 - finding.confidence))
    assert sum(voice.weight for voice in heavy) == pytest.approx(odds, abs=0.1)
    assert [abs(v.weight) for v in heavy] == sorted((abs(v.weight) for v in heavy), reverse=True)
    assert finding.grounds.conditions != ()


def test_an_omission_names_what_made_it_owed_and_unsaid(model: TurnRisk) -> None:
    """Both questions have their own signals."""
    rule = Bench().rule(
        {"speaker": "agent", "pattern": "录音"}, disclosure=Disclosure.RECORDING_NOTICE
    )
    judgement = weights(
        {},
        owed={key: {"always": 5.0} for key in Disclosure},
        unsaid={key: {"always": 4.0, "rule: not heard": 1.0} for key in Disclosure},
    )
    [finding] = audited(model, judgement, rule, lines=CALM).findings
    assert [(v.zh, v.weight) for v in finding.grounds.voices] == [
        ("应告知：该项的一般水平", 5.0),
        ("未告知：该项的一般水平", 4.0),
        ("未告知：规则没有听到告知", 1.0),
    ]
    assert finding.grounds.missing != ()
