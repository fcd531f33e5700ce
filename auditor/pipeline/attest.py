"""Check coverage certificates: seals, sums, chain, and the files they speak of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auditor.domain.findings import CallOutcome
from auditor.errors import CertificateError, Problem
from auditor.pipeline.certificate import (
    EARLIER,
    FILES,
    FORMAT,
    NAME,
    file_digest,
    read_certificate,
    seal_of,
)
from auditor.pipeline.coverage import Cell, Cells, cells_of, check_sums, counts_of, reasons_of


@dataclass(frozen=True, slots=True)
class Attested:
    """What checking one certificate gave.

    Args:
        path: The file.
        body: Its content; empty where it cannot be read.
        problems: Everything wrong with it.
        notes: What could not be checked, and why.
    """

    path: Path
    body: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def attest(paths: Sequence[Path]) -> tuple[Attested, ...]:
    """Check certificates, or folders of runs with all certificates in them, in chain order.

    A certificate in the folder of its run is held against the run's files, too.
    """
    files = dict(found for path in paths for found in _certificates(path))
    return _chained([_alone(file, with_files=beside) for file, beside in files.items()])


def _certificates(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield certificates, and whether the files they speak of must lie beside them."""
    if not path.is_dir():
        yield path, any((path.parent / name).exists() for name in FILES)
        return
    for earlier in sorted((path / EARLIER).glob("*.json")):
        yield earlier, False
    yield path / NAME, True


def _alone(path: Path, *, with_files: bool) -> Attested:
    try:
        body = read_certificate(path)
    except CertificateError as error:
        return Attested(path, {}, error.problems)
    where = str(path)
    if body.get("format") != FORMAT:
        wrong = Problem(where, "format", f"is of no format this version knows ({FORMAT})")
        return Attested(path, {}, (wrong,))
    problems: list[Problem] = []
    if body.get("seal") != seal_of(body):
        problems.append(Problem(where, "seal", "was changed after it was sealed"))
    notes: list[str] = []
    try:
        cells = _cells(body["cells"])
        problems += [replace(p, where=f"{where}, {p.where}") for p in _sums(body, cells)]
        if with_files:
            problems += _files(path.parent, body, cells)
        else:
            notes.append("the files of the run are not beside it and were not checked")
    except (KeyError, TypeError, ValueError, AttributeError):
        problems.append(Problem(where, "content", "lacks what every certificate says"))
    return Attested(path, body, tuple(problems), tuple(notes))


def _cells(rows: Iterable[Sequence[Any]]) -> Cells:
    cells: Counter[Cell] = Counter()
    for origin, sound, stage, outcome, reason, number in rows:
        cells[Cell(origin, sound, stage, outcome, reason)] += int(number)
    return cells


def _sums(body: Mapping[str, Any], cells: Cells) -> Iterator[Problem]:
    skipped, failed = body["skipped"], body["failed"]
    yield from check_sums(body["counts"], skipped, failed, body["expected"])
    if body["counts"] != counts_of(cells):
        yield Problem("counts", "sum", "are not the sums of the cells")
    for name, told in ((CallOutcome.SKIPPED, skipped), (CallOutcome.FAILED, failed)):
        if told != reasons_of(cells, name):
            yield Problem(name.value, "sum", "the reasons are not the sums of the cells")


def _files(folder: Path, body: Mapping[str, Any], cells: Cells) -> Iterator[Problem]:
    for name in FILES:
        if file_digest(folder / name) != body["files"][name]:
            yield Problem(str(folder / name), "file", "is not the file that was certified")
    calls = folder / "calls.jsonl"
    try:
        with calls.open(encoding="utf-8") as file:
            counted = cells_of(map(json.loads, file))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        yield Problem(str(calls), "file", "cannot be counted")
        return
    if counted != cells:
        yield Problem(str(calls), "sum", "has other outcomes than the certificate says")


def _chained(attested: Sequence[Attested]) -> tuple[Attested, ...]:
    """Hold each certificate against the one before, where that is among them."""
    sound = [one for one in attested if isinstance(one.body.get("sequence"), int)]
    broken = [one for one in attested if one not in sound]
    sound.sort(key=lambda one: one.body["sequence"])
    by_seal = {seal_of(one.body): one for one in sound}
    followers = Counter(str(one.body.get("previous")) for one in sound)
    first = sound[0].body["sequence"] if sound else 0
    result = []
    for one in sound:
        previous, number = one.body.get("previous"), one.body["sequence"]
        before = by_seal.get(str(previous))
        problems: list[Problem] = []
        notes: list[str] = []
        if one.body.get("after_damaged"):
            problems.append(_chain(one, "goes on from a certificate that was damaged"))
        if previous is None:
            if number != 1:
                problems.append(_chain(one, "names no certificate before"))
        elif before is not None:
            if before.body["sequence"] != number - 1:
                problems.append(_chain(one, "does not count on from the one before"))
            if followers[str(previous)] > 1:
                problems.append(_chain(one, "is one of several that follow the same one"))
        elif number == first and number > 1:
            notes.append("the certificate before was not given, so the chain starts here")
        else:
            problems.append(_chain(one, "the one before was changed or is missing"))
        result.append(replace(one, problems=(*one.problems, *problems), notes=(*one.notes, *notes)))
    return (*broken, *result)


def _chain(one: Attested, message: str) -> Problem:
    return Problem(str(one.path), "chain", message)
