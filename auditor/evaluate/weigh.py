"""Fit the weights of the judgement: ``python -m auditor.evaluate.weigh models/corpus``.

Every call is judged by a classifier that never saw its batch (cross-fitting, so that the weights
learn how far the classifier can be trusted on new calls), and by the rules. Batches whose text
the rules were written from are left out: on them the rules look better than they are. The levels
of accusation are set on these calls and those of the development split. Train the classifier first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from auditor.detect.judging import judge
from auditor.detect.signals import (
    WEIGHED,
    Features,
    Signals,
    from_rules,
    owed_features,
    unsaid_features,
    violation_features,
)
from auditor.detect.weighing import gather
from auditor.detect.weights import Judgement, card_hash, write_judgement
from auditor.domain.findings import Category, Disclosure
from auditor.errors import UsageError
from auditor.evaluate.levels import (
    OMIT,
    STRICTEST,
    Chances,
    accusing_levels,
    contested_level,
    together,
)
from auditor.ingest.scripts import Script, read_scripts
from auditor.ingest.splits import DEVELOPMENT, TRAINING, read_splits
from auditor.pipeline.judging import build_detector
from auditor.resources import model_folder

_STRENGTH = {"violation": 1.0, "owed": 0.02, "unsaid": 1.0}
_REVIEW = 0.4


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled call with its signals."""

    batch: str
    signals: Signals
    violated: frozenset[Category]
    owed: frozenset[Disclosure]
    omitted: frozenset[Disclosure]


def collect(corpus: Path, policy: Path | None, seed: int) -> list[Example]:
    """Judge the training calls by rules and by classifiers that never saw their batch.

    Raises:
        UsageError: There are no training calls.
    """
    from auditor.classify.corpus import read_part
    from auditor.classify.fit import Settings, folds_of, out_of_fold
    from auditor.classify.labels import CATEGORIES, LABELS
    from auditor.classify.learn import FOLDS, SHARES, fit_second, prepare

    calls = read_part(corpus, TRAINING).calls
    examples = prepare(calls, SHARES[:1], seed)
    folds = folds_of(sorted({call.batch for call in calls}), FOLDS)
    everything = np.ones(len(examples.truths), np.bool_)
    settings = Settings(seed=seed)
    unseen = fit_second(examples, out_of_fold(examples, everything, settings, folds), folds).unseen
    scripts = dict(_scripts(corpus, sorted({call.batch for call in calls})))
    detector = build_detector(policy, weighed=False)
    written_from = read_splits(corpus).written_from
    found: list[Example] = []
    for number, call in enumerate(calls):
        if call.batch in written_from:
            continue
        script = scripts[call.batch, call.call_id]
        scene = detector.scene(script.transcript())
        judging = (r for r in detector.policy.rules if r.status.judges and r.weighed)
        verdicts = [(rule, judge(rule, scene)) for rule in judging]
        told = from_rules((rule, judged.outcome) for rule, judged in verdicts)
        turns = unseen.turns[unseen.turn_call == number]
        highest = turns.max(0) if len(turns) else np.zeros(len(LABELS))
        signals = Signals(
            len(script.lines),
            dict(zip(LABELS, map(float, highest), strict=True)),
            dict(zip(CATEGORIES, map(float, unseen.calls[number]), strict=True)),
            *told,
        )
        violated = frozenset(category for category, _ in script.violations)
        owed = frozenset(script.applicable)
        found.append(Example(call.batch, signals, violated, owed, frozenset(script.omitted)))
    if not found:
        raise UsageError(f"{corpus} has no training calls that the rules were not written from")
    return found


def collect_development(corpus: Path, policy: Path | None) -> list[Example]:
    """Judge the development calls by the rules and the classifier as they are shipped.

    None where the corpus has no such split.
    """
    batches = [
        batch
        for batch in read_splits(corpus).batches(DEVELOPMENT)
        if (corpus / "calls" / f"{batch}.txt").is_file()
    ]
    detector = build_detector(policy, weighed=False)
    found: list[Example] = []
    for (batch, _), script in _scripts(corpus, batches):
        scene = detector.scene(script.transcript())
        if scene.risk is None:
            return []
        verdicts = [(r, judge(r, scene)) for r in detector.policy.rules if r.status.judges]
        signals = gather(scene, scene.risk, verdicts)
        violated = frozenset(category for category, _ in script.violations)
        found.append(
            Example(
                batch, signals, violated, frozenset(script.applicable), frozenset(script.omitted)
            )
        )
    return found


def _scripts(corpus: Path, batches: Sequence[str]) -> Iterator[tuple[tuple[str, str], Script]]:
    for batch in batches:
        for script in read_scripts(corpus / "calls" / f"{batch}.txt"):
            yield (batch, script.call_id), script


def fit(examples: Sequence[Example]) -> Judgement:
    """Fit all weights; the levels of accusation are still the strictest."""
    violation = _fit(
        [
            (violation_features(one.signals, category), category in one.violated)
            for category in WEIGHED
            for one in examples
        ],
        _STRENGTH["violation"],
    )
    owed = {
        d: _fit([(owed_features(e.signals, d), d in e.owed) for e in examples], _STRENGTH["owed"])
        for d in Disclosure
    }
    unsaid = {
        d: _fit(
            [(unsaid_features(e.signals, d), d in e.omitted) for e in examples if d in e.owed],
            _STRENGTH["unsaid"],
        )
        for d in Disclosure
    }
    levels = dict.fromkeys(WEIGHED, STRICTEST)
    return Judgement(
        violation, owed, unsaid, accuse=levels, review=_REVIEW, omit=OMIT, omit_heard=STRICTEST
    )


def _fit(rows: Sequence[tuple[Features, bool]], strength: float) -> dict[str, float]:
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for features, _ in rows for name in features})
    matrix = np.array([[features.get(name, 0.0) for name in names] for features, _ in rows])
    truth = np.array([true for _, true in rows])
    if not len(truth) or truth.all() or not truth.any():
        always = 10.0 if len(truth) and truth.all() else -10.0
        return {"always": always}
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-6)
    model.fit(matrix, truth)
    weights = dict(zip(names, map(float, model.coef_[0]), strict=True))
    shift = float(model.intercept_[0])
    bases = [name for name in names if name == "always" or name.startswith("category ")]
    return {name: weight + (shift if name in bases else 0.0) for name, weight in weights.items()}


def held_out(examples: Sequence[Example]) -> Chances:
    """Judge every batch by weights fitted on the others."""
    parts: list[Chances] = []
    for batch in sorted({one.batch for one in examples}):
        judgement = fit([one for one in examples if one.batch != batch])
        parts.append(_judged(judgement, [one for one in examples if one.batch == batch]))
    return together(parts)


def _judged(judgement: Judgement, examples: Sequence[Example]) -> Chances:
    """Judge calls by weights fitted on others."""
    kinds = [*Disclosure]
    omission = [
        [judgement.is_owed(e.signals, d) * judgement.is_unsaid(e.signals, d) for d in kinds]
        for e in examples
    ]
    return Chances(
        np.array([[judgement.violated(e.signals, c) for c in WEIGHED] for e in examples]),
        np.array([[c in e.violated for c in WEIGHED] for e in examples]),
        np.array([not e.violated for e in examples]),
        np.array(omission),
        np.array([[d in e.omitted for d in kinds] for e in examples]),
        np.array(
            [[d not in e.signals.unsaid | e.signals.not_owed for d in kinds] for e in examples]
        ),
    )


def _scores(name: str, chance: Any, truth: Any, level: Any) -> str:
    found = chance >= level
    right = int((found & truth).sum())
    precision = right / max(int(found.sum()), 1)
    recall = right / max(int(truth.sum()), 1)
    f1 = 2 * right / max(int(found.sum() + truth.sum()), 1)
    return f"{name:24} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


@click.command()
@click.argument("corpus", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--policy", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True)
def main(corpus: Path, out: Path, policy: Path | None, seed: int) -> None:
    """Fit the judgement's weights on CORPUS and write them to --out."""
    examples = collect(corpus, policy, seed)
    chances = held_out(examples)
    fitted = fit(examples)
    development = collect_development(corpus, policy)
    newer = _judged(fitted, development) if development else None
    levels = accusing_levels(chances, newer)
    contested = contested_level(chances if newer is None else together([chances, newer]))
    bounds = np.array([levels[category] for category in WEIGHED])
    judgement = replace(fitted, accuse=levels, omit_heard=contested)
    accused = (chances.violation >= bounds).any(1) & chances.innocent
    share = accused.sum() / max(int(chances.innocent.sum()), 1)
    click.echo(f"{len(examples)} calls, each judged without its batch")
    click.echo(_scores("violations", chances.violation, chances.violated, bounds))
    for number, category in enumerate(WEIGHED):
        columns = chances.violation[:, number], chances.violated[:, number]
        told = _scores(f"  {category.value}", *columns, levels[category])
        click.echo(f"{told}  from {levels[category]}")
    click.echo(
        f"wrongly accused {int(accused.sum())} of {int(chances.innocent.sum())}: {share:.3f}"
    )
    omits = np.where(chances.heard, contested, OMIT)
    click.echo(_scores("omissions", chances.omission, chances.omitted, omits))
    click.echo(f"  against words that a rule heard from {contested}")
    for number, disclosure in enumerate(Disclosure):
        columns = chances.omission[:, number], chances.omitted[:, number]
        click.echo(_scores(f"  {disclosure.value}", *columns, omits[:, number]))
    facts = {
        "classifier": card_hash(model_folder("turn-risk")),
        "calls": len(examples),
        "batches": sorted({one.batch for one in examples}),
        "wrongly_accused": round(float(share), 4),
        "seed": seed,
    }
    write_judgement(out, judgement, facts)


if __name__ == "__main__":
    main()
