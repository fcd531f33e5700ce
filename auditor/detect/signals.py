"""What speaks for and against a judgement: rules, dialogue and classifier as plain numbers.

The same numbers are used to fit the weights and to apply them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.classify.labels import CATEGORIES, LABELS
from auditor.conditions.operators.classifier import ClassifiedAs
from auditor.domain.findings import Category, Disclosure, Finding, Outcome, RuleOutcome, Status
from auditor.policy.model import Rule

Features = Mapping[str, float]

WEIGHED = tuple(Category(name) for name in CATEGORIES)
"""Categories that words show; the others come from times and dates."""

_FLOOR = 1e-3
_CALL_FLOOR = 1e-4


def asks_model(rule: Rule) -> bool:
    """Tell whether a rule has nothing of its own but the classifier's word on the whole call."""
    return isinstance(rule.find, ClassifiedAs) and rule.find.in_call


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of one call.

    Args:
        turns: Number of turns.
        highest: For each of the classifier's labels the greatest probability in any turn.
        calls: For each category the classifier's probability for the call.
        stable: Categories in which a stable rule found words.
        trial: Categories in which a rule on trial found words.
        unsaid: Disclosures that a rule looked for and did not hear.
        not_owed: Disclosures that the rules do not ask of this call.
    """

    turns: int
    highest: Mapping[str, float]
    calls: Mapping[str, float]
    stable: frozenset[Category]
    trial: frozenset[Category]
    unsaid: frozenset[Disclosure]
    not_owed: frozenset[Disclosure]


def from_rules(
    findings: Iterable[Finding], outcomes: Iterable[RuleOutcome], modelled: frozenset[str]
) -> tuple[frozenset[Category], frozenset[Category], frozenset[Disclosure], frozenset[Disclosure]]:
    """Return categories found by stable rules and on trial, disclosures unsaid and not owed.

    Args:
        findings: Of the rules, one by one.
        outcomes: Of the same rules.
        modelled: Ids of rules that only ask the classifier; they are left out.
    """
    found: dict[Status, set[Category]] = {status: set() for status in Status}
    for finding in findings:
        heard = finding.outcome is Outcome.FAIL and finding.rule_id not in modelled
        if heard and finding.category is not None:
            found[finding.status].add(finding.category)
    told: dict[Disclosure, set[Outcome]] = {}
    for one in outcomes:
        if one.disclosure is not None:
            told.setdefault(one.disclosure, set()).add(one.outcome)
    unsaid = {d for d, seen in told.items() if Outcome.FAIL in seen and Outcome.PASS not in seen}
    not_owed = {d for d, seen in told.items() if seen == {Outcome.NOT_APPLICABLE}}
    return (
        frozenset(found[Status.STABLE]),
        frozenset(found[Status.TRIAL]),
        frozenset(unsaid),
        frozenset(not_owed),
    )


def violation_features(signals: Signals, category: Category) -> Features:
    """Return what speaks for a violation of the category anywhere in the call."""
    call = _logit(signals.calls[category.value], _CALL_FLOOR)
    found = float(category in signals.stable)
    others = [signals.calls[other.value] for other in WEIGHED if other is not category]
    return {
        f"category {category.value}": 1.0,
        "classifier, call": call,
        "classifier, likeliest turn": _logit(signals.highest[category.value], _CALL_FLOOR),
        "rule": found,
        "rule on trial": float(category in signals.trial),
        "rule x classifier": found * call,
        "classifier, other categories": _logit(max(others), _CALL_FLOOR),
        "rules of other categories": float(len(signals.stable - {category})),
    }


def owed_features(signals: Signals, disclosure: Disclosure) -> Features:
    """Return what speaks for the disclosure being owed in the call."""
    said = {f"said: {label}": _logit(signals.highest[label], _FLOOR) for label in LABELS}
    return {
        "always": 1.0,
        "length": math.log(max(signals.turns, 1)),
        "rule: not owed": 3.0 * (disclosure in signals.not_owed),
        **said,
    }


def unsaid_features(signals: Signals, disclosure: Disclosure) -> Features:
    """Return what speaks for an owed disclosure not being made."""
    return {
        "always": 1.0,
        "rule: not heard": float(disclosure in signals.unsaid),
        "classifier, likeliest turn": _logit(signals.highest[disclosure.value], _FLOOR),
    }


def _logit(chance: float, floor: float) -> float:
    bounded = min(max(chance, floor), 1 - floor)
    return math.log(bounded / (1 - bounded))
