"""Fitting both stages (needs scikit-learn)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Flags, Floats, Slot
from auditor.classify.examples import Examples, neighbours, vectors, whole_talk
from auditor.classify.labels import AGENT_COLUMNS, CUSTOMER_COLUMNS
from auditor.classify.linear import Linear
from auditor.classify.measure import average_precision
from auditor.classify.second import FLOOR, Judge, sparse_logits
from auditor.classify.terms import CHAR_ORDERS, RARITY_UNIT, SOUND_ORDERS, Terms

_STEPS = 127
_SLOTS = tuple(Slot)
_RARE_PRIOR = -1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the first stage looks at and how hard it is fitted.

    Args:
        chars: Lengths of n-grams of characters.
        sounds: Lengths of n-grams of syllables; none to leave sound out.
        slots: Neighbours to look at; none to leave the context out.
        strength: Inverse penalty of the linear models.
        weight: Of a neighbour's terms beside a turn's own.
        whole_weight: Of all that a side says in the call; 0 to leave it out.
        sound_weight: Of terms of sound.
        extra_weight: Of the place in the call and the callee.
        most_chars: Character terms kept.
        most_sounds: Sound terms kept.
        most_context: Character terms looked at in neighbours.
        seed: Of the solver.
    """

    chars: tuple[int, ...] = CHAR_ORDERS
    sounds: tuple[int, ...] = SOUND_ORDERS
    slots: tuple[Slot, ...] = _SLOTS
    strength: float = 0.5
    weight: float = 0.8
    whole_weight: float = 0.5
    sound_weight: float = 0.7
    extra_weight: float = 0.2
    most_chars: int = 60_000
    most_sounds: int = 60_000
    most_context: int = 24_000
    seed: int = 1


@dataclass(frozen=True, slots=True)
class First:
    """A fitted first stage.

    Args:
        chars: Terms of characters.
        sounds: Terms of sounds.
        agent: Models of agent labels.
        customer: Models of customer labels.
        logits: Turns x ``LABELS`` of all examples, before the weights were rounded.
    """

    chars: Terms
    sounds: Terms
    agent: Linear
    customer: Linear
    logits: Floats = field(repr=False)


def fit_first(examples: Examples, training: Flags, settings: Settings) -> First:
    """Fit the first stage on some turns and judge all.

    Args:
        examples: All turns.
        training: Those to learn from.
        settings: How.
    """
    kept = [settings.most_chars, settings.most_sounds]
    chars = examples.terms("chars", settings.chars, training, most=kept[0])
    sounds = examples.terms("sounds", settings.sounds, training, most=kept[1])
    found = vectors(examples.hits("chars", settings.chars, chars), chars)
    heard = vectors(examples.hits("sounds", settings.sounds, sounds), sounds)
    sides: list[tuple[Linear, Floats]] = []
    for side, columns in (
        (examples.layout.agent, AGENT_COLUMNS),
        (examples.layout.customer, CUSTOMER_COLUMNS),
    ):
        turns = np.flatnonzero(side)
        matrix, near = design(examples, turns, found, heard, settings)
        learn = np.flatnonzero(training[turns])
        truths = examples.truths[turns][:, columns]
        weights, bias = _svm(matrix, truths, learn, settings)
        logits = np.zeros((len(side), truths.shape[1]), np.float32)
        logits[turns] = matrix @ weights.T + bias
        sides.append((_linear(weights, bias, (chars, sounds, near), settings), logits))
    (agent, by_agent), (customer, by_customer) = sides
    logits = sparse_logits(examples.layout, by_agent, by_customer)
    return First(chars, sounds, agent, customer, logits)


def out_of_fold(
    examples: Examples, training: Flags, settings: Settings, folds: Sequence[Sequence[str]]
) -> Floats:
    """Return logits of every training turn from models that never saw its batch."""
    logits = np.full(examples.truths.shape, FLOOR, np.float32)
    for fold in folds:
        held = np.isin(examples.batches, list(fold))
        logits[held] = fit_first(examples, training & ~held, settings).logits[held]
    return logits


def folds_of(batches: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """Split batches into folds, every ``count``-th into the same."""
    return [fold for k in range(count) if (fold := tuple(batches[k::count]))]


def fit_judge(
    features: Floats,
    truths: NDArray[np.bool_],
    groups: NDArray[Any],
    folds: Sequence[Sequence[str]],
    *,
    strength: float,
    own: Sequence[NDArray[np.int64]],
    trust: float,
) -> tuple[Judge, Floats]:
    """Fit logistic models and calibrate them on predictions for unseen batches.

    A label that the rest of the call does not help is judged by its own features alone.

    Args:
        features: Rows x features.
        truths: Rows x labels.
        groups: Batch of each row.
        folds: Batches to hold out together.
        strength: Inverse of the L2 penalty.
        own: For each label the features that are about itself.
        trust: How many times cheaper (squared) it is to rely on those than on others.

    Returns:
        The models, and the calibrated logits of every row from models that never saw its batch.
    """
    count = truths.shape[1]
    weights = np.zeros((features.shape[1], count), np.float32)
    bias, slope, offset = (np.zeros(count, np.float32) for _ in range(3))
    unseen = np.zeros(truths.shape, np.float32)
    masks = [np.isin(groups, list(fold)) for fold in folds]
    for label in range(count):
        truth = truths[:, label]
        best = -1.0
        for others in (1.0, 0.0):
            scale = np.full(features.shape[1], others, np.float32)
            scale[own[label]] = trust
            used = np.flatnonzero(scale)
            mine = features[:, used] * scale[used]
            guess = np.zeros(len(truth), np.float32)
            for held in masks:
                fold_weights, fold_bias = _logistic(mine[~held], truth[~held], strength)
                guess[held] = mine[held] @ fold_weights + fold_bias
            score = np.nan_to_num(average_precision(truth, guess))
            if score > best:
                best, unseen[:, label] = score, guess
                fitted, bias[label] = _logistic(mine, truth, strength)
                weights[:, label] = 0
                weights[used, label] = fitted * scale[used]
        slope[label], offset[label] = _platt(unseen[:, label], truth)
    return Judge(weights, bias, slope, offset), unseen * slope + offset


def design(
    examples: Examples, turns: NDArray[np.int64], found: Any, heard: Any, settings: Settings
) -> tuple[Any, int]:
    """Return turns x features of some turns, and how many terms of neighbours they have.

    Args:
        examples: All turns.
        turns: Rows wanted.
        found: Turns x character terms.
        heard: Turns x sound terms.
        settings: What to look at.
    """
    from scipy.sparse import csr_matrix, hstack

    blocks = [found[turns], heard[turns] * np.float32(settings.sound_weight)]
    extras = examples.layout.extras[turns] * np.float32(settings.extra_weight)
    blocks.append(csr_matrix(extras))
    near = min(settings.most_context, found.shape[1])
    context = found[:, :near] * np.float32(settings.weight)
    blocks += neighbours(context, examples.layout, turns, settings.slots)
    if settings.whole_weight:
        talk = found[:, :near] * np.float32(settings.whole_weight)
        blocks += whole_talk(talk, examples.layout, turns)
    return hstack(blocks, format="csr", dtype=np.float32), near


def _svm(
    matrix: Any, truths: NDArray[np.bool_], learn: NDArray[np.int64], settings: Settings
) -> tuple[Floats, Floats]:
    from sklearn.svm import LinearSVC

    weights = np.zeros((truths.shape[1], matrix.shape[1]), np.float32)
    bias = np.full(truths.shape[1], _RARE_PRIOR, np.float32)
    rows = matrix[learn].astype(np.float64)
    for label in range(truths.shape[1]):
        truth = truths[learn, label]
        if not truth.any() or truth.all():
            continue
        model = LinearSVC(C=settings.strength, dual=True, tol=1e-2, random_state=settings.seed)
        model.fit(rows, truth)
        weights[label], bias[label] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _linear(
    weights: Floats, bias: Floats, sizes: tuple[Terms, Terms, int], settings: Settings
) -> Linear:
    """Cut the weights into blocks, multiply rarities in, and round."""
    chars, sounds, near = sizes
    rarity = chars.rarity.astype(np.float32) / RARITY_UNIT
    extras = settings.extra_weight
    cut = (len(chars.keys), len(chars.keys) + len(sounds.keys))
    own, heard = weights[:, : cut[0]], weights[:, cut[0] : cut[1]]
    talks = 2 if settings.whole_weight else 0
    width = weights.shape[1] - cut[1] - near * (len(settings.slots) + talks)
    extra = weights[:, cut[1] : cut[1] + width]
    context = np.zeros((len(_SLOTS), near, len(weights)), np.int8)
    units = np.zeros((len(_SLOTS), len(weights)), np.float32)
    for number, slot in enumerate(settings.slots):
        start = cut[1] + width + number * near
        block = weights[:, start : start + near] * settings.weight * rarity[:near]
        context[slot], units[slot] = _rounded(block)
    whole = np.zeros((2, near, len(weights)), np.int8)
    whole_units = np.zeros((2, len(weights)), np.float32)
    for number in range(talks):
        start = weights.shape[1] - (talks - number) * near
        block = weights[:, start : start + near] * settings.whole_weight * rarity[:near]
        whole[number], whole_units[number] = _rounded(block)
    own_whole, own_unit = _rounded(own * rarity)
    heard_rarity = sounds.rarity.astype(np.float32) / RARITY_UNIT
    heard_whole, heard_unit = _rounded(heard * settings.sound_weight * heard_rarity)
    return Linear(
        own_whole,
        heard_whole,
        context,
        own_unit,
        heard_unit,
        units,
        whole,
        whole_units,
        (extra.T * extras).astype(np.float32),
        bias,
    )


def _rounded(weights: NDArray[Any]) -> tuple[NDArray[np.int8], Floats]:
    """Return terms x labels in whole steps, and what a step is worth for each label."""
    top = np.abs(weights).max(1, initial=0.0)
    unit = np.where(top > 0, top / _STEPS, 1.0).astype(np.float32)
    whole = np.round(weights / unit[:, None]).astype(np.int8)
    return np.ascontiguousarray(whole.T), unit


def _logistic(
    features: Floats, truth: NDArray[np.bool_], strength: float
) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    if not truth.any() or truth.all():
        return np.zeros(features.shape[1]), 10.0 if truth.any() else -10.0
    # Few features, many rows of very different scale: Newton needs a handful of steps.
    model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=100)
    model.fit(features.astype(np.float64), truth)
    return model.coef_[0], float(model.intercept_[0])


def _platt(logits: Floats, truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset that make logits of unseen rows probabilities (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    if not truth.any() or truth.all():
        return 1.0, 0.0
    model = LogisticRegression(C=1e3)
    model.fit(logits[:, None].astype(np.float64), truth)
    slope = float(model.coef_[0, 0])
    # Too few examples may turn the order round; then the logits stay as they are.
    return (slope, float(model.intercept_[0])) if slope > 0 else (1.0, 0.0)
