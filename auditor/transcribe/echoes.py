"""The same words on both channels: cross-talk of a headset or an analogue line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

from auditor.transcribe.base import Piece
from auditor.transcribe.loops import spoken


class Levels(Protocol):
    """What the sound says about a stretch of one lane; times in seconds."""

    def loudness(self, lane: int, start: float, end: float) -> float:
        """Return the mean level in dB."""
        ...

    def echo_share(self, lane: int, start: float, end: float) -> float:
        """Return the share of the stretch, 0..1, in which the lane only repeats the other."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoLimits:
    """When two pieces are one voice heard twice.

    Both sides do say 喂 or 好的 at once, so short texts need a far larger difference in loudness.

    Args:
        slack_seconds: How far word times of the two channels may lie apart.
        similarity: Share of the quiet piece's characters that must occur in the loud one.
        long_characters: From here on a text is long.
        difference_db: Least difference in loudness for long texts.
        short_difference_db: The same for short ones.
        acoustic_share: A piece of which the sound alone is an echo to this share is one.
    """

    slack_seconds: float = 0.4
    similarity: float = 0.7
    long_characters: int = 4
    difference_db: float = 3.0
    short_difference_db: float = 10.0
    acoustic_share: float = 0.6


def find_echoes(
    lanes: Sequence[Sequence[Piece]], levels: Levels, limits: EchoLimits | None = None
) -> tuple[frozenset[int], ...]:
    """Return, for each of two lanes, the indices of pieces that only repeat the other lane.

    The louder of the two is kept.

    Args:
        lanes: Pieces of both lanes by start time.
        levels: Measured on the sound.
        limits: When two pieces count as one.
    """
    bounds = limits or EchoLimits()
    return tuple(
        frozenset(
            index
            for index, piece in enumerate(pieces)
            if _is_echo(lane, piece, lanes[1 - lane], levels, bounds)
        )
        for lane, pieces in enumerate(lanes)
    )


def _is_echo(
    lane: int, piece: Piece, others: Sequence[Piece], levels: Levels, limits: EchoLimits
) -> bool:
    own = spoken(piece.text)[0]
    other = spoken(_said_during(piece, others, limits.slack_seconds))[0]
    if not own or not other:
        return False
    difference = levels.loudness(1 - lane, piece.start, piece.end) - levels.loudness(
        lane, piece.start, piece.end
    )
    if difference < limits.difference_db:
        return False
    if levels.echo_share(lane, piece.start, piece.end) >= limits.acoustic_share:
        return True
    if len(own) < limits.long_characters:
        return own == other and difference >= limits.short_difference_db
    matcher = SequenceMatcher(None, own, other, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)
    return same >= limits.similarity * len(own)


def _said_during(piece: Piece, others: Sequence[Piece], slack: float) -> str:
    return "".join(
        word.text
        for other in others
        if other.end >= piece.start - slack and other.start <= piece.end + slack
        for word in other.words
        if piece.start - slack <= (word.start + word.end) / 2 <= piece.end + slack
    )
