"""``every``: all turns or all sentences of a speaker satisfy a condition.

Inside a ``not`` it points at the turns or sentences that do not.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import MISS, Answer, Condition, Hit
from auditor.conditions.hearing import all_heard
from auditor.conditions.node import Node
from auditor.conditions.operators.logic import NotThat
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("every",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True


@dataclass(frozen=True, slots=True)
class Every:
    """Every turn or sentence of a speaker satisfies a condition.

    Args:
        unit: ``turn`` or ``sentence``.
        shortest: Units with fewer characters are left out.
    """

    unit: str
    holds: Condition
    shortest: int
    speaker: Speaker | None

    def find(self, scene: Scene) -> Answer:
        """Hits of all units when all satisfy it; nobody's silence does."""
        judged = self._judged(scene)
        if not judged:
            return MISS
        verdict = truth.all_of(answer.truth for _, answer in judged)
        if verdict is Truth.MISS:
            return MISS
        if not all_heard(scene):
            verdict = Truth.UNDETERMINED
        return Answer(verdict, tuple(sorted({h for _, a in judged for h in a.hits})))

    def against(self, scene: Scene) -> tuple[Hit, ...]:
        """The units that do not satisfy it."""
        judged = self._judged(scene)
        return tuple(unit for unit, answer in judged if answer.truth is Truth.MISS)

    def _judged(self, scene: Scene) -> list[tuple[Hit, Answer]]:
        units = []
        for view in scene.said(self.speaker):
            stretches = [(0, len(view.text))] if self.unit == "turn" else view.sentences()
            units += [
                Hit(view.turn.index, start, end, How.PATTERN, "")
                for start, end in stretches
                if end - start >= self.shortest
            ]
        if self.unit == "turn":
            parts = (scene.part(range(unit.turn, unit.turn + 1)) for unit in units)
            return [(u, part.answer(self.holds)) for u, part in zip(units, parts, strict=True)]
        denied = isinstance(self.holds, NotThat)
        answer = scene.answer(self.holds.part if isinstance(self.holds, NotThat) else self.holds)
        return [(unit, _in_unit(unit, answer, denied=denied)) for unit in units]

    def describe(self) -> str:
        """Say in Chinese."""
        unit = "段" if self.unit == "turn" else "句"
        return f"每{unit}话都符合：{self.holds.describe()}"


def _in_unit(unit: Hit, answer: Answer, *, denied: bool) -> Answer:
    inside = tuple(hit for hit in answer.hits if hit.overlaps(unit))
    if answer.truth is Truth.UNDETERMINED and (inside or not answer.hits):
        return Answer(Truth.UNDETERMINED, inside)
    held = truth.of(inside) if answer.truth is not Truth.MISS else Truth.MISS
    return Answer(~held if denied else held, () if denied else inside)


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``every: {unit: sentence, holds: …, shortest: 4}``."""
    inside = node.child(key)
    inside.only(("unit", "holds", "shortest"))
    unit = inside.child("unit").choice(("turn", "sentence"), "turn")
    shortest = inside.child("shortest").integer(1, low=1, high=1000)
    return Every(unit, reading.condition(inside.child("holds")), shortest, reading.speaker)
