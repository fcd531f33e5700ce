"""Write ``syllables.txt`` from pypinyin: run ``python -m auditor.text._make_syllables``.

Only the maintainer needs it (pypinyin is a development dependency); the audit reads the file.
One line a syllable: the syllable, the characters read so first of all, and after a bar those for
which it is another reading in use. How often a reading is used is counted over jieba's words and
their frequencies. Data: pypinyin (MIT licence), from the pinyin-data and phrase-pinyin projects.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from auditor.text.normalise import Normaliser
from auditor.text.prob import WordFrequencies

# Interjections that have no vowel, and the particle that words hide.
_USUAL = {"嗯": "en", "呣": "mu", "得": "de", "靓": "liang"}
_LEAST_SHARE = 0.02  # 位 is li in one name; such readings would make 厂里 sound like 单位
_SYLLABLE = re.compile("[a-zv]{1,6}")


def table() -> str:
    """Return the contents of ``syllables.txt``."""
    usual: defaultdict[str, list[str]] = defaultdict(list)
    other: defaultdict[str, list[str]] = defaultdict(list)
    for char, names in _readings():
        usual[names[0]].append(char)
        for name in names[1:]:
            other[name].append(char)
    lines = (
        f"{name} {''.join(sorted(usual[name]))}|{''.join(sorted(other[name]))}"
        for name in sorted(usual.keys() | other.keys())
    )
    return "\n".join(lines) + "\n"


def _readings() -> Iterator[tuple[str, list[str]]]:
    """Each simplified character in GBK with its readings, the most used first."""
    from pypinyin.pinyin_dict import pinyin_dict

    fold = Normaliser().fold
    used = _usage()
    for code, listed in sorted(pinyin_dict.items()):
        char = chr(code)
        if not 0x4E00 <= code <= 0x9FFF or fold(char) != char or not char.encode("gbk", "ignore"):
            continue
        weights = used[char]
        least = _LEAST_SHARE * sum(weights.values())
        names = [name for name, weight in weights.most_common() if weight >= least]
        names = names or [_toneless(listed.split(",")[0])]
        if char in _USUAL:
            names = [_USUAL[char], *(name for name in names if name != _USUAL[char])]
        names = [name for name in names if _SYLLABLE.fullmatch(name) and name not in ("n", "ng")]
        if names:
            yield char, names


def _usage() -> defaultdict[str, Counter[str]]:
    from pypinyin import lazy_pinyin

    used: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, count in WordFrequencies().table.items():
        if count and all("一" <= char <= "鿿" for char in word):
            for char, name in zip(word, lazy_pinyin(word), strict=True):
                used[char][_toneless(name)] += count
    return used


def _toneless(name: str) -> str:
    marked = unicodedata.normalize("NFD", name).replace("u\u0308", "v")
    return "".join(char for char in marked if not unicodedata.combining(char))


if __name__ == "__main__":
    Path(__file__).with_name("syllables.txt").write_text(table(), encoding="utf-8")
