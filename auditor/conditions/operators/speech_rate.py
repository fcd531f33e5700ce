"""``speech_rate``: a turn is spoken faster or slower than a number of characters a minute."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import UNDETERMINED, Answer, Condition, Hit
from auditor.conditions.bounds import Bounds, read_bounds
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.timing import chars_per_minute
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("speech_rate",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True


@dataclass(frozen=True, slots=True)
class SpokenAt:
    """Turns of a speaker within bounds of characters a minute.

    Args:
        shortest: Turns with fewer characters are left out: their rate is chance.
    """

    rate: Bounds
    shortest: int
    speaker: Speaker | None

    def find(self, scene: Scene) -> Answer:
        """Every such turn; undetermined where times are missing."""
        if not scene.timed:
            return UNDETERMINED
        rates = (
            (view, chars_per_minute(view))
            for view in scene.said(self.speaker)
            if len(view.text) >= self.shortest
        )
        return Answer.of_hits(
            Hit(
                view.turn.index,
                0,
                len(view.text),
                How.PATTERN,
                "speech rate",
                1.0,
                f"每分钟{rate:.0f}字",
                f"{rate:.0f} characters a minute",
            )
            for view, rate in rates
            if self.rate.hold(rate)
        )

    def describe(self) -> str:
        """Say in Chinese."""
        return f"语速每分钟{self.rate.describe('字')}"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``speech_rate: {above: 350, shortest: 20}``."""
    inside = node.child(key)
    inside.only(("above", "below", "at_least", "at_most", "shortest"))
    return SpokenAt(
        read_bounds(inside, high=10_000),
        inside.child("shortest").integer(20, low=1, high=10_000),
        reading.speaker,
    )
