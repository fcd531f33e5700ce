"""What an officer would find in a call: read from a table of labels or from labelled calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from auditor.domain.findings import Category, Disclosure
from auditor.errors import Problem, UsageError
from auditor.evaluate.corpus import read_batches
from auditor.evaluate.lines import MAX_ITEMS, members, read_lines
from auditor.ingest.fields import Fields
from auditor.ingest.scripts import Script, read_scripts


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """The labels of one call.

    Args:
        violations: Category and turn of every violation.
        omissions: Disclosures that were required and nobody made.
        applicable: Disclosures that were required.
        made: Disclosure -> turns where it was made, where the labels say so.
    """

    call_id: str
    violations: frozenset[tuple[Category, int]] = frozenset()
    omissions: frozenset[Disclosure] = frozenset()
    applicable: frozenset[Disclosure] = frozenset()
    made: Mapping[Disclosure, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def categories(self) -> frozenset[Category]:
        """Categories violated anywhere in the call."""
        return frozenset(category for category, _ in self.violations)


@dataclass(frozen=True, slots=True)
class Labels:
    """Labelled calls, with what was said where the labels come with it.

    Args:
        calls: In order; every id once.
        scripts: The same calls as dialogues; empty for a table of labels.
    """

    calls: tuple[LabelledCall, ...]
    scripts: tuple[Script, ...] = ()


def labels_of(script: Script) -> LabelledCall:
    """Return the labels of a scripted call."""
    made: dict[Disclosure, tuple[int, ...]] = {}
    for index, line in enumerate(script.lines):
        for disclosure in line.disclosures:
            made[disclosure] = (*made.get(disclosure, ()), index)
    return LabelledCall(
        script.call_id,
        script.violations,
        script.omitted,
        script.applicable,
        MappingProxyType(made),
    )


def read_labels(path: Path, splits: Sequence[str] = ()) -> Labels:
    """Read labels from a JSON table, a file of labelled calls, or a folder of such files.

    Args:
        path: ``*.jsonl``, ``*.txt``, a folder of ``*.txt``, or one with ``splits.csv``.
        splits: Which splits to read; must be named where there is a ``splits.csv``, so that
            nobody opens the test split unawares.

    Raises:
        UsageError: Nothing usable is there, or lines are wrong.
        TranscriptError: A labelled call has bad lines.
    """
    root = _split_root(path)
    if root is None and splits:
        raise UsageError(f"{path.name} has no splits.csv to take a split from")
    if path.is_dir() and root is not None:
        if not splits:
            raise UsageError(f"name the part of {path.name} to use with --split")
        batches = [batch for split in splits for batch in read_batches(root, split)]
        return _of_scripts([script for batch in batches for script in batch.scripts])
    if splits:
        raise UsageError("--split chooses among the files of a folder, not inside a file")
    if path.is_dir():
        files = sorted(path.glob("*.txt"))
        return _of_scripts([script for file in files for script in read_scripts(file)])
    if path.suffix.lower() == ".txt":
        return _of_scripts(read_scripts(path))
    calls = tuple(read_lines(path, label_row))
    return Labels(_unique(calls, path.name))


def _split_root(path: Path) -> Path | None:
    places = (path, path.parent) if path.is_dir() else (path.parent, path.parent.parent)
    return next((place for place in places if (place / "splits.csv").is_file()), None)


def _of_scripts(scripts: Sequence[Script]) -> Labels:
    calls = _unique(tuple(labels_of(script) for script in scripts), "the labelled calls")
    return Labels(calls, tuple(scripts))


def _unique(calls: tuple[LabelledCall, ...], where: str) -> tuple[LabelledCall, ...]:
    if not calls:
        raise UsageError(f"{where}: no labelled call is in it")
    seen: set[str] = set()
    problems: list[Problem] = []
    for call in calls:
        if call.call_id in seen:
            problems.append(Problem(where, "repeated_call", f"labels {call.call_id} twice"))
        seen.add(call.call_id)
    if problems:
        raise UsageError("some calls are labelled twice", *problems)
    return calls


def label_row(fields: Fields) -> LabelledCall:
    """Read one line of a table of labels; what is wrong goes to the fields' problems."""
    violations: set[tuple[Category, int]] = set()
    for place, value in enumerate(fields.items("violations", most=MAX_ITEMS, required=True) or []):
        where = f"{fields.where}, violation {place}"
        if not isinstance(value, dict):
            fields.problems.append(Problem(where, "wrong_type", "must be an object"))
            continue
        inner = Fields(where, value, fields.problems)
        inner.number("segment", required=True)
        inner.text("category", required=True)
        category, segment = inner.choice("category", Category), inner.whole("segment")
        if category is not None and segment is not None:
            violations.add((category, segment))
    return LabelledCall(
        fields.text("call_id", required=True) or "",
        frozenset(violations),
        members(fields, "omissions", Disclosure),
        members(fields, "applicable", Disclosure),
    )
