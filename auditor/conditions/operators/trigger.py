"""``trigger``: words that are quoted, what must hold besides, and what excuses them.

The prerequisites and the reasons why a hit does not count are those of a whole rule, for one part
of it: several triggers in one ``any`` each have their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import MISS, Answer, Condition, Exemption
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth

KEYS = ("trigger",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class Triggered:
    """Words count where the prerequisites hold in the call and nothing excuses them."""

    words: Condition
    requires: tuple[Condition, ...]
    unless: tuple[Exemption, ...]

    def find(self, scene: Scene) -> Answer:
        """The words that are not excused; open where a prerequisite or an excuse is."""
        answers = scene.answers((self.words, *self.requires))
        if answers is None:
            return MISS
        answer = answers[0]
        verdict = truth.all_of(one.truth for one in answers)
        if not answer.hits:
            return Answer(verdict)
        free = {
            hit: ~truth.any_of(reason.excuses(scene, hit) for reason in self.unless)
            for hit in answer.hits
        }
        sure = [hit for hit, value in free.items() if value & verdict is Truth.HIT]
        open_ = [hit for hit, value in free.items() if value & verdict is Truth.UNDETERMINED]
        return Answer.of_sure_and_open(sure, open_)

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """The words."""
        return ((self.words,),)

    def describe(self) -> str:
        """Say in Chinese."""
        needed = "".join(f"，前提：{condition.describe()}" for condition in self.requires)
        excused = "".join(f"，除非{reason.describe()}" for reason in self.unless)
        return self.words.describe() + needed + excused


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``trigger: {words: …, requires: […], unless: […]}``."""
    inside = node.child(key)
    inside.only(("words", "requires", "unless", "speaker"))
    reading = reading.speaking(inside)
    requires = tuple(
        reading.condition(item) for item in inside.child("requires").items(single=True)
    )
    unless = reading.exemptions(inside.child("unless"))
    if not requires and not unless:
        inside.problem("nothing_besides", "say what 'requires' or 'unless' adds to the words")
    return Triggered(reading.condition(inside.child("words")), requires, unless)
