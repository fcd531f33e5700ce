"""Follow the talk: who is on the line, was the person verified, was the debt named.

The dialler's ``callee`` is only where the reading starts. What the two sides say decides, through
the policy's signals; a handed-over phone starts a new stretch of the talk. Within a stretch every
signal votes for a person; votes are log-odds, so their difference gives the confidence.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.conditions.scene import DialogueState, Person, Scene
from auditor.domain.calls import Callee, Speaker
from auditor.policy.model import Policy

EARLY_SECONDS = 15.0
"""A debtor who is gone this soon after being reached owes nobody a full set of disclosures."""

EARLY_TURNS = 3
"""Agent turns after which a talk that never came to the debt counts as having got somewhere."""

SIGNALS = (
    "asks-person",
    "asks-element",
    "confirms-person",
    "gives-element",
    "denies-person",
    "is-relative",
    "is-machine",
    "is-minor",
    "is-guarantor",
    "asks-about-other",
    "hands-over",
    "comes-to-phone",
    "admits-debt",
    "names-debt",
)
"""Signals of the policy that this reading uses; a policy without one simply never gives it."""

Given = Mapping[str, tuple[int, ...]]
"""Turns in which each signal is given, ascending."""

_PRIOR: Mapping[Callee | None, tuple[Person, float]] = {
    Callee.DEBTOR: (Person.DEBTOR, 1.0),
    Callee.GUARANTOR: (Person.GUARANTOR, 2.0),
    Callee.THIRD_PARTY: (Person.THIRD_PARTY, 2.0),
}
_ANSWER_TURNS = 3
"""An answer counts when it comes at most this many turns after its question."""

_OPENING = 4
"""Customer turns at the start of a stretch in which people say who they are."""

_LATE = 0.3
"""What a vote is worth after the opening: relatives are mentioned, too, not only on the line."""

_MACHINE_SURE = 0.95
_UNKNOWN_SURE = 0.3


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one signal says about the person.

    Args:
        weight: Log-odds of one turn.
        cap: Most turns that count.
        opening: Whether it is worth less after the opening.
        doubted: Whether it is worth less once the debtor has answered to the name: a debtor is
            told about other people, too, and about what holds "if it was not you".
    """

    person: Person
    weight: float
    cap: int = 2
    opening: bool = False
    doubted: bool = False


_VOTES: Mapping[str, _Vote] = {
    "is-minor": _Vote(Person.MINOR, 6.0, 1, opening=True),
    "is-relative": _Vote(Person.THIRD_PARTY, 3.0, 2, opening=True),
    "denies-person": _Vote(Person.THIRD_PARTY, 2.5, 2, opening=True),
    "asks-about-other": _Vote(Person.THIRD_PARTY, 1.5, 3, doubted=True),
    "is-guarantor": _Vote(Person.GUARANTOR, 2.5, 2),
    "confirms": _Vote(Person.DEBTOR, 2.0, 1),
    "proves": _Vote(Person.DEBTOR, 3.0, 1),
    "admits-debt": _Vote(Person.DEBTOR, 1.0, 2),
}


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: int
    end: int

    def holds(self, turn: int) -> bool:
        return self.start <= turn < self.end


def read_dialogue(scene: Scene, policy: Policy) -> DialogueState:
    """Read who is on the line and how far the talk got."""
    given = _given(scene, policy)
    customer = tuple(v.turn.index for v in scene.views if v.turn.speaker is Speaker.CUSTOMER)
    people: list[Person] = []
    sure: list[float] = []
    for stretch in _stretches(len(scene.views), given, customer):
        person, confidence = _person(scene, stretch, given, customer)
        people += [person] * (stretch.end - stretch.start)
        sure += [confidence] * (stretch.end - stretch.start)
    return DialogueState(
        person=tuple(people),
        person_confidence=tuple(sure),
        verified_at=min((*given["confirms"], *given["proves"]), default=None),
        debt_named_at=min(given["names-debt"], default=None),
        ended_early=_ended_early(scene, people, given),
        reached_person=any(people[turn] is not Person.MACHINE for turn in customer),
    )


def as_dialled(scene: Scene, policy: Policy) -> DialogueState:  # noqa: ARG001 - as read_dialogue
    """Take the dialler's word for who is on the line, without following the talk.

    For measuring what following it is worth; nobody is verified and no debt is named.
    """
    callee = scene.transcript.call.callee
    person, _ = _PRIOR.get(callee, (Person.UNKNOWN, 0.0))
    sure = _UNKNOWN_SURE if person is Person.UNKNOWN else _MACHINE_SURE
    turns = len(scene.views)
    return DialogueState(person=(person,) * turns, person_confidence=(sure,) * turns)


def _given(scene: Scene, policy: Policy) -> Given:
    given: dict[str, tuple[int, ...]] = {}
    for name in SIGNALS:
        signal = policy.signals.get(name)
        hits = scene.answer(signal.condition).hits if signal is not None else ()
        given[name] = tuple(sorted({hit.turn for hit in hits}))
    other = {*given["denies-person"], *given["is-relative"]}
    yes = tuple(turn for turn in given["confirms-person"] if turn not in other)
    given["confirms"] = tuple(_answers(yes, given["asks-person"]))
    given["proves"] = tuple(_answers(given["gives-element"], given["asks-element"]))
    return given


def _answers(replies: tuple[int, ...], questions: tuple[int, ...]) -> Iterator[int]:
    for turn in replies:
        if any(0 < turn - asked <= _ANSWER_TURNS for asked in questions):
            yield turn


def _stretches(turns: int, given: Given, customer: tuple[int, ...]) -> Iterator[_Stretch]:
    """Cut the talk where another person speaks, or the same one turns out to be the debtor."""
    start = 0
    first = customer[0] if customer else 0
    for turn in sorted({*_called(given), *_proven(given)}):
        if turn > max(start, first):
            yield _Stretch(start, turn)
            start = turn
    if start < turns:
        yield _Stretch(start, turns)


def _called(given: Given) -> Iterator[int]:
    """Turns in which somebody who was called to the telephone starts to speak."""
    for turn in given["comes-to-phone"]:
        if any(0 <= turn - said <= 2 * _OPENING for said in given["hands-over"]):
            yield turn


def _proven(given: Given) -> Iterator[int]:
    """Questions after a denial that only the debtor could answer, and that were answered."""
    denied = (*given["denies-person"], *given["is-relative"])
    for turn in given["proves"]:
        asked = max(q for q in given["asks-element"] if 0 < turn - q <= _ANSWER_TURNS)
        if any(said < asked for said in denied):
            yield asked


def _person(
    scene: Scene, stretch: _Stretch, given: Given, customer: tuple[int, ...]
) -> tuple[Person, float]:
    heard = [turn for turn in customer if stretch.holds(turn)]
    if _only_machine(given, heard):
        return Person.MACHINE, _MACHINE_SURE
    votes = _count(stretch, given, heard)
    callee = scene.transcript.call.callee
    prior = _PRIOR.get(callee if not stretch.start else Callee.DEBTOR)
    if prior is not None:
        if prior[0] is not Person.DEBTOR and any(map(stretch.holds, given["confirms"])):
            votes[Person.DEBTOR] -= _VOTES["confirms"].weight
            votes[prior[0]] += _VOTES["confirms"].weight
        votes[prior[0]] += prior[1]
    _pool(votes)
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] <= 0:
        return Person.UNKNOWN, _UNKNOWN_SURE
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return ranked[0][0], 1 / (1 + math.exp(second - ranked[0][1]))


def _only_machine(given: Given, heard: list[int]) -> bool:
    machine = [turn for turn in heard if turn in given["is-machine"]]
    human = ("confirms", "proves", "admits-debt")
    return bool(machine) and not any(
        turn in given[name] for name in human for turn in heard if turn not in machine
    )


def _count(stretch: _Stretch, given: Given, heard: list[int]) -> defaultdict[Person, float]:
    closes = heard[_OPENING - 1] if len(heard) >= _OPENING else stretch.end
    named = min(
        (t for name in ("confirms", "proves") for t in given[name] if stretch.holds(t)),
        default=stretch.end,
    )
    votes: defaultdict[Person, float] = defaultdict(float)
    for name, vote in _VOTES.items():
        turns = [turn for turn in given[name] if stretch.holds(turn)]
        until = closes if vote.opening else named if vote.doubted else stretch.end
        worth = [1.0 if turn <= until else _LATE for turn in turns]
        votes[vote.person] += vote.weight * sum(sorted(worth, reverse=True)[: vote.cap])
    return votes


def _pool(votes: defaultdict[Person, float]) -> None:
    """A guarantor confirms a name and answers for a debt as the debtor does."""
    if votes[Person.GUARANTOR] > 0:
        votes[Person.GUARANTOR] += votes[Person.DEBTOR]
        votes[Person.DEBTOR] = 0.0


def _ended_early(scene: Scene, people: list[Person], given: Given) -> bool:
    spoken = [
        view.turn
        for view in scene.views
        if view.turn.speaker is Speaker.CUSTOMER and people[view.turn.index] is not Person.MACHINE
    ]
    if not spoken:
        return True
    first = spoken[0]
    agent = sum(v.turn.speaker is Speaker.AGENT for v in scene.views[first.index :])
    nothing_said = not given["names-debt"] and not given["proves"]
    return (
        scene.duration - first.time.start < EARLY_SECONDS
        or agent <= 1
        or (nothing_said and agent <= EARLY_TURNS)
    )
