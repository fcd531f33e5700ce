"""``in_part``: something holds in a part of the call taken by itself.

For example that nothing of the kind is said there.
``where`` beside a condition keeps the words that lie in a part; ``in_part`` looks at the part as if
nothing else had been said, so that a ``not`` or a count holds for the part alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import UNDETERMINED, Answer, Condition
from auditor.conditions.hearing import all_heard
from auditor.conditions.node import Node
from auditor.conditions.ranges import Place, read_places
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth

KEYS = ("in_part",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class InPart:
    """A condition holds in some part, or in each of the parts, of the call."""

    places: tuple[Place, ...]
    holds: Condition
    each: bool

    def find(self, scene: Scene) -> Answer:
        """Look in every part; a call that has no such part does not meet it."""
        parts = [range(len(scene.views))]
        for place in self.places:
            stretches = place.stretches(scene)
            if stretches is None:
                return Answer(Truth.UNDETERMINED)
            parts = [both for one in parts for two in stretches if (both := _common(one, two))]
        if not parts:
            return Answer(Truth.MISS)
        answers = [self._answer(scene.part(turns)) for turns in dict.fromkeys(parts)]
        together = truth.all_of if self.each else truth.any_of
        verdict = together(answer.truth for answer in answers)
        hits = {h for a in answers if a.truth in (verdict, Truth.HIT) for h in a.hits}
        return Answer(verdict, () if verdict is Truth.MISS else tuple(sorted(hits)))

    def _answer(self, part: Scene) -> Answer:
        """What points at no words rests on what was not said: that must have been heard."""
        answer = part.answer(self.holds)
        if answer.truth is Truth.HIT and not answer.hits and not all_heard(part):
            return UNDETERMINED
        return answer

    def describe(self) -> str:
        """Say in Chinese."""
        where = "、".join(place.describe() for place in self.places) or "整通电话"
        return f"{'每一处' if self.each else ''}{where}（整段）内：{self.holds.describe()}"


def _common(one: range, two: range) -> range:
    return range(max(one.start, two.start), min(one.stop, two.stop))


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``in_part: {where: {first_turns: 3}, holds: …, each: false}``."""
    inside = node.child(key)
    inside.only(("where", "holds", "each"))
    places = read_places(inside.child("where"), reading)
    if not places:
        inside.child("where").problem("no_part", "say which part of the call is meant")
    return InPart(places, reading.condition(inside.child("holds")), inside.child("each").flag())
