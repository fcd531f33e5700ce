"""Conditions that no example needs: take one away, and all examples still come out the same.

Every item of every list, every key that narrows a condition, and every alternative of every
pattern that is needed as a whole is taken away once. Most alternatives are settled without
judging anything: where a pattern finds the same places in all examples without it, nothing that
looks at those places can change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import re2

from auditor.conditions.node import Node, Source
from auditor.conditions.node import Path as NodePath
from auditor.workbench.alternatives import take_apart
from auditor.workbench.subjects import Subject

_CONDITIONS = ("find", "applies", "before", "nearest", "unless")
_PATTERNS = ("pattern", "except")
_NARROWING = ("where", "person", "min", "except", "within", "not_inside", "times")
"""Keys that may be taken away with all they hold."""


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A part of a rule or signal that no example needs.

    Args:
        where: File and line.
        kind: ``condition``, ``pattern`` or ``alternative``.
        text: The part, as short as it can be told.
    """

    subject: str
    where: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried of one rule or signal.

    Args:
        parts: How many parts of each kind were taken away, one at a time.
    """

    parts: Mapping[str, int]
    unneeded: tuple[Unneeded, ...]


def find_unneeded(subject: Subject) -> Tried:
    """Take every part away once."""
    found: list[Unneeded] = []
    parts: Counter[str] = Counter()
    idle: set[NodePath] = set()
    everywhere = range(len(subject.examples))
    for path, kind, value in _structural(subject.value):
        parts[kind] += 1
        if subject.tried(_without(subject.value, path), everywhere) == "":
            idle.add(path)
            found.append(Unneeded(subject.name, subject.where(path), kind, _told(value, path)))
    for path, text in patterns_of(subject.value):
        if any(path[: len(whole)] == whole for whole in idle):
            continue  # said already of the whole
        pattern = take_apart(text)
        for choice in pattern.removable:
            parts["alternative"] += 1
            if not _needed(subject, path, text, choice.without(text)):
                said = choice.of(text) or "（空）"
                found.append(Unneeded(subject.name, subject.where(path), "alternative", said))
    return Tried(MappingProxyType(dict(parts)), tuple(found))


def _needed(subject: Subject, path: NodePath, text: str, shorter: str) -> bool:
    """Whether some example comes out otherwise with the shorter pattern."""
    before, after = (_compiled(subject, path, part) for part in (text, shorter))
    if before is None or after is None:
        return True  # what cannot be read without it is needed
    among = [
        number
        for number, scene in enumerate(subject.scenes)
        if any(_places(before, v.text) != _places(after, v.text) for v in scene.views)
    ]
    if not among:
        return False
    changed = _replaced(subject.value, path, shorter)
    return subject.tried(changed, among) != ""


def _compiled(subject: Subject, path: NodePath, text: str) -> re2._Regexp | None:
    return subject.reading.pattern(Node(text, Source(subject.file, {}), path))


def _places(pattern: re2._Regexp, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def _structural(value: Mapping[str, Any]) -> Iterator[tuple[NodePath, str, Any]]:
    """Items of lists with more than one, all items of ``unless``, and keys that narrow."""
    for key in _CONDITIONS:
        if key in ("applies", "before", "nearest", "unless") and key in value:
            yield (key,), "condition", value[key]
        if key in value:
            yield from _inside(value[key], (key,))


def _inside(value: Any, path: NodePath) -> Iterator[tuple[NodePath, str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _NARROWING:
                yield (*path, key), "condition", inner
            yield from _inside(inner, (*path, key))
    elif isinstance(value, list):
        kind = "pattern" if path[-1] in _PATTERNS else "condition"
        for number, inner in enumerate(value):
            if len(value) > 1:
                yield (*path, number), kind, inner
            yield from _inside(inner, (*path, number))


def patterns_of(value: Any, path: NodePath = ()) -> Iterator[tuple[NodePath, str]]:
    """Every pattern of a rule's or signal's conditions with its place in the file."""
    if not path:
        for key in _CONDITIONS:
            if key in value:
                yield from patterns_of(value[key], (key,))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from patterns_of(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from patterns_of(inner, (*path, number))
    elif isinstance(value, str) and any(step in _PATTERNS for step in path[-2:]):
        yield path, value


def _without(value: Mapping[str, Any], path: NodePath) -> dict[str, Any]:
    return dict(_rebuilt(value, path, _Gone))


def _replaced(value: Mapping[str, Any], path: NodePath, new: str) -> dict[str, Any]:
    return dict(_rebuilt(value, path, new))


class _Gone:
    """Stands for nothing."""


def _rebuilt(value: Any, path: NodePath, new: Any) -> Any:
    """Copy what lies on the way to a place and change the place; the rest is shared."""
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        copy = dict(value)
        if not rest and new is _Gone:
            del copy[str(step)]
        else:
            copy[str(step)] = _rebuilt(value[step], rest, new) if rest else new
        return copy
    items = list(value)
    at = int(step)
    if not rest and new is _Gone:
        del items[at]
    else:
        items[at] = _rebuilt(value[at], rest, new) if rest else new
    return items


_LONGEST = 60


def _told(value: Any, path: Sequence[str | int]) -> str:
    """A part in a few words: a pattern or name as it is, a condition by its keys."""
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict):
        text = ", ".join(f"{key}: {_told(inner, ())}" for key, inner in value.items())
    elif isinstance(value, list):
        text = "[" + ", ".join(_told(inner, ()) for inner in value) + "]"
    else:
        text = str(value)
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"{name}: {short}" if name and path else short
