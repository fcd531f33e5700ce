"""Which literals must occur wherever a pattern matches, read from the pattern itself.

That is the idea of RE2's own ``FilteredRE2`` and of code search (R. Cox, Regular Expression
Matching with a Trigram Index, 2012): most patterns need words that a text does not hold, and are
then never run. A pattern with anything that is not understood here needs nothing: it is always run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

Words = frozenset[str]
"""One of these must occur."""

_MOST_PRODUCTS = 64
_MOST_WORDS = 4000
_WIDEST_RANGE = 40
_RARITY = tuple(24.0**-length for length in range(6))
_NOTHING = frozenset({""})
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


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of a part of a pattern.

    Args:
        exact: All it can match; ``None`` where that is too much or not known.
        needs: Of each of these sets a word occurs in whatever it matches.
    """

    exact: Words | None
    needs: tuple[Words, ...] = ()


_ANYTHING = _Part(None)
_EMPTY = _Part(_NOTHING)
_DIGIT = _Part(frozenset(_DIGITS))


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
    return tuple(_needs_of(branch) for branch in branches)


def _needs_of(part: _Part) -> tuple[Words, ...]:
    own = (part.exact,) if part.exact is not None and "" not in part.exact else ()
    return (*own, *part.needs)


def cost(words: AbstractSet[str]) -> float:
    """How often, roughly, some of the words occur: short words and many words oftener."""
    return sum([_RARITY[min(len(word), 5)] for word in words])


def least(words: Words) -> Words:
    """Leave out every word that holds another: it occurs nowhere without that one."""
    lengths = sorted({len(word) for word in words})
    if len(lengths) < 2:
        return words
    return frozenset([word for word in words if not _holds_other(word, words, lengths)])


def _holds_other(word: str, words: Words, lengths: list[int]) -> bool:
    for length in lengths:
        if length >= len(word):
            return False
        for start in range(len(word) - length + 1):
            if word[start : start + length] in words:
                return True
    return False


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

    def branches(self) -> list[_Part]:
        found = [self._branch()]
        while self._peek() == "|":
            self._at += 1
            found.append(self._branch())
        return found

    def _branch(self) -> _Part:
        parts: list[_Part] = []
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
            parts += _literals(words)
            if len(words) < len(plain[0]):
                parts.append(self._quantified(self._atom()))
        return _in_a_row(parts)

    def _atom(self) -> _Part:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        if char == ".":
            return _ANYTHING
        if char in "^$":
            return _EMPTY
        if char in _QUANTIFIERS and char != "{":
            raise _NotUnderstoodError
        return _literal(char)

    def _group(self) -> _Part:
        plain = _PLAIN_GROUP.match(self._text, self._at)
        if plain is not None and plain[1].upper() == plain[1].lower():
            self._at = plain.end()
            return _Part(frozenset(plain[1].split("|")))
        if self._peek() == "?":
            opening = next((o for o in _OPENINGS if self._text.startswith(o, self._at)), None)
            if opening is None:
                raise _NotUnderstoodError
            self._at += len(opening)
            if opening == "?m)":
                return _EMPTY
            if opening == "?P<":
                self._at = self._text.index(">", self._at) + 1
        inside = _one_of(self.branches())
        if self._take() != ")":
            raise _NotUnderstoodError
        return inside

    def _escape(self) -> _Part:
        char = self._take()
        if char == "d":
            return _DIGIT
        if char in "DsSwW":
            return _ANYTHING
        return _literal(self._escaped(char))

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

    def _class(self) -> _Part:
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
            return _ANYTHING
        return _one_of([_literal(char) for char in sorted(chars)])

    def _quantified(self, part: _Part) -> _Part:
        char = self._peek()
        while char and char in _QUANTIFIERS:
            least, most = self._bounds()
            if self._peek() == "?":
                self._at += 1
            part = _repeated(part, least, most)
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


def _literal(char: str) -> _Part:
    # What has two cases may be heard in a third (a long s is an s): only plain letters are sure.
    if char.upper() == char.lower():
        return _Part(frozenset({char}))
    lower = char.lower()
    return _Part(frozenset({lower})) if lower.isascii() and lower not in "ks" else _ANYTHING


def _literals(chars: str) -> list[_Part]:
    if chars.upper() == chars.lower():
        return [_Part(frozenset({chars}))] if chars else []
    return [_literal(char) for char in chars]


def _repeated(part: _Part, least: int, most: int | None) -> _Part:
    if (least, most) == (1, 1):
        return part
    if least == 0:
        optional = most == 1 and part.exact is not None
        return _Part(part.exact | _NOTHING) if optional and part.exact is not None else _ANYTHING
    return _Part(None, _needs_of(part))


def _one_of(parts: Iterable[_Part]) -> _Part:
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    exact: set[str] = set()
    for part in parts:
        if part.exact is None or len(exact) > _MOST_WORDS:
            break
        exact |= part.exact
    else:
        return _Part(frozenset(exact))
    return _Part(None, tuple(_some_of_each(parts)))


def _some_of_each(parts: list[_Part]) -> Iterator[Words]:
    """A word of the rarest set of every way: one of them must occur."""
    together: set[str] = set()
    for part in parts:
        needs = _needs_of(part)
        if not needs:
            return
        together |= needs[0] if len(needs) == 1 else min(needs, key=cost)
    if len(together) <= _MOST_WORDS:
        yield frozenset(together)


def _in_a_row(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    needs: list[Words] = []
    so_far: Words = _NOTHING
    whole = True
    for part in parts:
        if part.exact is not None and len(so_far) * len(part.exact) <= _MOST_PRODUCTS:
            so_far = frozenset([first + second for first in so_far for second in part.exact])
            continue
        whole = False
        if "" not in so_far:
            needs.append(so_far)
        needs += part.needs
        so_far = _NOTHING if part.exact is None else part.exact
    if whole:
        return _Part(so_far)
    if "" not in so_far:
        needs.append(so_far)
    return _Part(None, tuple(needs))
