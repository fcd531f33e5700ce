"""Trains the turn classifier: ``python -m auditor.classify.train --corpus FOLDER --out FOLDER``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from auditor.classify.corpus import Labelled, Part, damaged, read_part
from auditor.classify.fit import Settings
from auditor.classify.labels import AGENT_LABELS, CATEGORIES, LABELS
from auditor.classify.learn import SHARES, Learnt, Unseen, learn
from auditor.classify.measure import (
    average_precision,
    best_f1,
    calibration_error,
    counts,
    recall_at,
    reliability,
    wrongly_accused,
)
from auditor.classify.model import TurnRisk
from auditor.classify.store import write_model
from auditor.errors import AuditorError
from auditor.ingest.splits import DEVELOPMENT, TRAINING

Figures = dict[str, object]

_LEVELS = (0.0, 0.1, 0.2)
_DAMAGE_SEED = 1000  # other damage than that trained on


def figures(unseen: Unseen, chosen: np.ndarray, thresholds: Mapping[str, float]) -> Figures:
    """Return what the card and the table say of some calls.

    Args:
        unseen: Probabilities and truths.
        chosen: Which calls.
        thresholds: Of ``card.json``.
    """
    turns = chosen[unseen.turn_call]
    truth, scores = unseen.call_truths[chosen], unseen.calls[chosen]
    levels = np.array([thresholds[f"call:{name}"] for name in CATEGORIES])
    found = scores >= levels
    categories = {
        name: _category(truth[:, k], scores[:, k], found[:, k]) for k, name in enumerate(CATEGORIES)
    }
    agent = {
        name: _round(average_precision(unseen.truths[turns, k], unseen.turns[turns, k]))
        for k, name in enumerate(LABELS)
    }
    pairs = counts(truth, found)
    half = scores >= 0.5
    return {
        "calls": int(chosen.sum()),
        "pairs": {
            "average_precision": _round(average_precision(truth.ravel(), scores.ravel())),
            "best_f1": _round(best_f1(truth.ravel(), scores.ravel())),
            "recall_at_precision_0.9": _round(recall_at(truth.ravel(), scores.ravel())),
            "precision": _round(pairs.precision),
            "recall": _round(pairs.recall),
            "f1": _round(pairs.f1),
            "wrongly_accused": _round(wrongly_accused(truth, found)),
            "f1_at_half": _round(counts(truth, half).f1),
            "wrongly_accused_at_half": _round(wrongly_accused(truth, half)),
            "calibration_error": _round(calibration_error(truth.ravel(), scores.ravel())),
            "reliability": reliability(truth.ravel(), scores.ravel()),
        },
        "call_categories": categories,
        "turn_average_precision": agent,
        "turn_calibration_error": _round(
            calibration_error(
                unseen.truths[turns, : len(AGENT_LABELS)].ravel(),
                unseen.turns[turns, : len(AGENT_LABELS)].ravel(),
            )
        ),
    }


def judge_unseen(model: TurnRisk, calls: Sequence[Labelled]) -> Unseen:
    """Judge labelled calls that the model was not trained on."""
    judged = model.predict([call.dialogue for call in calls])
    return Unseen(
        judged.turns,
        judged.calls,
        np.concatenate([call.truths for call in calls]),
        np.array([call.truths[:, : len(CATEGORIES)].any(0) for call in calls]),
        np.zeros(len(calls), np.int64),
        np.repeat(np.arange(len(calls)), np.diff(judged.begins)),
    )


def make_card(part: Part, learnt: Learnt, development: Part | None, settings: Settings) -> Figures:
    """Return the card: where the model comes from and what it was seen to do."""
    card: Figures = {
        "name": "turn-risk",
        "data_sha256": part.sha256,
        "training_batches": list(part.batches),
        "training_calls": len(part.calls),
        "training_turns": sum(len(call.dialogue.turns) for call in part.calls),
        "seed": settings.seed,
        "copies": {"clean": 1, **{f"damaged {share}": 1 for share in SHARES}},
        "versions": {name: version(name) for name in ("numpy", "scikit-learn", "scipy")},
        "thresholds": dict(learnt.thresholds),
        "thresholds_from": (
            "lowest score with precision >= 0.9 on held-out training batches, clean and damaged; "
            "2.0 where there is none"
        ),
        "held_out_training": {
            name: figures(learnt.unseen, learnt.unseen.version == number, learnt.thresholds)
            for number, name in enumerate(("clean", *(f"damaged {share}" for share in SHARES)))
        },
    }
    if development is not None:
        from auditor.noise.damage import Damager

        model = TurnRisk(learnt.stored, card)
        damager = Damager()
        card["development_sha256"] = development.sha256
        card["development"] = {}
        for share in _LEVELS:
            calls: Sequence[Labelled] = development.calls
            if share:
                calls = damaged(calls, share, settings.seed + _DAMAGE_SEED, damager)
            unseen = judge_unseen(model, calls)
            name = f"damaged {share}" if share else "clean"
            rows = figures(unseen, np.ones(len(calls), np.bool_), learnt.thresholds)
            card["development"][name] = rows  # type: ignore[index]
    return card


def table(card: Mapping[str, object], part: str) -> str:
    """Return the figures of one part of a card as lines of text."""
    versions = card[part]
    assert isinstance(versions, dict)  # noqa: S101 - written by make_card
    lines = [f"{part}: (call, category) at the card's thresholds, then average precision"]
    lines.append(f"{'':20s}" + "".join(f"{name:>26s}" for name in versions))
    for name in CATEGORIES:
        cells = [rows["call_categories"][name] for rows in versions.values()]
        lines.append(
            f"{name:20s}"
            + "".join(
                f"   P {c['precision']:.2f} R {c['recall']:.2f} AP {c['average_precision']:.2f}"
                for c in cells
            )
        )
    for key in next(iter(versions.values()))["pairs"]:
        if key != "reliability":
            values = "".join(f"{rows['pairs'][key]:26.3f}" for rows in versions.values())
            lines.append(f"{key:28s}{values[8:]}")
    first = next(iter(versions.values()))["turn_average_precision"]
    lines.append("turns, average precision: " + " ".join(f"{k} {v:.2f}" for k, v in first.items()))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m auditor.classify.train", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("models/corpus"))
    parser.add_argument("--out", type=Path, default=Path("models/turn-risk"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    settings = Settings(seed=given.seed)
    try:
        part = read_part(given.corpus, TRAINING)
        has_splits = (given.corpus / "splits.csv").exists()
        development = read_part(given.corpus, DEVELOPMENT) if has_splits else None
        learnt = learn(part.calls, settings)
        card = make_card(part, learnt, development, settings)
        size = write_model(given.out, learnt.stored, learnt.names, card)
    except AuditorError as err:
        sys.stderr.write(f"{err}\n")
        return int(err.exit_code)
    sys.stdout.write(table(card, "held_out_training") + "\n")
    if development is not None:
        sys.stdout.write(table(card, "development") + "\n")
    sys.stdout.write(f"{given.out}: {size / 1e6:.1f} MB\n")
    return 0


def _category(truth: np.ndarray, scores: np.ndarray, found: np.ndarray) -> dict[str, float]:
    pairs = counts(truth, found)
    return {
        "calls": int(truth.sum()),
        "precision": _round(pairs.precision),
        "recall": _round(pairs.recall),
        "f1": _round(pairs.f1),
        "average_precision": _round(average_precision(truth, scores)),
    }


def _round(value: float) -> float:
    # JSON knows no NaN; a label without examples has no figure.
    return -1.0 if np.isnan(value) else round(value, 4)


if __name__ == "__main__":
    sys.exit(main())
