"""Cutting pieces by characters; the parts are pieces again and no character is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from auditor.transcribe.base import Piece, PieceWord


def carve(piece: Piece, cuts: Iterable[int]) -> tuple[Piece, ...]:
    """Cut a piece before the characters at ``cuts``.

    A word across a cut is divided, its time shared by characters. The first part keeps the
    piece's start and the last its end, the others begin and end with their words.
    """
    edges = sorted({0, len(piece.text), *(cut for cut in cuts if 0 < cut < len(piece.text))})
    if len(edges) <= 2:
        return (piece,)
    return tuple(_between(piece, low, high) for low, high in pairwise(edges))


def without(piece: Piece, start: int, end: int) -> Piece:
    """Return the piece without the characters ``start`` to ``end``; its times stay."""
    words = (*_words(piece, 0, start), *_words(piece, end, len(piece.text)))
    return replace(piece, text="".join(word.text for word in words), words=words)


def _between(piece: Piece, low: int, high: int) -> Piece:
    words = _words(piece, low, high)
    return replace(
        piece,
        start=piece.start if low == 0 else words[0].start,
        end=piece.end if high == len(piece.text) else max(word.end for word in words),
        text=piece.text[low:high],
        words=words,
    )


def _words(piece: Piece, low: int, high: int) -> tuple[PieceWord, ...]:
    """Return the words, or parts of words, that spell the characters ``low`` to ``high``."""
    out: list[PieceWord] = []
    position = 0
    for word in piece.words:
        first, last = max(low, position) - position, min(high, position + len(word.text)) - position
        if first < last:
            step = (word.end - word.start) / len(word.text)
            out.append(
                replace(
                    word,
                    start=min(word.start + first * step, word.end),
                    end=word.end
                    if last == len(word.text)
                    else min(word.start + last * step, word.end),
                    text=word.text[first:last],
                )
            )
        position += len(word.text)
    return tuple(out)
