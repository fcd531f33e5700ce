"""Cut text into words with a tokenizer of its own: no shared words, no cache file, no logging."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.domain.spans import CharSpan
from auditor.text.prob import WordFrequencies


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands."""

    text: str
    span: CharSpan


class Segmenter:
    """jieba with the words of one policy.

    The dictionary comes from ``frequencies`` and is handed to the tokenizer ready-made, so jieba
    neither reads nor writes the cache that it otherwise shares with everybody in ``/tmp``.
    """

    __slots__ = ("_tokenizer",)

    def __init__(self, frequencies: WordFrequencies) -> None:
        import jieba  # 0.2 s, and it installs a log handler that prints to stderr

        logging.getLogger("jieba").setLevel(logging.WARNING)
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.FREQ = frequencies.table
        self._tokenizer.total = frequencies.total
        self._tokenizer.initialized = True

    def tokens(self, folded: str) -> tuple[Token, ...]:
        """Return the words, spaces and marks of a text; together they are the whole text."""
        tokens: list[Token] = []
        place = 0
        for word in self._tokenizer.cut(folded, HMM=False):
            tokens.append(Token(word, CharSpan(place, place + len(word))))
            place += len(word)
        return tuple(tokens)


def on_boundaries(tokens: Iterable[Token], span: CharSpan) -> bool:
    """Tell whether a span starts where a token starts and ends where one ends."""
    starts = ends = False
    for token in tokens:
        starts = starts or token.span.start == span.start
        ends = ends or token.span.end == span.end
    return starts and ends
