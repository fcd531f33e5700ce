"""Prints what each choice is worth: ``python -m auditor.classify.compare --corpus FOLDER``.

Everything is measured on batches held out of the training split, which share no writer's persona
with those trained on; development and test are not opened. Clean calls only, so that the table
takes minutes. Figures: average precision of turns over the ten categories; then, for (call,
category) pairs scored by their highest turn, average precision, best F1, recall at precision 0.9
and the share of innocent calls accused there. Last with the second stage.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Flags, Floats, Slot
from auditor.classify.corpus import Labelled, read_part
from auditor.classify.examples import Examples, vectors
from auditor.classify.fit import Settings, design, folds_of
from auditor.classify.labels import AGENT_COLUMNS, CATEGORIES, CUSTOMER_COLUMNS
from auditor.classify.learn import FOLDS, fit_second, prepare
from auditor.classify.measure import (
    average_precision,
    best_f1,
    recall_at,
    threshold,
    wrongly_accused,
)
from auditor.classify.peers import FITTERS, Fitter, linear_svm
from auditor.classify.second import FLOOR
from auditor.errors import AuditorError
from auditor.ingest.splits import TRAINING

_HEAD = f"{'':34s}{'turn AP':>9s}{'pair AP':>9s}{'best F1':>9s}{'R at P.9':>9s}{'accused':>9s}"
_CATEGORIES = slice(0, len(CATEGORIES))


def settings_compared() -> Iterator[tuple[str, Settings]]:
    """What the first stage looks at, beside the shipped settings."""
    whole = Settings()
    yield "shipped: chars, sounds, context", whole
    yield "without sounds", replace(whole, sounds=())
    yield "sounds only", replace(whole, chars=(1,), most_chars=1, sound_weight=1.0)
    yield "neighbours only as context", replace(whole, whole_weight=0.0)
    yield "whole talk only as context", replace(whole, slots=())
    yield "without context", replace(whole, slots=(), whole_weight=0.0)
    before = (Slot.CUSTOMER_BEFORE, Slot.AGENT_BEFORE)
    yield "previous turns only", replace(whole, slots=before, whole_weight=0.0)
    yield (
        "same and customer's next turn",
        replace(whole, slots=(*before, Slot.CUSTOMER_AFTER), whole_weight=0.0),
    )
    yield "without place and callee", replace(whole, extra_weight=0.0)
    yield "chars of 1 and 2", replace(whole, chars=(1, 2))
    yield "without sounds and context", replace(whole, sounds=(), slots=(), whole_weight=0.0)


def held_out(examples: Examples, settings: Settings, fitter: Fitter, *, customers: bool) -> Floats:
    """Return logits of every turn from models that never saw its batch."""
    logits = np.full(examples.truths.shape, FLOOR, np.float32)
    sides = [(examples.layout.agent, AGENT_COLUMNS)]
    if customers:
        sides.append((examples.layout.customer, CUSTOMER_COLUMNS))
    for fold in folds_of(sorted(set(examples.batches)), FOLDS):
        held = np.isin(examples.batches, list(fold))
        chars = examples.terms("chars", settings.chars, ~held, most=settings.most_chars)
        sounds = examples.terms("sounds", settings.sounds, ~held, most=settings.most_sounds)
        found = vectors(examples.hits("chars", settings.chars, chars), chars)
        heard = vectors(examples.hits("sounds", settings.sounds, sounds), sounds)
        for side, columns in sides:
            turns = np.flatnonzero(side)
            matrix, _ = design(examples, turns, found, heard, settings)
            here = held[turns]
            wanted = columns if customers else _CATEGORIES
            truths = examples.truths[turns[~here], wanted]
            judged = fitter(matrix[~here].astype(np.float64), truths, matrix[here], settings.seed)
            logits[turns[here], wanted] = judged
    return logits


def row(name: str, examples: Examples, logits: Floats, pairs: Floats | None = None) -> str:
    """One line of the table."""
    agent = examples.layout.agent
    truths = examples.truths[:, _CATEGORIES]
    turn = [average_precision(truths[agent, k], logits[agent, k]) for k in range(len(CATEGORIES))]
    of_calls = np.array([call.truths[:, _CATEGORIES].any(0) for call in examples.calls])
    if pairs is None:
        pairs = np.maximum.reduceat(
            np.where(agent[:, None], logits[:, _CATEGORIES], -np.inf),
            examples.layout.begins[:-1],
            axis=0,
        )
    flat, scores = of_calls.ravel(), pairs.ravel()
    found = pairs >= threshold(flat, scores)
    values = (
        float(np.nanmean(turn)),
        average_precision(flat, scores),
        best_f1(flat, scores),
        recall_at(flat, scores),
        wrongly_accused(of_calls, found),
    )
    return f"{name:34s}" + "".join(f"{value:9.3f}" for value in values)


def with_words(calls: Sequence[Labelled]) -> tuple[Labelled, ...]:
    """Return the calls with a blank character between jieba's words, so that n-grams see them.

    The mark joins the n-grams: 还#钱 and 还钱 differ, and a word of one to three characters between
    marks is a term of its own.
    """
    from auditor.text.normalise import Normaliser
    from auditor.text.prob import WordFrequencies
    from auditor.text.segmenter import Segmenter

    fold, segmenter = Normaliser().fold, Segmenter(WordFrequencies())

    def cut(text: str) -> str:
        return "Ⓦ".join(token.text for token in segmenter.tokens(fold(text)))

    return tuple(
        replace(
            call,
            dialogue=replace(
                call.dialogue, turns=tuple((who, cut(text)) for who, text in call.dialogue.turns)
            ),
        )
        for call in calls
    )


def curve(calls: Sequence[Labelled], seed: int) -> Iterator[str]:
    """Learning curve: a quarter, half and all of the batches, always judged on the same ones."""
    batches = sorted({call.batch for call in calls})
    held = tuple(batches[::FOLDS])
    rest = [batch for batch in batches if batch not in held]
    examples = prepare(calls, (), seed)
    for share in (0.25, 0.5, 1.0):
        used = rest[: max(1, round(len(rest) * share))]
        count = sum(call.batch in used for call in calls)
        logits = _from(examples, np.isin(examples.batches, used))
        mask = np.isin(examples.batches, held)
        few = Examples(
            tuple(call for call in calls if call.batch in held),
            np.arange(sum(call.batch in held for call in calls)),
            examples.viewer,
        )
        yield row(f"{count} training calls", few, logits[mask])


def _from(examples: Examples, training: Flags) -> Floats:
    from auditor.classify.fit import fit_first

    return fit_first(examples, training, Settings()).logits


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m auditor.classify.compare", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("models/corpus"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    try:
        part = read_part(given.corpus, TRAINING)
    except AuditorError as err:
        sys.stderr.write(f"{err}\n")
        return int(err.exit_code)
    examples = prepare(part.calls, (), given.seed)
    _say(f"{len(part.calls)} calls of {len(part.batches)} batches, data {part.sha256[:12]}")
    _say(f"learning curve\n{_HEAD}")
    for line in curve(part.calls, given.seed):
        _say(line)
    _say(f"what is looked at (linear SVM)\n{_HEAD}")
    for name, settings in settings_compared():
        _say(row(name, examples, held_out(examples, settings, linear_svm, customers=False)))
    worded = prepare(with_words(part.calls), (), given.seed)
    logits = held_out(worded, Settings(), linear_svm, customers=False)
    _say(row("with marks between jieba's words", examples, logits))
    _say(f"how it is fitted (everything looked at)\n{_HEAD}{'seconds':>9s}")
    for name, fitter in FITTERS.items():
        start = time.process_time()
        logits = held_out(examples, Settings(), fitter, customers=False)
        _say(row(name, examples, logits) + f"{time.process_time() - start:9.0f}")
    _say(f"second stage\n{_HEAD}")
    for line in second_stage(examples):
        _say(line)
    return 0


def second_stage(examples: Examples) -> Iterator[str]:
    """What the second stage adds to the first."""
    logits = held_out(examples, Settings(), linear_svm, customers=True)
    unseen = fit_second(examples, logits, folds_of(sorted(set(examples.batches)), FOLDS)).unseen
    yield row("first stage, highest turn", examples, logits)
    yield row("second stage, highest turn", examples, unseen.turns)
    yield row("second stage, noisy-or", examples, unseen.turns, noisy_or(examples, unseen.turns))
    yield row("second stage, of the call", examples, unseen.turns, unseen.calls)


def noisy_or(examples: Examples, turns: Floats) -> Floats:
    """One minus the chance that no turn violates, were turns independent."""
    none: NDArray[np.float32] = np.log1p(-np.minimum(turns[:, _CATEGORIES], 0.9999))
    total: Floats = 1 - np.exp(np.add.reduceat(none, examples.layout.begins[:-1], axis=0))
    return total


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
