"""Find the terms of a lexicon as a recogniser may have misheard them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from auditor.domain.spans import CharSpan
from auditor.text.compact import Compact, compact
from auditor.text.pinyin import Syllables
from auditor.text.prob import WordFrequencies

Source = TypeVar("Source", bound=Hashable)

_WINDOW = 4  # characters on each side that decide whether the heard words make sense
_LEAST_COUNT = 300  # a term counts at least as an ordinary word of jieba's dictionary
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Hit(Generic[Source]):
    """A misheard term found in a text.

    Args:
        span: In the original text.
        term: As the lexicon writes it.
        source: What the lexicon gave for the term.
        heard: The characters found, without punctuation.
        margin: How much likelier the words around are with the term in place, as a difference
            of natural logarithms.
    """

    span: CharSpan
    term: str
    source: Source
    heard: str
    margin: float


class SoundMatcher(Generic[Source]):
    """Finds terms behind wrong homophones, where the term makes a likelier sentence.

    A recogniser writes 验正码 for 验证码. The syllables of a text are searched for those of the
    terms; a place counts when the best cut into words of its surroundings is likelier with the
    term put in than as heard. Terms as written are not reported.

    Args:
        terms: Folded term -> source; only those of Han characters and long enough are used.
        syllables: The sound of characters.
        frequencies: Word counts for the likelihood.
        near_from: Terms this long also match with n/l, zh/z, ch/c, sh/s and in/ing, en/eng,
            an/ang confused; shorter ones by the same syllables only.
        min_chars: Shortest term searched by sound, at least 2.
        margin: Least gain in natural logarithms for terms of three characters or more.
        short_margin: The same for two characters, which collide with ordinary words far more.
        never: What was heard but is a word of its own (去世 is not 去死).
    """

    __slots__ = (
        "_automaton",
        "_frequencies",
        "_least",
        "_never",
        "_patterns",
        "_strict",
        "_syllables",
    )

    def __init__(
        self,
        terms: Mapping[str, Source],
        syllables: Syllables,
        frequencies: WordFrequencies,
        *,
        near_from: int = 3,
        min_chars: int = 3,
        margin: float = 2.0,
        short_margin: float = 4.0,
        never: Collection[str] = (),
    ) -> None:
        if min_chars < _SHORT:
            raise ValueError("one syllable is said too often to search for")
        self._syllables, self._frequencies = syllables, frequencies
        self._least = (short_margin, margin)
        self._never = frozenset(never)
        self._strict: dict[str, frozenset[str]] = {}
        spelled: defaultdict[str, dict[str, tuple[tuple[str, Source], ...]]] = defaultdict(dict)
        for key, group in _keyed(terms).items():
            if len(key) < min_chars:
                continue
            spellings = syllables.spellings(key)
            if len(key) < near_from:
                self._strict[key] = frozenset(spellings)
            for spelling in spellings:
                spelled[syllables.blur(spelling)][key] = group
        self._patterns = tuple(tuple(group.items()) for group in spelled.values())
        self._automaton = AhoCorasick([*spelled], store_patterns=False) if spelled else None

    def find(self, view: Compact) -> tuple[Hit[Source], ...]:
        """Return the misheard terms by start, longest first."""
        (found,) = self.find_all([view])
        return found

    def find_all(self, views: Sequence[Compact]) -> list[tuple[Hit[Source], ...]]:
        """Return for every text the misheard terms by start, longest first."""
        hits: list[list[Hit[Source]]] = [[] for _ in views]
        if self._automaton is not None:
            # What has no sound stands between the texts: no term reaches from one to the next.
            exact, near = self._syllables.sounds("\n".join([view.text for view in views]))
            begins = [0, *accumulate(len(view.text) + 1 for view in views)]
            for index, start, end in self._automaton.find_matches_as_indexes(
                near, overlapping=True
            ):
                place = bisect_right(begins, start) - 1
                begin = begins[place]
                hits[place] += self._judge(views[place], exact[start:end], index, start - begin)
        return [tuple(sorted(found, key=_order)) for found in hits]

    def _judge(self, view: Compact, sound: str, index: int, start: int) -> Iterator[Hit[Source]]:
        end = start + len(sound)
        heard = view.text[start:end]
        group = self._patterns[index]
        if heard in self._never or any(key == heard for key, _ in group):
            return
        for key, terms in group:
            if key in self._strict and sound not in self._strict[key]:
                continue
            margin = self._margin(view.text, start, end, key)
            if margin >= self._least[len(key) > _SHORT]:
                span = view.span_back(start, end)
                for term, source in terms:
                    yield Hit(span, term, source, heard, margin)

    def _margin(self, text: str, start: int, end: int, key: str) -> float:
        left, right = text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
        heard = self._frequencies.route(left + text[start:end] + right)
        put = (len(left), len(left) + len(key), self._least_count(key))
        return self._frequencies.route(left + key + right, word=put) - heard

    def _least_count(self, key: str) -> int:
        return max(_LEAST_COUNT, self._frequencies.table.get(key, 0))


def _keyed(
    terms: Mapping[str, Source],
) -> dict[str, tuple[tuple[str, Source], ...]]:
    keyed: defaultdict[str, list[tuple[str, Source]]] = defaultdict(list)
    for term, source in terms.items():
        key = compact(term).text
        if not key:
            raise ValueError("a term needs a letter, digit or Han character")
        keyed[key].append((term, source))
    return {key: tuple(group) for key, group in keyed.items()}


def _order(hit: Hit[Source]) -> tuple[int, int, str]:
    return hit.span.start, -hit.span.end, hit.term
