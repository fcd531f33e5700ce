"""Prints turns a second of the classifier beside a scikit-learn pipeline of the same features.

Run ``python tests/benchmarks/classify_speed.py``. Both judge the same calls in the same process in
turns; the median of the rounds counts. The peer is ``CountVectorizer`` (characters of one to three)
over the text and over its syllables, rarities, length, neighbours and the same weights: the first
stage only. The classifier's figure contains the second stage as well.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.feature_extraction.text import CountVectorizer

from auditor.classify.calls import Dialogue, Slot, lay_out
from auditor.classify.corpus import read_part
from auditor.classify.examples import whole_talk
from auditor.classify.grams import Viewer
from auditor.classify.linear import Linear
from auditor.classify.model import TurnRisk, load_model
from auditor.classify.terms import RARITY_UNIT, Terms
from auditor.ingest.splits import DEVELOPMENT, TRAINING
from auditor.resources import data_folder, model_folder
from auditor.text.pinyin import Syllables


class Peer:
    """The first stage with scikit-learn's vectorisers."""

    def __init__(self, model: TurnRisk, folder: Path) -> None:
        self._viewer = Viewer()
        self._syllables = Syllables()
        self._stored = model.stored
        chars = (folder / "chars.txt").read_text("utf-8").removesuffix("\n").split("\n")
        self._chars = CountVectorizer(
            analyzer="char", ngram_range=(1, 3), lowercase=False, vocabulary=chars
        )
        words = (folder / "sounds.txt").read_text("utf-8").removesuffix("\n").split("\n")
        self._sounds = CountVectorizer(
            analyzer="char",
            ngram_range=(1, 3),
            lowercase=False,
            vocabulary=[self._spelt(word) for word in words],
        )

    def logits(self, calls: Sequence[Dialogue]) -> list[np.ndarray]:
        """Judge calls."""
        layout = lay_out(calls)
        seen, heard = self._texts([text for call in calls for _, text in call.turns])
        chars, sounds = self._stored.chars, self._stored.sounds
        found = _vectors(self._chars.transform(seen), chars)
        sound = _vectors(self._sounds.transform(heard), sounds)
        padded = vstack([found, csr_matrix((1, found.shape[1]))]).tocsr()
        out = []
        for side, linear in (
            (layout.agent, self._stored.agent),
            (layout.customer, self._stored.customer),
        ):
            turns = np.flatnonzero(side)
            total = found[turns] @ _weights(linear, "chars", chars)
            total = total + sound[turns] @ _weights(linear, "sounds", sounds)
            rarity = chars.rarity[: linear.context.shape[1], None] / RARITY_UNIT
            for slot in Slot:
                near = padded[layout.neighbours[slot, turns], : len(rarity)]
                total += near @ (linear.context[slot] * linear.context_scale[slot] / rarity)
            talks = whole_talk(found[:, : len(rarity)], layout, turns)
            for number, talk in enumerate(talks):
                total += talk @ (linear.whole[number] * linear.whole_scale[number] / rarity)
            out.append(total + layout.extras[turns] @ linear.extras + linear.bias)
        return out

    def _texts(self, texts: Sequence[str]) -> tuple[list[str], list[str]]:
        """Counted characters and syllables of each turn; numpy, as in the classifier."""
        view = self._viewer.view(texts)
        bounds = np.searchsorted(view.turns, np.arange(len(texts) + 1)).tolist()
        seen = "".join(map(chr, view.chars.tolist()))
        heard = "".join(map(_symbol, view.sounds.tolist()))
        pairs = list(pairwise(bounds))
        return [seen[a:b] for a, b in pairs], [heard[a:b] for a, b in pairs]

    def _spelt(self, word: str) -> str:
        """A term of sound, given by a word that sounds so, in the symbols of ``_texts``."""
        ids = self._syllables.ids(word, near=True)
        return "".join(_symbol(k) if k else char for k, char in zip(ids, word, strict=True))


def _symbol(code: int) -> str:
    return chr(0xE000 + code) if code < 0x10000 else chr(code - 0x10000)


def _vectors(counts: csr_matrix, terms: Terms) -> csr_matrix:
    rarity = terms.rarity / RARITY_UNIT
    length = np.sqrt(counts @ rarity**2)
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return (diags(scale) @ counts @ diags(rarity)).tocsr()


def _weights(linear: Linear, kind: str, terms: Terms) -> np.ndarray:
    unit = linear.char_scale if kind == "chars" else linear.sound_scale
    return getattr(linear, kind) * unit / (terms.rarity[:, None] / RARITY_UNIT)


def _best(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=data_folder("models") / "corpus")
    parser.add_argument("--turns", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    labelled = [
        call for split in (DEVELOPMENT, TRAINING) for call in read_part(given.corpus, split).calls
    ]
    calls: list[Dialogue] = []
    size = 0
    while size < given.turns:
        dialogue = labelled[len(calls) % len(labelled)].dialogue
        calls.append(dialogue)
        size += len(dialogue.turns)
    chars = sum(len(text) for call in calls for _, text in call.turns)
    folder = model_folder("turn-risk")
    model = load_model(folder)
    peer = Peer(model, folder)
    ours, theirs = [], []
    for _ in range(given.rounds):
        ours.append(_best(lambda: model.predict(calls)))
        theirs.append(_best(lambda: peer.logits(calls)))
    heard = model.hear(calls[:200])
    expected = peer.logits(calls[:200])[0]
    apart = float(np.abs(heard.logits[heard.layout.agent, : expected.shape[1]] - expected).max())
    fast, slow = statistics.median(ours), statistics.median(theirs)
    sys.stdout.write(
        f"{size} turns, {chars} characters, {given.rounds} rounds, one thread\n"
        f"auditor.classify {size / fast:10,.0f} turns/s (best {size / min(ours):,.0f})\n"
        f"scikit-learn     {size / slow:10,.0f} turns/s (best {size / min(theirs):,.0f})\n"
        f"ratio            {slow / fast:10.1f}\n"
        f"largest difference of a first-stage logit of an agent turn: {apart:.4f}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
