"""The same words on both channels: cross-talk of a headset or an analogue line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from auditor.transcribe.loops import spoken
from auditor.transcribe.turns import Utterance

Level = Callable[[int, float, float], float]
"""Lane, start and end in seconds -> loudness in dB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoLimits:
    """When two utterances are one voice heard twice.

    Both sides do say 喂 or 好的 at once, so short texts need a far larger difference in loudness.
    """

    overlap: float = 0.5
    similarity: float = 0.7
    long_characters: int = 4
    difference_db: float = 3.0
    short_difference_db: float = 10.0


def find_echoes(
    utterances: Sequence[Utterance], level: Level, limits: EchoLimits | None = None
) -> frozenset[int]:
    """Return the indices of utterances that are a quieter copy of one on the other lane.

    Args:
        utterances: By start time.
        level: Loudness of a lane in a time range.
        limits: When two utterances count as one.
    """
    bounds = limits or EchoLimits()
    echoes: set[int] = set()
    texts = [spoken(said.text)[0] for said in utterances]
    longest = max((said.end - said.start for said in utterances), default=0.0)
    for i, one in enumerate(utterances):
        for j in range(i + 1, len(utterances)):
            other = utterances[j]
            if other.start > one.end or other.start - one.start > longest:
                break
            if one.lane == other.lane or not _overlap(one, other, bounds):
                continue
            needed = _needed_difference(texts[i], texts[j], bounds)
            if needed is None:
                continue
            start, end = max(one.start, other.start), min(one.end, other.end)
            difference = level(one.lane, start, end) - level(other.lane, start, end)
            if abs(difference) >= needed:
                echoes.add(j if difference > 0 else i)
    return frozenset(echoes)


def _overlap(one: Utterance, other: Utterance, limits: EchoLimits) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return shared > 0 and shared >= limits.overlap * shorter


def _needed_difference(one: str, other: str, limits: EchoLimits) -> float | None:
    if not one or not other:
        return None
    short, long = sorted((one, other), key=len)
    if len(short) < limits.long_characters:
        return limits.short_difference_db if short == long else None
    matcher = SequenceMatcher(None, short, long, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks() if block.size > 1)
    # Two-sided: a quotation inside a long sentence is no echo of the sentence.
    return limits.difference_db if same >= limits.similarity * len(long) else None
