"""From the words of decoded windows to pieces on the recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.transcribe.base import SAMPLE_RATE, Piece, PieceWord
from auditor.transcribe.packing import Range, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A window ready to be decoded, beside windows of whatever calls.

    Args:
        window: Where it comes from.
        features: What the recogniser sees of it; the same shape for all its windows.
    """

    window: Window
    features: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the recogniser wrote for one window.

    Args:
        words: Words with times in seconds from the start of the window, as they came.
        avg_logprob: Mean log-probability per token.
        no_speech_prob: Probability that nobody speaks.
        compression_ratio: Of the text.
    """

    words: tuple[PieceWord, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float

    @property
    def text(self) -> str:
        """The words joined."""
        return "".join(word.text for word in self.words)


def spread(text: str, seconds: float) -> tuple[PieceWord, ...]:
    """Return one word a character, evenly spread, for text that came without word times."""
    step = seconds / max(1, len(text))
    return tuple(
        PieceWord(k * step, (k + 1) * step, character, 0.0) for k, character in enumerate(text)
    )


def assemble(window: Window, decoded: Decoded) -> tuple[Piece, ...]:
    """Put the words of a window back where they were said, one piece a stretch of speech.

    Recognisers time words by attention, good to about 0.3 s: a word goes to the stretch its
    middle is nearest to, never to an earlier one than the word before it, and its times are kept
    inside the stretch and in order. Blanks at the ends of a piece are dropped; no other character
    is lost.
    """
    groups: dict[Range, list[PieceWord]] = {}
    lowest = 0
    for word in decoded.words:
        middle, part = window.to_channel(round((word.start + word.end) / 2 * SAMPLE_RATE))
        chosen = max(lowest, _nearest(window.speech, middle, part))
        lowest = chosen
        start, in_part = window.to_channel(round(word.start * SAMPLE_RATE))
        end, out_part = window.to_channel(round(word.end * SAMPLE_RATE))
        start = start if in_part == part else part[0]
        end = end if out_part == part else part[1]
        groups.setdefault(window.speech[chosen], []).append(
            PieceWord(start / SAMPLE_RATE, end / SAMPLE_RATE, word.text, word.probability)
        )
    pieces = (_piece(stretch, words, decoded) for stretch, words in groups.items())
    return tuple(piece for piece in pieces if piece.text)


def _nearest(speech: Sequence[Range], sample: int, part: Range) -> int:
    def distance(index: int) -> int:
        start, end = speech[index]
        return max(start - sample, sample - end, 0)

    inside = [k for k, (start, end) in enumerate(speech) if part[0] <= start and end <= part[1]]
    return min(inside, key=distance)


def _piece(stretch: Range, words: Sequence[PieceWord], decoded: Decoded) -> Piece:
    start, end = stretch[0] / SAMPLE_RATE, stretch[1] / SAMPLE_RATE
    kept = _strip(words)
    out: list[PieceWord] = []
    previous = start
    for word in kept:
        first = min(max(word.start, previous), end)
        out.append(
            PieceWord(first, min(max(word.end, first), end), word.text, _unit(word.probability))
        )
        previous = first
    return Piece(
        start=start,
        end=end,
        text="".join(word.text for word in out),
        words=tuple(out),
        avg_logprob=decoded.avg_logprob,
        no_speech_prob=decoded.no_speech_prob,
        compression_ratio=decoded.compression_ratio,
    )


def _strip(words: Sequence[PieceWord]) -> list[PieceWord]:
    kept = list(words)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = _with_text(kept[0], kept[0].text.lstrip())
        kept[-1] = _with_text(kept[-1], kept[-1].text.rstrip())
    return kept


def _with_text(word: PieceWord, text: str) -> PieceWord:
    return PieceWord(word.start, word.end, text, word.probability)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
