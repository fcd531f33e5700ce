"""Parts of a call: first and last turns, seconds or percent, and places around something else.

A place says of every hit whether it lies inside. What needs times stays open in a call that has
none, and what lies before or after something open stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from auditor.conditions import truth
from auditor.conditions.anchors import MOST_TURNS, Anchor
from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene, TurnView
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker

SPEAKERS = ("agent", "customer", "any")

_SPEAKER_NAMES = {Speaker.AGENT: "坐席", Speaker.CUSTOMER: "客户", Speaker.UNKNOWN: "不明者"}


class Place(Protocol):
    """A part of a call."""

    def judge(self, scene: Scene, hits: tuple[Hit, ...]) -> list[Truth]:
        """Say of each hit whether it lies inside."""
        ...

    def stretches(self, scene: Scene) -> tuple[range, ...] | None:
        """Turns that lie inside, one range for each place; ``None`` where that is open."""
        ...

    def describe(self) -> str:
        """Say in Chinese."""
        ...


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns ``first`` to ``last``, from 0, counted over all turns or one speaker's.

    Negative numbers count from the end: -1 is the last turn.
    """

    first: int
    last: int
    counting: Speaker | None = None

    def judge(self, scene: Scene, hits: tuple[Hit, ...]) -> list[Truth]:
        """A hit lies inside with its turn."""
        inside = self.turns(scene)
        return [truth.of(hit.turn in inside) for hit in hits]

    def stretches(self, scene: Scene) -> tuple[range, ...]:
        """One range, empty ranges left out."""
        inside = self.turns(scene)
        return (inside,) if inside else ()

    def turns(self, scene: Scene) -> range:
        """From the first to the last turn that lies inside."""
        counted = [
            view.turn.index
            for view in scene.views
            if self.counting is None or view.turn.speaker is self.counting
        ]
        total = len(counted)
        first = self.first if self.first >= 0 else max(0, total + self.first)
        last = self.last if self.last >= 0 else total + self.last
        chosen = counted[first : last + 1]
        return range(chosen[0], chosen[-1] + 1) if chosen else range(0)

    def describe(self) -> str:
        """Say in Chinese."""
        whose = "" if self.counting is None else _SPEAKER_NAMES[self.counting]
        if self.last == -1:
            return (
                f"{whose}后{-self.first}段" if self.first < 0 else f"{whose}第{self.first + 1}段起"
            )
        if self.first == 0:
            return f"{whose}前{self.last + 1}段"
        return f"{whose}第{self.first + 1}至{self.last + 1}段"


@dataclass(frozen=True, slots=True)
class Times:
    """From one second or percent of the call to another; negative counts from the end.

    A turn lies in the first part when it begins in it, and in the last when it ends in it.
    """

    start: float | None
    end: float | None
    unit: str = "seconds"

    def judge(self, scene: Scene, hits: tuple[Hit, ...]) -> list[Truth]:
        """A hit lies inside with its turn; open where the call has no times."""
        if not scene.timed:
            return [Truth.UNDETERMINED] * len(hits)
        return [truth.of(self._holds(scene, scene.views[hit.turn])) for hit in hits]

    def stretches(self, scene: Scene) -> tuple[range, ...] | None:
        """One range."""
        if not scene.timed:
            return None
        inside = [view.turn.index for view in scene.views if self._holds(scene, view)]
        return (range(inside[0], inside[-1] + 1),) if inside else ()

    def _holds(self, scene: Scene, view: TurnView) -> bool:
        time = view.turn.time
        return (self.start is None or time.end >= self._second(scene, self.start)) and (
            self.end is None or time.start <= self._second(scene, self.end)
        )

    def _second(self, scene: Scene, at: float) -> float:
        scale = scene.duration / 100 if self.unit == "percent" else 1.0
        return at * scale if at >= 0 else scene.duration + at * scale

    def describe(self) -> str:
        """Say in Chinese."""
        unit = "%" if self.unit == "percent" else "秒"
        if self.start is None and self.end is not None:
            return f"前{self.end:g}{unit}"
        if self.end is None and self.start is not None and self.start < 0:
            return f"后{-self.start:g}{unit}"
        end = "结束" if self.end is None else f"{self.end:g}{unit}"
        return f"{self.start or 0:g}至{end}"


@dataclass(frozen=True, slots=True)
class Within:
    """Keeps the hits in a part of the call."""

    inner: Condition
    places: tuple[Place, ...] = ()

    def find(self, scene: Scene) -> Answer:
        """Hits inside the part."""
        answer = self._near(scene).answer(self.inner)
        if not answer.hits:
            return answer if answer.truth is Truth.UNDETERMINED else Answer(Truth.MISS)
        judged = [place.judge(scene, answer.hits) for place in self.places]
        inside = [truth.all_of(values) for values in zip(*judged, strict=True)]
        if not judged:
            return answer
        sure = [h for h, value in zip(answer.hits, inside, strict=True) if value is Truth.HIT]
        if answer.truth is Truth.HIT and sure:
            return Answer(Truth.HIT, tuple(sure))
        open_ = tuple(
            h for h, value in zip(answer.hits, inside, strict=True) if value is not Truth.MISS
        )
        if answer.truth is Truth.UNDETERMINED and not open_:
            return answer
        return Answer(Truth.UNDETERMINED if open_ else Truth.MISS, open_)

    def _near(self, scene: Scene) -> Scene:
        """The part of the call in which words can lie inside at all."""
        words = scene.sifted is not None and id(self.inner) in scene.sifted.sieve.rows
        for place in self.places if words else ():
            if isinstance(place, Turns):
                scene = scene.part(place.turns(scene))
        return scene

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """What is narrowed."""
        return ((self.inner,),)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"{'、'.join(place.describe() for place in self.places)}：{self.inner.describe()}"


KEYS = (
    *("first_turns", "last_turns", "turns", "counting"),
    *("first_seconds", "last_seconds", "seconds"),
    *("first_percent", "last_percent", "percent"),
    *("before", "after", "around"),
)


def read_places(node: Node, reading: Reading) -> tuple[Place, ...]:
    """Read the keys under ``where``."""
    node.only(KEYS)
    return (*_turns(node), *_times(node), *_anchors(node, reading))


def _turns(node: Node) -> Iterator[Place]:
    counting = node.child("counting").choice(SPEAKERS, "any")
    speaker = None if counting == "any" else Speaker(counting)
    if node.has("first_turns"):
        number = node.child("first_turns").integer(low=1, high=MOST_TURNS)
        yield Turns(0, number - 1, speaker)
    if node.has("last_turns"):
        number = node.child("last_turns").integer(low=1, high=MOST_TURNS)
        yield Turns(-number, -1, speaker)
    if node.has("turns"):
        inside = node.child("turns")
        inside.only(("from", "to"))
        first = inside.child("from").integer(1, low=1, high=MOST_TURNS)
        last = inside.child("to").integer(MOST_TURNS, low=1, high=MOST_TURNS)
        if first > last:
            inside.problem("empty_range", "'from' must not come after 'to'")
        yield Turns(first - 1, last - 1, speaker)
    elif node.has("counting") and not (node.has("first_turns") or node.has("last_turns")):
        node.child("counting").problem("no_turns", "'counting' says whose turns are numbered")


def _times(node: Node) -> Iterator[Place]:
    for unit, most in (("seconds", 86_400), ("percent", 100)):
        if node.has(f"first_{unit}"):
            yield Times(None, node.child(f"first_{unit}").number(low=0, high=most), unit)
        if node.has(f"last_{unit}"):
            # The float zero has a sign: -0.0 would be the start of the call.
            length = node.child(f"last_{unit}").number(low=0, high=most)
            yield Times(-max(length, 1e-9), None, unit)
        if node.has(unit):
            inside = node.child(unit)
            inside.only(("from", "to"))
            first = inside.child("from").number(0.0, low=0, high=most)
            last = inside.child("to").number(float(most), low=0, high=most)
            if first > last:
                inside.problem("empty_range", "'from' must not come after 'to'")
            yield Times(first, last, unit)


def _anchors(node: Node, reading: Reading) -> Iterator[Place]:
    for side in ("before", "after", "around"):
        if not node.has(side):
            continue
        inside = node.child(side)
        if not inside.has("of"):
            which = "any" if side == "around" else "first"
            yield Anchor(side, reading.condition(inside), which)
            continue
        inside.only(("of", "hit", "turns", "seconds", "chars"))
        yield Anchor(
            side,
            reading.condition(inside.child("of")),
            _which(inside.child("hit"), "any" if side == "around" else "first"),
            inside.child("turns").integer(high=MOST_TURNS) if inside.has("turns") else None,
            inside.child("seconds").number(high=86_400) if inside.has("seconds") else None,
            inside.child("chars").integer(high=500) if inside.has("chars") else None,
        )


def _which(node: Node, default: str) -> str | int:
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.integer(low=1, high=1000)
    return node.choice(("first", "last", "any", "each"), default)
