"""Places before, after or around what another condition hits."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import Condition, Hit, span_of
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth

MOST_TURNS = 10_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """Before, after or around another condition's first, last, nth, each or any hit.

    Args:
        side: ``before``, ``after`` or ``around``.
        which: ``first``, ``last``, ``any``, ``each`` or the number of the hit, from 1. ``each``
            keeps hits only when every hit of the other condition has one beside it.
        turns: At most so many turns away; ``None`` for any number.
        seconds: At most so many seconds away.
        chars: In the same turn, at most so many characters away.
    """

    side: str
    of: Condition
    which: str | int = "first"
    turns: int | None = None
    seconds: float | None = None
    chars: int | None = None

    def judge(self, scene: Scene, hits: tuple[Hit, ...]) -> list[Truth]:
        """Judge by the chosen hits; with none, all comes before and nothing after."""
        answer = scene.answer(self.of)
        chosen = self._chosen(answer.hits)
        sure = answer.truth is Truth.HIT
        if not chosen:
            absent = self._plain_before() or answer.truth is Truth.UNDETERMINED
            kind = Truth.UNDETERMINED if answer.truth is Truth.UNDETERMINED else Truth.HIT
            return [kind if absent else Truth.MISS] * len(hits)
        table = [[self._beside(scene, hit, other) for hit in hits] for other in chosen]
        if self.which == "each" and truth.all_of(map(truth.any_of, table)) is Truth.MISS:
            judged = [Truth.MISS] * len(hits)
        else:
            judged = [truth.any_of(column) for column in zip(*table, strict=True)]
        if sure:
            return judged
        return [self._doubtful(value) for value in judged]

    def _doubtful(self, value: Truth) -> Truth:
        """What the answer is when it is open whether the anchor is there at all."""
        if self._plain_before():
            return value if value is Truth.HIT else Truth.UNDETERMINED
        return value if value is Truth.MISS else Truth.UNDETERMINED

    def _plain_before(self) -> bool:
        near = (self.turns, self.seconds, self.chars) != (None, None, None)
        return self.side == "before" and self.which == "first" and not near

    def stretches(self, scene: Scene) -> tuple[range, ...] | None:
        """Whole turns beside each chosen hit; the hit's own turn only with ``around``."""
        answer = scene.answer(self.of)
        if answer.truth is Truth.UNDETERMINED or (self.seconds is not None and not scene.timed):
            return None
        found = (self._range(scene, hit) for hit in self._chosen(answer.hits))
        return tuple(turns for turns in found if turns)

    def _range(self, scene: Scene, hit: Hit) -> range:
        reach = MOST_TURNS if self.turns is None else self.turns
        low = 0 if self.side == "after" else hit.turn - reach
        high = len(scene.views) - 1 if self.side == "before" else hit.turn + reach
        own = hit.turn
        low = max(own + 1 if self.side == "after" else low, 0)
        high = min(own - 1 if self.side == "before" else high, len(scene.views) - 1)
        at = Hit(own, hit.start, hit.end)
        inside = [
            turn
            for turn in range(low, high + 1)
            if self._near(scene, Hit(turn, 0, 0), at) is not Truth.MISS
        ]
        return range(inside[0], inside[-1] + 1) if inside else range(0)

    def _chosen(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        if isinstance(self.which, int):
            return hits[self.which - 1 : self.which]
        if self.which == "first":
            return hits[:1]
        return hits[-1:] if self.which == "last" else hits

    def _beside(self, scene: Scene, hit: Hit, other: Hit) -> Truth:
        where, there = (hit.turn, hit.start), (other.turn, other.start)
        if (self.side == "before" and where > there) or (self.side == "after" and where < there):
            return Truth.MISS
        return self._near(scene, hit, other)

    def _near(self, scene: Scene, hit: Hit, other: Hit) -> Truth:
        if self.turns is not None and abs(hit.turn - other.turn) > self.turns:
            return Truth.MISS
        if self.chars is not None:
            apart = max(hit.start - other.end, other.start - hit.end)
            if hit.turn != other.turn or apart > self.chars:
                return Truth.MISS
        return (
            Truth.HIT if self.seconds is None else within_seconds(scene, hit, other, self.seconds)
        )

    def describe(self) -> str:
        """Say in Chinese."""
        which = {"first": "", "last": "最后一次", "any": "某次", "each": "每次"}.get(
            str(self.which), f"第{self.which}次"
        )
        near = "".join(
            f"{number:g}{unit}内"
            for number, unit in ((self.turns, "段"), (self.seconds, "秒"), (self.chars, "字"))
            if number is not None
        )
        side = {"before": "之前", "after": "之后", "around": "前后"}[self.side]
        return f"在{which}「{self.of.describe()}」{side}{near}"


def within_seconds(scene: Scene, one: Hit, two: Hit, seconds: float) -> Truth:
    """Whether two hits are said at most so many seconds apart; open where times are missing."""
    if not scene.timed:
        return Truth.UNDETERMINED
    first, second = (scene.views[hit.turn].turn.time_of(span_of(scene, hit)) for hit in (one, two))
    return truth.of(first.gap_ms(second) <= seconds * 1000)
