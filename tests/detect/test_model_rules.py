"""What the trained model finds quotes the call, says so, and on trial never costs a point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.classify.labels import CATEGORIES
from auditor.conditions.operators.classifier import ClassifiedAs
from auditor.detect.engine import Detector
from auditor.detect.examples import as_transcript
from auditor.detect.judging import judge
from auditor.domain.findings import Finding, How, Outcome, Status
from auditor.domain.jsonform import finding_to_json
from auditor.domain.transcripts import Transcript
from auditor.pipeline.judging import build_detector
from auditor.policy.model import Rule
from auditor.scoring.calls import score_call

SHIPPED = Path(__file__).parents[2] / "lexicons"


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped policy, each rule by itself."""
    return build_detector(SHIPPED, weighed=False)


@pytest.fixture(scope="module")
def asking(detector: Detector) -> tuple[Rule, ...]:
    """The shipped rules that ask the model."""
    return tuple(rule for rule in detector.policy.rules if isinstance(rule.find, ClassifiedAs))


@pytest.fixture(scope="module")
def found(detector: Detector, asking: tuple[Rule, ...]) -> tuple[tuple[Finding, Transcript], ...]:
    """What these rules find in their own examples."""

    def read() -> Iterator[tuple[Finding, Transcript]]:
        for rule in asking:
            for example in rule.examples:
                if example.expect == "finding":
                    said = as_transcript(example)
                    for finding in judge(rule, detector.scene(said)).findings:
                        yield finding, said

    return tuple(read())


def test_one_rule_for_each_category_the_model_knows(asking: tuple[Rule, ...]) -> None:
    """Each judges the whole call and takes the probability for the confidence as it is."""
    assert sorted(rule.rule_id for rule in asking) == sorted(f"{c}.model" for c in CATEGORIES)
    for rule in asking:
        assert isinstance(rule.find, ClassifiedAs)
        assert rule.find.label == rule.category
        assert rule.find.in_call
        assert rule.confidence == 1


def test_findings_quote_words_of_the_turn(
    found: tuple[tuple[Finding, Transcript], ...], asking: tuple[Rule, ...]
) -> None:
    """One turn a call; the matched words stand in it, and it is the model that says so."""
    assert {finding.rule_id for finding, _ in found} == {rule.rule_id for rule in asking}
    for finding, said in found:
        assert finding.evidence is not None
        quote = said.turns[finding.evidence.turn].text
        assert finding.evidence.quote == quote
        (match,) = finding.evidence.matches
        assert match.how is How.CLASSIFIER
        assert match.source == finding.category
        assert match.text
        assert match.span.of(quote) == match.text
        assert finding.outcome is Outcome.FAIL
        assert 0 < finding.confidence <= 1


def test_reports_say_that_a_model_found_it(
    found: tuple[tuple[Finding, Transcript], ...],
) -> None:
    """The file for programs names the kind of match, the explanation says it in words."""
    for finding, _ in found:
        (matched,) = finding_to_json(finding)["matched"]
        assert matched["how"] == "classifier"
        assert f"“{matched['text']}”（模型）" in finding.explanation
        assert f"“{matched['text']}” (classifier)" in finding.explanation_en


def test_on_trial_the_model_costs_no_point(detector: Detector, asking: tuple[Rule, ...]) -> None:
    """A policy of nothing but these rules accuses; on trial, every call keeps all its points."""
    on_trial = tuple(replace(rule, status=Status.TRIAL) for rule in asking)
    policy = replace(detector.policy, rules=on_trial)
    alone = replace(detector, policy=policy)
    for rule in on_trial:
        said = as_transcript(rule.examples[0])
        audit = alone.audit(said)
        assert rule.rule_id in {finding.rule_id for finding in audit.findings}
        assert all(finding.status is Status.TRIAL for finding in audit.findings)
        score = score_call(audit, policy.rules, policy.scoring)
        assert score.score == score.weighted == policy.scoring.base
        assert not score.fatal
        assert score.deductions == ()
