"""N-grams of characters and of sounds, hashed for a whole batch of turns at once in numpy.

The view of a text that is counted has no punctuation, no spaces, one character for every row of
digits and numerals, and a mark at each end; recognisers write none of the first reliably. Sounds
are toneless syllables with the mergers of telephone Mandarin (see ``auditor.text.pinyin``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.text.normalise import Normaliser
from auditor.text.pinyin import FIRST_SOUND, NO_SOUND, Syllables

Codes = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

MARK = ord("^")
NUMBER = ord("#")
LONGEST_TURN = 2000
"""Characters of a turn that are looked at: its first half and its last half."""

_PLANE = 0x10000
_NUMERALS = "0123456789零\u3007一二三四五六七八九十百千万亿两幺"
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_CHAR_SALT = 0x1000
_SOUND_SALT = 0x2000


@dataclass(frozen=True, slots=True)
class View:
    """The counted characters of many turns, one after the other.

    Args:
        chars: Code points, a mark before and after every turn.
        sounds: Syllable class of each; for what has no Han reading, its code point above them.
        turns: Which turn each belongs to.
        starts: First character in the turn's text as written that each stands for.
        ends: One past the last.
        count: Number of turns.
    """

    chars: Codes
    sounds: Codes
    turns: Places
    starts: Places
    ends: Places
    count: int


@dataclass(frozen=True, slots=True)
class Grams:
    """Hashed n-grams of one order, ascending by turn.

    Args:
        hashes: One for each n-gram.
        first: Index of its first character in the view.
        order: How many characters it has.
    """

    hashes: Hashes
    first: Places
    order: int


class Viewer:
    """Makes views; building it takes some 40 ms, half of it for a normaliser if none is given."""

    __slots__ = ("_kept", "_normaliser", "_numeral", "_sounds")

    def __init__(self, normaliser: Normaliser | None = None) -> None:
        self._normaliser = normaliser or Normaliser()
        plane = "".join(chr(code) if not 0xD800 <= code < 0xE000 else " " for code in range(_PLANE))
        self._kept = np.fromiter((char.isalnum() for char in plane), np.bool_, _PLANE)
        self._numeral = np.zeros(_PLANE, np.bool_)
        self._numeral[[ord(char) for char in _NUMERALS]] = True
        _, near = Syllables().sounds(plane)
        ids = np.frombuffer(near.encode("utf-32-le"), np.uint32)
        ids = np.where(ids < NO_SOUND, ids - np.uint32(FIRST_SOUND - 1), np.uint32(0))
        others = np.arange(_PLANE, dtype=np.uint32) + np.uint32(_PLANE)
        self._sounds = np.where(ids > 0, ids, others)

    def view(self, texts: Sequence[str]) -> View:
        """Return the counted characters of the texts of turns, as written."""
        if not texts:
            none = np.zeros(0, np.int64)
            return View(none.astype(np.uint32), none.astype(np.uint32), none, none, none, 0)
        cut = [_clip(text) for text in texts]
        (joined,) = self._normaliser.fold_all(["\n".join(cut) + "\n"])
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        # What lies beyond the basic plane is rare characters and emoji: nothing is learnt of it.
        flat = np.where(codes < _PLANE, codes, np.uint32(ord(" ")))
        lengths = np.fromiter((len(text) + 1 for text in cut), np.int64, len(cut))
        begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        turn = np.repeat(np.arange(len(cut)), lengths)
        # A text may hold line ends of its own: the mark is where the join put it.
        last = begins + lengths - 1
        end = np.zeros(len(flat), np.bool_)
        end[last] = True
        kept = np.flatnonzero(self._kept[flat] | end)
        flat, turn, end = flat[kept], turn[kept], end[kept]
        numeral = self._numeral[flat] & ~end
        same = np.zeros(len(flat), np.bool_)
        same[1:] = numeral[1:] & numeral[:-1]
        head = np.flatnonzero(~same)
        tail = np.append(head[1:], len(flat)) - 1
        run = tail > head
        chars = np.where(end[head], np.uint32(MARK), flat[head])
        chars = np.where(run | (flat[head] - np.uint32(48) < 10), np.uint32(NUMBER), chars)
        offsets = kept - begins[turn]
        chars, owner = chars.astype(np.uint32), turn[head]
        first, past = offsets[head], offsets[tail] + 1
        return _framed(chars, self._sounds, owner, first, past, np.array([len(t) for t in cut]))


def _framed(
    chars: Codes, sounds: Codes, owner: Places, first: Places, past: Places, lengths: Places
) -> View:
    count = len(lengths)
    opens = np.searchsorted(owner, np.arange(count))
    chars = np.insert(chars, opens, np.uint32(MARK))
    owner = np.insert(owner, opens, np.arange(count))
    first = np.insert(first, opens, 0)
    past = np.insert(past, opens, 0)
    limit = lengths[owner]
    return View(
        chars,
        sounds[chars],
        owner,
        np.minimum(first, limit),
        np.minimum(past, limit),
        count,
    )


def _clip(text: str) -> str:
    if len(text) <= LONGEST_TURN:
        return text
    # Blanks for the middle, so that every offset survives.
    half = LONGEST_TURN // 2
    return text[:half] + " " * (len(text) - 2 * half) + text[-half:]


def char_grams(view: View, orders: Iterable[int]) -> list[Grams]:
    """Return the n-grams of characters of each order."""
    return [_grams(view, view.chars, order, _CHAR_SALT) for order in orders]


def sound_grams(view: View, orders: Iterable[int]) -> list[Grams]:
    """Return the n-grams of syllables of each order."""
    return [_grams(view, view.sounds, order, _SOUND_SALT) for order in orders]


def _grams(view: View, codes: Codes, order: int, salt: int) -> Grams:
    size = max(0, len(codes) - order + 1)
    first = np.arange(size)
    # Inside one turn, and no lone mark.
    good = view.turns[:size] == view.turns[order - 1 : order - 1 + size]
    if order == 1:
        good &= view.chars != MARK
    first = first[good]
    state = np.full(len(first), salt + order, np.uint64)
    for step in range(order):
        state = _mix(state ^ codes[first + step].astype(np.uint64))
    return Grams(state, first, order)


def _mix(state: Hashes) -> Hashes:
    """One round of splitmix64 (Steele, Lea and Flood 2014)."""
    state = state + _GOLDEN
    state = (state ^ (state >> np.uint64(30))) * _MIX_A
    state = (state ^ (state >> np.uint64(27))) * _MIX_B
    return state ^ (state >> np.uint64(31))


def term_of(view: View, first: int, order: int) -> str:
    """Return the characters of an n-gram, for people to read."""
    return "".join(map(chr, view.chars[first : first + order].tolist()))
