"""Numbers the other way: spoken ones in digits, digits spoken, as recognisers do at random."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.text.numbers import find_entities
from auditor.text.numerals import DIGITS, read_numeral
from auditor.voice.numerals import spell_out

_WRITTEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?%?")
_SPOKEN = re.compile("(百分之)?([零〇一二三四五六七八九十百千万亿两幺]+)(?![几多来余])")
_VALUES = {**DIGITS, "幺": 1}
_CONTEXT = 6


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A stretch of a text and how else it is written."""

    start: int
    end: int
    text: str


def rewritings(folded: str) -> Iterator[Rewriting]:
    """Find every number of a folded text with its other way of writing.

    >>> [r.text for r in rewritings("欠一千八百六十三块,尾号四四零八,还3天")]
    ['1863', '4408', '三']
    """
    for found in _WRITTEN.finditer(folded):
        yield Rewriting(found.start(), found.end(), _say(folded, found))
    for entity in find_entities(folded):
        for found in _SPOKEN.finditer(folded, entity.span.start, entity.span.end):
            digits = _write(found.group(2))
            if digits:
                percent = "%" if found.group(1) else ""
                yield Rewriting(found.start(), found.end(), digits + percent)


def _say(folded: str, found: re.Match[str]) -> str:
    """What a speaker says for a written number; what stands around it decides how."""
    before = re.split(r"[\d%]", folded[max(0, found.start() - _CONTEXT) : found.start()])[-1]
    after = folded[found.end() : found.end() + 1]
    after = "" if after.isascii() else after
    return spell_out(before + found.group() + after)[len(before) :].removesuffix(after)


def _write(spoken: str) -> str:
    """Digits for a spoken number, empty where it is not read to its end."""
    if all(char in _VALUES for char in spoken):
        return "".join(str(_VALUES[char]) for char in spoken)
    read = read_numeral(spoken, 0)
    if read is None or read.end != len(spoken) or read.approx or read.upto is not None:
        return ""
    return str(int(read.value)) if read.value == int(read.value) else ""
