"""What the turn classifier says of one call, asked for once and only when a rule wants it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.domain.calls import Callee

if TYPE_CHECKING:
    from auditor.classify.calls import Dialogue, Floats
    from auditor.classify.model import Heard, TurnRisk
    from auditor.conditions.scene import TurnView
    from auditor.domain.transcripts import Transcript


@dataclass(frozen=True, slots=True)
class _Said:
    """The classifier's word on one call.

    Args:
        turns: For each turn a probability for each of ``LABELS``.
        calls: For each of ``CATEGORIES`` the probability for the call.
        highest: For each of ``LABELS`` the greatest probability in a usable turn, and the first
            such turn; -1 where there is none.
        heard: What its first stage made of the calls judged together.
        first: Where the turns of this call begin there.
    """

    turns: list[list[float]]
    calls: list[float]
    highest: tuple[tuple[float, int], ...]
    heard: Heard
    first: int


@dataclass(slots=True)
class CallRisk:
    """The classifier's probabilities for one call.

    Args:
        model: The trained classifier.
        transcript: The call; turns that are not usable count as silent.
    """

    model: TurnRisk
    transcript: Transcript
    _said: _Said | None = field(default=None, init=False)

    @classmethod
    def together(cls, model: TurnRisk, transcripts: Sequence[Transcript]) -> list[CallRisk]:
        """Judge several calls at once; the answers are those of each by itself, sooner."""
        risks = [cls(model, transcript) for transcript in transcripts]
        place = 0
        for heard, judged in model.read([_dialogue(transcript) for transcript in transcripts]):
            for number, calls in enumerate(judged.calls.tolist()):
                first, past = int(judged.begins[number]), int(judged.begins[number + 1])
                risks[place]._said = _Said(
                    judged.turns[first:past].tolist(),
                    calls,
                    _highest(transcripts[place], judged.turns[first:past]),
                    heard,
                    first,
                )
                place += 1
        return risks

    def turn(self, index: int, label: str) -> float:
        """Probability of a label in a turn, 0..1."""
        return self._judge().turns[index][self._column(label)]

    def turns(self, label: str) -> list[float]:
        """Probability of a label in every turn."""
        column = self._column(label)
        return [row[column] for row in self._judge().turns]

    def call(self, category: str) -> float:
        """Probability that a violation of the category is anywhere in the call, 0..1."""
        from auditor.classify.labels import CATEGORIES

        return self._judge().calls[CATEGORIES.index(category)]

    def highest(self, label: str) -> tuple[float, int]:
        """The greatest probability of a label in any usable turn, and the first such turn.

        ``(0, -1)`` where no turn is usable.
        """
        return self._judge().highest[self._column(label)]

    def all_highest(self) -> dict[str, float]:
        """The greatest probability of every label in any usable turn."""
        from auditor.classify.labels import LABELS

        tops = self._judge().highest
        return {label: chance for label, (chance, _) in zip(LABELS, tops, strict=True)}

    def all_calls(self) -> dict[str, float]:
        """The probability of every category for the call."""
        from auditor.classify.labels import CATEGORIES

        return dict(zip(CATEGORIES, self._judge().calls, strict=True))

    def threshold(self, label: str, *, in_call: bool) -> float:
        """Probability above which the model's card calls a label precise; above 1: never."""
        return self.model.thresholds.get(f"call:{label}" if in_call else label, 1.1)

    def stretch(self, view: TurnView, label: str) -> tuple[int, int]:
        """Characters of a turn's searched text that speak most for a label; else all of it."""
        said = self._judge()
        own = self.model.heaviest(said.heard, said.first + view.turn.index, label)
        if own:
            start = bisect_left(view.offsets, own[0].span.start)
            end = bisect_left(view.offsets, own[0].span.end)
            if start < end:
                return start, end
        return 0, len(view.text)

    def _column(self, label: str) -> int:
        from auditor.classify.labels import LABELS

        return LABELS.index(label)

    def _judge(self) -> _Said:
        if self._said is None:
            (alone,) = CallRisk.together(self.model, [self.transcript])
            self._said = alone._said
        if self._said is None:
            raise ValueError("the classifier judged no call")
        return self._said


def _dialogue(transcript: Transcript) -> Dialogue:
    from auditor.classify.calls import Dialogue

    turns = tuple((turn.speaker, turn.text if turn.usable else "") for turn in transcript.turns)
    return Dialogue(turns, transcript.call.callee or Callee.UNKNOWN)


def _highest(transcript: Transcript, turns: Floats) -> tuple[tuple[float, int], ...]:
    usable = [turn.index for turn in transcript.turns if turn.usable]
    if not usable:
        return tuple((0.0, -1) for _ in range(turns.shape[1]))
    heard: Floats = turns if len(usable) == len(turns) else turns[usable]
    first = [usable[place] for place in heard.argmax(0).tolist()]
    return tuple(zip(heard.max(0).tolist(), first, strict=True))
