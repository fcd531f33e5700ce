"""``pattern``: the searched text matches a linear-time pattern, and not its exclusion.

Patterns see the text without punctuation and spaces, in simplified script, so they never
depend on what a recogniser writes between the words. ``<name>`` stands for any term of a lexicon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import re2

from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene, Track
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("pattern",)
MODIFIERS = frozenset({"except"})
NEEDS_SPEAKER = True


@dataclass(frozen=True, slots=True)
class PatternSaid:
    """A speaker says something one of the patterns matches, outside the exclusions."""

    sources: tuple[str, ...]
    patterns: tuple[re2._Regexp, ...] = field(compare=False)
    excluded: tuple[re2._Regexp, ...] = field(compare=False)
    speaker: Speaker | None
    any_of: re2._Regexp | None = field(default=None, compare=False)
    """All patterns in one: most calls match none, and are then searched but once."""

    def find(self, scene: Scene) -> Answer:
        """Every match that no exclusion overlaps."""
        track = scene.track(self.speaker)
        if not track.text or not self._may_match(track.text):
            return Answer.of_hits(())
        hits = tuple(self._matches(scene, track))
        if hits and self.excluded:
            barred = [
                match.span() for pattern in self.excluded for match in pattern.finditer(track.text)
            ]
            bars = [scene.hit(track, start, end, How.PATTERN, "") for start, end in barred]
            hits = tuple(hit for hit in hits if not any(hit.overlaps(bar) for bar in bars))
        return Answer.of_hits(hits)

    def _may_match(self, text: str) -> bool:
        # As bytes, because only whether it matches is asked, not at which character.
        return self.any_of is None or self.any_of.search(text.encode()) is not None

    def _matches(self, scene: Scene, track: Track) -> Iterator[Hit]:
        for source, pattern in zip(self.sources, self.patterns, strict=True):
            for match in pattern.finditer(track.text):
                start, end = match.span()
                if end > start:
                    yield scene.hit(track, start, end, How.PATTERN, source)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"句式〔{'；'.join(self.sources)}〕"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``pattern: '…'`` or a list, with ``except:`` beside it."""
    sources: list[str] = []
    patterns: list[re2._Regexp] = []
    for item in node.child(key).some():
        compiled = reading.pattern(item)
        if compiled is not None:
            sources.append(item.text())
            patterns.append(compiled)
    excluded = [reading.pattern(item) for item in node.child("except").items(single=True)]
    return PatternSaid(
        tuple(sources),
        tuple(patterns),
        tuple(pattern for pattern in excluded if pattern is not None),
        reading.speaker,
        _any_of(patterns),
    )


def _any_of(patterns: Sequence[re2._Regexp]) -> re2._Regexp | None:
    """Return one pattern that matches where any does; ``None`` where there is no gain or no way."""
    if len(patterns) < 2:
        return None
    first = patterns[0].options
    options = re2.Options()
    options.log_errors = False
    options.max_mem = first.max_mem
    options.case_sensitive = first.case_sensitive
    options.never_nl = first.never_nl
    options.never_capture = True
    try:
        return re2.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns), options)
    except re2.error:  # too large together, or the same name twice
        return None
