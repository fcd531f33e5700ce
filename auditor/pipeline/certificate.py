"""The coverage certificate of a run: every row accounted for, chained to the run before.

It is sealed by a sha256 over its own content, which holds the digests of the files of the run and
the seal of the certificate before. Whoever keeps the newest seal elsewhere can prove that nothing
before it was changed; who rewrites the whole chain with it cannot be told without.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import RunInfo
from auditor.errors import CertificateError, Problem, UsageError
from auditor.failpoints import Point, reach
from auditor.pipeline.coverage import Cells, counts_of, expected_of, reasons_of
from auditor.pipeline.jobs import Plan
from auditor.store.atomic import make_folder, write_bytes, write_text

NAME = "certificate.json"
EARLIER = "certificates"
"""Folder beside a certificate that keeps those before it."""
FORMAT = 1
FILES = (
    *("findings.jsonl", "calls.jsonl", "scorecards.csv"),
    *("report.xlsx", "report.html", "run.json"),
)
_MAX_BYTES = 16 * 1024 * 1024


def require_previous(previous: Path | None) -> None:
    """Make sure, before a run, that the certificate it is to be chained to is there.

    Raises:
        UsageError: It is not.
    """
    if previous is not None and previous.is_dir() and not (previous / NAME).is_file():
        problem = Problem(str(previous), "missing", f"has no {NAME}; name the run before")
        raise UsageError("there is no certificate to go on from", problem)


def certify(
    out: Path,
    info: RunInfo,
    cells: Cells,
    plan: Plan,
    previous: Path | None = None,
    canaries: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write ``certificate.json`` for the run whose files are in a folder; comes last of all.

    One that goes on from a damaged certificate says so under ``after_damaged``, and no check of
    the chain passes over it.

    Args:
        out: The folder; an earlier certificate in it moves into ``certificates``.
        info: Of the run.
        cells: Its rows, as ``account_for`` counted them.
        plan: What the run set out with.
        previous: Certificate, or folder with one, of the run before; else that in ``out``.
        canaries: What became of the canary calls.

    Raises:
        OutputError: The folder cannot be written, or a file of the run is missing.
    """
    link = _link(out if previous is None else previous)
    kept = _keep_earlier(out)
    if previous is None and kept is not None and "after_damaged" in link:
        link["after_damaged"]["file"] = str(kept)
    body: dict[str, Any] = {
        "format": FORMAT,
        "run_id": info.run_id,
        "started_at": info.started_at.isoformat(),
        "finished_at": info.finished_at.isoformat(),
        "input": info.input_path,
        "manifest": None if plan.manifest is None else file_digest(plan.manifest),
        "policy": info.policy.get("fingerprint"),
        **link,
        "expected": expected_of(plan),
        "counts": counts_of(cells),
        "skipped": reasons_of(cells, CallOutcome.SKIPPED),
        "failed": reasons_of(cells, CallOutcome.FAILED),
        "cells": [[*astuple(cell), number] for cell, number in sorted(cells.items())],
        "canaries": dict(canaries or {}),
        "files": {name: file_digest(out / name) for name in FILES},
    }
    body["seal"] = seal_of(body)
    reach(Point.BEFORE_CERTIFICATE)
    write_text(out / NAME, json.dumps(body, ensure_ascii=False, indent=1) + "\n")
    reach(Point.AFTER_CERTIFICATE)
    return body


def seal_of(body: Mapping[str, Any]) -> str:
    """Return the sha256 of a certificate's content, whatever its layout, without its seal."""
    content = {key: value for key, value in body.items() if key != "seal"}
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def read_certificate(path: Path) -> dict[str, Any]:
    """Read a certificate, whatever it says; ``path`` may be the folder of a run.

    Raises:
        CertificateError: There is none, or it is no JSON object.
    """
    file = path / NAME if path.is_dir() else path
    try:
        with file.open("rb") as opened:
            data = json.loads(opened.read(_MAX_BYTES))
    except FileNotFoundError as error:
        problem = Problem(str(file), "missing", "is not there")
        raise CertificateError("there is no certificate", problem) from error
    except (OSError, ValueError, RecursionError) as error:
        problem = Problem(str(file), "unreadable", "is no readable certificate")
        raise CertificateError("a certificate cannot be read", problem) from error
    if not isinstance(data, dict):
        problem = Problem(str(file), "unreadable", "is no certificate")
        raise CertificateError("a certificate cannot be read", problem)
    return data


def file_digest(path: Path) -> str | None:
    """Return the sha256 of a file; ``None`` where it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def damage_of(path: Path) -> Problem | None:
    """Return what is wrong with a certificate that a run is to go on from; ``None`` for nothing.

    Args:
        path: The certificate, or the folder of a run; one without any starts a chain.
    """
    there = path / NAME if path.is_dir() else path
    if not there.is_file():
        return None
    try:
        body = read_certificate(there)
    except CertificateError as error:
        return error.problems[0]
    number = body.get("sequence")
    if isinstance(number, bool) or not isinstance(number, int):
        return Problem(str(there), "content", "lacks what every certificate says")
    if body.get("seal") != seal_of(body):
        return Problem(str(there), "seal", "was changed after it was sealed")
    return None


def _link(previous: Path) -> dict[str, Any]:
    """Name the certificate before: its place in the chain and its seal.

    One that is damaged is named by what its content is now, which no chain will bear out: to stop
    for it would cost the night, to leave it out would hide it.
    """
    there = previous / NAME if previous.is_dir() else previous
    if not there.is_file():
        return {"sequence": 1, "previous": None}
    damage = damage_of(there)
    if damage is None:
        body = read_certificate(there)
        return {"sequence": body["sequence"] + 1, "previous": seal_of(body)}
    return {
        "sequence": _newest(there.parent / EARLIER) + 2,
        "previous": file_digest(there) or "unreadable",
        "after_damaged": {"file": str(there), "reason": damage.reason},
    }


def _newest(folder: Path) -> int:
    """Return the last number of the sound certificates in a folder; 0 where there is none."""
    sound = (path for path in folder.glob("*.json") if damage_of(path) is None)
    return max((int(read_certificate(path)["sequence"]) for path in sound), default=0)


def _keep_earlier(out: Path) -> Path | None:
    """Copy the certificate that will be replaced; done again after a crash, it does nothing."""
    there = out / NAME
    if not there.is_file():
        return None
    make_folder(out / EARLIER)
    try:
        content = there.read_bytes()
    except OSError:
        return there.rename(out / EARLIER / f"unreadable-{there.stat().st_mtime_ns}.json")
    kept = out / EARLIER / f"{hashlib.sha256(content).hexdigest()[:16]}.json"
    write_bytes(kept, content)
    return kept
