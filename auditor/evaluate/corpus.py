"""The labelled calls of the project: batches of scripts, each batch in one split."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import Problem, TranscriptError, UsageError
from auditor.ingest.scripts import Script, read_scripts
from auditor.ingest.splits import read_splits

OnBroken = Callable[[TranscriptError], None]
"""Told of a batch that cannot be read, which is then left out."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One file of labelled calls.

    Args:
        name: Name of the file without suffix, e.g. ``b008``.
        split: ``training``, ``development`` or ``test``.
        scripts: Its calls, in order.
    """

    name: str
    split: str
    scripts: tuple[Script, ...]


def read_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a small CSV file with named columns.

    Raises:
        UsageError: It is missing, is not UTF-8, lacks a column, or a row has too few values.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [dict(row) for row in reader]
            names = tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path.name} cannot be read: {type(error).__name__}") from error
    missing = [column for column in columns if column not in names]
    if missing:
        raise UsageError(f"{path.name} lacks the columns {', '.join(missing)}")
    short = [
        Problem(f"{path.name}, row {number}", "short_row", "has too few values")
        for number, row in enumerate(rows, 2)
        if any(row[column] is None for column in columns)
    ]
    if short:
        raise UsageError(f"{path.name} cannot be used", *short)
    return [{column: row[column].strip() for column in columns} for row in rows]


def read_batches(
    corpus: Path, split: str | None = None, on_broken: OnBroken | None = None
) -> tuple[Batch, ...]:
    """Read the batches below ``corpus/calls`` that ``corpus/splits.csv`` lists, in its order.

    A batch that is listed and not written yet is left out; one that is written and not listed
    is an error, because nobody knows what it may be used for.

    Args:
        corpus: Folder with ``splits.csv`` and ``calls/``.
        split: Read only batches of this split.
        on_broken: Leave out batches with bad lines, e.g. half-written ones, and tell of them.

    Raises:
        UsageError: No usable ``splits.csv``, a batch is not listed, or nothing is there.
        TranscriptError: A batch has bad lines; each is named. Not with ``on_broken``.
    """
    splits = read_splits(corpus).of
    files = {path.stem: path for path in sorted((corpus / "calls").glob("*.txt"))}
    unlisted = [
        Problem(path.name, "no_split", "stands in no row of splits.csv")
        for name, path in files.items()
        if name not in splits
    ]
    if unlisted:
        raise UsageError("some batches belong to no split", *unlisted)
    wanted = {name: files[name] for name in splits if name in files}
    if split is not None:
        wanted = {name: path for name, path in wanted.items() if splits[name] == split}
    batches = tuple(_read(wanted, splits, on_broken))
    if not batches:
        raise UsageError(f"no calls of split {split or 'any'!r} are written yet")
    _check_unique(batches)
    return batches


def _read(
    files: dict[str, Path], splits: Mapping[str, str], on_broken: OnBroken | None
) -> Iterator[Batch]:
    for name, path in files.items():
        try:
            scripts = read_scripts(path)
        except TranscriptError as error:
            if on_broken is None:
                raise
            on_broken(error)
            continue
        yield Batch(name, splits[name], scripts)


def _check_unique(batches: tuple[Batch, ...]) -> None:
    seen: set[str] = set()
    twice: list[Problem] = []
    for batch in batches:
        for script in batch.scripts:
            if script.call_id in seen:
                twice.append(Problem(batch.name, "repeated_call", f"repeats {script.call_id}"))
            seen.add(script.call_id)
    if twice:
        raise UsageError("some calls carry the same id", *twice)
