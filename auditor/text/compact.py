"""A view of a text without punctuation and spaces that can point back into the original."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from auditor.domain.spans import CharSpan

_SENTENCE_ENDS = frozenset("。!?;！？；…\n\r｡")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset(",，:：—")
# Between two digits these belong to the number: 3,500 and 10:30.
_NUMERIC_JOINERS = frozenset(",:")


@dataclass(frozen=True, slots=True)
class Compact:
    """The letters, digits and Han characters of a folded text.

    Args:
        text: What is left without punctuation and spaces.
        offsets: For each character of ``text`` its place in the original.
        length: Length of the original.
        breaks: Positions in ``text`` before which a clause ended (comma, colon, dash, space
            between Han characters, or a sentence end); not the list mark 、. Ascending.
        stops: The positions among ``breaks`` before which a sentence ended.
    """

    text: str
    offsets: tuple[int, ...]
    length: int
    breaks: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()

    def span_back(self, start: int, end: int) -> CharSpan:
        """Return where ``text[start:end]`` stands in the original.

        Raises:
            ValueError: The range is not inside ``text``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"not a range of {len(self.text)} characters: {start}..{end}")
        if start == end:
            place = self.offsets[start] if start < len(self.offsets) else self.length
            return CharSpan(place, place)
        return CharSpan(self.offsets[start], self.offsets[end - 1] + 1)

    def span_here(self, span: CharSpan) -> tuple[int, int]:
        """Return the positions in ``text`` of the characters of an original span that are kept."""
        return bisect_left(self.offsets, span.start), bisect_left(self.offsets, span.end)

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Return the range around ``start..end`` that no break cuts, as positions in ``text``."""
        left = max((place for place in self.breaks if place <= start), default=0)
        right = min((place for place in self.breaks if place >= end), default=len(self.text))
        return left, right


def compact(folded: str) -> Compact:
    """Return the compact view of a folded text.

    >>> view = compact("喂,您好 ！还-钱")
    >>> view.text, view.span_back(2, 5), view.breaks
    ('喂您好还钱', CharSpan(start=3, end=9), (1, 3))
    """
    if folded.isalnum():
        return Compact(folded, tuple(range(len(folded))), len(folded))
    kept: list[str] = []
    offsets: list[int] = []
    breaks: list[int] = []
    stops: list[int] = []
    pending = 0  # 1: a clause ended since the last kept character, 2: a sentence ended
    for place, char in enumerate(folded):
        if char.isalnum():
            if pending and kept:
                breaks.append(len(kept))
                if pending > 1:
                    stops.append(len(kept))
            pending = 0
            kept.append(char)
            offsets.append(place)
        elif char in _SENTENCE_ENDS:
            pending = 2
        elif not pending and _ends_clause(folded, place, char):
            pending = 1
    return Compact("".join(kept), tuple(offsets), len(folded), tuple(breaks), tuple(stops))


def _ends_clause(text: str, place: int, char: str) -> bool:
    before = text[place - 1 : place]
    after = text[place + 1 : place + 2]
    if char in _CLAUSE_ENDS:
        joins = char in _NUMERIC_JOINERS and before.isdigit() and after.isdigit()
        return not joins
    # Recognisers write a pause as a space; between Latin letters or digits it means nothing.
    return char.isspace() and _is_han(before) and _is_han(after)


def _is_han(char: str) -> bool:
    return "㐀" <= char <= "鿿"
