"""Which mutants of a rule's examples still fire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rule_bench import Bench

from auditor.detect.engine import Detector
from auditor.domain.findings import Disclosure, Kind, Status
from auditor.policy.model import Example, Line, Rule
from auditor.workbench.mutation import RuleMutants, mutate_rules
from auditor.workbench.mutators import Mutation

LEXICONS = {
    "negation": ("不", "没"),
    "quoting": ("说", "讲"),
    "warning": ("别信", "当心", "谁要是", "凡是"),
    "hypothesis": ("如果", "假如", "要是"),
}
FIND = {"speaker": "agent", "pattern": "打断.{0,2}腿"}
ALL = [
    {"negated": {"chars": 8}},
    {"warned": {"chars": 40, "same_clause": False}},
    {"quoted": {"chars": 40, "same_clause": False}},
    {"hypothetical": {"chars": 40, "same_clause": False}},
]


def example(*lines: str, expect: str = "finding", **told: Any) -> Example:
    """An example of lines such as ``A 您好``."""
    speakers = {"A": "agent", "C": "customer"}
    return Example(
        name=lines[-1],
        expect=expect,
        dialogue=tuple(Line(speaker=speakers[line[0]], text=line[2:]) for line in lines),
        **told,
    )


HARM = example("C 我没钱", "A 今天不还，我就打断你的腿", evidence="打断你的腿")
CALM = example("A 您好", expect="none")


def mutants(find: Any = FIND, *examples: Example, **told: Any) -> tuple[RuleMutants, Detector]:
    """The mutants of one rule."""
    bench = Bench(lexicons=LEXICONS)
    rule: Rule = replace(bench.rule(find, **told), examples=examples or (HARM, CALM))
    detector = bench.detector(rule)
    [row] = mutate_rules(detector, [rule])
    return row, detector


def test_a_rule_without_exemptions_finds_all_but_the_customers() -> None:
    """Nothing but who speaks keeps a bare pattern from firing."""
    row, _ = mutants()
    assert row.examples == 1
    assert {kind: row.count(kind) for kind in Mutation} == {
        kind: (1, int(kind is not Mutation.CUSTOMER), 0) for kind in Mutation
    }


def test_a_rule_with_every_exemption_finds_none() -> None:
    """The exemptions look at exactly what the changes put before the words."""
    row, _ = mutants(FIND, HARM, CALM, unless=ALL)
    assert [mutant.said for mutant in row.mutants if mutant.fires] == []
    assert len(row.mutants) == len(Mutation)


def test_without_a_judgement_nothing_is_charged() -> None:
    """Where rules decide by themselves there is no second column."""
    row, detector = mutants()
    assert detector.judgement is None
    assert row.charged is None
    assert {mutant.charged for mutant in row.mutants} == {None}


@pytest.mark.parametrize(
    ("find", "told"),
    [
        ({"speaker": "agent", "pattern": "(?m)^.{2,}$"}, {}),
        ({"sequence": [{"speaker": "customer", "pattern": "没钱"},
                       {"speaker": "agent", "pattern": "(?m)^.{2,}$"}], "within": "call"}, {}),
    ],
)  # fmt: skip
def test_an_example_that_fires_on_any_words_is_left_out(find: Any, told: dict[str, Any]) -> None:
    """There is nothing to deny where the rule asks for any words at all."""
    row, _ = mutants(find, HARM, **told)
    assert (row.examples, row.left_out, row.mutants) == (0, 1, ())


def test_known_mistakes_and_negative_examples_are_not_mutated() -> None:
    """Only what comes out as a finding today can lose its force."""
    row, _ = mutants(FIND, replace(HARM, known_wrong=True), CALM)
    assert (row.examples, row.left_out, row.mutants) == (0, 0, ())


def test_every_turn_that_is_quoted_is_changed() -> None:
    """A second turn that breaks the rule would keep every mutant alive."""
    twice = example("A 我就打断你的腿", "C 什么", "A 打断你腿", evidence="打断你的腿")
    row, _ = mutants(FIND, twice, unless=ALL)
    assert not any(mutant.fires for mutant in row.mutants)


@pytest.mark.parametrize(
    "told",
    [
        {"kind": Kind.OMISSION, "category": None, "disclosure": Disclosure.RECORDING_NOTICE},
        {"status": Status.DRAFT},
        {"status": Status.RETIRED},
    ],
)
def test_omissions_and_rules_that_judge_nothing_are_left_out(told: dict[str, Any]) -> None:
    """A denied disclosure is no innocent way of saying it."""
    bench = Bench(lexicons=LEXICONS)
    rule = replace(bench.rule(FIND), examples=(HARM,), **told)
    assert list(mutate_rules(bench.detector(rule), [rule])) == []
