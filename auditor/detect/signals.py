"""What speaks for and against a judgement: rules, dialogue and classifier as plain numbers.

The same numbers are used to fit the weights and to apply them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.classify.labels import CATEGORIES, LABELS
from auditor.conditions.operators.classifier import ClassifiedAs
from auditor.domain.findings import Category, Disclosure, Outcome, Status
from auditor.policy.model import Rule

Features = Mapping[str, float]

WEIGHED = tuple(Category(name) for name in CATEGORIES)
"""Categories that words show; the others come from times and dates."""

FLOOR = 1e-3
CALL_FLOOR = 1e-4
"""How close to 0 and 1 probabilities of turns and of calls count."""


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
    outcomes: Iterable[tuple[Rule, Outcome]],
) -> tuple[frozenset[Category], frozenset[Category], frozenset[Disclosure], frozenset[Disclosure]]:
    """Return categories found by stable rules and on trial, disclosures unsaid and not owed.

    Args:
        outcomes: Of the rules, one by one; a rule that only asks the classifier finds no category.
    """
    found: dict[Status, set[Category]] = {status: set() for status in Status}
    told: dict[Disclosure, set[Outcome]] = {}
    for rule, outcome in outcomes:
        if outcome is Outcome.FAIL and rule.category is not None and not asks_model(rule):
            found[rule.status].add(rule.category)
        if rule.disclosure is not None:
            told.setdefault(rule.disclosure, set()).add(outcome)
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
    call = logit(signals.calls[category.value], CALL_FLOOR)
    found = float(category in signals.stable)
    others = [signals.calls[other.value] for other in WEIGHED if other is not category]
    return {
        f"category {category.value}": 1.0,
        "classifier, call": call,
        "classifier, likeliest turn": logit(signals.highest[category.value], CALL_FLOOR),
        "rule": found,
        "rule on trial": float(category in signals.trial),
        "rule x classifier": found * call,
        "classifier, other categories": logit(max(others), CALL_FLOOR),
        "rules of other categories": float(len(signals.stable - {category})),
    }


def owed_features(signals: Signals, disclosure: Disclosure) -> Features:
    """Return what speaks for the disclosure being owed in the call."""
    said = {f"said: {label}": logit(signals.highest[label], FLOOR) for label in LABELS}
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
        "classifier, likeliest turn": logit(signals.highest[disclosure.value], FLOOR),
    }


def logit(chance: float, floor: float) -> float:
    """Log-odds of a probability that is kept a floor away from 0 and 1."""
    bounded = min(max(chance, floor), 1 - floor)
    return math.log(bounded / (1 - bounded))
