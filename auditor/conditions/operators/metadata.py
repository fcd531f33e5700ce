"""``metadata``: what the dialler or the manifest says about the call.

A missing value makes the check undetermined, never passed or failed; ``if_missing: miss`` makes
what rests on it not applicable instead, where an open question in every call would help nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from math import isfinite

from auditor.conditions import truth
from auditor.conditions.base import MISS, UNDETERMINED, Answer, Condition
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.domain.calls import Call

KEYS = ("metadata",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False

_FIELDS = tuple(f.name for f in fields(Call) if f.name not in ("attributes", "started_at"))

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "above": lambda value, bound: value > bound,
    "below": lambda value, bound: value < bound,
    "at_least": lambda value, bound: value >= bound,
    "at_most": lambda value, bound: value <= bound,
}


_MISSING: Mapping[str, Answer] = {"undetermined": UNDETERMINED, "miss": MISS}


@dataclass(frozen=True, slots=True)
class Metadata:
    """A field of the call has one of some values, or lies within bounds."""

    name: str
    values: tuple[str, ...]
    bounds: tuple[tuple[str, float | str], ...]
    missing: Answer = UNDETERMINED

    def find(self, scene: Scene) -> Answer:
        """Compare; what ``if_missing`` says where nobody recorded the value."""
        call = scene.transcript.call
        value = _value(call, self.name)
        if value is None:
            return self.missing
        if self.values and str(value).lower() not in self.values:
            return Answer(truth.of(False))
        return Answer(
            truth.all_of(_compared(call, key, value, bound) for key, bound in self.bounds)
        )

    def describe(self) -> str:
        """Say in Chinese."""
        bounds = (
            f"{key} {bound:g}" if isinstance(bound, float) else f"{key}〔{bound}〕"
            for key, bound in self.bounds
        )
        parts = [*self.values, *bounds]
        return f"通话信息〔{self.name}：{'、'.join(parts)}〕"


def _value(call: Call, name: str) -> object:
    """What the manifest has in a field; ``None`` where nobody recorded it."""
    value = getattr(call, name) if name in _FIELDS else call.attributes.get(name)
    if isinstance(value, Enum):
        value = value.value
    return None if value in ("", "unknown") else value


def _compared(call: Call, key: str, value: object, bound: float | str) -> Truth:
    """Compare with a number or another field, days by their date; open where either is a word."""
    one = _number(value)
    other = bound if isinstance(bound, float) else _number(_value(call, bound))
    if one is None or other is None:
        return Truth.UNDETERMINED
    return truth.of(_COMPARE[key](one, other))


def _number(value: object) -> float | None:
    if isinstance(value, date):
        return float(value.toordinal())
    text = str(value).strip().replace(",", "")
    for convert in (float, lambda written: float(date.fromisoformat(written).toordinal())):
        try:
            number = convert(text)
        except ValueError:
            continue
        return number if isfinite(number) else None
    return None


def _bound(node: Node) -> float | str:
    """A number, a date, or ``{field: name}``."""
    if node.is_mapping:
        node.only(("field",))
        return node.child("field").text()
    if isinstance(node.value, str):
        number = _number(node.value)
        if number is None or "-" not in node.value.strip()[1:]:
            node.problem("not_a_number", "expected a number, a date like 2026-01-30, or {field: …}")
        return number or 0.0
    return node.number(low=-1e12, high=1e12)


def read(node: Node, key: str, reading: Reading) -> Condition:  # noqa: ARG001 - operator contract
    """Read ``metadata: {field: callee, is: third_party}`` or with bounds.

    A bound is a number, a date, or another field: ``above: {field: credit_limit}``.
    """
    inside = node.child(key)
    inside.only(("field", "is", "if_missing", *_COMPARE))
    name = inside.child("field").text()
    bounds = tuple((word, _bound(inside.child(word))) for word in _COMPARE if inside.has(word))
    wanted = inside.child("is")
    values = tuple(str(item.value).lower() for item in wanted.items(single=True))
    if not bounds and not values:
        inside.problem("no_comparison", f"say what the field must be: is, {', '.join(_COMPARE)}")
    missing = inside.child("if_missing").choice(_MISSING, "undetermined")
    return Metadata(name, values, bounds, _MISSING[missing])
