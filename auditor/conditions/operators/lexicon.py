"""``lexicon``: a term of one or more lexicons is said."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import Answer, Condition
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Sought
from auditor.domain.calls import Speaker

KEYS = ("lexicon",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True


@dataclass(frozen=True, slots=True)
class LexiconSaid:
    """A speaker says a term of one of the lexicons."""

    lexicons: tuple[str, ...]
    speaker: Speaker | None

    def find(self, scene: Scene) -> Answer:
        """Every place a term is said."""
        return Answer.of_hits(
            hit for name in self.lexicons for hit in scene.term_hits(name, self.speaker)
        )

    def sought(self) -> Sought:
        """Its lexicons."""
        return Sought(self.speaker, lexicons=self.lexicons)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"词表〔{'、'.join(self.lexicons)}〕"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``lexicon: name`` or ``lexicon: [name, name]``."""
    return LexiconSaid(reading.lexicon_names(node.child(key)), reading.speaker)
