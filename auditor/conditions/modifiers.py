"""Keys every condition takes: who is on the line, where in the call, how often."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.ranges import Within, read_places
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Person, Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth

MODIFIERS = frozenset({"speaker", "person", "where", "min"})

SURE_SPEAKER = 0.9
"""Confidence about the speaker below which a finding goes to review, not to a score."""

SURE_PERSON = 0.6
"""Confidence about who is on the line below which a check is left open."""


@dataclass(frozen=True, slots=True)
class OnLine:
    """Keeps the hits said while one of some persons is on the line."""

    inner: Condition
    persons: frozenset[Person]

    def find(self, scene: Scene) -> Answer:
        """Hits with such a person; undetermined where it is not sure who listens."""
        answer = scene.answer(self.inner)
        if answer.truth is Truth.UNDETERMINED and not answer.hits:
            return answer
        sure: list[Hit] = []
        open_: list[Hit] = []
        for hit in answer.hits:
            person = scene.state.person[hit.turn]
            unsure = scene.state.person_confidence[hit.turn] < SURE_PERSON
            if person in self.persons and not unsure:
                sure.append(hit)
            elif person in self.persons or (person is Person.UNKNOWN and unsure):
                open_.append(hit)
        if sure:
            return Answer(answer.truth, tuple(sure))
        return Answer(Truth.UNDETERMINED, tuple(open_)) if open_ else Answer(Truth.MISS)

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """What is narrowed."""
        return ((self.inner,),)

    def describe(self) -> str:
        """Say in Chinese."""
        names = {
            Person.DEBTOR: "债务人",
            Person.GUARANTOR: "担保人",
            Person.THIRD_PARTY: "第三人",
            Person.MINOR: "未成年人",
            Person.MACHINE: "语音信箱或助理",
            Person.UNKNOWN: "身份不明者",
        }
        people = "、".join(names[p] for p in sorted(self.persons))
        return f"对{people}说：{self.inner.describe()}"


@dataclass(frozen=True, slots=True)
class AtLeastTimes:
    """Holds when the inner condition is hit a number of times."""

    inner: Condition
    times: int

    def find(self, scene: Scene) -> Answer:
        """All hits when there are enough of them."""
        answer = scene.answer(self.inner)
        if _places(answer.hits) >= self.times:
            return answer
        return answer if answer.truth is Truth.UNDETERMINED else Answer(Truth.MISS)

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """What is counted."""
        return ((self.inner,),)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"至少{self.times}次：{self.inner.describe()}"


def _places(hits: tuple[Hit, ...]) -> int:
    """Count hits that share no characters: two patterns may match the same words."""
    count = 0
    reached = (-1, 0)
    for turn, end, start in sorted((hit.turn, hit.end, hit.start) for hit in hits):
        if (turn, start) >= reached:
            count += 1
            reached = (turn, end)
    return count


_WORDLESS = frozenset({"not", "metadata", "calendar", "state", "measure", "sound"})
"""Kinds that answer without words, which cannot lie anywhere or be counted."""


def narrowed(condition: Condition, node: Node, reading: Reading) -> Condition:
    """Wrap a condition in the modifiers written beside it."""
    for key in ("where", "person", "min"):
        for kind in _WORDLESS.intersection(node.keys()) if node.has(key) else ():
            node.child(key).problem(
                "no_words", f"{kind!r} points at no words for {key!r} to keep; use in_part"
            )
    if node.has("where"):
        condition = Within(condition, read_places(node.child("where"), reading))
    if node.has("person"):
        names = node.child("person").some()
        people = frozenset(Person(item.choice([*Person])) for item in names)
        condition = OnLine(condition, people)
    if node.has("min"):
        condition = AtLeastTimes(condition, node.child("min").integer(low=1, high=1000))
    return condition
