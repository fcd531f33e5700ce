"""Which literals must occur wherever a pattern matches, read from the pattern itself.

That is the idea of RE2's own ``FilteredRE2`` and of code search (R. Cox, Regular Expression
Matching with a Trigram Index, 2012): most patterns need words that a text does not hold, and are
then never run. A pattern with anything that is not understood here needs nothing: it is always run.
"""

from __future__ import annotations

import re

from auditor.conditions.words import (
    ANYTHING,
    EMPTY,
    Part,
    Words,
    in_a_row,
    literal,
    literals,
    needs_of,
    one_of,
    repeated,
)

_WIDEST_RANGE = 40
_QUANTIFIERS = ("*", "+", "?", "{")
_OPENINGS = ("?:", "?m:", "?m)", "?P<")
"""What a group may begin with; ``m`` holds anyway."""

_PLAIN = re.compile(r"[^()\[\]\\.*+?{}^$|]+")
_PLAIN_GROUP = re.compile(r"(?:\?:)?([^()\[\]\\.*+?{}^$]*)\)")
"""The inside of a group of nothing but words."""

_DIGITS = "0123456789"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class _NotUnderstoodError(ValueError):
    """The pattern uses something that is not worth reading here."""


_DIGIT = Part(frozenset(_DIGITS))


def needed_words(pattern: str) -> tuple[tuple[Words, ...], ...] | None:
    """Return for each alternative of a pattern the sets of which a word must occur.

    Args:
        pattern: In RE2's syntax, with ``(?m)`` in front, its literals folded as texts are; letters
            match in either case.

    Returns:
        One entry for each way the pattern can match, with nothing in it where that needs no word;
        ``None`` where the pattern is not understood, or looks at more than one turn.
    """
    reader = _Reader(pattern.removeprefix("(?m)"))
    try:
        branches = reader.branches()
        if not reader.done:
            return None
    except (ValueError, IndexError, OverflowError):  # a ``_NotUnderstoodError`` is a ValueError
        return None
    return tuple(needs_of(branch) for branch in branches)


class _Reader:
    """Reads one pattern from left to right."""

    __slots__ = ("_at", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at >= len(self._text)

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _take(self) -> str:
        char = self._text[self._at]
        self._at += 1
        return char

    def branches(self) -> list[Part]:
        found = [self._branch()]
        while self._peek() == "|":
            self._at += 1
            found.append(self._branch())
        return found

    def _branch(self) -> Part:
        parts: list[Part] = []
        while (char := self._peek()) and char not in "|)":
            plain = _PLAIN.match(self._text, self._at)
            if plain is None:
                parts.append(self._quantified(self._atom()))
                continue
            self._at = plain.end()
            words = plain[0]
            if self._peek() in _QUANTIFIERS:  # which is about the last character only
                words = words[:-1]
                self._at -= 1
            parts += literals(words)
            if len(words) < len(plain[0]):
                parts.append(self._quantified(self._atom()))
        return in_a_row(parts)

    def _atom(self) -> Part:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char == ".":
            return ANYTHING
        if char in "^$":
            return EMPTY
        if char in _QUANTIFIERS and char != "{":
            raise _NotUnderstoodError
        return literal(char)

    def _group(self) -> Part:
        plain = _PLAIN_GROUP.match(self._text, self._at)
        if plain is not None and plain[1].upper() == plain[1].lower():
            self._at = plain.end()
            return Part(frozenset(plain[1].split("|")))
        if self._peek() == "?":
            opening = next((o for o in _OPENINGS if self._text.startswith(o, self._at)), None)
            if opening is None:
                raise _NotUnderstoodError
            self._at += len(opening)
            if opening == "?m)":
                return EMPTY
            if opening == "?P<":
                self._at = self._text.index(">", self._at) + 1
        inside = one_of(self.branches())
        if self._take() != ")":
            raise _NotUnderstoodError
        return inside

    def _escape(self) -> Part:
        char = self._take()
        if char == "d":
            return _DIGIT
        if char in "DsSwW":
            return ANYTHING
        return literal(self._escaped(char))

    def _escaped(self, char: str) -> str:
        """The character that a backslash and this one, just taken, stand for."""
        if char in _ESCAPES:
            return _ESCAPES[char]
        if char == "x" and self._peek() == "{":
            code, closed, _ = self._text[self._at + 1 :].partition("}")
            self._at += len(code) + 2
            if closed:
                return chr(int(code, 16))
        if char.isalnum():
            raise _NotUnderstoodError
        return char

    def _class(self) -> Part:
        negated = self._peek() == "^"
        self._at += negated
        chars: set[str] = set()
        first = True
        known = True
        while (char := self._take()) != "]" or first:
            first = False
            if char == "[" and self._peek() == ":":
                raise _NotUnderstoodError
            if char == "\\":
                char = self._take()
                if char in "DsSwW":
                    known = False
                    continue
                if char == "d":
                    chars.update(_DIGITS)
                    continue
                char = self._escaped(char)
            last = char
            if self._peek() == "-" and self._text[self._at + 1] != "]":
                self._at += 1
                last = self._take()
                if last == "\\":
                    last = self._escaped(self._take())
            if ord(last) - ord(char) > _WIDEST_RANGE:
                known = False
            else:
                chars.update(map(chr, range(ord(char), ord(last) + 1)))
        if negated or not known:
            return ANYTHING
        return one_of([literal(char) for char in sorted(chars)])

    def _quantified(self, part: Part) -> Part:
        char = self._peek()
        while char and char in _QUANTIFIERS:
            least, most = self._bounds()
            if self._peek() == "?":
                self._at += 1
            part = repeated(part, least, most)
            char = self._peek()
        return part

    def _bounds(self) -> tuple[int, int | None]:
        char = self._take()
        if char != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        inside, closed, _ = self._text[self._at :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not low.isdigit() or (high and not high.isdigit()):
            raise _NotUnderstoodError
        self._at += len(inside) + 1
        return int(low), int(high) if high else None if comma else int(low)
