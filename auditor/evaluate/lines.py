"""Read files of JSON lines strictly, naming the line of everything wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from auditor.errors import Problem, TranscriptError, UsageError
from auditor.ingest.fields import Fields
from auditor.ingest.strict_json import parse_object

MOST_PROBLEMS = 50
MAX_ITEMS = 10_000
"""Labels of one call."""

Value = TypeVar("Value")
Member = TypeVar("Member", bound=Enum)


def read_lines(path: Path, read: Callable[[Fields], Value]) -> Iterator[Value]:
    """Read one value a line; empty lines are skipped.

    Args:
        path: UTF-8 text, one JSON object a line.
        read: Makes the value of a line; notes what is wrong in the fields' problems.

    Raises:
        UsageError: The file cannot be read, or lines are wrong; each is named, none quoted.
    """
    problems: list[Problem] = []
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                where = f"{path.name}, line {number}"
                value = _value(line, where, read, problems)
                if value is not None and not problems:
                    yield value
                if len(problems) >= MOST_PROBLEMS:
                    break
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} cannot be read: {type(error).__name__}") from error
    if problems:
        raise UsageError(f"{path.name} cannot be used", *problems)


def _value(
    line: str, where: str, read: Callable[[Fields], Value], problems: list[Problem]
) -> Value | None:
    try:
        fields = Fields(where, parse_object(line, where), problems)
    except TranscriptError as error:
        problems.extend(error.problems)
        return None
    return read(fields)


def members(fields: Fields, key: str, kind: type[Member]) -> frozenset[Member]:
    """Return the members of an enumeration that a list of names holds; absent is empty."""
    values = fields.items(key, most=MAX_ITEMS) or []
    named: dict[str, Any] = {f"{key} {place}": value for place, value in enumerate(values)}
    inner = Fields(fields.where, named, fields.problems)
    for name, value in named.items():
        if value is None:
            inner.problem(name, "wrong_type", "must be text")
    chosen = [inner.choice(name, kind) for name in named]
    return frozenset(member for member in chosen if member is not None)
