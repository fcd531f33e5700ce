"""``sequence``: one thing after another, each within some turns or seconds of the one before."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import MISS, Answer, Condition, Hit, without_words
from auditor.conditions.node import Node
from auditor.conditions.operators.logic import Reach, read_reach
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth

KEYS = ("sequence",)
MODIFIERS = frozenset({"within"})
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """The steps happen in this order; the last step's words are the evidence."""

    steps: tuple[Condition, ...]
    reach: Reach

    def find(self, scene: Scene) -> Answer:
        """Hits of the last step that the earlier steps lead up to."""
        answers = scene.answers(self.steps)
        if answers is None:
            return MISS
        verdict = truth.all_of(answer.truth for answer in answers)
        if not all(answer.hits for answer in answers):
            return without_words(answers)
        if self.reach.unknown(scene):
            verdict = Truth.UNDETERMINED
        # Step by step, not path by path: paths multiply with every step.
        reached = answers[0].hits
        for answer in answers[1:]:
            reached = tuple(
                hit for hit in answer.hits if any(self._leads(scene, at, hit) for at in reached)
            )
        return Answer(verdict if reached else Truth.MISS, reached)

    def _leads(self, scene: Scene, first: Hit, second: Hit) -> bool:
        later = (second.turn, second.start) >= (first.turn, first.end)
        return later and self.reach.together(scene, first, second)

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """Every step."""
        return tuple((step,) for step in self.steps)

    def describe(self) -> str:
        """Say in Chinese."""
        return "，之后".join(step.describe() for step in self.steps)


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``sequence: […]`` with ``within: {turns: n}`` beside it."""
    steps = reading.conditions(node.child(key))
    if not node.has("within"):
        node.problem("no_within", "say how close the steps must be: within: {turns: n} or call")
    return Sequence(steps, read_reach(node.child("within"), Reach()))
