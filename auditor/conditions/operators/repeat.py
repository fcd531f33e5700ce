"""``repeat``: the same sentence is said again, in the same words or nearly the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditions.base import UNDETERMINED, Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.operators.logic import CALL, Reach, read_reach
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("repeat",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True

_FIELDS = ("similarity", "times", "shortest", "within", "except", "of_other")


@dataclass(frozen=True, slots=True)
class Repeated:
    """A speaker says a sentence again that was said before.

    Args:
        similarity: Share of characters that must agree, 0..100.
        times: How often it must have been said before.
        shortest: Sentences with fewer characters are left out.
        barred: Folded words; sentences with one of them are left out.
        of_other: Compare with the other side's sentences instead of one's own.
    """

    similarity: float
    times: int
    shortest: int
    reach: Reach
    barred: tuple[str, ...]
    of_other: bool
    speaker: Speaker | None

    def find(self, scene: Scene) -> Answer:
        """Every sentence that was said often enough before."""
        if self.reach.unknown(scene):
            return UNDETERMINED
        return Answer.of_hits(self._hits(scene))

    def _hits(self, scene: Scene) -> Iterator[Hit]:
        from rapidfuzz import fuzz, process

        said = list(self._sentences(scene))
        texts = [text for _, text, _ in said]
        for number, (hit, text, speaker) in enumerate(said):
            if self.speaker not in (None, speaker):
                continue
            alike = process.extract(
                text,
                texts[:number],
                scorer=fuzz.ratio,
                score_cutoff=self.similarity,
                limit=None,
            )
            earlier = (said[place] for _, _, place in sorted(alike, key=lambda one: one[2]))
            before = [
                other
                for other, _, who in earlier
                if (who is not speaker) is self.of_other
                and (self.reach == CALL or self.reach.together(scene, other, hit))
            ]
            if len(before) >= self.times:
                turns = "、".join(str(other.turn + 1) for other in before)
                zh, en = (
                    f"与第{turns}段所说重复",
                    f"said before in turn {turns.replace('、', ', ')}",
                )
                yield Hit(hit.turn, hit.start, hit.end, How.PATTERN, text, 1.0, zh, en)

    def _sentences(self, scene: Scene) -> Iterator[tuple[Hit, str, Speaker]]:
        for view in scene.said(None):
            for start, end in view.sentences():
                text = view.text[start:end]
                if len(text) >= self.shortest and not any(word in text for word in self.barred):
                    yield Hit(view.turn.index, start, end), text, view.turn.speaker

    def describe(self) -> str:
        """Say in Chinese."""
        whose = "对方" if self.of_other else "自己"
        return f"第{self.times}次重复{whose}说过的话（相似度不低于{self.similarity:g}%）"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``repeat: {similarity: 85, times: 2, shortest: 6, within: {turns: n}}``."""
    inside = node.child(key)
    inside.only(_FIELDS)
    barred = tuple(
        folded
        for item in inside.child("except").items(single=True)
        if (folded := reading.vocabulary.fold(item.text()))
    )
    return Repeated(
        inside.child("similarity").number(85.0, low=50, high=100),
        inside.child("times").integer(1, low=1, high=1000),
        inside.child("shortest").integer(5, low=2, high=1000),
        read_reach(inside.child("within"), CALL),
        barred,
        inside.child("of_other").flag(),
        reading.speaker,
    )
