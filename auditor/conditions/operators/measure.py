"""``measure``: a figure of the whole call, such as its length or the agent's share of the talk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import Answer, Condition
from auditor.conditions.bounds import Bounds, read_bounds
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.timing import silent_seconds, spoken, talk_seconds
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker

KEYS = ("measure",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False

Figure = Callable[[Scene, Speaker | None], tuple[float, ...]]
"""The figure; several where it is one of them, none where nobody can know."""


def _duration(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:  # noqa: ARG001
    known = scene.transcript.duration is not None or scene.timed
    return (scene.duration,) if known else ()


def _turns(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:
    views = spoken(scene)
    sure = sum(speaker in (None, view.turn.speaker) for view in views)
    unknown = sum(view.turn.speaker is Speaker.UNKNOWN for view in views)
    return (float(sure), float(sure + unknown)) if speaker is not None else (float(sure),)


def _talk_seconds(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:
    if not scene.timed:
        return ()
    sure = talk_seconds(scene, speaker)
    if speaker is None:
        return (sure,)
    return sure, sure + talk_seconds(scene, Speaker.UNKNOWN)


def _talk_share(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:
    total = talk_seconds(scene, None)
    if not scene.timed or not total:
        return ()
    return tuple(100 * seconds / total for seconds in _talk_seconds(scene, speaker))


def _silence_share(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:  # noqa: ARG001
    known = scene.timed and scene.transcript.duration is not None and scene.duration > 0
    return (100 * silent_seconds(scene) / scene.duration,) if known else ()


def _speech_rate(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:
    said = list(scene.said(speaker))
    seconds = sum(view.turn.time.seconds for view in said)
    if not scene.timed or not seconds:
        return ()
    return (60 * sum(len(view.text) for view in said) / seconds,)


def _late_answer(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:
    own = [view for view in spoken(scene) if speaker in (None, view.turn.speaker)]
    return (own[0].turn.time.start,) if own and scene.timed else ()


def _late_hang_up(scene: Scene, speaker: Speaker | None) -> tuple[float, ...]:
    own = [view for view in spoken(scene) if speaker in (None, view.turn.speaker)]
    if not own or not scene.timed or scene.transcript.duration is None:
        return ()
    return (max(0.0, scene.duration - max(view.turn.time.end for view in own)),)


_FIGURES: Mapping[str, tuple[str, str, Figure]] = {
    "duration": ("通话时长", "秒", _duration),
    "turns": ("段数", "段", _turns),
    "talk_seconds": ("说话时长", "秒", _talk_seconds),
    "talk_share": ("说话占比", "%", _talk_share),
    "silence_share": ("静音占比", "%", _silence_share),
    "speech_rate": ("平均语速（字每分钟）", "", _speech_rate),
    "late_answer": ("接通后首次说话", "秒", _late_answer),
    "late_hang_up": ("最后说话到挂机", "秒", _late_hang_up),
}
_OF_SPEAKER = frozenset({"talk_seconds", "talk_share", "speech_rate"})
_OF_CALL = frozenset({"duration", "silence_share"})


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of the call lies within bounds."""

    name: str
    bounds: Bounds
    speaker: Speaker | None

    def find(self, scene: Scene) -> Answer:
        """Compare; undetermined where the figure is not known, or depends on who spoke."""
        figures = _FIGURES[self.name][2](scene, self.speaker)
        answers = {self.bounds.hold(figure) for figure in figures}
        return Answer(truth.of(answers.pop()) if len(answers) == 1 else Truth.UNDETERMINED)

    def describe(self) -> str:
        """Say in Chinese."""
        title, unit, _ = _FIGURES[self.name]
        return f"{title}{self.bounds.describe(unit)}"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``measure: {of: talk_share, above: 80}`` with ``speaker`` where it is somebody's."""
    inside = node.child(key)
    inside.only(("of", "above", "below", "at_least", "at_most"))
    name = inside.child("of").choice(_FIGURES)
    if name in _OF_SPEAKER and not reading.speaker_known:
        node.problem("no_speaker", "say whose: speaker: agent, customer or any")
    speaker = None if name in _OF_CALL else reading.speaker
    return Measured(name, read_bounds(inside, high=1e6), speaker)
