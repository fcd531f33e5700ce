"""Take a pattern apart: where its alternatives are, and how little each can match.

Reads the syntax that rule files may use: groups, classes, escapes, repetition, and ``<name>`` for
any term of a lexicon. It does not judge whether a pattern is usable; the policy's reader does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_REPEAT = re.compile(r"([?*+]|\{(\d+)(?:,\d*)?\})[?+]?")
_FLAGS = re.compile(r"\(\?[a-z]+\)")
_OPENING = re.compile(r"\((?:\?(?:[a-z]*:|P<\w+>))?")
_META = frozenset("()[]{}?*+.^$\\|<>")


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of a pattern.

    Args:
        start: Its first character in the pattern.
        end: One past its last character.
        group: Number of the alternation it belongs to.
        only: There is no other alternative beside it.
        last: It is the last one beside its siblings.
        least: Fewest characters it can match.
        closing: Nothing but closing brackets comes after the alternation.
    """

    start: int
    end: int
    group: int
    only: bool
    last: bool
    least: int
    closing: bool

    def of(self, text: str) -> str:
        """The alternative as written."""
        return text[self.start : self.end]

    def without(self, text: str) -> str:
        """The pattern without this alternative."""
        if self.only:
            raise ValueError("a pattern needs an alternative")
        if self.last:
            return text[: self.start - 1] + text[self.end :]
        return text[: self.start] + text[self.end + 1 :]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern taken apart.

    Args:
        choices: Alternatives of every alternation, the outermost ones included.
        least: Fewest characters the whole can match.
    """

    text: str
    choices: tuple[Choice, ...]
    least: int

    @property
    def removable(self) -> tuple[Choice, ...]:
        """Alternatives that have a sibling."""
        return tuple(choice for choice in self.choices if not choice.only)


def take_apart(text: str, terms: Mapping[str, int] | None = None) -> Pattern:
    """Find the alternatives of a pattern.

    >>> [c.of("(甲|乙丙).{0,2}丁") for c in take_apart("(甲|乙丙).{0,2}丁").removable]
    ['甲', '乙丙']
    >>> take_apart("(甲|乙丙).{0,2}丁").least
    2

    Args:
        text: The pattern as a rule file has it.
        terms: Length of the shortest term of each lexicon; 1 where it is not known.
    """
    parser = _Parser(text, terms or {})
    least = parser.alternation()
    return Pattern(text, tuple(sorted(parser.choices, key=lambda c: (c.start, -c.end))), least)


class _Parser:
    """Reads one pattern from left to right."""

    def __init__(self, text: str, terms: Mapping[str, int]) -> None:
        self.text = text
        self.terms = terms
        self.at = 0
        self.groups = 0
        self.choices: list[Choice] = []

    def alternation(self) -> int:
        """Read to the closing bracket or the end; returns the fewest characters matched."""
        group, self.groups = self.groups, self.groups + 1
        spans: list[tuple[int, int, int]] = []
        start = self.at
        least = 0
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.text[self.at] == "|":
                spans.append((start, self.at, least))
                self.at += 1
                start, least = self.at, 0
            else:
                least += self._item()
        spans.append((start, self.at, least))
        closing = not self.text[self.at :].strip(")")
        for number, (first, end, few) in enumerate(spans):
            only, last = len(spans) == 1, number == len(spans) - 1
            self.choices.append(Choice(first, end, group, only, last, few, closing))
        return min(few for _, _, few in spans)

    def _item(self) -> int:
        least = self._atom()
        repeat = _REPEAT.match(self.text, self.at)
        if repeat is None:
            return least
        self.at = repeat.end()
        if repeat[1] in ("?", "*"):
            return 0
        return least * int(repeat[2] or 1)

    def _atom(self) -> int:
        char = self.text[self.at]
        flags = _FLAGS.match(self.text, self.at)
        if flags is not None:
            self.at = flags.end()
            return 0
        if char == "(":
            opening = _OPENING.match(self.text, self.at)
            self.at = opening.end() if opening is not None else self.at + 1
            least = self.alternation()
            self.at = min(self.at + 1, len(self.text))
            return least
        if char == "<" and ">" in self.text[self.at :]:
            end = self.text.index(">", self.at)
            name = self.text[self.at + 1 : end]
            self.at = end + 1
            return self.terms.get(name, 1)
        if char == "[":
            self.at = self._class_end()
            return 1
        if char == "\\":
            zero = self.text[self.at + 1 : self.at + 2] in "bBAz"
            self.at = min(self.at + 2, len(self.text))
            return 0 if zero else 1
        self.at += 1
        return 0 if char in "^$" else 1

    def _class_end(self) -> int:
        at = self.at + 1
        if self.text[at : at + 1] == "^":
            at += 1
        at += 1  # a bracket that comes first stands for itself
        while at < len(self.text) and self.text[at] != "]":
            at += 2 if self.text[at] == "\\" else 1
        return min(at + 1, len(self.text))


def is_literal(text: str) -> bool:
    """Whether a piece of a pattern stands for exactly its characters."""
    return bool(text) and not _META & set(text)


def shadowed(pattern: Pattern) -> Iterator[tuple[Choice, Choice]]:
    """Yield alternatives that never match, with the earlier one that always matches first.

    Certain cases only: the same words twice, and words that begin with earlier ones where
    nothing comes after that could ask for more (RE2 takes the leftmost alternative).
    """
    groups: dict[int, list[Choice]] = {}
    for choice in pattern.removable:
        groups.setdefault(choice.group, []).append(choice)
    for members in groups.values():
        for number, later in enumerate(members):
            said = later.of(pattern.text)
            for earlier in members[:number]:
                before = earlier.of(pattern.text)
                prefix = later.closing and is_literal(before) and said.startswith(before)
                if before == said or (prefix and is_literal(said)):
                    yield later, earlier
                    break
