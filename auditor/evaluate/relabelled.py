"""How many turns a rereading found labelled wrongly: ``relabelled.csv`` of a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.domain.runs import Rate
from auditor.errors import Problem, UsageError
from auditor.evaluate.corpus import read_rows
from auditor.scoring.stats import wilson

FILE = "relabelled.csv"


@dataclass(frozen=True, slots=True)
class Reread:
    """One row: turns of a batch that somebody read again.

    Args:
        changed: Turns whose labels were changed, of those read.
    """

    batch: str
    changed: Rate


def read_rereadings(path: Path) -> tuple[Reread, ...]:
    """Read ``batch``, ``turns_read`` and ``turns_changed``; other columns are for people.

    Raises:
        UsageError: The file cannot be read, or a row holds no such numbers.
    """
    rows: list[Reread] = []
    problems: list[Problem] = []
    for number, row in enumerate(read_rows(path, ("batch", "turns_read", "turns_changed")), 2):
        read, changed = row["turns_read"], row["turns_changed"]
        if read.isdecimal() and changed.isdecimal() and int(changed) <= int(read):
            rows.append(Reread(row["batch"], wilson(int(changed), int(read))))
        else:
            message = "needs whole numbers, no more changed than read"
            problems.append(Problem(f"{path.name}, row {number}", "bad_numbers", message))
    if problems:
        raise UsageError(f"{path.name} cannot be used", *problems)
    return tuple(rows)


def together(rows: tuple[Reread, ...]) -> Rate:
    """Return the share over all rows."""
    return wilson(sum(row.changed.part for row in rows), sum(row.changed.whole for row in rows))
