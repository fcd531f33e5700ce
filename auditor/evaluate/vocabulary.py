"""How many characters and words the calls use, and how many test words training never saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from auditor.domain.runs import Rate
from auditor.evaluate.corpus import Batch
from auditor.ingest.splits import SPLITS
from auditor.scoring.stats import wilson


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one split.

    Args:
        characters: Different characters.
        words: Different words.
        running: Words altogether.
        unseen: Share of its different words that training does not have.
        unseen_running: The same of all its words.
    """

    split: str
    characters: int
    words: int
    running: int
    unseen: Rate
    unseen_running: Rate


def vocabularies(
    batches: Sequence[Batch], cut: Callable[[str], Iterable[str]]
) -> tuple[Vocabulary, ...]:
    """Count the words of each split.

    Args:
        batches: All batches.
        cut: Cuts a text into words; what is neither letter nor digit is left out here.
    """
    words: dict[str, Counter[str]] = {}
    for batch in batches:
        own = words.setdefault(batch.split, Counter())
        for script in batch.scripts:
            for line in script.lines:
                own.update(word for word in cut(line.text) if any(map(str.isalnum, word)))
    known = words.get("training", Counter())
    return tuple(_of(split, words[split], known) for split in SPLITS if split in words)


def _of(split: str, words: Counter[str], known: Counter[str]) -> Vocabulary:
    new = [word for word in words if word not in known]
    return Vocabulary(
        split,
        len({char for word in words for char in word}),
        len(words),
        words.total(),
        wilson(len(new), len(words)),
        wilson(sum(words[word] for word in new), words.total()),
    )


def word_cutter() -> Callable[[str], Iterable[str]]:
    """Return a cutter by jieba's dictionary, script folded; building takes about a second."""
    from auditor.text.normalise import Normaliser
    from auditor.text.prob import WordFrequencies
    from auditor.text.segmenter import Segmenter

    fold, segmenter = Normaliser().fold, Segmenter(WordFrequencies())
    return lambda text: (token.text for token in segmenter.tokens(fold(text)))
