"""Trains the role model on written dialogues: ``python -m auditor.transcribe.train_roles``."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from auditor.domain.calls import Speaker
from auditor.resources import model_folder
from auditor.text.normalise import Normaliser
from auditor.transcribe.role_model import CARD_FILE, TERMS_FILE, WEIGHTS_FILE, terms_of

Dialogue = tuple[tuple[Speaker, str], ...]

_TURN = re.compile(r"([AC]):\s*(?:\{[^}]*\}\s*)?(.*)")
_PAUSE = re.compile(r"(?<=[，。！？；：…、])")
_DAMAGED = 0.12
_RAREST = 4


def read_dialogues(path: Path) -> tuple[Dialogue, ...]:
    """Read a batch of dialogues: ``===`` heads, ``A:`` and ``C:`` turns, labels in braces."""
    calls: list[list[tuple[Speaker, str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("==="):
            calls.append([])
        elif calls and (match := _TURN.fullmatch(line.strip())) and match.group(2):
            speaker = Speaker.AGENT if match.group(1) == "A" else Speaker.CUSTOMER
            calls[-1].append((speaker, match.group(2)))
    return tuple(tuple(call) for call in calls if call)


def examples(dialogues: Sequence[Dialogue], seed: int) -> Iterator[tuple[bool, str]]:
    """Yield (is agent, text): every turn whole and cut at its pauses, each also damaged.

    Recordings come in pieces between pauses, not in turns: without the pieces a model learns
    that short is the customer's. And recognisers replace every tenth character or more, so
    weights must not hang on one of them.
    """
    draw = random.Random(seed)  # noqa: S311 # damage by seed, nothing secret
    letters = sorted({char for call in dialogues for _, text in call for char in text})
    for call in dialogues:
        for speaker, text in call:
            parts = [part for part in _PAUSE.split(text) if part]
            for piece in [text, *(parts if len(parts) > 1 else ())]:
                yield speaker is Speaker.AGENT, piece
                damaged = (
                    draw.choice(letters) if draw.random() < _DAMAGED else char for char in piece
                )
                yield speaker is Speaker.AGENT, "".join(damaged)


def train(
    dialogues: Sequence[Dialogue], *, terms: int, strength: float, seed: int
) -> tuple[list[str], list[float], float]:
    """Fit the logistic regression and keep its heaviest terms.

    Args:
        dialogues: Training calls.
        terms: How many n-grams to keep.
        strength: Inverse of the L2 penalty.
        seed: Of the damage done to the copies.

    Returns:
        Terms in code point order, their weights, and the bias.
    """
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    fold = Normaliser().fold
    rows = [(label, terms_of(fold(text))) for label, text in examples(dialogues, seed)]
    counts = Counter(term for _, found in rows for term in found)
    known = sorted(term for term, count in counts.items() if count >= _RAREST)
    vectorizer = CountVectorizer(analyzer=sorted, vocabulary=known, binary=True)
    matrix = vectorizer.transform([found for _, found in rows])
    fitted = LogisticRegression(C=strength, solver="liblinear", random_state=seed)
    fitted.fit(matrix, [label for label, _ in rows])
    weights = fitted.coef_[0]
    reach = np.abs(weights) * np.sqrt([counts[term] for term in known])
    kept = sorted(np.argsort(-reach, kind="stable")[:terms])
    return (
        [known[k] for k in kept],
        [round(float(weights[k]), 4) for k in kept],
        round(float(fitted.intercept_[0]), 4),
    )


def write_model(
    folder: Path,
    terms: Sequence[str],
    weights: Sequence[float],
    bias: float,
    card: dict[str, object],
) -> None:
    """Write the three files of a role model; equal input gives equal bytes."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    np.savez(packed, weights=np.array(weights, np.float32), bias=np.array(bias, np.float32))
    text = "".join(f"{term}\n" for term in terms).encode()
    (folder / WEIGHTS_FILE).write_bytes(packed.getvalue())
    (folder / TERMS_FILE).write_bytes(text)
    hashes = {
        WEIGHTS_FILE: hashlib.sha256(packed.getvalue()).hexdigest(),
        TERMS_FILE: hashlib.sha256(text).hexdigest(),
    }
    body = json.dumps({**card, "sha256": hashes}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / CARD_FILE).write_text(body + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on every batch but the held-out ones and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("models/corpus/calls"))
    parser.add_argument("--out", type=Path, default=model_folder("roles"))
    parser.add_argument("--hold-out", nargs="*", default=["b008.txt"])
    parser.add_argument("--terms", type=int, default=20_000)
    parser.add_argument("--strength", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    batches = [p for p in sorted(options.corpus.glob("*.txt")) if p.name not in options.hold_out]
    dialogues = [call for path in batches for call in read_dialogues(path)]
    if not dialogues:
        parser.error(f"no dialogues in {options.corpus}")
    terms, weights, bias = train(
        dialogues, terms=options.terms, strength=options.strength, seed=options.seed
    )
    data = hashlib.sha256(b"".join(path.read_bytes() for path in batches)).hexdigest()
    write_model(
        options.out,
        terms,
        weights,
        bias,
        {
            "name": "roles",
            "kind": "logistic regression over character n-grams; log-odds agent : customer",
            "batches": [path.name for path in batches],
            "held_out": options.hold_out,
            "calls": len(dialogues),
            "turns": sum(map(len, dialogues)),
            "data_sha256": data,
            "strength": options.strength,
            "seed": options.seed,
            "scikit-learn": version("scikit-learn"),
        },
    )
    sys.stdout.write(f"{len(dialogues)} calls, {len(terms)} terms -> {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
