"""``followed``: something said that something else comes after, e.g. a claim that is doubted.

``sequence`` points at its last step; this points at the first, when the words to be quoted are
the ones that another speaker reacts to.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import MISS, Answer, Condition, without_words
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth

KEYS = ("followed",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing is said and another comes after it within some turns."""

    said: Condition
    then: Condition
    turns: int

    def find(self, scene: Scene) -> Answer:
        """Hits of the first thing that the second comes after."""
        answers = scene.answers((self.said, self.then))
        if answers is None:
            return MISS
        said, then = answers
        verdict = truth.all_of((said.truth, then.truth))
        if not said.hits or not then.hits:
            return without_words((said, then))
        kept = tuple(
            hit
            for hit in said.hits
            if any(
                (hit.turn, hit.start) < (after.turn, after.start)
                and after.turn - hit.turn <= self.turns
                for after in then.hits
            )
        )
        return Answer(verdict if kept else Truth.MISS, kept)

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """Both."""
        return ((self.said,), (self.then,))

    def describe(self) -> str:
        """Say in Chinese."""
        return f"{self.said.describe()}，{self.turns}段以内接着{self.then.describe()}"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``followed: {that: …, by: …, turns: n}``."""
    inside = node.child(key)
    inside.only(("that", "by", "turns"))
    return Followed(
        reading.condition(inside.child("that")),
        reading.condition(inside.child("by")),
        inside.child("turns").integer(low=0, high=10_000),
    )
