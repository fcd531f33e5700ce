"""How likely a row of characters is as Chinese words: unigram frequencies of jieba's dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from math import log
from pathlib import Path
from types import MappingProxyType


class WordFrequencies:
    """Word counts of jieba's dictionary plus the policy's own words; read on first use (0.6 s).

    Args:
        words: Own words with explicit counts; they replace the dictionary's.
    """

    def __init__(self, words: Mapping[str, int] = MappingProxyType({})) -> None:
        self._words = dict(words)

    @cached_property
    def table(self) -> dict[str, int]:
        """Word -> count; every beginning of a word is a key too, 0 where it is no word itself."""
        table: dict[str, int] = {}
        with _dictionary().open(encoding="utf-8") as lines:
            for line in lines:
                word, count, _ = line.split(" ", 2)
                table[word] = int(count)
        table.update(self._words)
        for word in [*table]:
            for end in range(len(word) - 1, 0, -1):
                if word[:end] in table:
                    break
                table[word[:end]] = 0
        return table

    @cached_property
    def total(self) -> int:
        """Sum of all counts."""
        return sum(self.table.values())

    @cached_property
    def _log_total(self) -> float:
        return log(self.total)

    def route(self, text: str, *, word: tuple[int, int, int] | None = None) -> float:
        """Return the log probability of the best way to cut ``text`` into words.

        Args:
            text: Folded text; the time grows with its length times that of the longest word.
            word: Start, end and least count of a stretch to be taken for a word.
        """
        table, log_total, size = self.table, self._log_total, len(text)
        start, end, least = word if word else (-1, -1, 1)
        best = [0.0] * (size + 1)
        for place in range(size - 1, -1, -1):
            top = log(table.get(text[place], 0) or 1) - log_total + best[place + 1]
            stop = place + 2
            while stop <= size:
                count = table.get(text[place:stop])
                if count is None:
                    break
                if count:
                    top = max(top, log(count) - log_total + best[stop])
                stop += 1
            if place == start:
                top = max(top, log(max(least, 1)) - log_total + best[end])
            best[place] = top
        return best[0]


def _dictionary() -> Path:
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("jieba is not installed; install the package again")
    return Path(spec.origin).with_name("dict.txt")
