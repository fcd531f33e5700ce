"""Lay a transcript out for searching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from auditor.conditions.scene import Repair, TurnView
from auditor.domain.transcripts import Transcript
from auditor.text.compact import Compact, compact
from auditor.text.normalise import Normaliser

RepairFinder = Callable[[Sequence[Compact]], list[tuple[Repair, ...]]]
"""Finds in each of some searched texts stretches that are homophones of a policy's terms."""


def no_repairs(views: Sequence[Compact]) -> list[tuple[Repair, ...]]:
    """Find nothing: texts are taken as written."""
    return [() for _ in views]


@dataclass(frozen=True, slots=True)
class ViewBuilder:
    """Folds, compacts and repairs the text of turns.

    Args:
        normaliser: Folds script, width and case.
        find_repairs: Homophone finder, or ``no_repairs``.
    """

    normaliser: Normaliser
    find_repairs: RepairFinder = no_repairs

    def views(self, transcript: Transcript) -> tuple[TurnView, ...]:
        """Build the views of all turns."""
        (views,) = self.views_of([transcript])
        return views

    def views_of(self, transcripts: Sequence[Transcript]) -> list[tuple[TurnView, ...]]:
        """Build the views of all turns of several calls."""
        turns = [turn for transcript in transcripts for turn in transcript.turns]
        folded = self.normaliser.fold_all([turn.text for turn in turns])
        compacted = [compact(text) for text in folded]
        views = (
            TurnView(
                turn,
                _apply(view.text, repairs),
                view.offsets,
                view.breaks,
                repairs,
                text,
                view.stops,
            )
            for turn, text, view, repairs in zip(
                turns, folded, compacted, self.find_repairs(compacted), strict=True
            )
        )
        return [tuple(islice(views, len(transcript.turns))) for transcript in transcripts]


def _apply(text: str, repairs: tuple[Repair, ...]) -> str:
    if not repairs:
        return text
    chars = list(text)
    for repair in repairs:
        chars[repair.start : repair.end] = repair.meant
    if len(chars) != len(text):
        raise ValueError("a repair changed the length of the text")
    return "".join(chars)
