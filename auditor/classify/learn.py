"""From labelled calls to a model: both stages, calibration and thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Floats
from auditor.classify.corpus import Labelled, damaged
from auditor.classify.examples import Examples
from auditor.classify.fit import First, Settings, fit_first, fit_judge, folds_of, out_of_fold
from auditor.classify.grams import Viewer
from auditor.classify.labels import AGENT_COLUMNS, CATEGORIES, CUSTOMER_COLUMNS, LABELS
from auditor.classify.measure import Truths, threshold
from auditor.classify.second import (
    Judge,
    call_features,
    logistic,
    own_call_columns,
    turn_features,
)
from auditor.classify.store import Stored

SHARES = (0.1, 0.2)
"""Damage of the copies beside the clean calls."""

FOLDS = 5
_TURN_STRENGTH, _TURN_TRUST = 0.03, 10.0
_CALL_STRENGTH, _CALL_TRUST = 0.03, 10.0


@dataclass(frozen=True, slots=True)
class Unseen:
    """What models that never saw a batch say of its calls, all versions.

    Args:
        turns: Turns x ``LABELS``, probabilities; 0 where a label cannot be.
        calls: Calls x ``CATEGORIES``.
        truths: Turns x ``LABELS``.
        call_truths: Calls x ``CATEGORIES``.
        version: Of each call: 0 clean, then one for each share of damage.
        turn_call: Which call each turn belongs to.
    """

    turns: Floats
    calls: Floats
    truths: Truths
    call_truths: Truths
    version: NDArray[np.int64]
    turn_call: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Second:
    """Fitted second stage."""

    agent: Judge
    customer: Judge
    call: Judge
    unseen: Unseen = field(repr=False)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model and what it was seen to do on batches held out."""

    stored: Stored
    names: Mapping[str, list[str]]
    thresholds: Mapping[str, float]
    unseen: Unseen = field(repr=False)


def prepare(calls: Sequence[Labelled], shares: Sequence[float], seed: int) -> Examples:
    """Return the calls clean and damaged at each share."""
    versions = [tuple(calls)]
    if shares:
        from auditor.noise.damage import Damager

        damager = Damager()
        versions += [damaged(calls, share, seed + k, damager) for k, share in enumerate(shares)]
    source = np.tile(np.arange(len(calls)), len(versions))
    return Examples(tuple(call for version in versions for call in version), source, Viewer())


def learn(calls: Sequence[Labelled], settings: Settings) -> Learnt:
    """Train a model.

    Args:
        calls: For training; those of one batch are held out together.
        settings: Of the first stage; its seed also decides the damage.
    """
    examples = prepare(calls, SHARES, settings.seed)
    everything = np.ones(len(examples.truths), np.bool_)
    folds = folds_of(sorted({call.batch for call in calls}), FOLDS)
    logits = out_of_fold(examples, everything, settings, folds)
    second = fit_second(examples, logits, folds)
    first = fit_first(examples, everything, settings)
    stored = Stored(
        chars=first.chars,
        sounds=first.sounds,
        agent=first.agent,
        customer=first.customer,
        agent_judge=second.agent,
        customer_judge=second.customer,
        call_judge=second.call,
    )
    return Learnt(stored, _names(examples, first, settings), _levels(second.unseen), second.unseen)


def fit_second(examples: Examples, logits: Floats, folds: Sequence[Sequence[str]]) -> Second:
    """Fit the second stage on logits of the first for unseen batches.

    Args:
        examples: Calls, all versions.
        logits: Turns x ``LABELS``.
        folds: Batches held out together, again.
    """
    layout, truths = examples.layout, examples.truths
    features = turn_features(layout, logits)
    turns = np.zeros(truths.shape, np.float32)
    judges: list[Judge] = []
    for side, columns in ((layout.agent, AGENT_COLUMNS), (layout.customer, CUSTOMER_COLUMNS)):
        judge, unseen = fit_judge(
            features[side],
            truths[side, columns],
            examples.batches[side],
            folds,
            strength=_TURN_STRENGTH,
            own=[np.array([label]) for label in range(columns.start, columns.stop)],
            trust=_TURN_TRUST,
        )
        turns[side, columns] = logistic(unseen)
        judges.append(judge)
    of_calls = np.array([call.truths[:, : len(CATEGORIES)].any(0) for call in examples.calls])
    call_judge, unseen = fit_judge(
        call_features(layout, logits),
        of_calls,
        np.array([call.batch for call in examples.calls]),
        folds,
        strength=_CALL_STRENGTH,
        own=[own_call_columns(category) for category in range(len(CATEGORIES))],
        trust=_CALL_TRUST,
    )
    count = int(examples.source.max()) + 1
    version = np.arange(len(examples.calls)) // count
    seen = Unseen(turns, logistic(unseen), truths, of_calls, version, layout.call)
    return Second(judges[0], judges[1], call_judge, seen)


def _levels(unseen: Unseen) -> dict[str, float]:
    """Thresholds by name of label, those of calls as ``call:category``."""
    levels = {
        label: threshold(unseen.truths[:, column], unseen.turns[:, column])
        for column, label in enumerate(LABELS)
    }
    for column, category in enumerate(CATEGORIES):
        truth, scores = unseen.call_truths[:, column], unseen.calls[:, column]
        levels[f"call:{category}"] = threshold(truth, scores)
    return {name: round(level, 6) for name, level in levels.items()}


def _names(examples: Examples, first: First, settings: Settings) -> dict[str, list[str]]:
    return {
        "chars": examples.names("chars", settings.chars, first.chars),
        "sounds": examples.names("sounds", settings.sounds, first.sounds),
    }
