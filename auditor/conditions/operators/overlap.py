"""``overlap`` and ``interruption``: both talk at once; one cuts the other short."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import UNDETERMINED, Answer, Condition, Hit
from auditor.conditions.bounds import Bounds, read_bounds
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.timing import Overlap, heard_apart, overlaps
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("overlap", "interruption")
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True

_LONGEST = 86_400


@dataclass(frozen=True, slots=True)
class TalksOver:
    """A speaker begins to talk while the other is talking.

    Args:
        speaker: Who begins; ``None`` for anybody.
        seconds: Bounds of how long both talk.
        ahead: Seconds the other must have been talking already.
        cuts: The other must also stop first: an interruption, not a murmur of assent.
    """

    speaker: Speaker | None
    seconds: Bounds
    ahead: float
    cuts: bool

    def find(self, scene: Scene) -> Answer:
        """The turns that begin so; on one track it cannot be seen that nobody did."""
        if not scene.timed:
            return UNDETERMINED
        found = [one for one in overlaps(scene) if self._fits(one)]
        if not found:
            return Answer(Truth.MISS) if heard_apart(scene) else UNDETERMINED
        sure = [one for one in found if one.second.turn.usable]
        open_ = [one for one in found if not one.second.turn.usable]
        return Answer.of_sure_and_open(map(_hit, sure), map(_hit, open_))

    def _fits(self, one: Overlap) -> bool:
        return (
            self.speaker in (None, one.second.turn.speaker)
            and self.seconds.hold(one.seconds)
            and one.ahead >= self.ahead
            and not (self.cuts and one.first.turn.time.end_ms > one.second.turn.time.end_ms)
        )

    def describe(self) -> str:
        """Say in Chinese."""
        what = "打断对方" if self.cuts else "与对方同时说话"
        return f"{what}{self.seconds.describe('秒')}"


def _hit(one: Overlap) -> Hit:
    zh = f"对方已说{one.ahead:.1f}秒，同时说话{one.seconds:.1f}秒"
    en = f"the other had talked for {one.ahead:.1f} s, both for {one.seconds:.1f} s"
    turn = one.second
    return Hit(turn.turn.index, 0, len(turn.text), How.PATTERN, "overlap", 1.0, zh, en)


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``overlap: {above: 1}`` or ``interruption: {above: 0.5, ahead: 2}``."""
    inside = node.child(key)
    inside.only(("above", "below", "at_least", "at_most", "ahead"))
    return TalksOver(
        reading.speaker,
        read_bounds(inside, high=_LONGEST),
        inside.child("ahead").number(0.0, low=0, high=_LONGEST),
        key == "interruption",
    )
