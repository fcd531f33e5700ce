"""Read homophones a recogniser wrote as the policy's terms, where that makes the likelier sentence.

A repair replaces characters one by one, so that every offset survives; findings that rest on a
repair say what was heard and what was meant.
"""

from __future__ import annotations

from auditor.conditions.scene import Repair
from auditor.detect.views import RepairFinder
from auditor.policy.model import Policy
from auditor.text.compact import Compact
from auditor.text.lexmatch import SoundMatcher
from auditor.text.pinyin import Syllables
from auditor.text.prob import WordFrequencies

_MIN_CHARS = 2


def repair_finder(policy: Policy) -> RepairFinder:
    """Build a finder from the lexicons that count by sound."""
    terms = {
        term: lexicon.lexicon_id
        for lexicon in policy.lexicons.values()
        if lexicon.by_sound
        for term in lexicon.terms
        if len(term) >= _MIN_CHARS and all("一" <= char <= "鿿" for char in term)
    }
    matcher = SoundMatcher(terms, Syllables(), WordFrequencies(), min_chars=_MIN_CHARS)

    def find(view: Compact) -> tuple[Repair, ...]:
        kept: list[Repair] = []
        best_first = sorted(matcher.find(view), key=lambda hit: (-len(hit.term), -hit.margin))
        for hit in best_first:
            start, end = view.span_here(hit.span)
            meant = hit.term
            if end - start != len(meant) or any(r.start < end and start < r.end for r in kept):
                continue
            kept.append(Repair(start, end, hit.heard, meant))
        return tuple(sorted(kept, key=lambda repair: repair.start))

    return find
