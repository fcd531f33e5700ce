"""Damage to single words: which there could be in a turn, and which of it happens in a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log

from auditor.noise.digits import rewritings
from auditor.noise.homophones import Homophones, Rivals
from auditor.noise.measure import counted, distance
from auditor.noise.recipe import Kind
from auditor.text.segmenter import Token

# Shares of substitutions, deletions and insertions in Mandarin telephone speech are about
# seven to two to one; a word without a strong rival is heard rightly more often.
_REPLACED = 1.3
_LEAST_STRENGTH = 0.06
_INSIDE_STRENGTH = 0.12
_DROPPED = 0.07
_DROPPED_PARTICLE = 0.22
_DOUBLED = 0.06
_DOUBLED_LONG = 0.02
_REWRITTEN = 1.0
_REWRITTEN_DIGIT = 0.3
# Unstressed syllables that 8 kHz and a hurried speaker leave out.
_PARTICLES = frozenset("啊吧吗呢嘛呀哦嗯呃哎诶唉喂了的地得着过就是也都还那这个们儿子么")
_PAIR = 2

Choices = list[tuple[float, Callable[[float], str]]]
"""What can happen to a word: how readily, and the result for a uniform number below 1."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One possible damage.

    Args:
        turn: Position of the turn.
        start: First character replaced.
        end: First character after it.
        text: What stands there afterwards.
        cost: Characters damaged.
        rank: Small ranks happen first; exponential with the rate of the damage.
    """

    turn: int
    start: int
    end: int
    text: str
    cost: int
    rank: float


@dataclass(frozen=True, slots=True)
class Proposer:
    """Finds the damage that could happen to a turn.

    Args:
        homophones: Which words sound alike.
        kinds: Kinds of damage wanted.
    """

    homophones: Homophones
    kinds: frozenset[Kind]
    _known: dict[str, Choices] = field(default_factory=dict, init=False, repr=False)

    def edits(
        self,
        turn: int,
        folded: str,
        tokens: Sequence[Token],
        clarity: float,
        chance: Callable[[], float],
    ) -> Iterator[Edit]:
        """Propose at most one edit a word, one a pair of single characters and one a number.

        Args:
            turn: Position of the turn.
            folded: Its text.
            tokens: Its words.
            clarity: Mean of 1; the clearer the turn the later its damage comes.
            chance: Uniform numbers; the same count is drawn for every kind of damage.
        """
        single = ""
        for token in tokens:
            word, start = token.text, token.span.start
            if not _is_hanzi(word):
                single = ""
                continue
            first, second, third = chance(), chance(), chance()
            choices = self._known.get(word)
            if choices is None:
                choices = self._known[word] = self._choices(word)
            rate = sum(weight for weight, _ in choices)
            if rate:
                text = _pick(choices, rate, second)(third)
                yield _edit(turn, start, word, text, _rank(first, rate / clarity))
            if len(word) == 1 and single:
                uniform = (chance(), chance(), chance())
                yield from self._pair(turn, start - 1, single + word, clarity, uniform)
            single = word if len(word) == 1 else ""
        if Kind.DIGITS in self.kinds:
            for number in rewritings(folded):
                old = folded[number.start : number.end]
                rate = _REWRITTEN if len(old) > 1 else _REWRITTEN_DIGIT
                rank = _rank(chance(), rate / clarity)
                yield _edit(turn, number.start, old, number.text, rank)

    def _choices(self, word: str) -> Choices:
        """What can happen to a word; depends on the word and the kinds only."""
        choices: Choices = []
        rivals = self._rivals(word)
        strength = 1 - _product(1 - found.strength for found in rivals)
        total = sum(found.total for found in rivals)
        for found in rivals:
            if found.words:
                likely = max(strength, _LEAST_STRENGTH) * found.total / total
                choices.append((_REPLACED * likely, found.draw))
        if not rivals and len(word) > 1:
            choices += self._inside(word)
        if Kind.DROP in self.kinds:
            particle = len(word) == 1 and word in _PARTICLES
            choices.append((_DROPPED_PARTICLE if particle else _DROPPED, _dropper(word)))
        if Kind.DOUBLE in self.kinds:
            rate = _DOUBLED if len(word) == 1 else _DOUBLED_LONG
            choices.append((rate, _doubler(word)))
        return choices

    def _inside(self, word: str) -> Choices:
        """Damage to a part of a word that nothing else sounds like, real words before others."""
        found: Choices = []
        for size in (3, 2, 1):
            for start in range(len(word) - size + 1 if size < len(word) else 0):
                part = word[start : start + size]
                found += [
                    (rivals.strength, _inserter(word, start, size, rivals))
                    for rivals in self._rivals(part)
                ]
            if found:
                break
        total = sum(weight for weight, _ in found)
        return [(_REPLACED * _INSIDE_STRENGTH * weight / total, put) for weight, put in found]

    def _pair(
        self,
        turn: int,
        start: int,
        pair: str,
        clarity: float,
        uniform: tuple[float, float, float],
    ) -> Iterator[Edit]:
        """Two single characters heard as one word."""
        rivals = self._rivals(pair)
        if rivals:
            rate = _REPLACED * max(_LEAST_STRENGTH, *(found.strength for found in rivals))
            choices: Choices = [(found.total, found.draw) for found in rivals]
            text = _pick(choices, sum(w for w, _ in choices), uniform[1])(uniform[2])
            yield _edit(turn, start, pair, text, _rank(uniform[0], rate / _PAIR / clarity))

    def _rivals(self, word: str) -> list[Rivals]:
        same, near = self.homophones.of(word)
        wanted = ((Kind.SAME, same), (Kind.NEAR, near))
        return [rivals for kind, rivals in wanted if kind in self.kinds and rivals.words]


def choose(edits: Sequence[Edit], lengths: Sequence[int], budget: int) -> list[Edit]:
    """Return the edits that happen: lowest rank first, none over another, while they can be paid.

    Args:
        edits: All that could happen in a call.
        lengths: Characters of each turn that count; no turn is emptied.
        budget: Characters to damage.
    """
    left = list(lengths)
    taken: dict[int, int] = {}
    chosen: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.rank, edit.turn, edit.start)):
        if budget <= 0:
            break
        mask = (1 << edit.end) - (1 << edit.start)
        lost = len(counted(edit.text)) - (edit.end - edit.start)
        if edit.cost > budget or taken.get(edit.turn, 0) & mask or left[edit.turn] + lost < 1:
            continue
        taken[edit.turn] = taken.get(edit.turn, 0) | mask
        left[edit.turn] += min(lost, 0)
        budget -= edit.cost
        chosen.append(edit)
    return chosen


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` with the edits of its turn made."""
    for edit in sorted(edits, key=lambda edit: -edit.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _edit(turn: int, start: int, old: str, new: str, rank: float) -> Edit:
    return Edit(turn, start, start + len(old), new, distance(counted(old), counted(new)), rank)


def _rank(uniform: float, rate: float) -> float:
    return -log(1 - uniform) / rate


def _pick(choices: Choices, total: float, uniform: float) -> Callable[[float], str]:
    point = uniform * total
    for weight, make in choices:
        point -= weight
        if point < 0:
            return make
    return choices[-1][1]


def _dropper(word: str) -> Callable[[float], str]:
    def drop(uniform: float) -> str:
        place = int(uniform * len(word))
        return word[:place] + word[place + 1 :]

    return drop


def _doubler(word: str) -> Callable[[float], str]:
    def double(uniform: float) -> str:
        if len(word) == _PAIR and uniform < 1 / _PAIR:
            return word + word
        return word[0] + word

    return double


def _inserter(word: str, start: int, size: int, rivals: Rivals) -> Callable[[float], str]:
    def insert(uniform: float) -> str:
        return word[:start] + rivals.draw(uniform) + word[start + size :]

    return insert


def _product(factors: Iterator[float]) -> float:
    product = 1.0
    for factor in factors:
        product *= factor
    return product


def _is_hanzi(word: str) -> bool:
    return all("一" <= char <= "鿿" for char in word)
