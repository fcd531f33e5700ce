"""``turn``, ``previous``, ``following``, ``call``: something else said that excuses a hit."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import Condition, Exemption, Hit, brief, open_or
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth

KEYS = ("turn", "previous", "following", "call")

_ANYWHERE = 10_000
_LACKING = {"turn": "同一段中", "previous": "之前", "following": "之后", "call": "整通电话中"}
_ENGLISH = {
    "turn": "in the same turn",
    "previous": "before",
    "following": "afterwards",
    "call": "in the call",
}
_TITLES = {"turn": "同一段中有", "previous": "之前有", "following": "之后有", "call": "通话中有"}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A condition holds in the same turn, in some turns before or after, or in the call."""

    place: str
    condition: Condition
    turns: int

    def excuses(self, scene: Scene, hit: Hit) -> Truth:
        """Look for the condition at its place."""
        answer = scene.answer(self.condition)
        if self.place == "call":
            return answer.truth
        there = any(self._there(other.turn - hit.turn) for other in answer.hits)
        return answer.truth if there else Truth.MISS

    def _there(self, distance: int) -> bool:
        if self.place == "turn":
            return distance == 0
        if self.place == "previous":
            return -self.turns <= distance < 0
        return 0 < distance <= self.turns

    def why_not(self, scene: Scene, hit: Hit) -> tuple[str, str]:
        """Say that it is not there, or that it is open."""
        said = brief(self.condition)
        near = self.turns < _ANYWHERE and self.place in ("previous", "following")
        turns = f"{self.turns}段内" if near else ""
        zh = f"{_LACKING[self.place]}{turns}没有{said}"
        en = f"not {_ENGLISH[self.place]}{f' within {self.turns} turns' if near else ''}: “{said}”"
        return open_or(self, scene, hit, zh, en)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"{_TITLES[self.place]}{self.condition.describe()}"

    def brief(self) -> str:
        """Name the kind of excuse."""
        return f"{_TITLES[self.place]}使其成立或合规的说法"


def read(node: Node, key: str, reading: Reading) -> Exemption:
    """Read ``previous: {speaker: customer, lexicon: x, turns: 2}`` and its like."""
    condition = reading.condition(node.without("turns"))
    return Elsewhere(key, condition, node.child("turns").integer(_ANYWHERE, low=1, high=_ANYWHERE))
