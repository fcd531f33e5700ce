"""One call laid out for searching: texts without punctuation, per speaker, offsets kept."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from auditor.conditions.base import MISS, Answer, Hit
from auditor.conditions.truth import Truth
from auditor.domain.calls import Speaker
from auditor.domain.findings import How
from auditor.domain.spans import CharSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.text.numbers import find_entities
from auditor.text.values import Entity

if TYPE_CHECKING:
    from auditor.conditions.base import Condition
    from auditor.conditions.risk import CallRisk
    from auditor.conditions.sieve import Sifted

SEPARATOR = "\n"
"""Stands between turns in a joined text; no term or ``.`` of a pattern reaches across it."""


class Person(StrEnum):
    """Who the talk shows to be on the line."""

    DEBTOR = "debtor"
    GUARANTOR = "guarantor"
    THIRD_PARTY = "third_party"
    MINOR = "minor"
    MACHINE = "machine"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What the whole talk shows beyond single turns.

    Args:
        person: Who is on the line at each turn.
        person_confidence: 0..1 for each turn.
        verified_at: Turn at which the person was verified, or ``None``.
        debt_named_at: Turn at which the debt was first named, or ``None``.
        ended_early: The other side hung up or the talk stopped before it got anywhere.
        reached_person: Somebody (not a machine) talked.
    """

    person: tuple[Person, ...] = ()
    person_confidence: tuple[float, ...] = ()
    verified_at: int | None = None
    debt_named_at: int | None = None
    ended_early: bool = False
    reached_person: bool = True


@dataclass(frozen=True, slots=True)
class Repair:
    """A stretch read as a homophone of what was heard."""

    start: int
    end: int
    heard: str
    meant: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn as it is searched.

    Args:
        turn: The turn as transcribed.
        text: Folded, without punctuation and spaces, homophones repaired; what is searched.
        offsets: For every character of ``text`` its position in ``turn.text``.
        breaks: Positions in ``text`` right after punctuation (starts of clauses).
        repairs: Which stretches of ``text`` differ from what was heard.
        folded: ``turn.text`` in simplified script with its punctuation, character for character.
        stops: The positions among ``breaks`` right after the end of a sentence.
    """

    turn: Turn
    text: str
    offsets: tuple[int, ...]
    breaks: tuple[int, ...] = ()
    repairs: tuple[Repair, ...] = ()
    folded: str = ""
    stops: tuple[int, ...] = ()

    def searched(self, span: CharSpan) -> tuple[int, int]:
        """Positions in ``text`` of the characters of a span of the text as written."""
        return bisect_left(self.offsets, span.start), bisect_left(self.offsets, span.end)

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Start and end in ``text`` of every sentence, as far as punctuation shows them."""
        edges = (0, *self.stops, len(self.text))
        yield from ((a, b) for a, b in pairwise(edges) if a < b)

    def original_span(self, start: int, end: int) -> CharSpan:
        """Map searched characters back to the text as written."""
        if start >= end:
            position = self.offsets[start] if start < len(self.offsets) else len(self.turn.text)
            return CharSpan(position, position)
        return CharSpan(self.offsets[start], self.offsets[end - 1] + 1)

    def clause_start(self, position: int) -> int:
        """Start of the clause a searched character is in, as far as punctuation shows it."""
        index = bisect_right(self.breaks, position)
        return self.breaks[index - 1] if index else 0

    def clause_end(self, position: int) -> int:
        """End of the clause a searched character is in."""
        index = bisect_right(self.breaks, position)
        return self.breaks[index] if index < len(self.breaks) else len(self.text)

    def repaired(self, start: int, end: int) -> bool:
        """Whether a repair touches the searched characters."""
        return any(r.start < end and start < r.end for r in self.repairs)


@dataclass(frozen=True, slots=True)
class Track:
    """The usable turns of one speaker (or all) in one string, to be searched in one go."""

    text: str
    starts: tuple[int, ...]
    turns: tuple[int, ...]

    def locate(self, start: int, end: int) -> tuple[int, int, int]:
        """Turn index and characters within that turn of a stretch of the joined text."""
        at = bisect_right(self.starts, start) - 1
        return self.turns[at], start - self.starts[at], end - self.starts[at]


def hit_in(view: TurnView, start: int, end: int, how: How, source: str) -> Hit:
    """Make a hit from characters of a turn; a repaired stretch counts as by sound."""
    if view.repairs and view.repaired(start, end):
        how = How.PINYIN
    return Hit(view.turn.index, start, end, how, source)


def join(views: Iterable[TurnView], speaker: Speaker | None) -> Track:
    """Join the usable turns of a speaker (``None``: of everybody)."""
    texts: list[str] = []
    starts: list[int] = []
    turns: list[int] = []
    position = 0
    for view in views:
        if not view.turn.usable or (speaker is not None and view.turn.speaker is not speaker):
            continue
        starts.append(position)
        turns.append(view.turn.index)
        texts.append(view.text)
        position += len(view.text) + len(SEPARATOR)
    return Track(SEPARATOR.join(texts), tuple(starts), tuple(turns))


TermFinder = Callable[[str], Iterator[tuple[str, str, int, int]]]
"""Searches a text for all terms of all lexicons: (lexicon id, term, start, end)."""


@dataclass(slots=True)
class Scene:
    """Everything a condition may look at in one call.

    Answers are remembered per call, because many rules share lexicons and signals. ``risk`` is
    what the trained classifier says of the call; ``None`` where no model is at hand. A scene may
    be a part of a call: ``only`` are then the turns that can be heard, with the same numbers.
    ``sifted`` tells what cannot hold in the call; without it every condition searches by itself.
    ``wordings`` is kept from call to call: sentences on conditions, and the same in other words.
    """

    transcript: Transcript
    views: tuple[TurnView, ...]
    find_terms: TermFinder
    signals: Mapping[str, object] = field(default_factory=dict)
    state: DialogueState = field(default_factory=DialogueState)
    risk: CallRisk | None = None
    only: range | None = None
    sifted: Sifted | None = None
    wordings: dict[str, str] = field(default_factory=dict)
    _tracks: dict[Speaker | None, Track] = field(default_factory=dict)
    _terms: dict[Speaker | None, dict[str, tuple[Hit, ...]]] = field(default_factory=dict)
    _answers: dict[object, Answer] = field(default_factory=dict)
    _asked: dict[int, tuple[Condition, Answer]] = field(default_factory=dict)
    _parts: dict[range, Scene] = field(default_factory=dict)
    _said: dict[Speaker | None, tuple[TurnView, ...]] = field(default_factory=dict)
    _entities: dict[int, tuple[Entity, ...]] = field(default_factory=dict)

    def part(self, turns: range) -> Scene:
        """The same call with nothing heard outside some turns; numbers of turns stay."""
        if self.only is not None:
            turns = range(max(turns.start, self.only.start), min(turns.stop, self.only.stop))
        if turns not in self._parts:
            self._parts[turns] = Scene(
                self.transcript,
                self.views,
                self.find_terms,
                self.signals,
                self.state,
                self.risk,
                turns,
                self.sifted,
                self.wordings,
                _entities=self._entities,
            )
        return self._parts[turns]

    def follow(self, state: DialogueState) -> None:
        """Take over what the talk shows; what was asked before it was known is asked again."""
        self.state = state
        self._answers.clear()
        self._parts.clear()
        words = () if self.sifted is None else self.sifted.sieve.rows
        self._asked = {key: asked for key, asked in self._asked.items() if key in words}

    def in_view(self) -> tuple[TurnView, ...]:
        """All turns of this part of the call, also those that are not usable."""
        return self.views if self.only is None else self.views[self.only.start : self.only.stop]

    def said(self, speaker: Speaker | None) -> tuple[TurnView, ...]:
        """The usable turns of a speaker (``None``: of everybody) in this part of the call."""
        if speaker not in self._said:
            self._said[speaker] = tuple(
                view
                for view in self.in_view()
                if view.turn.usable and speaker in (None, view.turn.speaker)
            )
        return self._said[speaker]

    def entities(self, turn: int) -> tuple[Entity, ...]:
        """Sums, dates, codes and the like in a turn, by place; spans are of the text as written."""
        if turn not in self._entities:
            self._entities[turn] = find_entities(self.views[turn].folded)
        return self._entities[turn]

    @property
    def timed(self) -> bool:
        """Whether every turn says when it was spoken; a text without sound may not."""
        spoken = [view.turn.time for view in self.in_view() if view.text]
        return bool(spoken) and all(time.end_ms > time.start_ms for time in spoken)

    def track(self, speaker: Speaker | None) -> Track:
        """The joined turns of a speaker, ``None`` for everybody."""
        if speaker not in self._tracks:
            self._tracks[speaker] = join(self.in_view(), speaker)
        return self._tracks[speaker]

    def term_hits(self, lexicon: str, speaker: Speaker | None) -> tuple[Hit, ...]:
        """All places where a term of the lexicon is said by the speaker."""
        if self.sifted is not None:
            return self._sifted_terms(self.sifted, lexicon, speaker)
        if speaker not in self._terms:
            self._terms[speaker] = self._find_all(speaker)
        return self._terms[speaker].get(lexicon, ())

    def _sifted_terms(
        self, sifted: Sifted, lexicon: str, speaker: Speaker | None
    ) -> tuple[Hit, ...]:
        found = self._terms.setdefault(speaker, {})
        if lexicon not in found:
            views, only = self.views, self.only
            hits = (
                hit_in(views[turn], start, end, How.LEXICON, term)
                for turn, start, end, term in sifted.places(lexicon)
                if speaker in (None, views[turn].turn.speaker) and (only is None or turn in only)
            )
            found[lexicon] = tuple(sorted(hits))
        return found[lexicon]

    def answer(self, condition: Condition) -> Answer:
        """Ask a condition once per call, and not at all where nothing it needs is said."""
        asked = self._asked.get(id(condition))
        if asked is not None:
            return asked[1]
        sifted = self.sifted
        needs = () if sifted is None else sifted.sieve.needs(condition)
        if needs is None:  # made for the moment, by a workbench that tries changed rules
            return condition.find(self)
        barred = sifted is not None and sifted.closed(needs)
        answer = MISS if barred else condition.find(self)
        # The condition is kept with its answer, so that no other object gets its id.
        self._asked[id(condition)] = condition, answer
        return answer

    def answers(self, conditions: Iterable[Condition]) -> list[Answer] | None:
        """Ask conditions that must all hold; ``None`` as soon as one is a miss."""
        found: list[Answer] = []
        for condition in conditions:
            answer = self.answer(condition)
            if answer.truth is Truth.MISS:
                return None
            found.append(answer)
        return found

    def _find_all(self, speaker: Speaker | None) -> dict[str, tuple[Hit, ...]]:
        track = self.track(speaker)
        found: dict[str, list[Hit]] = {}
        for lexicon, term, start, end in self.find_terms(track.text):
            found.setdefault(lexicon, []).append(self.hit(track, start, end, How.LEXICON, term))
        return {name: tuple(sorted(hits)) for name, hits in found.items()}

    def hit(self, track: Track, start: int, end: int, how: How, source: str) -> Hit:
        """Make a hit from a stretch of a joined text; a repaired stretch counts as by sound."""
        turn, first, last = track.locate(start, end)
        by_sound = self.views[turn].repaired(first, last)
        return Hit(turn, first, last, How.PINYIN if by_sound else how, source)

    def remember(self, key: object, find: Callable[[], Answer]) -> Answer:
        """Compute an answer once per call."""
        if key not in self._answers:
            self._answers[key] = find()
        return self._answers[key]

    @property
    def duration(self) -> float:
        """Seconds of the call: declared, or to the end of the last turn."""
        last = max((v.turn.time.end for v in self.views), default=0.0)
        return max(self.transcript.duration or 0.0, last)
