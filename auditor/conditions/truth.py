"""Three-valued logic: a check that cannot be made is neither passed nor failed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Kleene's strong three-valued logic (S. C. Kleene, Introduction to Metamathematics, 1952).

    >>> Truth.HIT & Truth.UNDETERMINED
    <Truth.UNDETERMINED: 'undetermined'>
    >>> Truth.MISS & Truth.UNDETERMINED
    <Truth.MISS: 'miss'>
    """

    HIT = "hit"
    MISS = "miss"
    UNDETERMINED = "undetermined"

    def __and__(self, other: Truth) -> Truth:
        return all_of((self, other))

    def __or__(self, other: Truth) -> Truth:
        return any_of((self, other))

    def __invert__(self) -> Truth:
        if self is Truth.UNDETERMINED:
            return self
        return Truth.MISS if self is Truth.HIT else Truth.HIT


def of(value: object) -> Truth:
    """Turn a plain yes or no into a truth value."""
    return Truth.HIT if value else Truth.MISS


def all_of(values: Iterable[Truth]) -> Truth:
    """Conjunction: a miss decides, else anything undetermined leaves it open."""
    found = Truth.HIT
    for value in values:
        if value is Truth.MISS:
            return value
        if value is Truth.UNDETERMINED:
            found = value
    return found


def any_of(values: Iterable[Truth]) -> Truth:
    """Disjunction: a hit decides, else anything undetermined leaves it open."""
    found = Truth.MISS
    for value in values:
        if value is Truth.HIT:
            return value
        if value is Truth.UNDETERMINED:
            found = value
    return found


def at_least(wanted: int, values: Iterable[Truth]) -> Truth:
    """At least ``wanted`` hits, counting the undetermined ones both ways."""
    seen = tuple(values)
    hits = sum(value is Truth.HIT for value in seen)
    if hits >= wanted:
        return Truth.HIT
    possible = hits + sum(value is Truth.UNDETERMINED for value in seen)
    return Truth.UNDETERMINED if possible >= wanted else Truth.MISS
