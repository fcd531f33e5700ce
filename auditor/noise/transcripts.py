"""Damage whole transcripts, and take labels along to the new segment numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.errors import UsageError
from auditor.noise.damage import Damager
from auditor.noise.measure import ErrorRate, error_rate
from auditor.noise.recipe import Recipe
from auditor.noise.structure import Piece

KEY = "noise"
"""Key of a damaged transcript that tells what was done to it."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A damaged call.

    Args:
        transcript: As a recogniser would have written it.
        segments: For each original turn the turns it is in now; never empty, never going back.
        main: For each original turn the turn that holds most of it.
        errors: Character errors against the original.
    """

    transcript: Transcript
    segments: tuple[tuple[int, ...], ...]
    main: tuple[int, ...]
    errors: ErrorRate


def damage_transcript(damager: Damager, transcript: Transcript, recipe: Recipe) -> Damaged:
    """Damage a call by share, seed and its id.

    What was done stands in the transcript's free key ``noise``: share, seed, kinds, measured
    character error rate, ``segments`` (original number to new numbers) and ``main_segments``.
    """
    lines = [(turn.speaker, turn.text) for turn in transcript.turns]
    pieces = damager.pieces(lines, recipe, transcript.call.call_id)
    segments, main = _maps(pieces, len(lines))
    turns = _turns(transcript.turns, pieces)
    texts = [text for _, text in lines]
    errors = error_rate(texts, (piece.text for piece in pieces), damager.fold)
    done = {
        "share": recipe.share,
        "seed": recipe.seed,
        "kinds": sorted(recipe.kinds),
        "character_error_rate": None if errors.rate is None else round(errors.rate, 4),
        "segments": [list(numbers) for numbers in segments],
        "main_segments": list(main),
    }
    extra = MappingProxyType({**transcript.extra, KEY: done})
    return Damaged(replace(transcript, turns=turns, extra=extra), segments, main, errors)


def move_labels(row: Mapping[str, Any], main: Sequence[int], where: str) -> dict[str, Any]:
    """Return a row of labels with every ``segment`` moved to where most of the turn is now.

    Two entries that become the same (one category twice in merged turns) become one. An entry
    with ``segment`` null, and all other keys, stay as they are.

    Args:
        row: A line of labels: lists of objects with ``segment`` under any key.
        main: ``Damaged.main`` of the call.
        where: What to call the row in errors.

    Raises:
        UsageError: A segment does not exist in the call.
    """
    moved: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, list):
            moved[key] = _unique([_moved(entry, main, where) for entry in value])
        else:
            moved[key] = value
    return moved


def _moved(entry: Any, main: Sequence[int], where: str) -> Any:
    if not isinstance(entry, dict) or entry.get("segment") is None:
        return entry
    number = entry["segment"]
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(main):
        raise UsageError(f"{where} names a segment that the call does not have")
    return {**entry, "segment": main[number]}


def _unique(entries: Sequence[Any]) -> list[Any]:
    """Entries without those that say of a segment what was said before; notes do not matter."""
    kept: list[Any] = []
    said: list[Any] = []
    for entry in entries:
        saying = entry
        if isinstance(entry, dict):
            saying = {key: value for key, value in entry.items() if key != "note"}
        if not isinstance(entry, dict) or "segment" not in entry or saying not in said:
            kept.append(entry)
            said.append(saying)
    return kept


def _maps(
    pieces: Sequence[Piece], size: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    found: list[list[int]] = [[] for _ in range(size)]
    most = [0.0] * size
    main = [0] * size
    for number, piece in enumerate(pieces):
        for part in piece.parts:
            found[part.turn].append(number)
            if part.end - part.start > most[part.turn]:
                most[part.turn] = part.end - part.start
                main[part.turn] = number
    return tuple(tuple(numbers) for numbers in found), tuple(main)


def _turns(originals: Sequence[Turn], pieces: Sequence[Piece]) -> tuple[Turn, ...]:
    heard = [
        _heard(originals, piece, index) if piece.parts else None
        for index, piece in enumerate(pieces)
    ]
    turns: list[Turn] = []
    for index, (piece, turn) in enumerate(zip(pieces, heard, strict=True)):
        if turn is None:
            # Credits are written into silence: from the turn before to the turn after.
            start = turns[-1].time.end_ms if turns else 0
            following = next((later for later in heard[index:] if later is not None), None)
            end = start if following is None else following.time.start_ms
            time = TimeSpan(min(start, end), end)
            turn = Turn(index=index, speaker=piece.speaker, text=piece.text, time=time)
        turns.append(turn)
    return tuple(turns)


def _heard(originals: Sequence[Turn], piece: Piece, index: int) -> Turn:
    first = piece.parts[0]
    longest = max(piece.parts, key=lambda part: len(originals[part.turn].text))
    turn = originals[longest.turn]
    start = _at(originals[first.turn], first.start)
    if first.start and first.turn + 1 < len(originals):
        # The second half of a turn must not seem to begin after the answer to it.
        answer = max(originals[first.turn + 1].time.start_ms, originals[first.turn].time.start_ms)
        start = min(start, answer)
    end = max(_at(originals[part.turn], part.end) for part in piece.parts)
    return replace(
        turn,
        index=index,
        speaker=piece.speaker,
        text=piece.text,
        time=TimeSpan(start, max(start, end)),
        # Timed words would still spell what was said.
        words=turn.words if piece.text == turn.text else (),
    )


def _at(turn: Turn, place: float) -> int:
    return turn.time.start_ms + round((turn.time.end_ms - turn.time.start_ms) * place)
