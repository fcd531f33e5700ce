"""``signal``: a named piece of meaning defined once and shared by many rules."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import cast

from auditor.conditions.base import Answer, Condition
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals

KEYS = ("signal",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class SignalGiven:
    """One of the named signals is given somewhere.

    Args:
        names: Of the signals.
        titles: What people read of each.
    """

    names: tuple[str, ...]
    titles: tuple[str, ...] = ()

    def find(self, scene: Scene) -> Answer:
        """Hits of the signals."""
        from auditor.conditions.operators.logic import AnyOf

        signals = tuple(cast("Condition", scene.signals[name]) for name in self.names)
        return scene.remember(("signal", self.names), lambda: AnyOf(signals).find(scene))

    def rests_on(self, signals: Signals) -> Groups:
        """The conditions of the signals, all together."""
        return (tuple(signals[name] for name in self.names),)

    def describe(self) -> str:
        """Say in Chinese."""
        told = [
            name if title in ("", name) else f"{title}（{name}）"
            for name, title in zip_longest(self.names, self.titles, fillvalue="")
        ]
        return f"信号〔{'、'.join(told)}〕"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``signal: name`` or ``signal: [name, name]``."""
    names = tuple(item.text() for item in node.child(key).some())
    for name in names:
        if name not in reading.vocabulary.signals:
            node.child(key).problem("unknown_signal", f"there is no signal {name!r}")
    known = tuple(name for name in names if name in reading.vocabulary.signals)
    return SignalGiven(known, tuple(reading.vocabulary.signals[name] for name in known))
