"""``sound``: how good the recording is: what is wrong with it, how loud, how noisy."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import UNDETERMINED, Answer, Condition
from auditor.conditions.bounds import Bounds, read_bounds
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.domain.transcripts import HealthIssue

KEYS = ("sound",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False

_FIELDS = ("issue", "measure", "above", "below", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Sounds:
    """The recording has one of some faults, or a measure of it lies within bounds.

    Args:
        issues: Faults, one of which must have been found.
        measure: Name of a measure, e.g. ``level_dbfs.left``; empty for none.
    """

    issues: tuple[HealthIssue, ...]
    measure: str
    bounds: Bounds

    def find(self, scene: Scene) -> Answer:
        """Answer for the call; undetermined without sound, or where it was not measured."""
        health = scene.transcript.health
        if health is None:
            return UNDETERMINED
        faulty = truth.of(set(self.issues) & set(health.issues)) if self.issues else Truth.HIT
        value = health.measures.get(self.measure) if self.measure else None
        if self.measure and value is None:
            return Answer(faulty & Truth.UNDETERMINED)
        return Answer(faulty & truth.of(value is None or self.bounds.hold(value)))

    def describe(self) -> str:
        """Say in Chinese."""
        names = "、".join(_NAMES[issue] for issue in self.issues)
        measured = f"{self.measure}{self.bounds.describe()}" if self.measure else ""
        return f"录音〔{'，'.join(filter(None, (names, measured)))}〕"


_NAMES = {
    HealthIssue.TRUNCATED: "不完整",
    HealthIssue.CLIPPED: "削波失真",
    HealthIssue.TOO_QUIET: "音量过低",
    HealthIssue.DEAD_CHANNEL: "有声道无声",
    HealthIssue.FAKE_STEREO: "双声道内容相同",
    HealthIssue.NO_SPEECH: "无人说话",
    HealthIssue.LITTLE_SPEECH: "话语很少",
    HealthIssue.DURATION_MISMATCH: "时长与清单不符",
    HealthIssue.EXTENSION_MISMATCH: "扩展名不符",
}


def read(node: Node, key: str, reading: Reading) -> Condition:  # noqa: ARG001 - operator contract
    """Read ``sound: {issue: [clipped]}`` or ``sound: {measure: snr_db.left, below: 10}``."""
    inside = node.child(key)
    inside.only(_FIELDS)
    issues = (
        tuple(HealthIssue(item.choice([*HealthIssue])) for item in inside.child("issue").some())
        if inside.has("issue")
        else ()
    )
    measure = inside.child("measure").text("")
    if not issues and not measure:
        inside.problem("no_comparison", "name an 'issue' or a 'measure' with bounds")
    bounds = read_bounds(inside, low=-1e9, high=1e9, needed=bool(measure))
    if bounds.limits and not measure:
        inside.problem("no_measure", "say which 'measure' the bounds are for")
    return Sounds(issues, measure, bounds)
