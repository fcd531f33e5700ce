"""Read homophones a recogniser wrote as the policy's terms, where that makes the likelier sentence.

A repair replaces characters one by one, so that every offset survives; findings that rest on a
repair say what was heard and what was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.conditions.scene import Repair
from auditor.policy.model import Policy
from auditor.text.compact import Compact
from auditor.text.lexmatch import Hit, SoundMatcher
from auditor.text.pinyin import Syllables
from auditor.text.prob import WordFrequencies

_MIN_CHARS = 2


@dataclass(frozen=True, slots=True)
class Repairs:
    """Finds repairs by the sound of terms."""

    matcher: SoundMatcher[str]

    def __call__(self, views: Sequence[Compact]) -> list[tuple[Repair, ...]]:
        """Return the repairs of every text."""
        found = self.matcher.find_all(views)
        return [_kept(view, hits) for view, hits in zip(views, found, strict=True)]


def repair_finder(policy: Policy) -> Repairs:
    """Build a finder from the lexicons that count by sound."""
    terms = {
        term: lexicon.lexicon_id
        for lexicon in policy.lexicons.values()
        if lexicon.by_sound
        for term in lexicon.terms
        if len(term) >= _MIN_CHARS and all("一" <= char <= "鿿" for char in term)
    }
    return Repairs(SoundMatcher(terms, Syllables(), WordFrequencies(), min_chars=_MIN_CHARS))


def _kept(view: Compact, hits: tuple[Hit[str], ...]) -> tuple[Repair, ...]:
    kept: list[Repair] = []
    for hit in sorted(hits, key=lambda hit: (-len(hit.term), -hit.margin)):
        start, end = view.span_here(hit.span)
        meant = hit.term
        if end - start != len(meant) or any(r.start < end and start < r.end for r in kept):
            continue
        kept.append(Repair(start, end, hit.heard, meant))
    return tuple(sorted(kept, key=lambda repair: repair.start))
