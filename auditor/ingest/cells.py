"""Turn the text of one manifest cell into a value, or into a problem."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import Enum
from typing import TypeVar

from auditor.errors import Problem
from auditor.ingest.instants import InstantError, parse_day, parse_instant

_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}(\.0+)?", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_TRUTH = {
    **dict.fromkeys(("true", "1", "yes", "y", "t", "是"), True),
    **dict.fromkeys(("false", "0", "no", "n", "f", "否"), False),
}


@dataclass(slots=True)
class Cells:
    """The cells of one row by column, collecting what is wrong with them.

    Args:
        where: How the user finds the row.
        values: Text by column, without surrounding blanks; empty means absent.
        problems: Grows while cells are read.
    """

    where: str
    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def problem(self, column: str, reason: str, message: str) -> None:
        """Note a problem of one cell; the cell's own text is never repeated."""
        self.problems.append(
            Problem(f"{self.where}, column {column}", reason, f"the cell {message}")
        )

    def text(self, column: str) -> str | None:
        """Return the text, ``None`` where the cell is empty."""
        return self.values.get(column) or None

    def choice(self, column: str, kind: type[_E]) -> _E | None:
        """Return the member of an enumeration named by the cell."""

        def parse(text: str) -> _E:
            return kind(text.lower())

        options = ", ".join(str(member.value) for member in kind)
        return self._value(column, parse, f"is none of {options}")

    def truth(self, column: str) -> bool | None:
        """Return yes or no, also written 是 and 否, true and false, 1 and 0."""
        return self._value(column, lambda text: _TRUTH[text.lower()], "is neither true nor false")

    def number(self, column: str, *, least: float = 0.0) -> float | None:
        """Return a finite number; a comma may group thousands."""

        def parse(text: str) -> float:
            if not _NUMBER.fullmatch(text) or len(text) > 40:
                raise ValueError
            value = float(text.replace(",", ""))
            if not math.isfinite(value) or value < least:
                raise ValueError
            return value

        return self._value(column, parse, f"is no number of at least {least:g}")

    def whole(self, column: str, *, least: int = 0) -> int | None:
        """Return a whole number; ``12.0`` from a spreadsheet counts."""

        def parse(text: str) -> int:
            if not _WHOLE.fullmatch(text):
                raise ValueError
            value = int(text.partition(".")[0])
            if value < least:
                raise ValueError
            return value

        return self._value(column, parse, f"is no whole number of at least {least}")

    def sha256(self, column: str) -> str | None:
        """Return a SHA-256 in lower-case hex."""

        def parse(text: str) -> str:
            if not _HEX.fullmatch(text):
                raise ValueError
            return text.lower()

        return self._value(column, parse, "is no SHA-256 of 64 hex digits")

    def instant(self, column: str, local: tzinfo | None, now: datetime) -> datetime | None:
        """Return an instant with offset."""
        text = self.text(column)
        if text is None:
            return None
        try:
            return parse_instant(text, local, now)
        except InstantError as error:
            self.problem(column, error.reason, error.message)
            return None

    def day(self, column: str) -> date | None:
        """Return a calendar day."""
        text = self.text(column)
        if text is None:
            return None
        try:
            return parse_day(text)
        except InstantError as error:
            self.problem(column, error.reason, error.message)
            return None

    def _value(self, column: str, parse: Callable[[str], _T], message: str) -> _T | None:
        text = self.text(column)
        if text is None:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError):
            self.problem(column, "bad_value", message)
            return None
