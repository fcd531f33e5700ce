"""``before``, ``after``, ``around``: words close to the hit that change what it means."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import Condition, Exemption, Hit, brief, open_or
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth

KEYS = ("before", "after", "around")

_ENGLISH = {"before": "before", "after": "behind", "around": "around"}
_NAMES = {"before": "之前", "after": "之后", "around": "前后"}


@dataclass(frozen=True, slots=True)
class Window:
    """Another condition holds within some characters of the hit, in the same turn."""

    side: str
    condition: Condition
    chars: int
    same_clause: bool

    def excuses(self, scene: Scene, hit: Hit) -> Truth:
        """Look in the window beside the hit; clauses end where punctuation shows it."""
        view = scene.views[hit.turn]
        low, high = max(0, hit.start - self.chars), min(len(view.text), hit.end + self.chars)
        if self.same_clause:
            low = max(low, view.clause_start(hit.start))
            high = min(high, view.clause_end(max(hit.start, hit.end - 1)))
        if self.side == "before":
            high = hit.start
        elif self.side == "after":
            low = hit.end
        answer = scene.answer(self.condition)
        inside = any(
            other.turn == hit.turn and low <= other.start and other.end <= high
            for other in answer.hits
        )
        return answer.truth if inside else Truth.MISS

    def why_not(self, scene: Scene, hit: Hit) -> tuple[str, str]:
        """Say that the words are not there, or that it is open."""
        where = f"{_NAMES[self.side]}{self.chars}字内"
        en = f"not within {self.chars} characters {_ENGLISH[self.side]}: “{brief(self.condition)}”"
        return open_or(self, scene, hit, f"{where}没有{brief(self.condition)}", en)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"{_NAMES[self.side]}{self.chars}字内有{self.condition.describe()}"

    def brief(self) -> str:
        """Name the kind of excuse."""
        return f"紧邻{_NAMES[self.side]}有改变含义的用语"


def read(node: Node, key: str, reading: Reading) -> Exemption:
    """Read ``before: {lexicon: negation, chars: 4, same_clause: true}``."""
    condition = reading.condition(node.without("chars", "same_clause"))
    return Window(
        key,
        condition,
        node.child("chars").integer(6, low=0, high=500),
        node.child("same_clause").flag(),
    )
