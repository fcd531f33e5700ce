"""From pieces of speech by lane to turns in order of time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.domain.calls import Speaker
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Mark, Turn, Word
from auditor.transcribe.base import Piece, PieceWord


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece on its way into a turn.

    Args:
        piece: What was heard.
        marks: Firewall marks.
        confidence: How sure it is that the piece belongs to its lane, 0..1.
    """

    piece: Piece
    marks: tuple[Mark, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """Consecutive speech of one lane, before anybody knows whose lane it is.

    Args:
        lane: Which lane, from 0.
        words: In order.
        marks: Shared by everything in it.
        avg_logprob: Mean over its pieces, weighted by characters.
        confidence: Mean over its pieces, weighted by characters.
    """

    lane: int
    words: tuple[PieceWord, ...]
    marks: tuple[Mark, ...] = ()
    avg_logprob: float | None = None
    confidence: float = 1.0

    @property
    def text(self) -> str:
        """The words joined."""
        return "".join(word.text for word in self.words)

    @property
    def start(self) -> float:
        """Start of the first word in seconds."""
        return self.words[0].start

    @property
    def end(self) -> float:
        """End of the last word in seconds."""
        return max(word.end for word in self.words)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who says an utterance, how sure that is, and how it was decided."""

    speaker: Speaker
    confidence: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLimits:
    """When one turn ends and the next begins.

    Args:
        pause_seconds: Silence that ends a turn.
        floor_seconds: Shortest gap in which the other side can take the floor.
        longest_seconds: After this a turn ends at the next pause, however short.
    """

    pause_seconds: float = 0.8
    floor_seconds: float = 0.3
    longest_seconds: float = 40.0


def build_utterances(
    lanes: Sequence[Sequence[Spoken]], limits: TurnLimits | None = None
) -> tuple[Utterance, ...]:
    """Join the pieces of each lane into utterances, all lanes interleaved by start time.

    An utterance ends at a long pause, where the other lane speaks in between, and where the marks
    change, so that an invented piece does not take genuine speech down with it. Utterances of
    different lanes may overlap, as people do. No word is lost.
    """
    bounds = limits or TurnLimits()
    out: list[Utterance] = []
    for lane, pieces in enumerate(lanes):
        others = [
            word
            for number, other in enumerate(lanes)
            if number != lane
            for spoken in other
            for word in spoken.piece.words
        ]
        floor = sorted((word.start + word.end) / 2 for word in others)
        group: list[Spoken] = []
        for spoken in pieces:
            if not spoken.piece.words:
                continue
            if group and _ends(group, spoken, floor, bounds):
                out.append(_utterance(lane, group))
                group = []
            group.append(spoken)
        if group:
            out.append(_utterance(lane, group))
    return tuple(sorted(out, key=lambda said: (said.start, said.end, said.lane)))


def _ends(
    group: Sequence[Spoken], following: Spoken, floor: Sequence[float], limits: TurnLimits
) -> bool:
    last = group[-1]
    if last.marks != following.marks:
        return True
    stop, start = last.piece.words[-1].end, following.piece.words[0].start
    gap = start - stop
    if gap > limits.pause_seconds:
        return True
    if start - group[0].piece.words[0].start > limits.longest_seconds:
        return True
    taken = bisect_left(floor, start) - bisect_right(floor, stop)
    return gap >= limits.floor_seconds and taken > 0


def _utterance(lane: int, group: Sequence[Spoken]) -> Utterance:
    weights = [max(1, len(spoken.piece.text)) for spoken in group]

    def mean(values: Iterable[float]) -> float:
        return sum(w * value for w, value in zip(weights, values, strict=True)) / sum(weights)

    return Utterance(
        lane=lane,
        words=tuple(word for spoken in group for word in spoken.piece.words),
        marks=group[0].marks,
        avg_logprob=mean(spoken.piece.avg_logprob for spoken in group),
        confidence=mean(spoken.confidence for spoken in group),
    )


def to_turns(utterances: Iterable[tuple[Utterance, Owner]], duration: float) -> tuple[Turn, ...]:
    """Number the utterances and put them on the recording's millisecond grid.

    Args:
        utterances: By start time, each with its owner.
        duration: Seconds of the recording; later times are cut to it.
    """
    last_ms = round(duration * 1000)
    return tuple(
        Turn(
            index=index,
            speaker=owner.speaker,
            text=said.text,
            time=_span(said.start, said.end, last_ms),
            words=tuple(
                Word(word.text, _span(word.start, word.end, last_ms), round(word.probability, 4))
                for word in said.words
            ),
            speaker_confidence=round(min(owner.confidence, 1.0), 4),
            speaker_method=owner.method,
            avg_logprob=None if said.avg_logprob is None else round(said.avg_logprob, 4),
            marks=said.marks,
        )
        for index, (said, owner) in enumerate(utterances)
    )


def _span(start: float, end: float, last_ms: int) -> TimeSpan:
    first = min(round(start * 1000), last_ms)
    return TimeSpan(first, max(first, min(round(end * 1000), last_ms)))
