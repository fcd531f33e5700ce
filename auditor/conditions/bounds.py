"""Bounds that a rule sets to a number: above, below, at_least, at_most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from auditor.conditions.node import Node

_COMPARE: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "above": ("超过", lambda value, bound: value > bound),
    "below": ("低于", lambda value, bound: value < bound),
    "at_least": ("不少于", lambda value, bound: value >= bound),
    "at_most": ("不多于", lambda value, bound: value <= bound),
}
KEYS = tuple(_COMPARE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds that a number must all keep."""

    limits: tuple[tuple[str, float], ...] = ()

    def hold(self, value: float) -> bool:
        """Whether the number keeps every bound."""
        return all(_COMPARE[name][1](value, limit) for name, limit in self.limits)

    def describe(self, unit: str = "") -> str:
        """Say in Chinese."""
        return "且".join(f"{_COMPARE[name][0]}{limit:g}{unit}" for name, limit in self.limits)


def read_bounds(node: Node, *, high: float, low: float = 0.0, needed: bool = True) -> Bounds:
    """Read the bounds written at a node; a problem where one is needed and none is there."""
    limits = tuple(
        (name, node.child(name).number(low=low, high=high)) for name in KEYS if node.has(name)
    )
    if needed and not limits:
        node.problem("no_comparison", f"say how much: {', '.join(KEYS)}")
    return Bounds(limits)
