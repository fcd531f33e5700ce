"""``metadata``: what the dialler or the manifest says about the call.

A missing value makes the check undetermined, never passed or failed; ``if_missing: miss`` makes
what rests on it not applicable instead, where an open question in every call would help nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum

from auditor.conditions import truth
from auditor.conditions.base import MISS, UNDETERMINED, Answer, Condition
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
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
    bounds: tuple[tuple[str, float], ...]
    missing: Answer = UNDETERMINED

    def find(self, scene: Scene) -> Answer:
        """Compare; what ``if_missing`` says where nobody recorded the value."""
        call = scene.transcript.call
        value = getattr(call, self.name) if self.name in _FIELDS else call.attributes.get(self.name)
        if isinstance(value, Enum):
            value = value.value
        if value is None or value in ("", "unknown"):
            return self.missing
        if self.values and str(value).lower() not in self.values:
            return Answer(truth.of(False))
        try:
            within = all(_COMPARE[key](float(value), bound) for key, bound in self.bounds)
        except (TypeError, ValueError):  # a date, a word
            return UNDETERMINED
        return Answer(truth.of(within))

    def describe(self) -> str:
        """Say in Chinese."""
        parts = [*self.values, *(f"{key} {bound:g}" for key, bound in self.bounds)]
        return f"通话信息〔{self.name}：{'、'.join(parts)}〕"


def read(node: Node, key: str, reading: Reading) -> Condition:  # noqa: ARG001 - operator contract
    """Read ``metadata: {field: callee, is: third_party}`` or with bounds."""
    inside = node.child(key)
    inside.only(("field", "is", "if_missing", *_COMPARE))
    name = inside.child("field").text()
    bounds = tuple(
        (word, inside.child(word).number(low=-1e12, high=1e12))
        for word in _COMPARE
        if inside.has(word)
    )
    wanted = inside.child("is")
    values = tuple(str(item.value).lower() for item in wanted.items(single=True))
    if not bounds and not values:
        inside.problem("no_comparison", f"say what the field must be: is, {', '.join(_COMPARE)}")
    missing = inside.child("if_missing").choice(_MISSING, "undetermined")
    return Metadata(name, values, bounds, _MISSING[missing])
