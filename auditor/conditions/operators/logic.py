"""``any``, ``all``, ``not``, ``at_least``: conditions together.

``all`` asks for every part in the same turn unless ``within`` widens it to some turns, some
seconds, or the call. A ``not`` inside ``all`` bars the turn (or the call) it holds in.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import MISS, Answer, Condition, Hit, Refutable
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth

KEYS = ("any", "all", "not", "at_least")
MODIFIERS = frozenset({"within"})
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def find(self, scene: Scene) -> Answer:
        """Hits of every part that holds."""
        answers = [scene.answer(part) for part in self.parts]
        verdict = truth.any_of(answer.truth for answer in answers)
        hits = [h for a in answers if a.truth is verdict for h in a.hits]
        return Answer(verdict, tuple(sorted(set(hits))))

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """All parts together."""
        return (self.parts,)

    def describe(self) -> str:
        """Say in Chinese."""
        return "，或".join(part.describe() for part in self.parts)


@dataclass(frozen=True, slots=True)
class NotThat:
    """The part does not hold."""

    part: Condition

    def find(self, scene: Scene) -> Answer:
        """Hit when the part is missing from the call; with words where it names what fails it."""
        denied = ~scene.answer(self.part).truth
        if denied is Truth.HIT and isinstance(self.part, Refutable):
            return Answer(denied, self.part.against(scene))
        return Answer(denied)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"没有（{self.part.describe()}）"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far apart the parts of one thing may be."""

    turns: int | None = 0
    seconds: float | None = None

    def unknown(self, scene: Scene) -> bool:
        """Whether the call lacks the times that the distance is measured in."""
        return self.seconds is not None and not scene.timed

    def together(self, scene: Scene, first: Hit, second: Hit) -> bool:
        """Whether two hits are close enough, as far as that is known."""
        if self.turns is not None and abs(first.turn - second.turn) > self.turns:
            return False
        if self.seconds is None or self.unknown(scene):
            return True
        one, two = scene.views[first.turn].turn.time, scene.views[second.turn].turn.time
        return one.gap_ms(two) <= self.seconds * 1000


CALL = Reach(turns=None)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds close together."""

    parts: tuple[Condition, ...]
    barred: tuple[Condition, ...]
    reach: Reach

    def find(self, scene: Scene) -> Answer:
        """Hits of all parts around every place where they come together."""
        answers = scene.answers(self.parts)
        if answers is None:
            return MISS
        bars = [scene.answer(part) for part in self.barred]
        with_hits = [answer.hits for answer in answers if answer.hits]
        # What points at no words has no distance: it bars the whole call.
        everywhere = self.reach == CALL or not with_hits
        verdict = truth.all_of(
            [
                *(answer.truth for answer in answers),
                *(~bar.truth for bar in bars if everywhere or not bar.hits),
            ]
        )
        if verdict is Truth.MISS:
            return Answer(verdict)
        if everywhere:
            return Answer(verdict, tuple(sorted({h for hits in with_hits for h in hits})))
        return self._close(scene, verdict, with_hits, bars)

    def _close(
        self,
        scene: Scene,
        verdict: Truth,
        with_hits: list[tuple[Hit, ...]],
        bars: list[Answer],
    ) -> Answer:
        found: dict[Truth, set[Hit]] = {value: set() for value in Truth}
        for anchor in with_hits[0]:
            near = [
                [h for h in hits if self.reach.together(scene, anchor, h)] for hits in with_hits[1:]
            ]
            if not all(near):
                continue
            free = truth.all_of(
                ~bar.truth
                for bar in bars
                if any(self.reach.together(scene, anchor, hit) for hit in bar.hits)
            )
            sure = Truth.UNDETERMINED if self.reach.unknown(scene) else Truth.HIT
            found[verdict & free & sure].update([anchor], *near)
        for answer in (Truth.HIT, Truth.UNDETERMINED):
            if found[answer]:
                return Answer(answer, tuple(sorted(found[answer])))
        return Answer(Truth.MISS)

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """Every part."""
        return tuple((part,) for part in self.parts)

    def describe(self) -> str:
        """Say in Chinese."""
        wanted = "，且".join(part.describe() for part in self.parts)
        barred = "".join(f"，且没有（{part.describe()}）" for part in self.barred)
        return wanted + barred


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Some number of the parts hold somewhere in the call."""

    count: int
    parts: tuple[Condition, ...]

    def find(self, scene: Scene) -> Answer:
        """Hits of the parts that hold."""
        answers = [scene.answer(part) for part in self.parts]
        verdict = truth.at_least(self.count, (answer.truth for answer in answers))
        if verdict is Truth.MISS:
            return Answer(verdict)
        hits = {h for a in answers if a.truth in (verdict, Truth.HIT) for h in a.hits}
        return Answer(verdict, tuple(sorted(hits)))

    def describe(self) -> str:
        """Say in Chinese."""
        return f"至少{self.count}项：" + "；".join(part.describe() for part in self.parts)


def read_reach(node: Node, default: Reach) -> Reach:
    """Read ``within: turn``, ``call``, ``{turns: n}`` or ``{seconds: n}``."""
    if node.value is None:
        return default
    if not node.is_mapping:
        return CALL if node.choice(("turn", "call")) == "call" else Reach()
    node.only(("turns", "seconds"))
    turns = node.child("turns").integer(high=10_000) if node.has("turns") else None
    seconds = node.child("seconds").number(high=86_400) if node.has("seconds") else None
    return Reach(turns, seconds)


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read a group."""
    inside = node.child(key)
    if key != "all" and node.has("within"):
        node.child("within").problem("unknown_key", "only 'all' says how close its parts must be")
    if key == "any":
        return AnyOf(reading.conditions(inside))
    if key == "not":
        return NotThat(reading.condition(inside))
    if key == "at_least":
        inside.only(("count", "of"))
        of = reading.conditions(inside.child("of"))
        return AtLeast(inside.child("count").integer(low=1, high=max(1, len(of))), of)
    parts = reading.conditions(inside)
    wanted = tuple(part for part in parts if not isinstance(part, NotThat))
    if not wanted:
        inside.problem("only_negatives", "a group of nothing but 'not' never points at words")
    barred = tuple(part.part for part in parts if isinstance(part, NotThat))
    return AllOf(wanted, barred, read_reach(node.child("within"), Reach()))
