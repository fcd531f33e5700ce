"""Whether enough was heard to say that something was not said."""

from __future__ import annotations

from auditor.conditions.modifiers import SURE_SPEAKER
from auditor.conditions.scene import Scene, TurnView
from auditor.domain.calls import Speaker


def heard(view: TurnView) -> bool:
    """Whether a turn can be judged, and it is sure enough who speaks."""
    turn = view.turn
    known = turn.speaker is not Speaker.UNKNOWN and turn.speaker_confidence >= SURE_SPEAKER
    return turn.usable and known


def all_heard(scene: Scene) -> bool:
    """Whether every turn of this part of the call can be judged: else absence proves nothing."""
    return all(heard(view) for view in scene.in_view())
