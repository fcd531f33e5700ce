"""Follow the talk: who is on the line, was the person verified, was the debt named.

The dialler's ``callee`` is only where the reading starts. What the two sides say decides, through
the policy's signals; a handed-over phone starts a new stretch of the talk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditions.scene import DialogueState, Person, Scene
from auditor.domain.calls import Callee, Speaker
from auditor.policy.model import Policy

EARLY_SECONDS = 15.0
"""A debtor who is gone this soon after being reached owes nobody a full set of disclosures."""

SIGNALS = (
    "asks-person",
    "confirms-person",
    "denies-person",
    "is-relative",
    "is-machine",
    "is-minor",
    "is-guarantor",
    "asks-about-other",
    "hands-over",
    "admits-debt",
    "names-debt",
)
"""Signals of the policy that this reading uses; a policy without one simply never gives it."""

_PRIOR = {
    Callee.DEBTOR: (Person.DEBTOR, 0.75),
    Callee.GUARANTOR: (Person.GUARANTOR, 0.75),
    Callee.THIRD_PARTY: (Person.THIRD_PARTY, 0.75),
    Callee.UNKNOWN: (Person.UNKNOWN, 0.3),
    None: (Person.UNKNOWN, 0.3),
}


@dataclass(frozen=True, slots=True)
class _Evidence:
    turn: int
    person: Person
    strength: float


def read_dialogue(scene: Scene, policy: Policy) -> DialogueState:
    """Read who is on the line and how far the talk got."""
    given = {
        name: tuple(hit.turn for hit in policy.signals[name].condition.find(scene).hits)
        if name in policy.signals
        else ()
        for name in SIGNALS
    }
    people, sure = _people(scene, given)
    customer = [v.turn for v in scene.views if v.turn.speaker is Speaker.CUSTOMER]
    reached = bool(customer) and any(people[turn.index] is not Person.MACHINE for turn in customer)
    return DialogueState(
        person=people,
        person_confidence=sure,
        verified_at=_verified_at(given),
        debt_named_at=min(given["names-debt"], default=None),
        ended_early=_ended_early(scene, people),
        reached_person=reached,
    )


def _people(
    scene: Scene, given: dict[str, tuple[int, ...]]
) -> tuple[tuple[Person, ...], tuple[float, ...]]:
    callee = scene.transcript.call.callee
    evidence = sorted(_evidence(given, callee), key=lambda e: (e.turn, e.strength))
    people: list[Person] = []
    sure: list[float] = []
    for start, end in _stretches(len(scene.views), given["hands-over"]):
        person, confidence = _PRIOR[callee] if start == 0 else (Person.UNKNOWN, 0.3)
        for item in evidence:
            if start <= item.turn < end and item.strength >= confidence - 0.15:
                person, confidence = item.person, item.strength
        people += [person] * (end - start)
        sure += [confidence] * (end - start)
    return tuple(people), tuple(sure)


def _stretches(turns: int, hand_overs: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    for turn in sorted(set(hand_overs)):
        if start < turn + 1 < turns:
            yield start, turn + 1
            start = turn + 1
    yield start, turns


def _evidence(given: dict[str, tuple[int, ...]], callee: Callee | None) -> Iterator[_Evidence]:
    fixed = {
        "is-machine": (Person.MACHINE, 0.95),
        "is-minor": (Person.MINOR, 0.9),
        "is-relative": (Person.THIRD_PARTY, 0.92),
        "denies-person": (Person.THIRD_PARTY, 0.9),
        "is-guarantor": (Person.GUARANTOR, 0.95),
        "asks-about-other": (Person.THIRD_PARTY, 0.9),
    }
    for name, (person, strength) in fixed.items():
        for turn in given[name]:
            yield _Evidence(turn, person, strength)
    if callee in (Callee.THIRD_PARTY, Callee.GUARANTOR):
        return
    for turn in given["confirms-person"]:
        if any(0 < turn - asked <= 2 for asked in given["asks-person"]):
            yield _Evidence(turn, Person.DEBTOR, 0.9)
    for turn in given["admits-debt"]:
        yield _Evidence(turn, Person.DEBTOR, 0.85)


def _verified_at(given: dict[str, tuple[int, ...]]) -> int | None:
    pairs = (
        turn
        for turn in given["confirms-person"]
        if any(0 < turn - asked <= 2 for asked in given["asks-person"])
    )
    return min(pairs, default=None)


def _ended_early(scene: Scene, people: tuple[Person, ...]) -> bool:
    spoken = [
        view.turn
        for view in scene.views
        if view.turn.speaker is Speaker.CUSTOMER and people[view.turn.index] is not Person.MACHINE
    ]
    if not spoken:
        return True
    first = spoken[0].time.start
    after = [v for v in scene.views if v.turn.time.start >= first]
    agent = sum(v.turn.speaker is Speaker.AGENT for v in after)
    return scene.duration - first < EARLY_SECONDS or agent <= 1
