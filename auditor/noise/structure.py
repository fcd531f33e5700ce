"""Damage to turns: cut in two, run together, invented, given to the wrong side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from auditor.domain.calls import Speaker
from auditor.noise.measure import counted
from auditor.noise.recipe import Kind, Recipe

_SPLIT = 0.5
_MERGE_SAME = 2.0
_MERGE_OTHER = 0.15
_MERGE_SHORT = 0.5
_WRONG_SPEAKER = 1.0
_LOST_SPEAKER = 0.2
_SHORT = 4
_LONG_ENOUGH = 10
_PAUSES = "，。？！；、,?!; "
_OTHER_SIDE = {Speaker.AGENT: Speaker.CUSTOMER, Speaker.CUSTOMER: Speaker.AGENT}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an original turn.

    Args:
        turn: Its number.
        start: Where the stretch begins, 0 to 1.
        end: Where it ends, 0 to 1.
    """

    turn: int
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A turn as heard.

    Args:
        speaker: Who is said to talk.
        text: What is said to be said.
        parts: What it is made of, in order; none where nobody spoke.
    """

    speaker: Speaker
    text: str
    parts: tuple[Part, ...]


def restructure(
    pieces: Sequence[Piece], recipe: Recipe, call_id: str, credit: str | None
) -> list[Piece]:
    """Split, merge and misattribute the turns of a call, and insert a credit.

    Args:
        pieces: The turns, one part each.
        recipe: What is wanted.
        call_id: Decides the chances.
        credit: Subtitle credit that becomes a turn, if any.
    """
    out = list(pieces)
    if Kind.SPLIT in recipe.kinds:
        chance = recipe.chances(call_id, Kind.SPLIT)
        out = [half for piece in out for half in _split(piece, recipe.share, chance)]
    if Kind.MERGE in recipe.kinds:
        out = _merged(out, recipe.share, recipe.chances(call_id, Kind.MERGE))
    if Kind.SPEAKER in recipe.kinds:
        chance = recipe.chances(call_id, Kind.SPEAKER)
        out = [_misattributed(piece, recipe.share, chance) for piece in out]
    if credit is not None:
        chance = recipe.chances(call_id, "place of the credit")
        # Credits are written into the silence between turns, not inside one.
        places = [
            place
            for place in range(len(out) + 1)
            if not 0 < place < len(out) or out[place - 1].parts[-1].end == 1
        ]
        place = places[int(chance() * len(places))]
        speaker = Speaker.AGENT if chance() < 1 / 2 else Speaker.CUSTOMER
        out.insert(place, Piece(speaker, credit, ()))
    return out


def _merged(pieces: Sequence[Piece], share: float, chance: Callable[[], float]) -> list[Piece]:
    out: list[Piece] = []
    for piece in pieces:
        before = out[-1] if out else None
        happens = chance()
        if before is not None and happens < share * _merge_rate(before, piece):
            longer = max(before, piece, key=lambda side: len(side.text))
            parts = (*before.parts, *piece.parts)
            out[-1] = Piece(longer.speaker, before.text + piece.text, parts)
        else:
            out.append(piece)
    return out


def _merge_rate(before: Piece, piece: Piece) -> float:
    if len(before.parts) > 1 or before.parts[0].turn == piece.parts[0].turn:
        return 0.0
    if before.speaker is piece.speaker:
        return _MERGE_SAME
    short = min(len(counted(before.text)), len(counted(piece.text))) <= _SHORT
    return _MERGE_SHORT if short else _MERGE_OTHER


def _split(piece: Piece, share: float, chance: Callable[[], float]) -> tuple[Piece, ...]:
    happens, where = chance(), chance()
    size = len(piece.text)
    if happens >= share * _SPLIT or len(counted(piece.text)) < _LONG_ENOUGH:
        return (piece,)
    pauses = [i + 1 for i, char in enumerate(piece.text[:-1]) if char in _PAUSES]
    # People pause at a mark; without one the recogniser cuts where it likes.
    cuts = [cut for cut in pauses if counted(piece.text[:cut]) and counted(piece.text[cut:])]
    cut = cuts[int(where * len(cuts))] if cuts else 1 + int(where * (size - 1))
    if not counted(piece.text[:cut]) or not counted(piece.text[cut:]):
        return (piece,)
    turn = piece.parts[0].turn
    return (
        Piece(piece.speaker, piece.text[:cut], (Part(turn, 0.0, cut / size),)),
        Piece(piece.speaker, piece.text[cut:], (Part(turn, cut / size, 1.0),)),
    )


def _misattributed(piece: Piece, share: float, chance: Callable[[], float]) -> Piece:
    happens, lost = chance(), chance()
    other = _OTHER_SIDE.get(piece.speaker)
    if other is None or len(counted(piece.text)) > _SHORT or happens >= share * _WRONG_SPEAKER:
        return piece
    return replace(piece, speaker=Speaker.UNKNOWN if lost < _LOST_SPEAKER else other)
