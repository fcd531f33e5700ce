"""Traditional script made simplified after recognition, character by character."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from auditor.transcribe.base import Piece, PieceWord


def simplify(text: str, fold: Callable[[str], str]) -> str:
    """Return ``text`` in simplified script; width, case and punctuation stay as written.

    Args:
        text: As recognised.
        fold: Folds script (and more) without changing the length, see ``auditor.text``.
    """
    return "".join(
        new if _is_hanzi(raw) and _is_hanzi(new) else raw
        for raw, new in zip(text, fold(text), strict=True)
    )


def simplify_piece(piece: Piece, fold: Callable[[str], str]) -> Piece:
    """Return the piece in simplified script; its words still spell its text."""
    text = simplify(piece.text, fold)
    if text == piece.text:
        return piece
    words: list[PieceWord] = []
    position = 0
    for word in piece.words:
        following = position + len(word.text)
        words.append(replace(word, text=text[position:following]))
        position = following
    return replace(piece, text=text, words=tuple(words))


def _is_hanzi(char: str) -> bool:
    return "㐀" <= char <= "鿿" or "豈" <= char <= "﫿"
