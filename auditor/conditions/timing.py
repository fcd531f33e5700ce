"""When turns begin and end: gaps, overlaps and who talks how long.

Text that the recogniser made up in silence is silence; other turns that cannot be judged were
spoken all the same, though not by anybody known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditions.scene import Scene, TurnView
from auditor.domain.calls import Speaker
from auditor.domain.transcripts import Mark

APART = frozenset({"declared", "channel"})
"""Ways of telling speakers apart that also hear both at once."""


def spoken(scene: Scene) -> tuple[TurnView, ...]:
    """The turns in which somebody really spoke, by their start."""
    voices = (v for v in scene.in_view() if Mark.NO_VOICE not in v.turn.marks)
    return tuple(sorted(voices, key=lambda view: (view.turn.time, view.turn.index)))


def heard_apart(scene: Scene) -> bool:
    """Whether both sides were recorded or written so that talking at once can be seen."""
    return all(view.turn.speaker_method in APART for view in scene.in_view())


@dataclass(frozen=True, slots=True)
class Gap:
    """Silence between two turns, in seconds."""

    before: TurnView
    after: TurnView
    seconds: float


def gaps(scene: Scene) -> Iterator[Gap]:
    """Every silence between the end of all talk so far and the next turn."""
    last: TurnView | None = None
    for view in spoken(scene):
        if last is not None and view.turn.time.start_ms > last.turn.time.end_ms:
            seconds = (view.turn.time.start_ms - last.turn.time.end_ms) / 1000
            yield Gap(last, view, seconds)
        if last is None or view.turn.time.end_ms > last.turn.time.end_ms:
            last = view


@dataclass(frozen=True, slots=True)
class Overlap:
    """A turn that begins while another speaker's turn is still going on.

    Args:
        ahead: Seconds that the first one had been talking by then.
        seconds: How long both talk at once.
    """

    first: TurnView
    second: TurnView
    ahead: float
    seconds: float


def overlaps(scene: Scene) -> Iterator[Overlap]:
    """Every place where one side begins to talk into the other's turn."""
    going_on: list[TurnView] = []
    for view in spoken(scene):
        start = view.turn.time.start_ms
        going_on = [other for other in going_on if other.turn.time.end_ms > start]
        for other in going_on:
            shared = other.turn.time.overlap_ms(view.turn.time)
            if shared and other.turn.speaker is not view.turn.speaker:
                ahead = (start - other.turn.time.start_ms) / 1000
                yield Overlap(other, view, ahead, shared / 1000)
        going_on.append(view)


def talk_seconds(scene: Scene, speaker: Speaker | None) -> float:
    """Seconds that a speaker talks (``None``: everybody, turn by turn)."""
    return sum(
        view.turn.time.seconds
        for view in spoken(scene)
        if speaker is None or view.turn.speaker is speaker
    )


def silent_seconds(scene: Scene) -> float:
    """Seconds of the call in which nobody talks."""
    talked = reached = 0
    for view in spoken(scene):
        time = view.turn.time
        talked += max(0, time.end_ms - max(time.start_ms, reached))
        reached = max(reached, time.end_ms)
    return max(0.0, scene.duration - talked / 1000)


def chars_per_minute(view: TurnView) -> float:
    """How fast a turn is spoken."""
    return 60 * len(view.text) / view.turn.time.seconds
