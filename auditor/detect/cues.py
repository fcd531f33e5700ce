"""Read from a talk what binds later calls: refusals, another time, open hardship and disputes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.conditions.base import Hit
from auditor.conditions.scene import Person, Scene
from auditor.detect.judging import SURE_SPEAKER
from auditor.detect.later import instant_meant
from auditor.domain.calls import Speaker
from auditor.domain.contacts import Cues, Later, Party
from auditor.domain.findings import Disclosure
from auditor.policy.model import Policy

_ZONE = "Asia/Shanghai"
_ZONE_COLUMN = "timezone"

_PARTIES = {
    Person.DEBTOR: Party.DEBTOR,
    Person.GUARANTOR: Party.GUARANTOR,
    Person.THIRD_PARTY: Party.THIRD_PARTY,
    Person.MINOR: Party.THIRD_PARTY,
    Person.MACHINE: Party.MACHINE,
    Person.UNKNOWN: Party.UNKNOWN,
}
_RANK = (Party.DEBTOR, Party.GUARANTOR, Party.THIRD_PARTY, Party.UNKNOWN, Party.MACHINE)
"""Whoever is named first was reached by a call in which several people spoke."""

_HELPED = (Disclosure.HARDSHIP_OPTION, Disclosure.DEBT_DETAIL, Disclosure.FEE_EXPLANATION)
_ANSWER_TURNS = 3
"""The agent's answer to a request counts when it comes at most this many turns after it."""

_CLOSING_TURNS = 6
"""Words such as 在忙 without a time mean another call only when the talk ends soon after."""

_CALL_WORD = re.compile("[打拨说讲回]|联系|来电|沟通")
_ACCEPTS = re.compile(
    "好的|好嘞|^好|^行|可以|没问题|^嗯|明白|那我|到时|届时|回头|不打扰|"
    "再(?:给[您你])?(?:打|拨|联系|来电|沟通)"
)
_REFUSES = re.compile("不行|不能|不可以|没用|等不了|现在就|马上|立刻|必须|先别挂|别挂|就说|耽误")
_PROMISES = re.compile("(?:再|给[您你]|跟[您你]|和[您你]).{0,3}(?:打|拨|联系|回电|来电|沟通)")


def read_cues(scene: Scene, policy: Policy, made: Mapping[Disclosure, int]) -> Cues | None:
    """Return what later calls have to heed; ``None`` where the sound is too bad to say.

    Args:
        scene: The talk, with the dialogue read.
        policy: Its signals ``stop-request``, ``later-time``, ``hardship``, ``dispute`` and
            ``offers-help`` are used; one that is missing is never given.
        made: Disclosures made in the call.
    """
    health = scene.transcript.health
    if health is not None and not health.usable:
        return None
    customer = [v.turn.index for v in scene.views if v.turn.speaker is Speaker.CUSTOMER]
    agent = any(v.turn.speaker is Speaker.AGENT for v in scene.views)
    party = _party(scene, customer)
    stops = [hit for hit in _hits(scene, policy, "stop-request") if _said_by(scene, hit, party)]
    hardship = _hits(scene, policy, "hardship")
    dispute = _hits(scene, policy, "dispute")
    raised = min((hit.turn for hit in (*hardship, *dispute)), default=None)
    helped = any(
        raised is not None and hit.turn > raised for hit in _hits(scene, policy, "offers-help")
    )
    return Cues(
        party=party,
        talked=agent and bool(customer) and scene.state.reached_person,
        early=scene.state.ended_early,
        stop=bool(stops),
        later=_later(scene, policy, party),
        hardship=bool(hardship),
        dispute=bool(dispute),
        taken_up=helped or any(disclosure in made for disclosure in _HELPED),
    )


def _hits(scene: Scene, policy: Policy, name: str) -> tuple[Hit, ...]:
    signal = policy.signals.get(name)
    if signal is None:
        return ()
    return tuple(
        hit
        for hit in scene.answer(signal.condition).hits
        if scene.views[hit.turn].turn.speaker_confidence >= SURE_SPEAKER
    )


def _party(scene: Scene, customer: list[int]) -> Party:
    spoke = {_PARTIES[scene.state.person[turn]] for turn in customer}
    return next((party for party in _RANK if party in spoke), Party.UNKNOWN)


def _said_by(scene: Scene, hit: Hit, party: Party) -> bool:
    return _PARTIES[scene.state.person[hit.turn]] is party


def _later(scene: Scene, policy: Policy, party: Party) -> Later | None:
    """The last time named for another call; where none is clear, that one was asked for."""
    unclear: Later | None = None
    for hit in reversed(_hits(scene, policy, "later-time")):
        if not _said_by(scene, hit, party):
            continue
        view = scene.views[hit.turn]
        agreed, promised = _answer(scene, hit.turn)
        meant = None
        if _CALL_WORD.search(view.text[hit.start : hit.end]):
            meant = _instant(scene, hit.turn, hit.start, hit.end)
        if meant is None:
            meant = promised
        if meant is not None:
            return Later(meant, agreed)
        if unclear is None and hit.turn >= len(scene.views) - _CLOSING_TURNS:
            unclear = Later(None, agreed)
    return unclear


def _answer(scene: Scene, asked: int) -> tuple[bool, datetime | None]:
    """Whether the agent agreed to a request, and the time he named in doing so."""
    agreed = False
    for view in scene.views[asked + 1 : asked + 1 + _ANSWER_TURNS]:
        if view.turn.speaker is not Speaker.AGENT or not view.turn.usable:
            continue
        if _REFUSES.search(view.text):
            return False, None
        agreed = agreed or _ACCEPTS.search(view.text) is not None
        promise = _PROMISES.search(view.text)
        if promise is not None:
            meant = _instant(scene, view.turn.index, promise.start(), promise.end())
            if meant is not None:
                return True, meant
    return agreed, None


def _instant(scene: Scene, turn: int, start: int, end: int) -> datetime | None:
    started = scene.transcript.call.started_at
    if started is None:
        return None
    view = scene.views[turn]
    zone = _zone(scene.transcript.call.attributes.get(_ZONE_COLUMN))
    said = started.astimezone(zone) + timedelta(seconds=view.turn.time.start)
    return instant_meant(view.text, start, end, said)


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or _ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(_ZONE)
