"""How near a call came to a condition, and where in it a hit comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import cast

from auditor.conditions.base import Answer, Attempt, Attempting, Condition, Hit, brief
from auditor.conditions.modifiers import AtLeastTimes, OnLine
from auditor.conditions.operators.in_part import InPart
from auditor.conditions.operators.keywords import Keywords
from auditor.conditions.operators.lexicon import LexiconSaid
from auditor.conditions.operators.logic import AllOf, AnyOf, AtLeast
from auditor.conditions.operators.near import Near, NearInCall
from auditor.conditions.operators.sequence import Sequence
from auditor.conditions.operators.signal import SignalGiven
from auditor.conditions.operators.trigger import Triggered
from auditor.conditions.ranges import Within
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth


def attempt_at(condition: Condition, scene: Scene) -> Attempt | None:
    """Return how near the call came; ``None`` for a condition without parts, or without a trace."""
    attempt = getattr(condition, "attempt", None)
    if attempt is not None:
        return cast("Attempting", condition).attempt(scene)
    if isinstance(condition, AnyOf):
        return _best(attempt_at(part, scene) for part in condition.parts)
    if isinstance(condition, SignalGiven):
        signals = (scene.signals[name] for name in condition.names)
        return _best(attempt_at(s, scene) for s in signals if isinstance(s, AllOf | AnyOf | Within))
    if isinstance(condition, AllOf | AtLeast | Sequence | Near | NearInCall):
        steps = condition.steps if isinstance(condition, Sequence) else condition.parts
        return _of_parts(scene, steps, "各部分没有按要求出现在一起")
    if isinstance(condition, Within):
        limits = "、".join(place.describe() for place in condition.places)
        return _of_inner(condition.inner, scene, f"位置不合要求：{limits}")
    if isinstance(condition, OnLine):
        return _of_inner(condition.inner, scene, "说话对象不合要求")
    if isinstance(condition, AtLeastTimes):
        return _of_inner(condition.inner, scene, f"不足{condition.times}次")
    if isinstance(condition, InPart):
        return _of_inner(condition.holds, scene, "不在规定的部分")
    if isinstance(condition, Triggered):
        return _of_parts(scene, (condition.words, *condition.requires), "有排除情形")
    return None


def _of_inner(inner: Condition, scene: Scene, lacking: str) -> Attempt | None:
    answer = scene.answer(inner)
    if answer.truth is Truth.HIT and answer.hits:
        return Attempt(answer.hits, (brief(inner),), (lacking,))
    return attempt_at(inner, scene)


def _of_parts(scene: Scene, parts: Iterable[Condition], lacking: str) -> Attempt | None:
    answers: list[tuple[Condition, Answer]] = [(part, scene.answer(part)) for part in parts]
    found = [(part, answer) for part, answer in answers if answer.truth is Truth.HIT]
    hits: tuple[Hit, ...] = tuple(hit for _, answer in found for hit in answer.hits)
    if not hits:
        return None
    missing = tuple(brief(part) for part, answer in answers if answer.truth is not Truth.HIT)
    return Attempt(hits, tuple(brief(part) for part, _ in found), missing or (lacking,))


def _best(attempts: Iterable[Attempt | None]) -> Attempt | None:
    """The attempt of which the greatest share is there, the first of equal ones."""
    with_words = [attempt for attempt in attempts if attempt is not None and attempt.hits]
    return max(
        with_words,
        key=lambda one: len(one.found) / (len(one.found) + len(one.missing) or 1),
        default=None,
    )


def lexicons_of(condition: object, scene: Scene, hit: Hit) -> Iterator[str]:
    """Names of the lexicons in a condition, signals included, that a hit comes from."""
    if isinstance(condition, SignalGiven):
        for name in condition.names:
            yield from lexicons_of(scene.signals[name], scene, hit)
    elif isinstance(condition, LexiconSaid | Keywords):
        for name in condition.lexicons:
            if hit in scene.term_hits(name, condition.speaker):
                yield name
    elif is_dataclass(condition):
        for part in fields(condition):
            value = getattr(condition, part.name)
            for inner in value if isinstance(value, tuple) else (value,):
                yield from lexicons_of(inner, scene, hit)
