"""``pattern``: the searched text matches a linear-time pattern, and not its exclusion.

Patterns see the text without punctuation and spaces, in simplified script, so they never
depend on what a recogniser writes between the words. ``<name>`` stands for any term of a lexicon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import re2

from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.literals import needed_words
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.rows import Rows
from auditor.conditions.scene import Scene, Track, hit_in
from auditor.conditions.seeking import Sought
from auditor.conditions.sieve import Sifted
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

    def find(self, scene: Scene) -> Answer:
        """Every match that no exclusion overlaps."""
        rows = scene.sifted.sieve.rows.get(id(self)) if scene.sifted is not None else None
        if scene.sifted is not None and rows is not None:
            return Answer.of_hits(self._sifted(scene, scene.sifted, rows))
        track = scene.track(self.speaker)
        if not track.text:
            return Answer.of_hits(())
        hits = tuple(self._matches(scene, track))
        if hits and self.excluded:
            barred = [
                match.span() for pattern in self.excluded for match in pattern.finditer(track.text)
            ]
            bars = [scene.hit(track, start, end, How.PATTERN, "") for start, end in barred]
            hits = tuple(hit for hit in hits if not any(hit.overlaps(bar) for bar in bars))
        return Answer.of_hits(hits)

    def _sifted(self, scene: Scene, sifted: Sifted, rows: Rows) -> Iterator[Hit]:
        """The same, with no pattern run over a turn that lacks its words."""
        held = len(self.patterns)
        for view in scene.said(self.speaker):
            if not sifted.turns[view.turn.index] >> rows.first & rows.mask:
                continue
            encoded = sifted.encoded(view)
            found: list[Hit] = []
            for number in sifted.patterns(rows, view.turn.index):
                if number < held:
                    source = self.sources[number]
                    found += [
                        hit_in(view, start, end, How.PATTERN, source)
                        for start, end in encoded.spans(self.patterns[number])
                    ]
                elif found:
                    barred = [*encoded.spans(self.excluded[number - held])]
                    found = [hit for hit in found if not _meets(hit, barred)]
            yield from found

    def sought(self) -> Sought | None:
        """The words its patterns need; ``None`` where one of them looks at more than a turn."""
        ways = [needed_words(pattern.pattern) for pattern in (*self.patterns, *self.excluded)]
        known = tuple(way for way in ways if way is not None)
        if len(known) < len(ways):
            return None
        return Sought(self.speaker, known, held=len(self.patterns))

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
    )


def _meets(hit: Hit, spans: Iterable[tuple[int, int]]) -> bool:
    return any(hit.start < end and start < hit.end for start, end in spans)
