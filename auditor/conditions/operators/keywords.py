"""``keywords``: any, all, some number or none of some words, and how often.

The words stand in the rule or in a lexicon. ``not_inside`` bars longer words that hold one of them
by chance.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.conditions.base import MISS, Answer, Condition, Hit
from auditor.conditions.bounds import Bounds, read_bounds
from auditor.conditions.hearing import all_heard
from auditor.conditions.node import Node
from auditor.conditions.operators.logic import CALL, Reach, read_reach
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene, Track
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How

KEYS = ("keywords",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True

_FIELDS = ("words", "lexicon", "which", "within", "times", "not_inside")
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Keywords:
    """A speaker says some of the words.

    Args:
        words: Folded words to look for.
        lexicons: Lexicons whose terms are looked for as well.
        number: How many different words must come together; 0 for none of them anywhere.
        reach: How close together they must come.
        times: How often words must come in all.
        barred: Folded longer words in which a word does not count.
    """

    words: tuple[str, ...]
    lexicons: tuple[str, ...]
    number: int
    reach: Reach
    times: Bounds
    barred: tuple[str, ...]
    speaker: Speaker | None

    def find(self, scene: Scene) -> Answer:
        """Every word that counts; without words where none may be said and none is."""
        hits = tuple(sorted(set(self._hits(scene))))
        if self.number == 0:
            unsaid = Truth.HIT if all_heard(scene) else Truth.UNDETERMINED
            return Answer(Truth.MISS if hits else unsaid)
        if self.reach != CALL and self.reach.unknown(scene) and self.number > 1:
            return Answer(Truth.UNDETERMINED if _different(hits) >= self.number else Truth.MISS)
        together = hits if self.number == 1 else tuple(self._together(scene, hits))
        if not together or not self.times.hold(len(together)):
            return MISS
        return Answer.of_hits(together)

    def _hits(self, scene: Scene) -> Iterator[Hit]:
        track = scene.track(self.speaker)
        bars = [scene.hit(track, *place, How.LEXICON, "") for place in _places(track, self.barred)]
        found = [
            scene.hit(track, start, end, How.LEXICON, track.text[start:end])
            for start, end in _places(track, self.words)
        ]
        found += [hit for name in self.lexicons for hit in scene.term_hits(name, self.speaker)]
        yield from (hit for hit in found if not any(hit.overlaps(bar) for bar in bars))

    def _together(self, scene: Scene, hits: tuple[Hit, ...]) -> Iterator[Hit]:
        if self.reach == CALL:
            yield from hits if _different(hits) >= self.number else ()
            return
        turns = [hit.turn for hit in hits]
        for anchor in hits:
            near = hits
            if self.reach.turns is not None:
                low = bisect_left(turns, anchor.turn - self.reach.turns)
                near = hits[low : bisect_right(turns, anchor.turn + self.reach.turns)]
            close = tuple(hit for hit in near if self.reach.together(scene, anchor, hit))
            if _different(close) >= self.number:
                yield anchor

    def describe(self) -> str:
        """Say in Chinese."""
        words = "、".join((*self.words, *(f"词表〔{name}〕" for name in self.lexicons)))
        if self.number == 0:
            return f"没有说到〔{words}〕"
        which = "" if self.number == 1 else f"其中{self.number}个词"
        times = f"，共{self.times.describe('次')}" if self.times.limits else ""
        return f"关键词〔{words}〕{which}{times}"


def _places(track: Track, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for word in words:
        at = track.text.find(word)
        while at >= 0:
            yield at, at + len(word)
            at = track.text.find(word, at + len(word))


def _different(hits: tuple[Hit, ...]) -> int:
    return len({hit.source for hit in hits})


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``keywords: {words: […], which: all, within: {turns: n}, times: {at_least: n}}``."""
    inside = node.child(key)
    inside.only(_FIELDS)
    lexicons = reading.lexicon_names(inside.child("lexicon")) if inside.has("lexicon") else ()
    words = _folded(inside.child("words"), reading) if inside.has("words") else ()
    if not inside.has("words") and not inside.has("lexicon"):
        inside.problem("no_words", "name the words, or a lexicon that holds them")
    known = len(set(words)) + sum(len(reading.vocabulary.lexicons[name]) for name in lexicons)
    times = Bounds()
    if inside.has("times"):
        inside.child("times").only(("at_least", "at_most", "above", "below"))
        times = read_bounds(inside.child("times"), high=_MOST)
    number = _number(inside.child("which"), known)
    if number == 0 and times.limits:
        inside.child("times").problem("never_counted", "'which: none' leaves nothing to count")
    return Keywords(
        words,
        lexicons,
        number,
        read_reach(inside.child("within"), Reach()),
        times,
        _folded(inside.child("not_inside"), reading) if inside.has("not_inside") else (),
        reading.speaker,
    )


def _number(node: Node, known: int) -> int:
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.integer(low=1, high=max(1, known))
    word = node.choice(("any", "all", "none"), "any")
    return {"any": 1, "all": max(1, known), "none": 0}[word]


def _folded(node: Node, reading: Reading) -> tuple[str, ...]:
    folded = []
    for item in node.some():
        word = reading.vocabulary.fold(item.text())
        if not word:
            item.problem("empty_term", "nothing is left of the word without punctuation")
        else:
            folded.append(word)
    return tuple(folded)
