"""``silence``: nobody says anything for some time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from auditor.conditions.base import UNDETERMINED, Answer, Condition, Hit
from auditor.conditions.bounds import Bounds, read_bounds
from auditor.conditions.node import Node
from auditor.conditions.ranges import SPEAKERS
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene, TurnView
from auditor.conditions.timing import Gap, gaps, spoken
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("silence",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False

_LONGEST = 86_400


@dataclass(frozen=True, slots=True)
class Silent:
    """Silence of some length between turns of some speakers.

    Args:
        seconds: Bounds of its length.
        after: Who talked last, ``None`` for anybody.
        before: Who talks next, ``None`` for anybody.
        unless_said: Words in the turn before that excuse it, such as 请稍等.
        inside: Count pauses inside turns as well, by the times of words.
    """

    seconds: Bounds
    after: Speaker | None
    before: Speaker | None
    unless_said: Condition | None
    inside: bool

    def find(self, scene: Scene) -> Answer:
        """The turn before every silence; undetermined where times are missing."""
        if not scene.timed:
            return UNDETERMINED
        judged = [
            (self._hit(gap.before, gap.seconds), self._counts(scene, gap))
            for gap in gaps(scene)
            if self._fits(gap)
        ]
        found = Answer.of_sure_and_open(
            (hit for hit, value in judged if value is Truth.HIT),
            (hit for hit, value in judged if value is Truth.UNDETERMINED),
        )
        return self._with_pauses(scene, found) if self.inside else found

    def _with_pauses(self, scene: Scene, found: Answer) -> Answer:
        turns = [
            view for view in spoken(scene) if self.after in (None, view.turn.speaker) and view.text
        ]
        hits = [hit for view in turns for hit in self._pauses(view)]
        if hits:
            sure = found.hits if found.truth is Truth.HIT else ()
            return Answer.of_hits((*sure, *hits))
        wordless = any(not view.turn.words for view in turns)
        return UNDETERMINED if found.truth is Truth.MISS and wordless else found

    def _pauses(self, view: TurnView) -> Iterator[Hit]:
        words = view.turn.words
        for first, second in pairwise(words):
            seconds = (second.time.start_ms - first.time.end_ms) / 1000
            if self.seconds.hold(seconds):
                yield self._hit(view, seconds)

    def _fits(self, gap: Gap) -> bool:
        return (
            self.seconds.hold(gap.seconds)
            and self.after in (None, gap.before.turn.speaker)
            and self.before in (None, gap.after.turn.speaker)
        )

    def _counts(self, scene: Scene, gap: Gap) -> Truth:
        if self.unless_said is None:
            return Truth.HIT
        turn = gap.before.turn.index
        return ~self.unless_said.find(scene.part(range(turn, turn + 1))).truth

    def _hit(self, view: TurnView, seconds: float) -> Hit:
        zh, en = f"静音{seconds:.1f}秒", f"{seconds:.1f} s of silence"
        return Hit(view.turn.index, 0, len(view.text), How.PATTERN, "silence", 1.0, zh, en)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"静音{self.seconds.describe('秒')}"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``silence: {above: 8, after: customer, before: agent, unless_said: …}``."""
    inside = node.child(key)
    inside.only(
        ("above", "below", "at_least", "at_most", "after", "before", "unless_said", "inside")
    )
    excuse = inside.child("unless_said")
    return Silent(
        read_bounds(inside, high=_LONGEST),
        _speaker(inside.child("after")),
        _speaker(inside.child("before")),
        None if excuse.value is None else reading.condition(excuse),
        inside.child("inside").flag(),
    )


def _speaker(node: Node) -> Speaker | None:
    name = node.choice(SPEAKERS, "any")
    return None if name == "any" else Speaker(name)
