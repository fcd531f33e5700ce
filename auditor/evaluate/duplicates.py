"""Find turns and calls that are written almost alike, by the character n-grams they share.

``python -m auditor.evaluate.duplicates models/corpus`` names them, by id only, and ends with 1
where two splits share one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from auditor.errors import AuditorError, ExitCode, TranscriptError
from auditor.evaluate.corpus import Batch, read_batches
from auditor.text.normalise import Normaliser

LEAST_TURN = 8
"""Shorter turns (characters without punctuation) are what everybody says."""

TURN_GRAM, TURN_ALIKE = 2, 0.6
CALL_GRAM, CALL_ALIKE = 4, 0.15
"""Length of the n-grams and least Jaccard similarity.

Two turns of unrelated calls rarely share a third of their character pairs, two unrelated calls
rarely a twentieth of their groups of four; what is above the limits was copied, or follows the same
announcement word by word.
"""

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, order=True)
class Duplicate:
    """Two places written almost alike; ``turn`` is ``None`` where whole calls are meant.

    Args:
        alike: Jaccard similarity of their n-grams, 0..1.
    """

    call: str
    turn: int | None
    other_call: str
    other_turn: int | None
    alike: float
    splits: tuple[str, str]

    @property
    def across(self) -> bool:
        """Whether the two stand in different splits, which spoils every measurement."""
        return self.splits[0] != self.splits[1]

    def __str__(self) -> str:
        here = _place(self.call, self.turn, self.splits[0])
        there = _place(self.other_call, self.other_turn, self.splits[1])
        return f"{here} ~ {there}: {self.alike:.2f}"


def _place(call: str, turn: int | None, split: str) -> str:
    return f"{call} ({split})" if turn is None else f"{call} turn {turn} ({split})"


@dataclass(frozen=True, slots=True)
class _Text:
    call: str
    turn: int | None
    split: str
    text: str


def duplicate_turns(batches: Sequence[Batch]) -> tuple[Duplicate, ...]:
    """Return pairs of turns of different calls that share most of their character pairs."""
    bare = _bare()
    texts = [
        _Text(script.call_id, number, batch.split, text)
        for batch in batches
        for script in batch.scripts
        for number, line in enumerate(script.lines)
        if len(text := bare(line.text)) >= LEAST_TURN
    ]
    return tuple(sorted(_pairs(texts, TURN_GRAM, TURN_ALIKE)))


def duplicate_calls(batches: Sequence[Batch]) -> tuple[Duplicate, ...]:
    """Return pairs of calls that share a good part of their groups of four characters."""
    bare = _bare()
    texts = [
        _Text(script.call_id, None, batch.split, text)
        for batch in batches
        for script in batch.scripts
        if len(text := bare("".join(line.text for line in script.lines))) >= LEAST_TURN
    ]
    return tuple(sorted(_pairs(texts, CALL_GRAM, CALL_ALIKE)))


def _bare() -> Callable[[str], str]:
    fold = Normaliser().fold
    return lambda text: "".join(char for char in fold(text) if char.isalnum())


def _pairs(texts: Sequence[_Text], length: int, least: float) -> Iterator[Duplicate]:
    """Compare every text with every other, a block of rows at a time."""
    if len(texts) < 2:
        return
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(
        analyzer="char", ngram_range=(length, length), binary=True, lowercase=False
    )
    grams: Any = counter.fit_transform([text.text for text in texts]).astype(np.int32)
    sizes = np.asarray(grams.sum(axis=1)).ravel()
    for first in range(0, len(texts), _ROWS_AT_ONCE):
        shared = (grams[first : first + _ROWS_AT_ONCE] @ grams.T).tocoo()
        rows, columns = shared.row + first, shared.col
        alike = shared.data / (sizes[rows] + sizes[columns] - shared.data)
        for place in np.flatnonzero((rows < columns) & (alike >= least)):
            one, other = texts[rows[place]], texts[columns[place]]
            if one.turn is None or one.call != other.call:
                yield Duplicate(
                    *(one.call, one.turn, other.call, other.turn),
                    *(float(alike[place]), (one.split, other.split)),
                )


@click.command()
@click.argument("corpus", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(corpus: Path) -> None:
    """Name turns and calls of CORPUS that are written almost alike, by id only."""
    broken: list[TranscriptError] = []
    try:
        batches = read_batches(corpus, on_broken=broken.append)
    except AuditorError as error:
        click.echo(f"duplicates: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    found = (*duplicate_calls(batches), *duplicate_turns(batches))
    for one in sorted(found, key=lambda one: (not one.across, -one.alike, str(one))):
        click.echo(f"{'ACROSS SPLITS' if one.across else 'within'}: {one}")
    across = sum(one.across for one in found)
    click.echo(f"{across} pairs across splits, {len(found) - across} within one")
    for left_out in broken:
        click.echo(f"left out: {left_out}", err=True)
    if across:
        raise SystemExit(ExitCode.FINDINGS)
    raise SystemExit(ExitCode.SOME_FAILED if broken else ExitCode.DONE)


if __name__ == "__main__":
    main()
