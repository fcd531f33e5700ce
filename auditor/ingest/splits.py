"""Read which batch of labelled calls serves what: ``splits.csv`` beside the folder ``calls``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from auditor.errors import Problem, UsageError

TRAINING, DEVELOPMENT, TEST = "training", "development", "test"
SPLITS = (TRAINING, DEVELOPMENT, TEST)
SPLITS_FILE = "splits.csv"

_COLUMNS = ("batch", "split")
_WRITTEN_FROM = "rules_written_from"


@dataclass(frozen=True, slots=True)
class Splits:
    """What each batch is used for.

    Args:
        of: Batch (a file's name without its ending) -> split, in the order of the rows; also of
            batches yet to be written.
        written_from: Batches that rules were written from; on them rules look better than they are.
    """

    of: Mapping[str, str]
    written_from: frozenset[str] = frozenset()

    def batches(self, *splits: str) -> tuple[str, ...]:
        """The batches of some splits, in order."""
        return tuple(batch for batch, split in self.of.items() if split in splits)


def read_splits(corpus: Path) -> Splits:
    """Read the splits of a corpus (columns ``batch``, ``split`` and, if any, what rules used).

    Raises:
        UsageError: The file is missing or no table, or a row names no known split, or names a
            batch a second time; every bad row is named.
    """
    path = corpus / SPLITS_FILE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [dict(row) for row in reader]
            names = reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path.name} cannot be read: {type(error).__name__}") from error
    missing = [column for column in _COLUMNS if column not in names]
    if missing:
        raise UsageError(f"{path.name} lacks the columns {', '.join(missing)}")
    problems: list[Problem] = []
    splits: dict[str, str] = {}
    for number, row in enumerate(rows, 2):
        where = f"{path.name}, row {number}"
        batch, split = row["batch"] or "", row["split"] or ""
        if not batch:
            problems.append(Problem(where, "no_batch", "names no batch"))
        if split not in SPLITS:
            problems.append(Problem(where, "unknown_split", f"is none of {', '.join(SPLITS)}"))
        if batch in splits:
            problems.append(Problem(where, "repeated_batch", "names a batch a second time"))
        splits[batch] = split
    if problems:
        raise UsageError("the splits cannot be used", *problems)
    used = frozenset(row["batch"] for row in rows if row.get(_WRITTEN_FROM) == "yes")
    return Splits(MappingProxyType(splits), used)
