"""The weights of the judgement in rows, so that the signals of a call become numbers once.

The sums are the same, term by term in the same order, as those over named features.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from auditor.classify.labels import LABELS
from auditor.detect.signals import (
    CALL_FLOOR,
    FLOOR,
    WEIGHED,
    Signals,
    logit,
    owed_features,
    unsaid_features,
    violation_features,
)
from auditor.domain.findings import Category, Disclosure

Weights = Mapping[str, float]
Row = tuple[float, ...]


def chance_of(total: float) -> float:
    """Turn log-odds into a probability."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Scales:
    """Rows of weights in the order of the features.

    Args:
        violation: For each category those of ``violation_features``.
        owed: For each disclosure those of ``owed_features``.
        unsaid: For each disclosure those of ``unsaid_features``.
    """

    violation: Mapping[Category, Row]
    owed: Mapping[Disclosure, Row]
    unsaid: Mapping[Disclosure, Row]

    @classmethod
    def build(
        cls,
        violation: Weights,
        owed: Mapping[Disclosure, Weights],
        unsaid: Mapping[Disclosure, Weights],
    ) -> Scales:
        """Look the weights up once; a feature without one weighs nothing."""
        nothing = _nothing()
        return cls(
            {c: _row(violation, violation_features(nothing, c)) for c in WEIGHED},
            {d: _row(weights, owed_features(nothing, d)) for d, weights in owed.items()},
            {d: _row(weights, unsaid_features(nothing, d)) for d, weights in unsaid.items()},
        )

    def violated(self, signals: Signals) -> dict[Category, float]:
        """Probability of each category being violated in the call."""
        chances = [signals.calls[category.value] for category in WEIGHED]
        calls = [logit(chance, CALL_FLOOR) for chance in chances]
        first = max(chances)
        second = max((c for k, c in enumerate(chances) if k != chances.index(first)), default=first)
        found = {}
        for category, chance, call in zip(WEIGHED, chances, calls, strict=True):
            rule = float(category in signals.stable)
            values = (
                1.0,
                call,
                logit(signals.highest[category.value], CALL_FLOOR),
                rule,
                float(category in signals.trial),
                rule * call,
                logit(second if chance == first else first, CALL_FLOOR),
                float(len(signals.stable) - (category in signals.stable)),
            )
            found[category] = _weighed(self.violation[category], values)
        return found

    def owed_and_unsaid(self, signals: Signals) -> dict[Disclosure, tuple[float, float]]:
        """Probability of each disclosure being asked for, and of its not being made if it is."""
        said = [logit(signals.highest[label], FLOOR) for label in LABELS]
        length = math.log(max(signals.turns, 1))
        found = {}
        for disclosure, row in self.owed.items():
            owed = (1.0, length, 3.0 * (disclosure in signals.not_owed), *said)
            unsaid = (
                1.0,
                float(disclosure in signals.unsaid),
                logit(signals.highest[disclosure.value], FLOOR),
            )
            found[disclosure] = (
                _weighed(row, owed),
                _weighed(self.unsaid[disclosure], unsaid),
            )
        return found


def _weighed(row: Row, values: Sequence[float]) -> float:
    return chance_of(sum(map(mul, row, values)))


def _row(weights: Weights, features: Mapping[str, float]) -> Row:
    return tuple(weights.get(name, 0.0) for name in features)


def _nothing() -> Signals:
    """Signals of no call, for the names of the features."""
    none: frozenset[Category] = frozenset()
    unheard: frozenset[Disclosure] = frozenset()
    labels, calls = dict.fromkeys(LABELS, 0.0), dict.fromkeys((c.value for c in WEIGHED), 0.0)
    return Signals(0, labels, calls, none, none, unheard, unheard)
