"""``speaks_first`` and ``speaks_last``: who opens and who closes the talk."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import UNDETERMINED, Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.timing import spoken
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("speaks_first", "speaks_last")
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class Speaks:
    """A speaker has the first or the last word."""

    who: Speaker
    last: bool

    def find(self, scene: Scene) -> Answer:
        """The first or last turn; undetermined where it is not known whose it is."""
        views = spoken(scene)
        if not views:
            return Answer(Truth.MISS)
        view = max(views, key=lambda one: one.turn.time.end_ms) if self.last else views[0]
        if view.turn.speaker is Speaker.UNKNOWN:
            return UNDETERMINED
        if view.turn.speaker is not self.who:
            return Answer(Truth.MISS)
        return Answer.of_hits((Hit(view.turn.index, 0, len(view.text), How.PATTERN, ""),))

    def describe(self) -> str:
        """Say in Chinese."""
        who = {Speaker.AGENT: "坐席", Speaker.CUSTOMER: "客户"}.get(self.who, "不明者")
        return f"{who}{'最后' if self.last else '最先'}说话"


def read(node: Node, key: str, reading: Reading) -> Condition:  # noqa: ARG001 - operator contract
    """Read ``speaks_first: customer`` or ``speaks_last: agent``."""
    return Speaks(Speaker(node.child(key).choice(("agent", "customer"))), key == "speaks_last")
