"""``near``: parts within some characters of one turn, in order or in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
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
        answers = [part.find(scene) for part in self.parts]
        verdict = truth.all_of(answer.truth for answer in answers)
        if verdict is Truth.MISS or not all(answer.hits for answer in answers):
            return Answer(Truth.MISS)
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

    def describe(self) -> str:
        """Say in Chinese."""
        return f"{self.chars}字以内：" + "…".join(part.describe() for part in self.parts)


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
    """Read ``near: {of: […], chars: n, ordered: true}``."""
    inside = node.child(key)
    inside.only(("of", "chars", "ordered", "speaker"))
    return Near(
        reading.speaking(inside).conditions(inside.child("of")),
        inside.child("chars").integer(low=0, high=500),
        inside.child("ordered").flag(default=True),
    )
