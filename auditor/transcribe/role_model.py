"""The model behind speaker roles: character n-grams and their weights, stored without pickle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from auditor.errors import Problem, RecogniserError
from auditor.transcribe.loops import spoken

LONGEST = 3
WEIGHTS_FILE, TERMS_FILE, CARD_FILE = "weights.npz", "terms.txt", "card.json"
_MAX_BYTES = 8 * 1024 * 1024
_DIGITS = str.maketrans(dict.fromkeys("0123456789零一二三四五六七八九幺两", "0"))


def terms_of(text: str) -> frozenset[str]:
    """Return the character n-grams of folded text, digits made alike and ends marked.

    >>> sorted(terms_of("喂，"))
    ['^喂', '^喂$', '喂', '喂$']
    """
    compact = spoken(text)[0].translate(_DIGITS)
    if not compact:
        return frozenset()
    framed = f"^{compact}$"
    grams = {
        framed[start : start + length]
        for length in range(1, LONGEST + 1)
        for start in range(len(framed) - length + 1)
    }
    return frozenset(grams - {"^", "$"})


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Log-odds agent : customer of a turn.

    Args:
        weights: n-gram -> weight.
        bias: Log-odds of a turn without any known n-gram.
    """

    weights: Mapping[str, float]
    bias: float = 0.0

    def log_odds(self, text: str) -> float:
        """Return log P(agent)/P(customer) for one turn of folded text; 0 for empty text."""
        terms = terms_of(text)
        if not terms:
            return 0.0
        # Sorted, because the sum of floats depends on their order and a set has none.
        return self.bias + sum(self.weights.get(term, 0.0) for term in sorted(terms))


def load_role_model(folder: Path) -> RoleModel:
    """Read a role model.

    Args:
        folder: With ``weights.npz``, ``terms.txt`` and ``card.json``.

    Raises:
        RecogniserError: Files are missing, changed since the card was written, or inconsistent.
    """
    import io

    import numpy as np

    try:
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        hashes = dict(card["sha256"])
        data = {name: _read(folder / name) for name in (WEIGHTS_FILE, TERMS_FILE)}
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise RecogniserError(f"The role model at {folder} cannot be read: {err}") from err
    changed = tuple(
        Problem(str(folder / name), "model_file_changed", "differs from the model card's hash")
        for name, content in data.items()
        if hashes.get(name) != hashlib.sha256(content).hexdigest()
    )
    if changed:
        raise RecogniserError("The role model was changed; train it again or reinstall.", *changed)
    try:
        with np.load(io.BytesIO(data[WEIGHTS_FILE]), allow_pickle=False) as arrays:
            weights, bias = arrays["weights"], float(arrays["bias"])
        terms = data[TERMS_FILE].decode("utf-8").removesuffix("\n").split("\n")
    except (OSError, ValueError, KeyError) as err:
        raise RecogniserError(f"The role model at {folder} cannot be read: {err}") from err
    if weights.shape != (len(terms),) or not np.isfinite(weights).all():
        raise RecogniserError(f"The role model at {folder} is inconsistent.")
    return RoleModel(MappingProxyType(dict(zip(terms, map(float, weights), strict=True))), bias)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"{path.name} is too large")
    return content
