"""Lay a transcript out for searching."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.conditions.scene import Repair, TurnView
from auditor.domain.transcripts import Transcript, Turn
from auditor.text.compact import Compact, compact
from auditor.text.normalise import Normaliser

RepairFinder = Callable[[Compact], tuple[Repair, ...]]
"""Finds stretches of a searched text that are homophones of a policy's terms."""


def no_repairs(view: Compact) -> tuple[Repair, ...]:  # noqa: ARG001 - stands in for a finder
    """Find nothing: the text is taken as written."""
    return ()


@dataclass(frozen=True, slots=True)
class ViewBuilder:
    """Folds, compacts and repairs the text of turns.

    Args:
        normaliser: Folds script, width and case.
        find_repairs: Homophone finder, or ``no_repairs``.
    """

    normaliser: Normaliser
    find_repairs: RepairFinder = no_repairs

    def view(self, turn: Turn) -> TurnView:
        """Build the searchable view of one turn."""
        folded = self.normaliser.fold(turn.text)
        view = compact(folded)
        repairs = self.find_repairs(view)
        text = _apply(view.text, repairs)
        return TurnView(turn, text, view.offsets, view.breaks, repairs, folded, view.stops)

    def views(self, transcript: Transcript) -> tuple[TurnView, ...]:
        """Build the views of all turns."""
        return tuple(self.view(turn) for turn in transcript.turns)


def _apply(text: str, repairs: tuple[Repair, ...]) -> str:
    if not repairs:
        return text
    chars = list(text)
    for repair in repairs:
        chars[repair.start : repair.end] = repair.meant
    if len(chars) != len(text):
        raise ValueError("a repair changed the length of the text")
    return "".join(chars)
