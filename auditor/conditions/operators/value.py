"""``value``: a sum, date, time, share, code, card, id or telephone number is said.

It may be compared with a number, with a field of the manifest, or with another mention in the
talk. 三千多 agrees with 3,240; a rough figure that may lie on either side of a bound stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from auditor.conditions import truth
from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.bounds import Bounds, read_bounds
from auditor.conditions.node import Node
from auditor.conditions.quantities import (
    CODES,
    COMPARISONS,
    KINDS,
    ORDERED,
    TAILS,
    Quantity,
    compare,
    known_quantity,
    quantity_of,
    written,
)
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How
from auditor.text.values import Amount

KEYS = ("value",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True

_FIELDS = ("kind", "near", "with_unit", "digits", "if_missing", *COMPARISONS)
_CHINA = ZoneInfo("Asia/Shanghai")
_SIDES = ("before", "after", "around")
_MENTIONS = ("first", "last", "any", "every")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that must stand close to the value, in the same turn."""

    of: Condition
    chars: int
    side: str = "around"

    def beside(self, answer: Answer, hit: Hit) -> Truth:
        """Whether the words are there; ``answer`` is what was found of them in the call."""
        near = any(other.turn == hit.turn and self._close(hit, other) for other in answer.hits)
        return answer.truth if near else Truth.MISS

    def _close(self, hit: Hit, other: Hit) -> bool:
        before, after = hit.start - other.end, other.start - hit.end
        if self.side == "before":
            return 0 <= before <= self.chars
        return (
            0 <= after <= self.chars if self.side == "after" else max(before, after) <= self.chars
        )


@dataclass(frozen=True, slots=True)
class Operand:
    """What a value is compared with: something fixed, a field of the call, or another mention."""

    fixed: Quantity | None = None
    name: str = ""
    said: ValueSaid | None = None
    mention: str = "first"
    tolerance: Decimal = Decimal(0)
    share: Decimal = Decimal(0)

    def describe(self) -> str:
        """Say in Chinese."""
        if self.said is not None:
            which = {"first": "首次", "last": "末次", "any": "任一", "every": "每次"}[self.mention]
            return f"{which}所说的{self.said.describe()}"
        return f"通话信息〔{self.name}〕" if self.name else "规定值"


@dataclass(frozen=True, slots=True)
class ValueSaid:
    """A speaker says a value of a kind that compares as wanted.

    Args:
        missing: Answer of a comparison with a field that nobody recorded.
        length: Bounds of the number of digits of a code.
    """

    kind: str
    speaker: Speaker | None
    cue: Cue | None = None
    with_unit: bool = False
    length: Bounds = field(default_factory=Bounds)
    how: str = ""
    operand: Operand | None = None
    missing: Truth = Truth.UNDETERMINED

    def find(self, scene: Scene) -> Answer:
        """Every value that compares as wanted."""
        mentions = list(self.mentions(scene))
        if self.operand is None:
            judged = [(hit, sure) for hit, _, sure in mentions]
        else:
            known = list(self._known(scene, self.operand)) if mentions else []
            judged = [
                self._compared(known, self.operand, hit, value, sure)
                for hit, value, sure in mentions
            ]
        return Answer.of_sure_and_open(
            (hit for hit, answer in judged if answer is Truth.HIT),
            (hit for hit, answer in judged if answer is Truth.UNDETERMINED),
        )

    def mentions(self, scene: Scene) -> Iterator[tuple[Hit, Quantity | None, Truth]]:
        """Every value of the kind: where, how much, and whether it is sure that it is meant."""
        title, belongs = KINDS[self.kind]
        today = call_day(scene)
        cues = Answer.of_hits(()) if self.cue is None else scene.answer(self.cue.of)
        for view in scene.said(self.speaker):
            for entity in scene.entities(view.turn.index):
                if not belongs(entity) or not self.length.hold(len(entity.digits)):
                    continue
                if self.with_unit and not (
                    isinstance(entity.value, Amount) and entity.value.currency
                ):
                    continue
                start, end = view.searched(entity.span)
                hit = Hit(view.turn.index, start, end, How.PATTERN, title)
                sure = Truth.HIT if self.cue is None else self.cue.beside(cues, hit)
                if sure is not Truth.MISS:
                    code = self.kind in CODES
                    yield hit, entity.digits if code else quantity_of(entity, today), sure

    def _compared(
        self,
        known: list[tuple[Hit | None, Quantity | None]],
        operand: Operand,
        hit: Hit,
        value: Quantity | None,
        sure: Truth,
    ) -> tuple[Hit, Truth]:
        others = [other for at, other in known if at is None or not at.overlaps(hit)]
        if operand.mention in ("first", "last"):
            others = others[:1] if operand.mention == "first" else others[-1:]
        if not others:
            return hit, sure & (self.missing if operand.said is None else Truth.MISS)
        answers = [self._one(operand, value, other) for other in others]
        together = truth.all_of if operand.mention == "every" else truth.any_of
        return self._noted(hit, value, operand, others[0]), sure & together(answers)

    def _one(self, operand: Operand, value: Quantity | None, other: Quantity | None) -> Truth:
        if value is None or other is None:
            return Truth.UNDETERMINED
        tolerance = operand.tolerance
        if operand.share and not isinstance(other, str):
            tolerance = max(tolerance, other.high * operand.share)
        return compare(self.how, value, other, tolerance)

    def _known(
        self, scene: Scene, operand: Operand
    ) -> Iterator[tuple[Hit | None, Quantity | None]]:
        """What there is to compare with, and where it was said."""
        if operand.said is None:
            fixed = operand.fixed if not operand.name else self._field(scene, operand.name)
            if fixed is not None:
                yield None, fixed
            return
        for hit, value, sure in operand.said.mentions(scene):
            if sure is Truth.HIT:
                yield hit, value

    def _field(self, scene: Scene, name: str) -> Quantity | None:
        call = scene.transcript.call
        value = call.attributes.get(name, getattr(call, name, None))
        return None if value is None else known_quantity(self.kind, value)

    def _noted(
        self, hit: Hit, value: Quantity | None, operand: Operand, other: Quantity | None
    ) -> Hit:
        if value is None or other is None:
            return hit
        title = KINDS[self.kind][0]
        one, two = written(self.kind, value), written(self.kind, other)
        zh = f"所说{title}为{one}，{operand.describe()}为{two}"
        en = f"said {self.kind} {one}, compared with {two}"
        return Hit(hit.turn, hit.start, hit.end, hit.how, hit.source, 1.0, zh, en)

    def describe(self) -> str:
        """Say in Chinese."""
        near = "" if self.cue is None else f"（{self.cue.chars}字内有{self.cue.of.describe()}）"
        other = "" if self.operand is None else f"{COMPARISONS[self.how]}{self.operand.describe()}"
        return f"{KINDS[self.kind][0]}{near}{other}"


def call_day(scene: Scene) -> date | None:
    """The day of the call in China."""
    started = scene.transcript.call.started_at
    return None if started is None else started.astimezone(_CHINA).date()


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``value: {kind: amount, near: {of: …, chars: n}, differs_from: {field: name}}``."""
    return _value(node.child(key), reading)


def _value(inside: Node, reading: Reading) -> ValueSaid:
    inside.only((*_FIELDS, "speaker"))
    reading = reading.speaking(inside)
    kind = inside.child("kind").choice(KINDS)
    chosen = [name for name in COMPARISONS if inside.has(name)]
    if len(chosen) > 1:
        inside.problem("two_comparisons", f"compare once: {', '.join(chosen)}")
    how = chosen[0] if chosen else ""
    if (how in ORDERED and kind in CODES) or (how in TAILS and kind not in CODES):
        inside.child(how).problem("not_comparable", f"{how!r} does not suit {kind!r}")
    if inside.has("digits") and kind not in CODES:
        inside.child("digits").problem("not_comparable", f"{kind!r} has no number of digits")
    missing = inside.child("if_missing").choice(("undetermined", "miss"), "undetermined")
    return ValueSaid(
        kind,
        reading.speaker,
        _cue(inside.child("near"), reading) if inside.has("near") else None,
        inside.child("with_unit").flag(),
        read_bounds(inside.child("digits"), high=64) if inside.has("digits") else Bounds(),
        how,
        _operand(inside.child(how), kind, reading) if how else None,
        Truth.MISS if missing == "miss" else Truth.UNDETERMINED,
    )


def _cue(node: Node, reading: Reading) -> Cue:
    node.only(("of", "chars", "side"))
    return Cue(
        reading.condition(node.child("of")),
        node.child("chars").integer(10, low=0, high=500),
        node.child("side").choice(_SIDES, "around"),
    )


def _operand(node: Node, kind: str, reading: Reading) -> Operand:
    if not node.is_mapping:
        fixed = known_quantity(kind, node.value) if node.value is not True else None
        if fixed is None:
            node.problem("not_a_value", f"not a usable {kind}")
        return Operand(fixed=fixed)
    node.only(("field", "said", "mention", "tolerance", "tolerance_percent"))
    tolerance = Decimal(str(node.child("tolerance").number(0.0, low=0, high=1e9)))
    share = Decimal(str(node.child("tolerance_percent").number(0.0, low=0, high=100))) / 100
    if node.has("said") == node.has("field"):
        node.problem("no_comparison", "compare with 'field: name' or with 'said: {…}'")
    if not node.has("said"):
        return Operand(name=node.child("field").text(), tolerance=tolerance, share=share)
    said = node.child("said")
    other = _value(said, reading)
    if other.operand is not None or other.kind != kind:
        said.problem("not_comparable", f"name another {kind!r} here, without a comparison")
    mention = node.child("mention").choice(_MENTIONS, "first")
    return Operand(said=other, mention=mention, tolerance=tolerance, share=share)
