"""Write ``readings.txt`` from pypinyin: run ``python -m auditor.noise._make_readings``.

Only the maintainer needs it (pypinyin is a development dependency); the tool reads the file.
First one line a syllable with tone (5 is neutral) and the characters mostly read so, counted over
jieba's words and their frequencies; then, after an empty line, the words in which a character is
read otherwise. The tone changes of 一 and 不 before others are left out: they follow from the
neighbours. Data: pypinyin (MIT licence), from the pinyin-data and phrase-pinyin projects.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

from auditor.noise.sounds import LEAST_COUNT, LONGEST
from auditor.text.normalise import Normaliser
from auditor.text.prob import WordFrequencies

_CITED = {"一": "yi1", "不": "bu4"}
_SYLLABLE = re.compile("[a-zv]{1,6}[1-5]")


def table() -> str:
    """Return the contents of ``readings.txt``."""
    fold = Normaliser().fold
    counts = {
        word: count
        for word, count in WordFrequencies().table.items()
        if count
        and len(word) <= LONGEST
        and all("一" <= char <= "鿿" for char in word)
        and fold(word) == word
    }
    read = {
        word: _reading(word) for word in counts if len(word) == 1 or counts[word] >= LEAST_COUNT
    }
    used: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, syllables in read.items():
        for char, syllable in zip(word, syllables, strict=True):
            if _SYLLABLE.fullmatch(syllable):
                used[char][syllable] += counts[word]
    usual = {
        char: min(counter, key=lambda name: (-counter[name], name))
        for char, counter in used.items()
    }
    chars: defaultdict[str, list[str]] = defaultdict(list)
    for char, syllable in usual.items():
        chars[syllable].append(char)
    lines = [f"{syllable} {''.join(sorted(chars[syllable]))}" for syllable in sorted(chars)]
    words = [
        f"{word} {' '.join(syllables)}"
        for word, syllables in sorted(read.items())
        if len(word) > 1
        and all(_SYLLABLE.fullmatch(syllable) for syllable in syllables)
        and any(usual[char] != name for char, name in zip(word, syllables, strict=True))
    ]
    return "\n".join([*lines, "", *words]) + "\n"


def _reading(word: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    read = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    return [_CITED.get(char, name) for char, name in zip(word, read, strict=True)]


if __name__ == "__main__":
    Path(__file__).with_name("readings.txt").write_text(table(), encoding="utf-8")
