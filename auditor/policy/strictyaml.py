"""Read one YAML file strictly: no aliases, tags or duplicate keys, bounded size and depth.

Scalars follow the YAML 1.2 core schema, so that ``12:30:45`` and ``NO`` stay text. Aliases are
refused before anything is built: a kilobyte of them can stand for gigabytes of data.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from auditor.conditions.node import Path as NodePath
from auditor.conditions.node import Source

MAX_BYTES = 1_000_000
MAX_DEPTH = 24

_INTEGER = re.compile(r"[-+]?[0-9]{1,99}\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_WORDS = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "~": None,
    "": None,
}


def read_yaml(path: Path, name: str) -> tuple[Any, Source]:
    """Return the file's value (``None`` when unusable) with the line of every key.

    Args:
        path: The file.
        name: How problems call the file.
    """
    source = Source(name, {})
    try:
        if path.stat().st_size > MAX_BYTES:
            _report(source, 1, "file_too_large", f"larger than {MAX_BYTES} bytes")
            return None, source
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        _report(source, 1, "unreadable", f"cannot be read: {error.strerror}")
        return None, source
    except UnicodeDecodeError:
        _report(source, 1, "not_utf8", "is not UTF-8 text")
        return None, source
    return read_text(text, source), source


def read_text(text: str, source: Source) -> Any:
    """Return the value of YAML text, adding problems and lines to ``source``."""
    import yaml

    # The C parser is ten times as fast; both build nodes only, never objects.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                _report(source, line, "alias", "anchors and aliases are not allowed")
                return None
            if getattr(event, "tag", None):
                _report(source, line, "tag", "tags are not allowed")
                return None
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                _report(source, line, "too_deep", f"nested more than {MAX_DEPTH} levels")
                return None
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        _report(source, line, "yaml_syntax", f"not readable as YAML: {error.problem}")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        _report(source, 1, "yaml_syntax", f"not readable as YAML: {type(error).__name__}")
        return None
    lines: dict[NodePath, int] = {}
    value = None if root is None else _build(root, (), lines, source)
    source.lines = lines
    return value


def _report(source: Source, line: int, reason: str, message: str) -> None:
    from auditor.errors import Problem

    source.problems.append(Problem(f"{source.name}:{line}", reason, message))


def _build(node: Any, path: NodePath, lines: dict[NodePath, int], source: Source) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if node.id == "scalar":
        plain = node.style is None or node.style == ""
        return _scalar(node.value) if plain else node.value
    if node.id == "sequence":
        return [_build(item, (*path, i), lines, source) for i, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.id != "scalar":
            _report(source, line, "bad_key", "keys must be plain words")
            continue
        if key.value in found:
            _report(source, line, "duplicate_key", f"key {key.value!r} stands here twice")
            continue
        lines[(*path, key.value)] = line
        found[key.value] = _build(value, (*path, key.value), lines, source)
    return found


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text
