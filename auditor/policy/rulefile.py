"""Read one rule file or one signal file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from auditor.conditions.base import Condition
from auditor.conditions.node import Node
from auditor.conditions.reading import Never, Reading
from auditor.domain.findings import Category, Disclosure, Kind, Severity, Status
from auditor.policy.examples import read_examples
from auditor.policy.model import Clause, Example, Rule, Signal

MIN_POSITIVE = 3
MIN_NEGATIVE = 4

RULE_KEYS = {
    "id": "family.name; equals the file's place; never used again for something else",
    "version": "whole number, raised when the meaning changes",
    "title": "Chinese, as reports print it",
    "title_en": "the same in English",
    "kind": "violation or omission",
    "category": "for violations: one of the contract's categories",
    "disclosure": "for omissions: one of the contract's disclosures",
    "clauses": "ids of clauses in clauses/",
    "severity": "minor, major or critical (critical fails the call)",
    "weight": "points deducted, once a call",
    "status": "draft, trial, stable or retired; only stable counts",
    "confidence": "0..1, how often a hit is right when nothing else is known",
    "weighed": "false: judged by itself, not with the classifier, and no sign of its category",
    "effective": "{from: date, to: date}: calls of which days it judges",
    "rationale": "why the rule exists, Chinese",
    "rationale_en": "the same in English",
    "applies": "condition that must hold for the rule to apply at all",
    "find": "what must not be said (violation) or must be said (omission)",
    "before": "for omissions: what it has to be said before",
    "nearest": "for omissions: what counts as an attempt, quoted in the explanation",
    "unless": "list of reasons why a hit does not count",
    "examples": "dialogues with the answer expected",
}
SIGNAL_KEYS = ("signal", "title", "find", "examples")

RULE_ID = re.compile(r"[a-z][a-z0-9_-]*\.[a-z0-9][a-z0-9-]*\Z")


def read_rule(node: Node, reading: Reading, clauses: Mapping[str, Clause], stem: str) -> Rule:
    """Read a rule; problems go to the node's source.

    Args:
        node: The whole file.
        reading: How conditions are read.
        clauses: Clauses the rule may cite.
        stem: ``family.name`` as the file's place says.
    """
    node.only(RULE_KEYS)
    rule_id = node.child("id").text()
    if not RULE_ID.match(rule_id):
        node.child("id").problem("bad_id", "ids look like family.name in lower case")
    elif rule_id != stem:
        node.child("id").problem(
            "id_not_place", f"id {rule_id!r} does not match its place {stem!r}"
        )
    kind = Kind(node.child("kind").choice([*Kind]))
    category, disclosure = _subject(node, kind)
    severity = node.child("severity").choice([s.label for s in Severity])
    first, last = effective(node.child("effective"))
    status = Status(node.child("status").choice([*Status]))
    examples = read_examples(node.child("examples"))
    if status in (Status.STABLE, Status.TRIAL):
        _enough(node, examples)
    return Rule(
        rule_id=rule_id,
        version=node.child("version").integer(low=1),
        title=node.child("title").text(),
        title_en=node.child("title_en").text(""),
        kind=kind,
        category=category,
        disclosure=disclosure,
        clauses=cited(node.child("clauses"), clauses),
        severity=Severity[severity.upper()],
        weight=node.child("weight").number(low=0, high=1000),
        status=status,
        find=reading.condition(node.child("find")) if node.has("find") else _missing(node),
        applies=_optional(node, "applies", reading),
        before=_optional(node, "before", reading),
        nearest=_optional(node, "nearest", reading),
        unless=reading.exemptions(node.child("unless")),
        rationale=node.child("rationale").text(""),
        rationale_en=node.child("rationale_en").text(""),
        confidence=node.child("confidence").number(0.9, low=0, high=1),
        weighed=node.child("weighed").flag(default=True),
        effective_from=first,
        effective_to=last,
        examples=examples,
        file=node.source.name,
    )


def read_signal(node: Node, reading: Reading) -> Signal:
    """Read a signal; problems go to the node's source."""
    node.only(SIGNAL_KEYS)
    condition = reading.condition(node.child("find")) if node.has("find") else _missing(node)
    return Signal(
        node.child("signal").text(),
        node.child("title").text(),
        condition,
        read_examples(node.child("examples")),
    )


def _missing(node: Node) -> Never:
    node.problem("no_find", "'find' is missing: say what is looked for")
    return Never()


def _optional(node: Node, key: str, reading: Reading) -> Condition | None:
    return reading.condition(node.child(key)) if node.has(key) else None


def _subject(node: Node, kind: Kind) -> tuple[Category | None, Disclosure | None]:
    wanted, other = (
        ("category", "disclosure") if kind is Kind.VIOLATION else ("disclosure", "category")
    )
    if node.has(other):
        node.child(other).problem("wrong_key", f"{kind.value}s have {wanted!r}, not {other!r}")
    if kind is Kind.VIOLATION:
        return Category(node.child(wanted).choice([*Category])), None
    return None, Disclosure(node.child(wanted).choice([*Disclosure]))


def cited(node: Node, known: Mapping[str, Clause]) -> tuple[Clause, ...]:
    """Return the clauses that ``clauses:`` names; at least one."""
    found = []
    for item in node.items(single=True):
        name = item.text()
        if name in known:
            found.append(known[name])
        else:
            item.problem("unknown_clause", f"there is no clause {name!r}")
    if not found:
        node.problem("no_clause", "a rule must cite at least one clause")
    return tuple(found)


def effective(node: Node) -> tuple[date | None, date | None]:
    """Return the first day in force and the first no longer; ``None`` leaves an end open."""
    if node.value is None:
        return None, None
    node.only(("from", "to"))
    first, last = (_day(node.child(key)) for key in ("from", "to"))
    if first and last and first >= last:
        node.problem("never_in_force", "'from' must come before 'to'")
    return first, last


def _day(node: Node) -> date | None:
    if node.value is None:
        return None
    try:
        return date.fromisoformat(node.text())
    except ValueError:
        node.problem("not_a_date", "expected a date like 2026-01-30")
        return None


def _enough(node: Node, examples: tuple[Example, ...]) -> None:
    positive = sum(example.expect in ("finding", "undetermined") for example in examples)
    negative = len(examples) - positive
    if positive < MIN_POSITIVE or negative < MIN_NEGATIVE:
        node.child("examples").problem(
            "too_few_examples",
            f"has {positive} positive and {negative} negative examples; "
            f"needs {MIN_POSITIVE} and {MIN_NEGATIVE}",
        )
    for example in examples:
        if (
            example.expect == "finding"
            and not example.evidence
            and node.value.get("kind") == "violation"
        ):
            node.child("examples").problem(
                "no_evidence", f"example {example.name!r}: name the words a finding must quote"
            )
