"""Check the values of a JSON object key by key, collecting what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from auditor.domain.spans import TimeSpan
from auditor.errors import Problem
from auditor.ingest.clean import clean

_E = TypeVar("_E", bound=Enum)

MAX_SECONDS = 7 * 24 * 3600.0
"""Latest time in a transcript; anything later is a unit error."""

MAX_NAME = 2_000
"""Longest value of a plain text field."""


@dataclass(slots=True)
class Fields:
    """One JSON object being read.

    Args:
        where: File and place, e.g. ``C-1.json, segment 3``.
        values: The object.
        problems: Shared list that grows.
    """

    where: str
    values: Mapping[str, Any]
    problems: list[Problem]

    def problem(self, key: str, reason: str, message: str) -> None:
        """Note a problem of one key; its value is never repeated."""
        self.problems.append(Problem(f"{self.where}, {key}", reason, message))

    def text(self, key: str, *, required: bool = False, longest: int = MAX_NAME) -> str | None:
        """Return cleaned text; ``None`` where absent or null."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.problem(key, "missing_key", "is required")
            return None
        if not isinstance(value, str):
            self.problem(key, "wrong_type", "must be text")
            return None
        if len(value) > longest:
            self.problem(key, "oversized", f"has more than {longest} characters")
            return None
        return clean(value)

    def number(
        self, key: str, *, required: bool = False, low: float = 0.0, high: float = math.inf
    ) -> float | None:
        """Return a finite number in the range; ``None`` where absent or null."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.problem(key, "missing_key", "is required")
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(key, "wrong_type", "must be a number")
            return None
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number) or not low <= number <= high:
            self.problem(key, "bad_value", f"must lie in {low:g} to {high:g}")
            return None
        return number

    def whole(self, key: str) -> int | None:
        """Return a whole number from 0 to a million."""
        number = self.number(key, high=1_000_000)
        if number is None:
            return None
        if number != int(number):
            self.problem(key, "bad_value", "must be a whole number")
            return None
        return int(number)

    def truth(self, key: str) -> bool | None:
        """Return true or false; ``None`` where absent or null."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.problem(key, "wrong_type", "must be true or false")
        return None

    def choice(self, key: str, kind: type[_E], *, reason: str = "bad_value") -> _E | None:
        """Return a member of an enumeration; ``None`` where absent or null."""
        value = self.values.get(key)
        if value is None:
            return None
        options = ", ".join(str(member.value) for member in kind)
        if not isinstance(value, str):
            self.problem(key, "wrong_type", "must be text")
            return None
        try:
            return kind(value)
        except ValueError:
            self.problem(key, reason, f"must be one of {options}")
            return None

    def mapping(self, key: str) -> Mapping[str, Any] | None:
        """Return an object; ``None`` where absent or null."""
        value = self.values.get(key)
        if value is None or isinstance(value, dict):
            return value
        self.problem(key, "wrong_type", "must be an object")
        return None

    def items(self, key: str, *, most: int, required: bool = False) -> list[Any] | None:
        """Return a list of at most ``most`` items; ``None`` where absent or null."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.problem(key, "missing_key", "is required")
            return None
        if not isinstance(value, list):
            self.problem(key, "wrong_type", "must be a list")
            return None
        if len(value) > most:
            self.problem(key, "oversized", f"has more than {most} items")
            return None
        return value

    def time(self) -> TimeSpan | None:
        """Return the required ``start`` and ``end`` in seconds as one span."""
        start = self.number("start", required=True, high=MAX_SECONDS)
        end = self.number("end", required=True, high=MAX_SECONDS)
        if start is None or end is None:
            return None
        if end < start:
            self.problem("end", "end_before_start", "lies before start")
            return None
        return TimeSpan.from_seconds(start, end)
