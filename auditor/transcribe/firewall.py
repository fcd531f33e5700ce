"""Marks text that the recogniser may have invented.

Every layer is a function from the pieces of one channel to a mark per piece. A marked piece stays
in the transcript but is not judged. Each layer alone is wrong too often to delete anything: a
genuine 谢谢 再见 ends most calls, so no layer looks at words alone unless no caller would say
them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from auditor.domain.transcripts import Mark
from auditor.transcribe.base import Piece
from auditor.transcribe.carve import carve, without
from auditor.transcribe.inventions import Inventions, compact_of
from auditor.transcribe.loops import find_loop, spoken

__all__ = ["FirewallLimits", "Inventions", "MarkedPiece", "screen"]

Seconds = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallLimits:
    """Where each layer draws its line; units are in the names.

    Mandarin is spoken at 3 to 7 characters a second, hurried readings reach 9.
    """

    voiced_share: float = 0.08
    voiced_seconds: float = 0.06
    invention_share: float = 0.8
    echo_characters: int = 8
    echo_share: float = 0.8
    fastest_per_second: float = 11.0
    fast_from_characters: int = 6
    slowest_per_second: float = 0.7
    slow_from_seconds: float = 4.0
    lowest_logprob: float = -1.3
    lowest_word_probability: float = 0.2
    silent_logprob: float = -0.8
    silent_probability: float = 0.6
    neighbour_characters: int = 4
    apart_characters: int = 8


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A piece with what the firewall thinks of it; empty marks mean it may be judged."""

    piece: Piece
    marks: tuple[Mark, ...] = ()


def screen(
    pieces: Sequence[Piece],
    *,
    voiced: Sequence[Seconds] | None,
    inventions: Inventions,
    fold: Callable[[str], str],
    prompt: str = "",
    hotwords: str = "",
    limits: FirewallLimits | None = None,
) -> tuple[MarkedPiece, ...]:
    """Apply every layer to the pieces of one channel.

    Loops are collapsed to two copies, and long inventions cut off the speech they hang on.

    Args:
        pieces: By start time.
        voiced: Ranges in seconds in which the channel has voice energy, in order; ``None`` when
            it was not measured.
        inventions: Known inventions.
        fold: Makes text comparable, keeping its length.
        prompt: Sentence the recogniser was primed with.
        hotwords: Words it was primed with, separated by blanks.
        limits: Where the layers draw their lines.
    """
    bounds = limits or FirewallLimits()
    sentence = compact_of(prompt, fold)
    pieces = [
        part
        for piece in pieces
        for part in set_apart(piece, inventions, sentence, fold, bounds.apart_characters)
    ]
    repeated = repeated_neighbours(pieces, bounds)
    out: list[MarkedPiece] = []
    for index, piece in enumerate(pieces):
        compact = compact_of(piece.text, fold)
        collapsed = collapse_loops(piece)
        found = (
            (Mark.NO_VOICE, voiced is not None and without_voice(piece, voiced, bounds)),
            (Mark.INVENTION, inventions.share(compact) > bounds.invention_share),
            (Mark.PROMPT_ECHO, echoes_prompt(compact, prompt, hotwords, fold, bounds)),
            (Mark.LOOP, collapsed is not piece),
            (Mark.IMPOSSIBLE_RATE, impossible_rate(piece, bounds)),
            (Mark.LOW_PROBABILITY, improbable(piece, bounds)),
            (Mark.REPEATED_NEIGHBOUR, index in repeated),
        )
        out.append(MarkedPiece(collapsed, tuple(mark for mark, hit in found if hit)))
    return tuple(out)


def set_apart(
    piece: Piece,
    inventions: Inventions,
    sentence: str,
    fold: Callable[[str], str],
    shortest: int,
) -> tuple[Piece, ...]:
    """Cut inventions and prompt echoes of ``shortest`` characters or more off genuine speech.

    Recognisers like to write them behind the last thing somebody said.
    """
    compact, places = spoken(fold(piece.text))
    spans = [match.span() for match in inventions.pattern.finditer(compact)]
    if sentence:
        spans += [match.span() for match in re.finditer(re.escape(sentence), compact)]
    ends = (*places, len(piece.text))
    cuts = [
        cut
        for start, end in spans
        if end - start >= shortest
        for cut in (ends[start] if start else 0, ends[end])
    ]
    return carve(piece, cuts)


def without_voice(piece: Piece, voiced: Sequence[Seconds], limits: FirewallLimits) -> bool:
    """Tell whether next to nothing of the piece carries voice energy."""
    covered = sum(max(0.0, min(piece.end, end) - max(piece.start, start)) for start, end in voiced)
    share = covered / piece.seconds if piece.seconds else 0.0
    return covered < limits.voiced_seconds or share < limits.voiced_share


def echoes_prompt(
    compact: str,
    prompt: str,
    hotwords: str,
    fold: Callable[[str], str],
    limits: FirewallLimits,
) -> bool:
    """Tell whether the text is what the recogniser was primed with.

    A single hot word is something people say; three or more in the order of the list are not.
    """
    sentence = compact_of(prompt, fold)
    if len(sentence) >= limits.echo_characters and compact:
        covered = len(sentence) * compact.count(sentence) / len(compact)
        inside = compact in sentence and len(compact) >= limits.echo_share * len(sentence)
        if inside or covered >= limits.echo_share:
            return True
    words = [compact_of(word, fold) for word in hotwords.split()]
    in_a_row = 3
    for first in range(len(words) - in_a_row + 1):
        run = "".join(words[first : first + in_a_row])
        if run and run in compact:
            listed = sum(len(word) * compact.count(word) for word in dict.fromkeys(words) if word)
            return listed >= limits.echo_share * len(compact)
    return False


def impossible_rate(piece: Piece, limits: FirewallLimits) -> bool:
    """Tell whether nobody can speak that fast, or the text is far too short for the sound.

    Hanzi and digits count whole, Latin letters a third (a syllable has about three).
    """
    letters = spoken(piece.text)[0]
    count = sum(1 / 3 if char.isascii() and char.isalpha() else 1 for char in letters)
    if piece.seconds <= 0:
        return count >= limits.fast_from_characters
    rate = count / piece.seconds
    too_fast = count >= limits.fast_from_characters and rate > limits.fastest_per_second
    too_slow = piece.seconds >= limits.slow_from_seconds and rate < limits.slowest_per_second
    return too_fast or too_slow


def improbable(piece: Piece, limits: FirewallLimits) -> bool:
    """Tell whether the recogniser itself did not believe what it wrote."""
    if piece.avg_logprob < limits.lowest_logprob:
        return True
    if (
        piece.no_speech_prob > limits.silent_probability
        and piece.avg_logprob < limits.silent_logprob
    ):
        return True
    known = [word.probability for word in piece.words if word.probability > 0]
    return bool(known) and sum(known) / len(known) < limits.lowest_word_probability


def repeated_neighbours(pieces: Sequence[Piece], limits: FirewallLimits) -> frozenset[int]:
    """Return the indices of pieces that repeat the one before to the last probability.

    People repeat themselves too, but no two sounds are heard with equal probabilities.
    """
    return frozenset(
        index
        for index, (before, piece) in enumerate(pairwise(pieces), start=1)
        if piece.text == before.text
        and len(spoken(piece.text)[0]) >= limits.neighbour_characters
        and _probabilities(piece) == _probabilities(before)
        and any(_probabilities(piece))
    )


def collapse_loops(piece: Piece) -> Piece:
    """Return the piece with every loop cut to two copies; the same object when there is none."""
    while loop := find_loop(piece.text):
        piece = without(piece, loop.keep, loop.end)
    return piece


def _probabilities(piece: Piece) -> tuple[float, ...]:
    return tuple(round(word.probability, 4) for word in piece.words)
