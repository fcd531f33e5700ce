"""Rules have days on which they hold; examples may be known to come out wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.detect.engine import Detector
from auditor.detect.examples import as_transcript, run_rule_examples
from auditor.detect.views import ViewBuilder
from auditor.domain.transcripts import Transcript
from auditor.policy.contactrules import ContactRule
from auditor.policy.loader import load_policy
from auditor.policy.model import Policy, Rule
from auditor.resources import data_folder
from auditor.text.normalise import Normaliser

Load = Callable[[Path], Policy]
Write = Callable[[dict[str, str]], Path]
RULE = "rules/secret/code.yaml"
DAYS = "effective: {from: '2026-01-30', to: '2026-06-01'}\n"


@pytest.fixture(scope="module")
def shipped() -> Policy:
    """The shipped policy."""
    return load_policy(data_folder("lexicons"), Normaliser())


def changed(write: Write, old: str, new: str) -> Path:
    """The small policy with its rule changed."""
    text = (write({}) / RULE).read_text("utf-8")
    assert old in text
    return write({RULE: text.replace(old, new, 1)})


@pytest.mark.parametrize(
    ("started", "judged"),
    [
        ("2026-01-29T23:59:00+08:00", False),
        ("2026-01-30T00:00:00+08:00", True),
        ("2026-01-29T16:30:00+00:00", True),
        ("2026-05-31T23:59:00+08:00", True),
        ("2026-06-01T00:00:00+08:00", False),
    ],
)
def test_a_call_is_judged_by_the_rules_in_force_when_it_started(
    write_policy: Write, load: Load, normaliser: Normaliser, started: str, judged: bool
) -> None:
    """The first day counts, the last no longer; days are those of the calendar in China."""
    policy = load(changed(write_policy, "status: stable\n", f"status: stable\n{DAYS}"))
    detector = Detector.build(policy, ViewBuilder(normaliser))
    audit = detector.audit(at(policy.rules[0], datetime.fromisoformat(started)))
    assert [rule.rule_id for rule in audit.rules] == (["secret.code"] if judged else [])
    assert bool(audit.findings) is judged


def at(rule: Rule, started: datetime) -> Transcript:
    """The rule's first example as a call of some moment."""
    transcript = as_transcript(rule.examples[0])
    return replace(transcript, call=replace(transcript.call, started_at=started))


def test_shipped_rules_that_rest_on_dated_texts_alone_are_dated(shipped: Policy) -> None:
    """Before the newest guideline nobody could break it; rules with dates have an earlier world."""
    dated = [rule for rule in shipped.rules if rule.effective_from is not None]
    assert len(dated) > 10
    for rule in dated:
        assert rule.effective_from is not None
        eve = rule.effective_from - timedelta(days=1)
        assert rule.in_force(rule.effective_from)
        assert not rule.in_force(eve)


def test_the_eve_of_a_shipped_rule_is_not_judged_by_it(
    shipped: Policy, normaliser: Normaliser
) -> None:
    """The whole shipped policy, one rule after the other, on the day before and on the day."""
    detector = Detector.build(shipped, ViewBuilder(normaliser))
    dated = [
        rule
        for rule in shipped.rules
        if rule.effective_from and rule.status.judges and not isinstance(rule, ContactRule)
    ]
    for rule in dated[:3]:
        assert rule.effective_from is not None
        noon = datetime.combine(rule.effective_from, datetime.min.time(), UTC)
        noon += timedelta(hours=4)
        names = [
            {outcome.rule_id for outcome in detector.audit(at(rule, day)).rules}
            for day in (noon - timedelta(days=1), noon)
        ]
        assert rule.rule_id not in names[0]
        assert rule.rule_id in names[1]


@pytest.mark.parametrize(
    ("example", "passed", "message"),
    [
        # Wrong today, and said to be so: the test passes.
        ("{agent: 你那串数报一下}", True, ""),
        # Right today, although said to be wrong: the mark must go.
        ("{agent: 验证码给我}", False, "is right now: remove known_wrong"),
    ],
)
def test_an_example_known_to_be_wrong_passes_as_long_as_it_is(
    write_policy: Write,
    load: Load,
    normaliser: Normaliser,
    example: str,
    passed: bool,
    message: str,
) -> None:
    """Honest mistakes are kept in the rule and announce themselves when they are mended."""
    evidence = "数" if passed else "验证码给我"
    told = f"expect: finding, evidence: {evidence}, known_wrong: true, dialogue: [{example}]"
    line = f"  - {{name: h, {told}}}\n"
    text = (write_policy({}) / RULE).read_text("utf-8")
    policy = load(write_policy({RULE: text + line}))
    detector = Detector.build(policy, ViewBuilder(normaliser))
    results = {r.example.name: r for r in run_rule_examples(detector, policy.rules[0])}
    assert (results["h"].passed, results["h"].message) == (passed, message)


def test_a_rule_may_stand_by_itself(write_policy: Write, load: Load) -> None:
    """``weighed: false`` is read; without it a rule is weighed."""
    assert load(write_policy({})).rules[0].weighed
    path = changed(write_policy, "status: stable\n", "status: stable\nweighed: false\n")
    assert not load(path).rules[0].weighed


def test_rules_that_stand_by_themselves_are_on_trial(shipped: Policy) -> None:
    """Nothing that the judgement has not weighed enters a score."""
    apart = [rule for rule in shipped.rules if not rule.weighed]
    assert len(apart) > 20
    assert {rule.status.value for rule in apart} == {"trial"}
