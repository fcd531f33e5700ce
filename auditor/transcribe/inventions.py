"""Sentences that speech recognisers write where nobody speaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files

from auditor.transcribe.loops import spoken


def compact_of(text: str, fold: Callable[[str], str]) -> str:
    """Return the folded letters, digits and hanzi of ``text``."""
    return spoken(fold(text))[0]


@dataclass(frozen=True, slots=True)
class Inventions:
    """Sentences recognisers write into silence, as patterns over folded text.

    Args:
        pattern: Matches one of them anywhere.
    """

    pattern: re.Pattern[str]

    @classmethod
    def shipped(cls, fold: Callable[[str], str]) -> Inventions:
        """Read the list that lies beside this module.

        Args:
            fold: Makes text comparable (width, case, script), see ``auditor.text``.
        """
        text = files("auditor.transcribe").joinpath("firewall_zh.txt").read_text(encoding="utf-8")
        lines = (line.strip() for line in text.splitlines())
        return cls.of((line for line in lines if line and not line.startswith("#")), fold)

    @classmethod
    def of(cls, sentences: Iterable[str], fold: Callable[[str], str]) -> Inventions:
        """Compile a list of sentences; with ``*`` (up to 12 characters) only at the start."""
        patterns = set()
        for sentence in sentences:
            parts = [re.escape(compact_of(part, fold)) for part in sentence.split("*")]
            anchor = r"\A" if len(parts) > 1 else ""
            patterns.add(anchor + ".{0,12}".join(parts))
        longest_first = sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
        return cls(re.compile("|".join(longest_first)))

    def share(self, compact: str) -> float:
        """Return which share of the characters belongs to listed sentences."""
        covered = sum(len(match.group()) for match in self.pattern.finditer(compact))
        return covered / len(compact) if compact else 0.0
