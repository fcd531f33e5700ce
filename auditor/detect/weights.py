"""The weights of the judgement: a small readable file beside the classifier's."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from auditor.detect.scales import Scales, Weights, chance_of
from auditor.detect.signals import (
    WEIGHED,
    Features,
    Signals,
    owed_features,
    unsaid_features,
    violation_features,
)
from auditor.detect.voices import voices
from auditor.domain.findings import Category, Disclosure, Voice
from auditor.errors import AuditorError, Problem

WEIGHTS_FILE, CARD_FILE = "weights.json", "card.json"
FORMAT = 1
_MAX_BYTES = 1 << 20

_OWED_VOICES = 5
"""Signals told of what made a disclosure owed; there are as many as the classifier has labels."""


class WeightsError(AuditorError):
    """The weights cannot be used: fit them again with ``python -m auditor.evaluate.weigh``."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Logistic weights over the signals of a call, and where decisions fall.

    Args:
        violation: Weights of ``violation_features``.
        owed: For each disclosure weights of ``owed_features``.
        unsaid: For each disclosure weights of ``unsaid_features``.
        accuse: For each category the probability from which a violation counts.
        review: Probability from which a violation is put before a person.
        omit: Probability from which an omission counts.
        omit_heard: The same where a rule heard words that may have made the disclosure.
    """

    violation: Weights
    owed: Mapping[Disclosure, Weights]
    unsaid: Mapping[Disclosure, Weights]
    accuse: Mapping[Category, float]
    review: float
    omit: float
    omit_heard: float
    scales: Scales = field(init=False, repr=False, compare=False)
    """The same weights in rows, to judge a call by."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scales", Scales.build(self.violation, self.owed, self.unsaid))

    def violated(self, signals: Signals, category: Category) -> float:
        """Probability that the category is violated in the call."""
        return _chance(self.violation, violation_features(signals, category))

    def voices_for(self, signals: Signals, category: Category) -> tuple[Voice, ...]:
        """What speaks for and against a violation, the heaviest first."""
        return voices(self.violation, violation_features(signals, category))

    def voices_for_omission(self, signals: Signals, disclosure: Disclosure) -> tuple[Voice, ...]:
        """What speaks for and against its being owed, then for and against its being unsaid."""
        owed = owed_features(signals, disclosure)
        unsaid = unsaid_features(signals, disclosure)
        return (
            *voices(self.owed[disclosure], owed, zh="应告知：", en="owed: ")[:_OWED_VOICES],
            *voices(self.unsaid[disclosure], unsaid, zh="未告知：", en="unsaid: ", said=True),
        )

    def is_owed(self, signals: Signals, disclosure: Disclosure) -> float:
        """Probability that the call asks for the disclosure."""
        return _chance(self.owed[disclosure], owed_features(signals, disclosure))

    def is_unsaid(self, signals: Signals, disclosure: Disclosure) -> float:
        """Probability that the disclosure is not made where it is owed."""
        return _chance(self.unsaid[disclosure], unsaid_features(signals, disclosure))


def _chance(weights: Weights, features: Features) -> float:
    total = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return chance_of(total)


def write_judgement(folder: Path, judgement: Judgement, facts: Mapping[str, object]) -> None:
    """Write weights with the facts they come from.

    Args:
        folder: Made if it is not there.
        judgement: The weights.
        facts: For the file's ``card``; ``classifier`` names the hash of the classifier's card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "format": FORMAT,
        "card": dict(facts),
        "accuse": _rounded({c.value: level for c, level in judgement.accuse.items()}),
        "review": judgement.review,
        "omit": judgement.omit,
        "omit_heard": judgement.omit_heard,
        "violation": _rounded(judgement.violation),
        "owed": {d.value: _rounded(judgement.owed[d]) for d in Disclosure},
        "unsaid": {d.value: _rounded(judgement.unsaid[d]) for d in Disclosure},
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    (folder / WEIGHTS_FILE).write_text(text + "\n", encoding="utf-8")


def read_judgement(folder: Path, classifier: Path) -> Judgement:
    """Read weights and see that they belong to the classifier.

    Args:
        folder: Holds ``weights.json``.
        classifier: Folder of the classifier's model.

    Raises:
        WeightsError: The file is missing, malformed, or was fitted with another classifier.
    """
    path = folder / WEIGHTS_FILE
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _error(path, "too_large", f"is larger than {_MAX_BYTES} bytes")
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _error(path, "unreadable", "is missing or no JSON") from error
    try:
        fitted_with = told["card"]["classifier"]
        judgement = Judgement(
            violation=_weights(told["violation"]),
            owed=MappingProxyType({d: _weights(told["owed"][d.value]) for d in Disclosure}),
            unsaid=MappingProxyType({d: _weights(told["unsaid"][d.value]) for d in Disclosure}),
            accuse=MappingProxyType({c: _level(told["accuse"][c.value]) for c in WEIGHED}),
            review=_level(told["review"]),
            omit=_level(told["omit"]),
            omit_heard=_level(told["omit_heard"]),
        )
        if told["format"] != FORMAT:
            raise ValueError("another format")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _error(path, "malformed", "does not hold weights of this version") from error
    if fitted_with != card_hash(classifier):
        raise _error(
            path, "other_classifier", f"was fitted with another model than {classifier.name}"
        )
    return judgement


def card_hash(classifier: Path) -> str:
    """Hash of a classifier's card, which knows the hashes of all its files.

    Raises:
        WeightsError: There is no card.
    """
    try:
        return hashlib.sha256((classifier / CARD_FILE).read_bytes()).hexdigest()
    except OSError as error:
        raise _error(classifier / CARD_FILE, "unreadable", "cannot be read") from error


def _error(path: Path, reason: str, message: str) -> WeightsError:
    place = f"{path.parent.name}/{path.name}"
    return WeightsError("the judgement's weights cannot be used", Problem(place, reason, message))


def _rounded(weights: Weights) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in weights.items()}


def _weights(told: Any) -> Weights:
    found = {str(name): float(value) for name, value in told.items()}
    if not all(map(math.isfinite, found.values())):
        raise ValueError("not finite")
    return MappingProxyType(found)


def _level(told: Any) -> float:
    value = float(told)
    if not 0 < value < 1:
        raise ValueError("no probability")
    return value
