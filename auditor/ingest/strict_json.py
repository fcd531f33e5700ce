"""Read JSON as the standard has it, and nothing else."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, NoReturn

from auditor.errors import Problem, TranscriptError
from auditor.ingest.clean import whole

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 32

_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
"""Half characters, escaped or raw; rare enough that most files need no second pass."""


class _NotJsonError(ValueError):
    """Something that Python's parser accepts and JSON does not have."""


def read_object(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises:
        TranscriptError: ``missing``, ``unreadable``, ``too_large``, ``bad_encoding``,
            ``bad_json``, ``too_deep`` or ``not_an_object``.
    """
    try:
        if not path.is_file():
            raise _error(path.name, "missing", "is no regular file")
        if path.stat().st_size > MAX_BYTES:
            raise _error(path.name, "too_large", f"is larger than {MAX_BYTES >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise _error(path.name, "unreadable", f"cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(f"{path.name}, line {line}", "bad_encoding", "is not UTF-8") from error
    return parse_object(text, path.name)


def parse_object(text: str, where: str) -> dict[str, Any]:
    """Parse one JSON object without NaN, Infinity, duplicate keys or deep nesting.

    Raises:
        TranscriptError: ``bad_json``, ``too_deep`` or ``not_an_object``.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        place = f"{where}, line {error.lineno}"
        raise _error(place, "bad_json", f"is no JSON: {error.msg}") from error
    except _NotJsonError as error:
        raise _error(where, "bad_json", str(error)) from error
    except RecursionError as error:
        raise _error(where, "too_deep", f"is nested deeper than {MAX_DEPTH}") from error
    except ValueError as error:  # an integer of thousands of digits
        raise _error(where, "bad_json", "holds a number that is too long") from error
    if not isinstance(value, dict):
        raise _error(where, "not_an_object", "must be one object in braces")
    if _deeper(value, MAX_DEPTH):
        raise _error(where, "too_deep", f"is nested deeper than {MAX_DEPTH}")
    if _HALF.search(text):
        value = {str(key): item for key, item in whole(value).items()}
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _NotJsonError(f"holds {name}, which is no JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _NotJsonError("repeats a key of an object")
    return values


def is_finite(value: Any) -> bool:
    """Tell whether all numbers of a JSON value are; ``1e999`` is JSON, yet reads as infinity."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            rest.extend(item.values())
        elif isinstance(item, list):
            rest.extend(item)
        elif isinstance(item, float) and math.isinf(item):
            return False
    return True


def _deeper(value: Any, allowed: int) -> bool:
    level = [value]
    for _ in range(allowed + 1):
        following: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                following.extend(item.values())
            elif isinstance(item, list):
                following.extend(item)
        level = [item for item in following if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _error(where: str, reason: str, message: str) -> TranscriptError:
    return TranscriptError("the transcript cannot be used", Problem(where, reason, message))
