"""What the turn classifier says of one call, asked for once and only when a rule wants it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.domain.calls import Callee, Speaker

if TYPE_CHECKING:
    from auditor.classify.calls import Dialogue
    from auditor.classify.model import Judged, TurnRisk
    from auditor.conditions.scene import TurnView
    from auditor.domain.transcripts import Transcript


@dataclass(slots=True)
class CallRisk:
    """The classifier's probabilities for one call.

    Args:
        model: The trained classifier.
        transcript: The call; turns that are not usable count as silent.
    """

    model: TurnRisk
    transcript: Transcript
    _judged: tuple[Dialogue, Judged] | None = field(default=None, init=False)

    def turn(self, index: int, label: str) -> float:
        """Probability of a label in a turn, 0..1."""
        from auditor.classify.labels import LABELS

        _, judged = self._judge()
        return float(judged.turns[index, LABELS.index(label)])

    def call(self, category: str) -> float:
        """Probability that a violation of the category is anywhere in the call, 0..1."""
        from auditor.classify.labels import CATEGORIES

        _, judged = self._judge()
        return float(judged.calls[0, CATEGORIES.index(category)])

    def highest(self, label: str) -> tuple[float, int]:
        """The greatest probability of a label in any usable turn, and the first such turn.

        ``(0, -1)`` where no turn is usable.
        """
        from auditor.classify.labels import LABELS

        _, judged = self._judge()
        column = LABELS.index(label)
        usable = [turn.index for turn in self.transcript.turns if turn.usable]
        best = max(usable, key=lambda index: (judged.turns[index, column], -index), default=-1)
        return (float(judged.turns[best, column]), best) if best >= 0 else (0.0, -1)

    def threshold(self, label: str, *, in_call: bool) -> float:
        """Probability above which the model's card calls a label precise; above 1: never."""
        return self.model.thresholds.get(f"call:{label}" if in_call else label, 1.1)

    def stretch(self, view: TurnView, label: str) -> tuple[int, int]:
        """Characters of a turn's searched text that speak most for a label; else all of it."""
        dialogue, _ = self._judge()
        own = [
            part
            for part in self.model.explain(dialogue, view.turn.index, label, limit=1)
            if part.turn == view.turn.index
        ]
        if own:
            start = bisect_left(view.offsets, own[0].span.start)
            end = bisect_left(view.offsets, own[0].span.end)
            if start < end:
                return start, end
        return 0, len(view.text)

    def _judge(self) -> tuple[Dialogue, Judged]:
        if self._judged is None:
            from auditor.classify.calls import Dialogue

            turns = tuple(
                _heard(turn.speaker, turn.text, turn.usable) for turn in self.transcript.turns
            )
            dialogue = Dialogue(turns, self.transcript.call.callee or Callee.UNKNOWN)
            self._judged = dialogue, self.model.predict([dialogue])
        return self._judged


def _heard(speaker: Speaker, text: str, usable: bool) -> tuple[Speaker, str]:  # noqa: FBT001
    return speaker, text if usable else ""
