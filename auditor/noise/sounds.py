"""How words sound, tones included, and what the telephone makes alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from auditor.text.pinyin import near_class

LONGEST = 4
"""Characters of the longest word that is taken for another as a whole."""

LEAST_COUNT = 20
"""Words rarer than this in jieba's dictionary are no recogniser's guess."""

_TABLE = Path(__file__).with_name("readings.txt")
# Southern speakers merge hu- and f-, and 8 kHz keeps neither's noise.
_AS_F = {
    "hu": "fu",
    "hua": "fa",
    "hui": "fei",
    "huan": "fan",
    "huang": "fang",
    "hun": "fen",
    "hong": "feng",
}

Reading = tuple[str, ...]
"""Syllables with tone, one a character: ``("yin2", "hang2")``."""


def telephone_class(syllable: str) -> str:
    """Return the representative of the syllables that sound like ``syllable`` (without tone).

    >>> telephone_class("huang"), telephone_class("fan"), telephone_class("zhong")
    ('fan', 'fan', 'zong')
    """
    return near_class(_AS_F.get(syllable, syllable))


class Readings:
    """The reading of words; building reads a table of 12,000 characters in some 10 ms."""

    __slots__ = ("_chars", "_words")

    def __init__(self) -> None:
        chars, _, words = _TABLE.read_text(encoding="utf-8").partition("\n\n")
        self._chars: Mapping[str, str] = {
            char: syllable
            for syllable, _, listed in (line.partition(" ") for line in chars.splitlines())
            for char in listed
        }
        self._words: Mapping[str, Reading] = {
            word: tuple(rest.split())
            for word, _, rest in (line.partition(" ") for line in words.splitlines())
        }

    def of(self, word: str) -> Reading | None:
        """Return the reading of a simplified word, ``None`` where a character has none.

        >>> Readings().of("银行"), Readings().of("行人")
        (('yin2', 'hang2'), ('xing2', 'ren2'))
        """
        known = self._words.get(word)
        if known is not None:
            return known
        syllables = tuple(self._chars.get(char, "") for char in word)
        return syllables if all(syllables) else None

    def chars(self) -> tuple[str, ...]:
        """Return every character that has a reading."""
        return tuple(self._chars)
