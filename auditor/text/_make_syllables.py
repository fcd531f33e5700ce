"""Write ``syllables.txt`` from pypinyin: run ``python -m auditor.text._make_syllables``.

Only the maintainer needs it (pypinyin is a development dependency); the audit reads the file.
One line a syllable: the syllable, the characters read so first of all, and after a bar those for
which it is another reading. Data: pypinyin (MIT licence), from the pinyin-data project.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from auditor.text.normalise import Normaliser

# The dictionary lists the rarer reading of these first.
_USUAL = dict(
    zip(
        "得着嗯呣靓琢佛嚼肋",
        ["de", "zhe", "en", "mu", "liang", "zhuo", "fo", "jiao", "lei"],
        strict=True,
    )
)
_READINGS = 3


def table() -> str:
    """Return the contents of ``syllables.txt``."""
    from pypinyin.pinyin_dict import pinyin_dict

    fold = Normaliser().fold
    usual: defaultdict[str, list[str]] = defaultdict(list)
    other: defaultdict[str, list[str]] = defaultdict(list)
    for char, names in _readings(pinyin_dict).items():
        # Folded text holds simplified characters only, and these all are in GBK.
        if fold(char) != char or not char.encode("gbk", "ignore"):
            continue
        usual[names[0]].append(char)
        for name in names[1:]:
            other[name].append(char)
    lines = (
        f"{name} {''.join(sorted(usual[name]))}|{''.join(sorted(other[name]))}"
        for name in sorted(usual.keys() | other.keys())
    )
    return "\n".join(lines) + "\n"


def _readings(dictionary: Mapping[int, str]) -> dict[str, list[str]]:
    read: dict[str, list[str]] = {}
    for code, names in dictionary.items():
        if not 0x4E00 <= code <= 0x9FFF:
            continue
        char = chr(code)
        plain = [_toneless(name) for name in names.split(",")][:_READINGS]
        ordered = dict.fromkeys([_USUAL[char], *plain] if char in _USUAL else plain)
        read[char] = [name for name in ordered if re.fullmatch("[a-zv]{1,6}", name)] or ["en"]
    return read


def _toneless(name: str) -> str:
    marked = unicodedata.normalize("NFD", name).replace("u\u0308", "v")
    return "".join(char for char in marked if not unicodedata.combining(char))


if __name__ == "__main__":
    Path(__file__).with_name("syllables.txt").write_text(table(), encoding="utf-8")
