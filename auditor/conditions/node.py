"""A place in a YAML file while it is being read: value, path and line, collecting problems.

Every reader of rule files asks its node for what it needs; whatever is wrong is added to one
list with file and line, and reading goes on, so that an author sees all mistakes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.errors import Problem

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Source:
    """One file being read: its name, the line of every key, and what is wrong so far."""

    name: str
    lines: Mapping[Path, int]
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Node:
    """A value at a path of a source file."""

    value: Any
    source: Source
    path: Path = ()

    @property
    def line(self) -> int:
        """Line of the value, or of the nearest parent that has one."""
        path = self.path
        while path and path not in self.source.lines:
            path = path[:-1]
        return self.source.lines.get(path, 1)

    def problem(self, reason: str, message: str) -> None:
        """Add a problem at this place."""
        self.source.problems.append(Problem(f"{self.source.name}:{self.line}", reason, message))

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping."""
        return isinstance(self.value, dict)

    def keys(self) -> tuple[str, ...]:
        """Keys of a mapping; a problem and nothing for anything else."""
        if not isinstance(self.value, dict):
            self.problem("not_a_mapping", "expected keys with values here")
            return ()
        return tuple(self.value)

    def only(self, allowed: Iterable[str]) -> None:
        """Report every key that is not allowed here."""
        known = sorted(allowed)
        for key in self.keys():
            if key not in known:
                self.child(key).problem(
                    "unknown_key", f"unknown key {key!r}; known here: {', '.join(known)}"
                )

    def has(self, key: str) -> bool:
        """Whether the mapping has the key with a value."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def child(self, key: str | int) -> Node:
        """The value under a key or position; ``None`` inside where it is missing."""
        value = self.value
        if isinstance(value, dict):
            found = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            found = value[key]
        else:
            found = None
        return Node(found, self.source, (*self.path, key))

    def without(self, *keys: str) -> Node:
        """The same place without some keys of its mapping, which the caller reads itself."""
        if not isinstance(self.value, dict):
            return self
        kept = {key: value for key, value in self.value.items() if key not in keys}
        return Node(kept, self.source, self.path)

    def items(self, *, single: bool = False) -> Iterator[Node]:
        """Nodes of a list; with ``single`` a lone value counts as a list of one."""
        if isinstance(self.value, list):
            for i in range(len(self.value)):
                yield self.child(i)
        elif single and self.value is not None:
            yield self
        elif self.value is not None:
            self.problem("not_a_list", "expected a list here")

    def some(self) -> tuple[Node, ...]:
        """A value or a list of values, at least one: nothing named would look for nothing."""
        found = tuple(self.items(single=True))
        if not found:
            self.problem("empty_list", "name at least one here")
        return found

    def text(self, default: str | None = None) -> str:
        """The value as text; numbers are refused because ``1.10`` would become 1.1."""
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str) or not self.value.strip():
            self.problem("not_text", "expected text here (quote numbers)")
            return default or ""
        return self.value.strip()

    def texts(self) -> tuple[str, ...]:
        """A text or a list of texts."""
        return tuple(node.text() for node in self.items(single=True))

    def number(self, default: float | None = None, *, low: float = 0, high: float = 1e9) -> float:
        """The value as a number within bounds."""
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.problem("not_a_number", "expected a number here")
            return default if default is not None else low
        if not low <= self.value <= high:
            self.problem("out_of_range", f"expected a number from {low:g} to {high:g}")
            return default if default is not None else low
        return float(self.value)

    def integer(self, default: int | None = None, *, low: int = 0, high: int = 10**9) -> int:
        """The value as a whole number within bounds."""
        number = self.number(default, low=low, high=high)
        if number != int(number):
            self.problem("not_a_whole_number", "expected a whole number here")
        return int(number)

    def flag(self, *, default: bool = False) -> bool:
        """The value as true or false."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.problem("not_a_flag", "expected true or false here")
            return default
        return self.value

    def choice(self, allowed: Iterable[str], default: str | None = None) -> str:
        """The value as one of a list of words."""
        words = tuple(allowed)
        if self.value is None and default is not None:
            return default
        if self.value not in words:
            self.problem("unknown_word", f"expected one of: {', '.join(words)}")
            return default if default is not None else words[0]
        return str(self.value)
