"""What conditions say of themselves so that those that cannot hold need not be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from auditor.conditions.words import Words
from auditor.domain.calls import Speaker

if TYPE_CHECKING:
    from auditor.conditions.base import Condition

Ways = tuple[tuple[Words, ...], ...]
"""For each way a pattern can match the sets of which a word must occur."""

Groups: TypeAlias = "tuple[tuple[Condition, ...], ...]"
Signals: TypeAlias = "Mapping[str, Condition]"


@dataclass(frozen=True, slots=True)
class Sought:
    """The words that a condition cannot hold without.

    Args:
        speaker: Whose words; ``None`` for everybody's.
        patterns: What each pattern needs.
        lexicons: Any term of these may do.
        held: So many patterns, the first ones, make it hold; the others only bar words.
    """

    speaker: Speaker | None
    patterns: tuple[Ways, ...] = ()
    lexicons: tuple[str, ...] = ()
    held: int = 0


@runtime_checkable
class Seeking(Protocol):
    """A condition that says what words it looks for."""

    def sought(self) -> Sought | None:
        """What it cannot hold without; ``None`` where it must always be asked."""
        ...


@runtime_checkable
class Resting(Protocol):
    """A condition that is a miss without hits where some others are."""

    def rests_on(self, signals: Signals) -> Groups:
        """Groups of conditions: it is a miss as soon as every condition of one group is."""
        ...


def all_nodes(roots: tuple[object, ...]) -> dict[int, object]:
    """Return roots and everything inside them, by their ids."""
    found: dict[int, object] = {}
    for root in roots:
        _collect(root, found)
    return found


def _collect(node: object, found: dict[int, object]) -> None:
    if id(node) in found or isinstance(node, type):
        return
    if isinstance(node, tuple):
        for part in node:
            _collect(part, found)
    elif is_dataclass(node):
        found[id(node)] = node
        for part in _values(node):
            _collect(part, found)


def _values(node: object) -> Iterator[object]:
    for part in fields(node):  # type: ignore[arg-type]  # a dataclass, as the caller has seen
        yield getattr(node, part.name)


class Barring:
    """Works out which rows must be live for each condition."""

    __slots__ = ("_done", "_masks", "_signals")

    def __init__(self, signals: Signals, own: Mapping[int, int]) -> None:
        """Begin with what is known.

        Args:
            signals: Conditions by the name of their signal.
            own: By id of a condition on words the rows that may make it hold.
        """
        self._signals = signals
        self._masks: dict[int, tuple[int, ...]] = {key: (mask,) for key, mask in own.items()}
        self._done: set[int] = set(own)

    def of(self, node: object) -> tuple[int, ...]:
        """Return masks of which each must meet a live row; none where it must be asked."""
        key = id(node)
        if key not in self._done:
            self._done.add(key)  # before its parts: what rests on itself must be asked
            if isinstance(node, Resting):
                self._masks[key] = tuple(self._grouped(node))
        return self._masks.get(key, ())

    def _grouped(self, node: Resting) -> Iterator[int]:
        for group in node.rests_on(self._signals):
            masks = [self.of(part) for part in group]
            if len(masks) == 1:
                yield from masks[0]
            elif masks and all(masks):
                together = 0
                for some in masks:
                    together |= min(some, key=int.bit_count)
                yield together
