"""Find every term of every lexicon in one pass over a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.conditions.scene import TermFinder


def build_finder(lexicons: Mapping[str, tuple[str, ...]]) -> TermFinder:
    """Build the searcher of a policy's lexicons.

    A term inside a longer term of the same lexicon is reported once, as the longer one, so that
    a count does not double. Aho-Corasick: one pass whatever the number of terms (A. Aho and
    M. Corasick, Efficient String Matching, 1975).

    Args:
        lexicons: Folded terms by lexicon id.
    """
    import ahocorasick_rs

    owners: dict[str, list[str]] = {}
    for name, terms in lexicons.items():
        for term in terms:
            owners.setdefault(term, []).append(name)
    terms = tuple(owners)
    index = ahocorasick_rs.AhoCorasick(terms, matchkind=ahocorasick_rs.MatchKind.Standard)

    def find(text: str) -> Iterator[tuple[str, str, int, int]]:
        found: dict[str, list[tuple[int, int, str]]] = {}
        for number, start, end in index.find_matches_as_indexes(text, overlapping=True):
            for name in owners[terms[number]]:
                found.setdefault(name, []).append((start, end, terms[number]))
        for name, places in found.items():
            for start, end, term in _longest(places):
                yield name, term, start, end

    return find


def _longest(places: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    reached = -1
    for start, end, term in sorted(places, key=lambda place: (place[0], -place[1])):
        if end > reached:
            yield start, end, term
            reached = end
