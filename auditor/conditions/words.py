"""What parts of a pattern need, and what that makes of the pattern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

Words = frozenset[str]
"""One of these must occur."""

_MOST_PRODUCTS = 64
_MOST_WORDS = 4000
_RARITY = tuple(24.0**-length for length in range(6))
_NOTHING = frozenset({""})


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of a part of a pattern.

    Args:
        exact: All it can match; ``None`` where that is too much or not known.
        needs: Of each of these sets a word occurs in whatever it matches.
    """

    exact: Words | None
    needs: tuple[Words, ...] = ()


ANYTHING = Part(None)
EMPTY = Part(_NOTHING)


def needs_of(part: Part) -> tuple[Words, ...]:
    """Return the sets of which a word occurs in whatever the part matches."""
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


def literal(char: str) -> Part:
    """A character that stands for itself."""
    # What has two cases may be heard in a third (a long s is an s): only plain letters are sure.
    if char.upper() == char.lower():
        return Part(frozenset({char}))
    lower = char.lower()
    return Part(frozenset({lower})) if lower.isascii() and lower not in "ks" else ANYTHING


def literals(chars: str) -> list[Part]:
    """Characters that stand for themselves, in as few parts as can be."""
    if chars.upper() == chars.lower():
        return [Part(frozenset({chars}))] if chars else []
    return [literal(char) for char in chars]


def repeated(part: Part, least: int, most: int | None) -> Part:
    """A part that comes some number of times; ``None`` for any number."""
    if (least, most) == (1, 1):
        return part
    if least == 0:
        optional = most == 1 and part.exact is not None
        return Part(part.exact | _NOTHING) if optional and part.exact is not None else ANYTHING
    return Part(None, needs_of(part))


def one_of(parts: Iterable[Part]) -> Part:
    """One of several parts."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    exact: set[str] = set()
    for part in parts:
        if part.exact is None or len(exact) > _MOST_WORDS:
            break
        exact |= part.exact
    else:
        return Part(frozenset(exact))
    return Part(None, tuple(_some_of_each(parts)))


def _some_of_each(parts: list[Part]) -> Iterator[Words]:
    """A word of the rarest set of every way: one of them must occur."""
    together: set[str] = set()
    for part in parts:
        needs = needs_of(part)
        if not needs:
            return
        together |= needs[0] if len(needs) == 1 else min(needs, key=cost)
    if len(together) <= _MOST_WORDS:
        yield frozenset(together)


def in_a_row(parts: list[Part]) -> Part:
    """One part after the other."""
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
        return Part(so_far)
    if "" not in so_far:
        needs.append(so_far)
    return Part(None, tuple(needs))
