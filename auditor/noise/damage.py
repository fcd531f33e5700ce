"""Damage the turns of a call as a telephone recogniser would have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import floor, log

from auditor.domain.calls import Speaker
from auditor.errors import UsageError
from auditor.noise.edits import Edit, Proposer, apply, choose
from auditor.noise.homophones import Homophones
from auditor.noise.measure import counted
from auditor.noise.recipe import STRUCTURAL, Kind, Recipe
from auditor.noise.structure import Part, Piece, restructure
from auditor.noise.surface import INVENTIONS, is_traditional, spoil_marks
from auditor.text.normalise import Normaliser
from auditor.text.prob import WordFrequencies
from auditor.text.segmenter import Segmenter

Line = tuple[Speaker, str]
"""Who says what."""

# Errors gather in few turns: the worst are heard some ten times as badly as the best.
_CLEAREST = 0.35
_CUSTOMER = 1.25  # speakerphones, dialect, the street
_CREDITS = 1.5
_CREDIT_BUDGET = 2


class Damager:
    """Damages calls; building takes some three seconds, a thousand turns about a second.

    Args:
        frequencies: Words and counts; jieba's dictionary if absent.
    """

    __slots__ = ("_homophones", "_normaliser", "_proposers", "_segmenter", "_traditional")

    def __init__(self, frequencies: WordFrequencies | None = None) -> None:
        words = frequencies or WordFrequencies()
        self._homophones = Homophones(words)
        self._proposers: dict[frozenset[Kind], Proposer] = {}
        self._segmenter = Segmenter(words)
        self._normaliser = Normaliser()
        self._traditional = _converter()

    def fold(self, text: str) -> str:
        """Return ``text`` with script, width and case folded, see ``Normaliser``."""
        return self._normaliser.fold(text)

    def lines(self, lines: Sequence[Line], recipe: Recipe, call_id: str) -> tuple[Line, ...]:
        """Damage the turns of a call one by one: as many come back, in the same order.

        Args:
            lines: Speaker and text of each turn.
            recipe: Share, seed and kinds, none of them ``STRUCTURAL``.
            call_id: Decides the chances together with the seed.

        Raises:
            UsageError: A kind would change the number of turns.
        """
        if recipe.kinds & STRUCTURAL:
            names = ", ".join(sorted(recipe.kinds & STRUCTURAL))
            raise UsageError(f"these kinds of damage change the number of turns: {names}")
        return tuple((p.speaker, p.text) for p in self.pieces(lines, recipe, call_id))

    def pieces(self, lines: Sequence[Line], recipe: Recipe, call_id: str) -> tuple[Piece, ...]:
        """Damage a call; each piece knows which turns it comes from.

        A share of 0 gives every turn back as it is.
        """
        if not recipe.share:
            return tuple(Piece(who, text, (Part(i),)) for i, (who, text) in enumerate(lines))
        folded = [self._normaliser.fold(text) for _, text in lines]
        sizes = [len(counted(text)) for text in folded]
        chance = recipe.chances(call_id, "budget")
        budget = floor(recipe.share * sum(sizes) + chance())
        hung, own = _credit(recipe, call_id, budget)
        budget -= len(counted(hung or own or ""))
        texts = self._heard(lines, folded, sizes, recipe, call_id, budget)
        if hung is not None:
            place = int(recipe.chances(call_id, "host of the credit")() * len(texts))
            texts[place] += hung
        pieces = [
            Piece(speaker, text, (Part(turn),))
            for turn, ((speaker, _), text) in enumerate(zip(lines, texts, strict=True))
        ]
        return self._finished(restructure(pieces, recipe, call_id, own), recipe, call_id)

    def _heard(
        self,
        lines: Sequence[Line],
        folded: Sequence[str],
        sizes: Sequence[int],
        recipe: Recipe,
        call_id: str,
        budget: int,
    ) -> list[str]:
        """The texts with wrong, lost and doubled words and other numbers."""
        proposer = self._proposers.get(recipe.kinds)
        if proposer is None:
            proposer = self._proposers[recipe.kinds] = Proposer(self._homophones, recipe.kinds)
        chance = recipe.chances(call_id, "words")
        possible: list[Edit] = []
        for turn, text in enumerate(folded):
            clarity = _clarity(lines[turn][0], chance)
            tokens = self._segmenter.tokens(text)
            possible += proposer.edits(turn, text, tokens, clarity, chance)
        made: dict[int, list[Edit]] = {}
        for edit in choose(possible, sizes, budget):
            made.setdefault(edit.turn, []).append(edit)
        return [apply(text, made.get(turn, ())) for turn, (_, text) in enumerate(lines)]

    def _finished(self, pieces: Sequence[Piece], recipe: Recipe, call_id: str) -> tuple[Piece, ...]:
        texts = [piece.text for piece in pieces]
        if Kind.PUNCTUATION in recipe.kinds:
            chance = recipe.chances(call_id, Kind.PUNCTUATION)
            texts = spoil_marks(texts, recipe.share, chance)
        if Kind.SCRIPT in recipe.kinds:
            chance = recipe.chances(call_id, Kind.SCRIPT)
            if is_traditional(recipe.share, chance):
                texts = [self._traditional(text) for text in texts]
        return tuple(replace(piece, text=text) for piece, text in zip(pieces, texts, strict=True))


def _clarity(speaker: Speaker, chance: Callable[[], float]) -> float:
    noise = _CLEAREST - (1 - _CLEAREST) * log(1 - chance())
    return 1 / (noise * (_CUSTOMER if speaker is Speaker.CUSTOMER else 1.0))


def _credit(recipe: Recipe, call_id: str, budget: int) -> tuple[str | None, str | None]:
    """The credit that hangs on a turn or is a turn, if this call has one and can pay for it."""
    wanted = [kind for kind in (Kind.INVENTION, Kind.INVENTED_TURN) if kind in recipe.kinds]
    chance = recipe.chances(call_id, Kind.INVENTION)
    happens, which, kind = chance(), chance(), chance()
    text = INVENTIONS[int(which * len(INVENTIONS))]
    if not wanted or happens >= recipe.share * _CREDITS:
        return None, None
    if len(counted(text)) * _CREDIT_BUDGET > budget:
        return None, None
    chosen = wanted[int(kind * len(wanted))]
    return (text, None) if chosen is Kind.INVENTION else (None, text)


def _converter() -> Callable[[str], str]:
    import opencc  # loads a native library and its dictionaries

    convert: Callable[[str], str] = opencc.OpenCC("s2t").convert
    return convert
