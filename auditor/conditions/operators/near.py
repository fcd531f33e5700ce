"""``near``: parts within some characters of one turn, or within some turns or seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import MISS, Answer, Condition, Hit, without_words
from auditor.conditions.node import Node
from auditor.conditions.operators.logic import Reach
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth
from auditor.domain.findings import How

KEYS = ("near",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class Near:
    """Every part is said with at most ``chars`` characters between one and the next."""

    parts: tuple[Condition, ...]
    chars: int
    ordered: bool

    def find(self, scene: Scene) -> Answer:
        """One hit from the first part's start to the last part's end for every such place."""
        answers = scene.answers(self.parts)
        if answers is None:
            return MISS
        verdict = truth.all_of(answer.truth for answer in answers)
        if not all(answer.hits for answer in answers):
            return without_words(answers)
        found = [
            joined
            for first in answers[0].hits
            for joined in self._extend((first,), [answer.hits for answer in answers[1:]])
        ]
        return Answer(verdict if found else Truth.MISS, tuple(sorted(set(found))))

    def _extend(self, so_far: tuple[Hit, ...], rest: list[tuple[Hit, ...]]) -> Iterator[Hit]:
        if not rest:
            yield _joined(so_far)
            return
        for hit in rest[0]:
            if hit.turn == so_far[0].turn and self._close(so_far, hit):
                yield from self._extend((*so_far, hit), rest[1:])

    def _close(self, so_far: tuple[Hit, ...], hit: Hit) -> bool:
        if self.ordered:
            return 0 <= hit.start - so_far[-1].end <= self.chars
        if any(hit.overlaps(other) for other in so_far):
            return False  # one word is not two parts
        start, end = min(h.start for h in so_far), max(h.end for h in so_far)
        return max(hit.start - end, start - hit.end) <= self.chars

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """Every part."""
        return tuple((part,) for part in self.parts)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"{self.chars}字以内：" + "…".join(part.describe() for part in self.parts)


@dataclass(frozen=True, slots=True)
class NearInCall:
    """Every part is said within some turns or seconds of the one before, or of the first."""

    parts: tuple[Condition, ...]
    reach: Reach
    ordered: bool

    def find(self, scene: Scene) -> Answer:
        """The words of all parts wherever they come together."""
        answers = scene.answers(self.parts)
        if answers is None:
            return MISS
        verdict = truth.all_of(answer.truth for answer in answers)
        if not all(answer.hits for answer in answers):
            return without_words(answers)
        if self.reach.unknown(scene):
            verdict = Truth.UNDETERMINED
        steps = [answer.hits for answer in answers]
        kept = self._chained(scene, steps) if self.ordered else self._gathered(scene, steps)
        return Answer(verdict if kept else Truth.MISS, tuple(sorted(kept)))

    def _chained(self, scene: Scene, steps: list[tuple[Hit, ...]]) -> set[Hit]:
        """Hits that lie on a way from the first part to the last, step by step."""
        forward = [steps[0]]
        for hits in steps[1:]:
            forward.append(tuple(h for h in hits if self._any(scene, forward[-1], h)))
        kept = set(forward[-1])
        later = forward[-1]
        for hits in reversed(forward[:-1]):
            later = tuple(h for h in hits if any(self._leads(scene, h, after) for after in later))
            kept.update(later)
        return kept if forward[-1] else set()

    def _any(self, scene: Scene, before: tuple[Hit, ...], hit: Hit) -> bool:
        return any(self._leads(scene, other, hit) for other in before)

    def _leads(self, scene: Scene, first: Hit, second: Hit) -> bool:
        later = (second.turn, second.start) >= (first.turn, first.end)
        return later and self.reach.together(scene, first, second)

    def _gathered(self, scene: Scene, steps: list[tuple[Hit, ...]]) -> set[Hit]:
        kept: set[Hit] = set()
        for anchor in steps[0]:
            near = [
                [
                    hit
                    for hit in hits
                    if not hit.overlaps(anchor) and self.reach.together(scene, anchor, hit)
                ]
                for hits in steps[1:]
            ]
            if all(near):
                kept.update([anchor], *near)
        return kept

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """Every part."""
        return tuple((part,) for part in self.parts)

    def describe(self) -> str:
        """Say in Chinese."""
        turns = "" if self.reach.turns is None else f"{self.reach.turns}段"
        seconds = "" if self.reach.seconds is None else f"{self.reach.seconds:g}秒"
        order = "依次" if self.ordered else ""
        parts = "…".join(part.describe() for part in self.parts)
        return f"{turns}{seconds}以内{order}：{parts}"


def _joined(hits: tuple[Hit, ...]) -> Hit:
    by_sound = any(hit.how is How.PINYIN for hit in hits)
    return Hit(
        hits[0].turn,
        min(hit.start for hit in hits),
        max(hit.end for hit in hits),
        How.PINYIN if by_sound else hits[0].how,
        "…".join(hit.source for hit in hits),
    )


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``near: {of: […], chars: n, ordered: true}``, or with ``turns`` or ``seconds``."""
    inside = node.child(key)
    inside.only(("of", "chars", "turns", "seconds", "ordered", "speaker"))
    parts = reading.speaking(inside).conditions(inside.child("of"))
    ordered = inside.child("ordered").flag(default=True)
    if not inside.has("turns") and not inside.has("seconds"):
        return Near(parts, inside.child("chars").integer(low=0, high=500), ordered)
    if inside.has("chars"):
        inside.child("chars").problem("two_distances", "characters count within one turn only")
    turns = inside.child("turns").integer(high=10_000) if inside.has("turns") else None
    seconds = inside.child("seconds").number(high=86_400) if inside.has("seconds") else None
    return NearInCall(parts, Reach(turns, seconds), ordered)
