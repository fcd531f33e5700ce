"""``similar``: a sentence like one of some sample sentences is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.conditions.alignment import Ear, most_alike
from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.domain.calls import Speaker
from auditor.domain.findings import How
from auditor.text.pinyin import Syllables

KEYS = ("similar",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True

SHORTEST = 4
"""Characters a sample needs: shorter ones are like too much."""


@dataclass(frozen=True, slots=True)
class SaysSimilar:
    """A speaker says something like one of the samples.

    Args:
        samples: Folded texts, without punctuation.
        least: Share of characters that must agree, 0..1.
    """

    samples: tuple[str, ...]
    least: float
    speaker: Speaker | None
    ear: Ear = field(compare=False)

    def find(self, scene: Scene) -> Answer:
        """The most alike stretch of every sentence that is alike enough."""
        return Answer.of_hits(self._hits(scene))

    def _hits(self, scene: Scene) -> Iterator[Hit]:
        wanted = [(sample, self.ear.hear(sample)) for sample in self.samples]
        for view in scene.said(self.speaker):
            heard = self.ear.hear(view.text)
            for start, end in view.sentences():
                likeness = [
                    (most_alike(sound, heard[start:end]), sample) for sample, sound in wanted
                ]
                best, sample = max(likeness, key=lambda pair: pair[0].score)
                if best.score >= self.least:
                    share = f"{best.score:.0%}"
                    zh, en = f"与例句“{sample}”相似度{share}", f"{share} like “{sample}”"
                    at = (start + best.start, start + best.end)
                    how = How.PATTERN if self.ear.syllables is None else How.PINYIN
                    yield Hit(view.turn.index, *at, how, sample, 1.0, zh, en)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"与〔{'；'.join(self.samples)}〕相似度不低于{self.least:.0%}的话"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``similar: {to: [sentence, …], at_least: 80, by_sound: true}``."""
    inside = node.child(key)
    inside.only(("to", "at_least", "by_sound"))
    samples = []
    for item in inside.child("to").some():
        sample = reading.vocabulary.fold(item.text())
        if len(sample) < SHORTEST:
            item.problem("too_short", f"a sample needs {SHORTEST} characters or more")
        samples.append(sample)
    least = inside.child("at_least").number(80.0, low=50, high=100) / 100
    sounds = Syllables() if inside.child("by_sound").flag() else None
    return SaysSimilar(tuple(samples), least, reading.speaker, Ear(sounds))
