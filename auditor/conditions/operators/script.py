"""``script``: a mandated text is said, part by part, in its words or in words like them.

Parts that are missing are named with the nearest attempt. ``…`` in a part stands for anything,
such as a name; a part may have several wordings and may be optional.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from auditor.conditions.alignment import Ear, Likeness, most_alike
from auditor.conditions.base import Answer, Attempt, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import SEPARATOR, Scene, Track
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How
from auditor.text.pinyin import Syllables

KEYS = ("script",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True

_FIELDS = ("parts", "similarity", "coverage", "ordered", "within_turns", "by_sound")
_PART_FIELDS = ("name", "say", "optional")
_NEAREST = 0.4
"""Likeness from which words count as an attempt at a part."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text.

    Args:
        wordings: Each the pieces between its slots, folded.
    """

    name: str
    wordings: tuple[tuple[str, ...], ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a part is said best, as characters of the joined text."""

    part: Part
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class ScriptSaid:
    """A speaker says the parts of a text.

    Args:
        similarity: Share of a part's characters that must agree, 0..1.
        coverage: Share of the required parts that must be said, by length, 0..1.
        ordered: Whether parts must come in this order.
        turns: How many turns apart the first and the last part may be; ``None`` for any.
    """

    parts: tuple[Part, ...]
    similarity: float
    coverage: float
    ordered: bool
    turns: int | None
    speaker: Speaker | None
    ear: Ear = field(compare=False)

    def find(self, scene: Scene) -> Answer:
        """The words of every part that is said, when enough of them are."""
        track, placed = self._best(scene)
        if self._covered(placed) < self.coverage:
            return Answer(Truth.MISS)
        said = [one for one in placed if one.likeness.score >= self.similarity]
        return Answer.of_hits(hit for one in said for hit in self._hits(track, one))

    def attempt(self, scene: Scene) -> Attempt:
        """Which parts are said, which are not, and the nearest words to those."""
        track, placed = self._best(scene)
        said = [one for one in placed if one.likeness.score >= self.similarity]
        near = [one for one in placed if one.likeness.score >= _NEAREST]
        missing = [one for one in placed if one not in said and not one.part.optional]
        return Attempt(
            tuple(sorted({hit for one in near for hit in self._hits(track, one)})),
            tuple(one.part.name for one in said),
            tuple(one.part.name for one in missing),
        )

    def _best(self, scene: Scene) -> tuple[Track, list[Placed]]:
        track = _run_together(scene.track(self.speaker))
        placed = self._place(track)
        enough = self._covered(placed) >= self.coverage
        if self.turns is None or (enough and self._spread(track, placed) <= self.turns):
            return track, placed
        best = (Track("", (), ()), [Placed(part, Likeness(0.0, 0, 0)) for part in self.parts])
        for first in track.turns:
            window = scene.part(range(first, first + self.turns + 1))
            near = _run_together(window.track(self.speaker))
            found = self._place(near)
            if self._weight(found) > self._weight(best[1]):
                best = near, found
        return best

    def _place(self, track: Track) -> list[Placed]:
        heard = self.ear.hear(track.text)
        placed = []
        position = 0
        for part in self.parts:
            found = self._locate(part, heard, position if self.ordered else 0)
            if found.score >= self.similarity:
                position = found.end
            placed.append(Placed(part, found))
        return placed

    def _locate(self, part: Part, heard: str, begin: int) -> Likeness:
        found = [self._pieces(pieces, heard, begin) for pieces in part.wordings]
        return max(found, key=lambda one: one.score)

    def _pieces(self, pieces: tuple[str, ...], heard: str, begin: int) -> Likeness:
        """Likeness of a wording: of its pieces one after the other, weighed by length."""
        total = sum(map(len, pieces))
        score, position, start = 0.0, begin, -1
        for piece in pieces:
            found = most_alike(self.ear.hear(piece), heard[position:])
            score += found.score * len(piece) / total
            start = position + found.start if start < 0 else start
            position += found.end
        return Likeness(score, max(start, 0), position)

    def _covered(self, placed: list[Placed]) -> float:
        required = [one for one in placed if not one.part.optional]
        said = [one for one in required if one.likeness.score >= self.similarity]
        return _length(said) / _length(required)

    def _weight(self, placed: list[Placed]) -> tuple[float, float]:
        return self._covered(placed), sum(one.likeness.score for one in placed)

    def _spread(self, track: Track, placed: list[Placed]) -> int:
        at = [
            track.locate(one.likeness.start, one.likeness.end)[0]
            for one in placed
            if one.likeness.score >= self.similarity
        ]
        return max(at) - min(at)

    def _hits(self, track: Track, one: Placed) -> Iterator[Hit]:
        """The words of a part, cut where a turn ends."""
        share = f"{one.likeness.score:.0%}"
        zh, en = f"“{one.part.name}”相似度{share}", f"part “{one.part.name}”, {share} alike"
        how = How.PATTERN if self.ear.syllables is None else How.PINYIN
        edges = [at for at in track.starts if one.likeness.start < at < one.likeness.end]
        for start, end in pairwise((one.likeness.start, *edges, one.likeness.end)):
            if start < end:
                turn, first, last = track.locate(start, end)
                yield Hit(turn, first, last, how, one.part.name, 1.0, zh, en)

    def describe(self) -> str:
        """Say in Chinese."""
        names = "、".join(part.name + "（可省）" * part.optional for part in self.parts)
        return f"规定话术〔{names}〕，相似度不低于{self.similarity:.0%}"


def _run_together(track: Track) -> Track:
    """The turns without anything between them: a part may go on after the other side's word."""
    starts = tuple(start - number * len(SEPARATOR) for number, start in enumerate(track.starts))
    return Track(track.text.replace(SEPARATOR, ""), starts, track.turns)


def _length(placed: list[Placed]) -> int:
    return sum(max(sum(map(len, pieces)) for pieces in one.part.wordings) for one in placed)


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``script: {parts: [{name: …, say: …}], similarity: 75, coverage: 100}``."""
    inside = node.child(key)
    inside.only(_FIELDS)
    parts = tuple(_part(item, reading) for item in inside.child("parts").some())
    if all(part.optional for part in parts):
        inside.child("parts").problem("nothing_required", "one part at least must be required")
    sounds = Syllables() if inside.child("by_sound").flag() else None
    turns = inside.child("within_turns")
    return ScriptSaid(
        parts,
        inside.child("similarity").number(75.0, low=50, high=100) / 100,
        inside.child("coverage").number(100.0, low=1, high=100) / 100,
        inside.child("ordered").flag(),
        turns.integer(high=10_000) if turns.value is not None else None,
        reading.speaker,
        Ear(sounds),
    )


def _part(node: Node, reading: Reading) -> Part:
    node.only(_PART_FIELDS)
    wordings = []
    for item in node.child("say").some():
        pieces = tuple(
            folded for piece in item.text().split("…") if (folded := reading.vocabulary.fold(piece))
        )
        if sum(map(len, pieces)) < 2:
            item.problem("too_short", "a part needs two characters or more")
            pieces = ("零零",)
        wordings.append(pieces)
    return Part(node.child("name").text(), tuple(wordings), node.child("optional").flag())
