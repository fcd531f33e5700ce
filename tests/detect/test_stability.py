"""What must not matter does not: punctuation, script, the order of rules and of calls.

On the examples of the shipped rules. Words are found whatever the punctuation. What excuses them
may end at a comma: “不，密码发我” denies nothing. So only marks that end no clause leave every
finding as it is, and text without any punctuation can lose findings but never gain one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import opencc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.conditions.base import Answer, Hit
from auditor.detect.engine import Detector
from auditor.detect.examples import as_transcript
from auditor.detect.judging import Judged, judge
from auditor.domain.findings import Outcome
from auditor.domain.transcripts import Transcript
from auditor.pipeline.judging import build_detector
from auditor.policy.model import Example, Rule

SHIPPED = Path(__file__).parents[2] / "lexicons"
ENDS_NOTHING = "、“”《》·()~"
ENDS_CLAUSES = "，。！？；…,!"

Change = Callable[[str], str]


@dataclass(frozen=True)
class Case:
    """An example of a rule and what comes of it as written."""

    rule: Rule
    example: Example
    found: Answer
    judged: Judged

    @property
    def name(self) -> str:
        """Rule and example."""
        return f"{self.rule.rule_id}: {self.example.name}"


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped policy."""
    return build_detector(SHIPPED)


@pytest.fixture(scope="module")
def cases(detector: Detector) -> tuple[Case, ...]:
    """Every example of every rule."""

    def read() -> Iterator[Case]:
        for rule in detector.policy.rules:
            for example in rule.examples:
                scene = detector.scene(as_transcript(example))
                yield Case(rule, example, rule.find.find(scene), judge(rule, scene))

    return tuple(read())


def changed(example: Example, change: Change) -> Transcript:
    """The example with the text of every turn changed, at unchanged times."""
    said = as_transcript(example)
    return replace(said, turns=tuple(replace(t, text=change(t.text)) for t in said.turns))


def sprinkled(marks: str, seed: int, text: str) -> str:
    """The text with some of the marks between its characters."""
    draw = random.Random(f"{seed} {text}")
    return "".join(char + (draw.choice(marks) if draw.random() < 0.3 else "") for char in text)


def bare(text: str) -> str:
    """The text without punctuation and spaces."""
    return "".join(char for char in text if char.isalnum())


def places(hits: tuple[Hit, ...]) -> list[tuple[int, int, int, str]]:
    """Where the searched text was hit and by what."""
    return [(hit.turn, hit.start, hit.end, hit.source) for hit in hits]


def turns(judged: Judged) -> list[tuple[Outcome, int | None]]:
    """Outcome and turn of every finding."""
    return [(f.outcome, f.evidence.turn if f.evidence else None) for f in judged.findings]


def differing(
    detector: Detector, cases: tuple[Case, ...], change: Change
) -> tuple[list[str], list[tuple[Case, Judged]]]:
    """Names of the cases whose words are found elsewhere, and the cases judged otherwise."""
    elsewhere, otherwise = [], []
    for case in cases:
        scene = detector.scene(changed(case.example, change))
        found = case.rule.find.find(scene)
        if (found.truth, places(found.hits)) != (case.found.truth, places(case.found.hits)):
            elsewhere.append(case.name)
        judged = judge(case.rule, scene)
        if (judged.outcome, turns(judged)) != (case.judged.outcome, turns(case.judged)):
            otherwise.append((case, judged))
    return elsewhere, otherwise


def test_marks_that_end_no_clause_change_no_finding(
    detector: Detector, cases: tuple[Case, ...]
) -> None:
    """Quotation marks, list marks and brackets anywhere leave every example as it is."""
    change = partial(sprinkled, ENDS_NOTHING, 1)
    elsewhere, otherwise = differing(detector, cases, change)
    assert elsewhere == []
    assert [case.name for case, _ in otherwise] == []


def test_punctuation_anywhere_moves_no_words(detector: Detector, cases: tuple[Case, ...]) -> None:
    """Commas and full stops in the middle of words hide none; they can only end an excuse."""
    elsewhere, otherwise = differing(detector, cases, partial(sprinkled, ENDS_CLAUSES, 2))
    assert elsewhere == []
    for case, judged in otherwise:
        assert case.rule.unless, case.name
        assert len(judged.findings) > len(case.judged.findings), case.name


def test_text_without_punctuation_gains_no_finding(
    detector: Detector, cases: tuple[Case, ...]
) -> None:
    """Without commas every word is found; a denial reaches further, in one example of ten."""
    elsewhere, otherwise = differing(detector, cases, bare)
    assert elsewhere == []
    for case, judged in otherwise:
        assert case.rule.unless, case.name
        assert len(judged.findings) < len(case.judged.findings), case.name
    found = sum(case.judged.outcome is Outcome.FAIL for case in cases)
    assert len(otherwise) * 10 < found


def test_traditional_script_changes_no_outcome(detector: Detector, cases: tuple[Case, ...]) -> None:
    """Examples written in traditional characters are judged as the simplified ones.

    But for words with another spelling, not only another script: 答复 is 答覆, and stays so.
    """
    for style in ("s2t", "s2tw", "s2hk"):
        convert = opencc.OpenCC(style).convert
        sized = [
            case
            for case in cases
            if all(len(convert(line.text)) == len(line.text) for line in case.example.dialogue)
        ]
        assert len(sized) * 100 > len(cases) * 99
        _, otherwise = differing(detector, tuple(sized), convert)
        respelled = [
            case.name
            for case, _ in otherwise
            if any("覆" in convert(line.text) for line in case.example.dialogue)
        ]
        assert [case.name for case, _ in otherwise] == respelled
        assert len(respelled) * 100 < len(sized)


def test_the_order_of_rules_and_of_calls_changes_nothing(
    detector: Detector, cases: tuple[Case, ...]
) -> None:
    """A shuffled policy judges shuffled calls as before."""
    draw = random.Random(3)
    some = draw.sample(cases, 60)
    before = [detector.audit(as_transcript(case.example)) for case in some]
    rules = list(detector.policy.rules)
    draw.shuffle(rules)
    shuffled = replace(detector, policy=replace(detector.policy, rules=tuple(rules)))
    order = draw.sample(range(len(some)), len(some))
    for index in order:
        audit = shuffled.audit(as_transcript(some[index].example))
        assert audit.findings == before[index].findings
        assert audit.made == before[index].made
        assert set(audit.rules) == set(before[index].rules)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_marks_drawn_at_will_change_no_finding(
    detector: Detector, cases: tuple[Case, ...], data: st.DataObject
) -> None:
    """Any marks that end no clause, and any at the ends of a turn, at any place of any example."""
    case = data.draw(st.sampled_from(cases))
    inside = data.draw(st.text(ENDS_NOTHING, max_size=3))
    outside = data.draw(st.text(ENDS_NOTHING + ENDS_CLAUSES + " \n", max_size=3))

    def change(text: str) -> str:
        place = data.draw(st.integers(0, len(text)))
        return outside + text[:place] + inside + text[place:] + outside

    scene = detector.scene(changed(case.example, change))
    judged = judge(case.rule, scene)
    assert (judged.outcome, turns(judged)) == (case.judged.outcome, turns(case.judged))
    for finding in judged.findings:
        if finding.evidence is not None:
            quote = finding.evidence.quote
            assert quote == scene.views[finding.evidence.turn].turn.text
            for match in finding.evidence.matches:
                assert match.span.of(quote) == match.text
                assert match.span.end <= len(quote)
