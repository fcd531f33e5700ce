"""What there is to say about a rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    NOTE = "note"
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """Greater is worse."""
        return (Level.NOTE, Level.WARNING).index(self)


class Check(StrEnum):
    """What was looked at."""

    UNNEEDED = "unneeded"
    UNTESTED = "untested"
    SHADOWED = "shadowed"
    OVERLAP = "overlap"
    VAGUE = "vague"
    CLAUSE = "clause"
    EXAMPLES = "examples"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing an author should look at.

    Args:
        subject: Rule id, signal or lexicon.
        where: File and line.
        message: One sentence.
        parts: What it is about, one by one: conditions, terms, names of examples.
    """

    check: Check
    level: Level
    subject: str
    where: str
    message: str
    parts: tuple[str, ...] = ()
