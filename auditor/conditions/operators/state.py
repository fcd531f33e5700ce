"""``state``: what the whole talk shows, e.g. whether it got far enough to owe a disclosure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import Answer, Condition
from auditor.conditions.modifiers import SURE_PERSON
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Person, Scene
from auditor.conditions.truth import Truth

KEYS = ("state",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


def _on_line(scene: Scene, person: Person) -> Truth:
    pairs = list(zip(scene.state.person, scene.state.person_confidence, strict=True))
    if any(seen is person and sure >= SURE_PERSON for seen, sure in pairs):
        return Truth.HIT
    open_ = any(seen in (person, Person.UNKNOWN) and sure < SURE_PERSON for seen, sure in pairs)
    return Truth.UNDETERMINED if open_ else Truth.MISS


_STATES: Mapping[str, Callable[[Scene], Truth]] = {
    "person_reached": lambda scene: truth.of(scene.state.reached_person),
    "debtor_on_line": lambda scene: _on_line(scene, Person.DEBTOR),
    "guarantor_on_line": lambda scene: _on_line(scene, Person.GUARANTOR),
    "third_party_on_line": lambda scene: _on_line(scene, Person.THIRD_PARTY),
    "minor_on_line": lambda scene: _on_line(scene, Person.MINOR),
    "got_far_enough": lambda scene: truth.of(not scene.state.ended_early),
    "debt_named": lambda scene: truth.of(scene.state.debt_named_at is not None),
    "verified": lambda scene: truth.of(scene.state.verified_at is not None),
}


_NAMES = {
    "person_reached": "有人接听",
    "debtor_on_line": "债务人在线",
    "guarantor_on_line": "担保人在线",
    "third_party_on_line": "第三人在线",
    "minor_on_line": "未成年人在线",
    "got_far_enough": "谈话已经展开",
    "debt_named": "已提到欠款",
    "verified": "已核实身份",
}


@dataclass(frozen=True, slots=True)
class State:
    """All the named states hold."""

    names: tuple[str, ...]

    def find(self, scene: Scene) -> Answer:
        """Answer for the call, without words to point at."""
        return Answer(truth.all_of(_STATES[name](scene) for name in self.names))

    def describe(self) -> str:
        """Say in Chinese."""
        return f"通话状态〔{'、'.join(_NAMES.get(name, name) for name in self.names)}〕"


def read(node: Node, key: str, reading: Reading) -> Condition:  # noqa: ARG001 - operator contract
    """Read ``state: name`` or ``state: [name, name]``."""
    names = tuple(item.choice(_STATES) for item in node.child(key).some())
    return State(names)
