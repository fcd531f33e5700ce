"""Fold script, width and case one character to one character, so that every offset survives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType

from auditor.text.codetable import CodeTable

_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
# Where Unicode keeps letters with case and compatibility forms that real text contains.
_COMPATIBLE = (
    (0x41, 0x2E80),
    (0x2E80, 0x3400),
    (0xA640, 0xA800),
    (0xF900, 0xFB00),
    (0xFE10, 0xFFF0),
    (0x1D400, 0x1D800),
)
# Spellings that OpenCC keeps apart and that recognisers mix freely.
_SPELLINGS = MappingProxyType(
    {"妳": "你", "祂": "他", "牠": "它", "麽": "么", "瞭": "了", "藉": "借", "萬": "万"}
)
# 著 is 着 except where it means "to write" or "notable"; 甚 is 什 before 么.
_PARTICLE_ZHE = re.compile(r"(?<![名显原编论专译巨卓昭土遗合])著(?![名作述书称录者])")
_WHAT = re.compile(r"甚(?=么)")
_PATTERN_SYNTAX = frozenset("\\.^$*+?{}[]|()-&~#")


class Normaliser:
    """Folds text to simplified, half-width, lower-case characters without changing its length.

    Building takes some 20 ms (the character table comes from OpenCC's ``t2s``, each character
    by itself, because whole phrases may change length); fold as often as you like afterwards.

    >>> Normaliser().fold("請您把ＡＢＣ驗證碼")
    '请您把abc验证码'
    """

    __slots__ = ("_many", "_table")

    def __init__(self) -> None:
        self._table: Mapping[int, str] = MappingProxyType(_build_table())
        self._many = CodeTable(self._table)

    def fold(self, text: str) -> str:
        """Return ``text`` folded: same length, and folding again changes nothing."""
        # str.translate wants item access only, which the read-only view has.
        return _in_context(text.translate(self._table))

    def fold_all(self, texts: Sequence[str]) -> list[str]:
        """Return every text folded; for many texts much faster than one by one."""
        together = self._many("".join(texts))
        ends = [*accumulate(map(len, texts))]
        return [_in_context(together[a:b]) for a, b in zip([0, *ends], ends, strict=False)]

    def fold_pattern(self, pattern: str) -> str:
        r"""Fold the literals of a regular expression and leave its syntax alone.

        ASCII stays (``\S`` is not ``\s``), and full-width punctuation that folds onto a
        metacharacter is escaped (``吗？`` stays a question mark, not "at most one 吗").

        >>> print(Normaliser().fold_pattern(r"還錢嗎？|\S+"))
        还钱吗\?|\S+
        """
        folded = self.fold(pattern)
        parts: list[str] = []
        for raw, new in zip(pattern, folded, strict=True):
            if raw.isascii():
                parts.append(raw)
            elif new in _PATTERN_SYNTAX:
                parts.append("\\" + new)
            else:
                parts.append(new)
        return "".join(parts)


def _in_context(folded: str) -> str:
    """Fold what depends on the characters beside it."""
    if "著" in folded:
        folded = _PARTICLE_ZHE.sub("着", folded)
    if "甚" in folded:
        folded = _WHAT.sub("什", folded)
    return folded


def _build_table() -> dict[int, str]:
    """Code point -> folded character, for those that change; closed under itself."""
    step = dict(_compatible_forms())
    step.update(list(_simplified(step)))
    step.update(_SPELLINGS)
    table: dict[int, str] = {}
    for char in step:
        seen = {char}
        folded = step[char]
        while folded in step and step[folded] not in seen:
            seen.add(folded)
            folded = step[folded]
        table[ord(char)] = folded
    return table


def _compatible_forms() -> Iterator[tuple[str, str]]:
    for first, last in _COMPATIBLE:
        for code in range(first, last):
            char = chr(code)
            plain = unicodedata.normalize("NFKC", char)
            if len(plain) != 1:
                plain = char
            lower = plain.lower()
            folded = lower if len(lower) == 1 else plain
            # A letter whose plain form is a bare combining mark or unassigned stays itself.
            if folded != char and unicodedata.category(folded)[0] != "C":
                yield char, folded


def _simplified(step: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    import opencc  # loads a native library and its dictionaries

    chars = [chr(code) for first, last in _HAN for code in range(first, last)]
    plain = [step.get(char, char) for char in chars]
    # One character a line: no phrase of the converter can reach over a line end.
    simple = opencc.OpenCC("t2s").convert("\n".join(plain)).split("\n")
    for char, new in zip(chars, simple, strict=True):
        if new != char and len(new) == 1:
            yield char, new
