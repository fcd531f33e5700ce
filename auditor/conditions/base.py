"""What every condition is and gives back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from auditor.conditions.truth import Truth
from auditor.domain.findings import How
from auditor.domain.spans import CharSpan

if TYPE_CHECKING:
    from auditor.conditions.scene import Scene


class Hit(NamedTuple):
    """Characters of one turn that a condition rests on; ordered by turn and character.

    Args:
        turn: Index of the turn.
        start: First matched character in the turn's compact view.
        end: One past the last matched character in the compact view.
        how: Kind of match.
        source: The term, pattern or name that matched, for the explanation.
        chance: How likely the match is right where a model says so; 1 where words matched.
        note: What was measured or compared, in Chinese, where the words alone do not show it.
        note_en: The same in English.
    """

    turn: int
    start: int
    end: int
    how: How = How.LEXICON
    source: str = ""
    chance: float = 1.0
    note: str = ""
    note_en: str = ""

    def overlaps(self, other: Hit) -> bool:
        """Tell whether both hits share characters of one turn."""
        return self.turn == other.turn and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Answer:
    """Three-valued answer with the hits it rests on, ordered by turn and character."""

    truth: Truth
    hits: tuple[Hit, ...] = ()

    @classmethod
    def of_hits(cls, hits: Iterable[Hit]) -> Answer:
        """Answer hit when there is any hit, else miss."""
        different = set(hits)
        return cls(Truth.HIT, tuple(sorted(different))) if different else MISS

    @classmethod
    def of_sure_and_open(cls, sure: Iterable[Hit], open_: Iterable[Hit]) -> Answer:
        """Answer hit with the sure hits; without any, undetermined where something is open."""
        hits = tuple(sorted(set(sure)))
        if hits:
            return cls(Truth.HIT, hits)
        left = tuple(sorted(set(open_)))
        return cls(Truth.UNDETERMINED if left else Truth.MISS, left)


MISS = Answer(Truth.MISS)
UNDETERMINED = Answer(Truth.UNDETERMINED)


def without_words(answers: Iterable[Answer]) -> Answer:
    """What an order or distance answers when a part that may hold points at no words.

    What has no words is nowhere, so nothing is close to it; what is open may yet have some.
    """
    silent = {answer.truth for answer in answers if not answer.hits}
    return MISS if silent & {Truth.HIT, Truth.MISS} else UNDETERMINED


@dataclass(frozen=True, slots=True)
class Attempt:
    """How near a call came to a condition that it does not meet.

    Args:
        hits: The nearest words.
        found: Names of the parts that are there, in Chinese.
        missing: Names of the parts that are not.
    """

    hits: tuple[Hit, ...]
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@runtime_checkable
class Attempting(Protocol):
    """A condition of parts, which can say how near a call came to it."""

    def attempt(self, scene: Scene) -> Attempt:
        """Say what is there and what is missing."""
        ...


@runtime_checkable
class Refutable(Protocol):
    """A condition that can point at what speaks against it."""

    def against(self, scene: Scene) -> tuple[Hit, ...]:
        """The words because of which it does not hold."""
        ...


class Condition(Protocol):
    """Something a rule looks for in a whole call."""

    def find(self, scene: Scene) -> Answer:
        """Answer for the whole call, with every place it holds."""
        ...

    def describe(self) -> str:
        """Say in Chinese what is looked for, for explanations and ``policy show``."""
        ...


class Exemption(Protocol):
    """A reason why a hit of a rule does not count."""

    def excuses(self, scene: Scene, hit: Hit) -> Truth:
        """Tell whether the hit is excused."""
        ...

    def describe(self) -> str:
        """Say in Chinese what exactly would excuse a hit, for ``policy show``."""
        ...

    def brief(self) -> str:
        """Name the kind of excuse in a few Chinese words, for the explanation of a finding."""
        ...

    def why_not(self, scene: Scene, hit: Hit) -> tuple[str, str]:
        """Say in Chinese and in English why it does not excuse a hit."""
        ...


LONGEST = 60
"""Characters of a condition's own words that an explanation tells."""


def brief(condition: Condition) -> str:
    """Say a condition in at most ``LONGEST`` Chinese characters."""
    said = condition.describe()
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def open_or(
    exemption: Exemption, scene: Scene, hit: Hit, lacking: str, lacking_en: str
) -> tuple[str, str]:
    """Say that something is lacking, unless nobody can know."""
    if exemption.excuses(scene, hit) is Truth.UNDETERMINED:
        return (
            f"无法判断是否{exemption.describe()[:LONGEST]}",
            f"cannot be known; else {lacking_en}",
        )
    return lacking, lacking_en


def span_of(scene: Scene, hit: Hit) -> CharSpan:
    """Return the hit as characters of the turn's text as written."""
    return scene.views[hit.turn].original_span(hit.start, hit.end)
