"""Runs as rows of the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from auditor.domain.jsonread import run_from_json
from auditor.domain.runs import RunInfo
from auditor.store.coding import digest, fit, plain

RUNNING, FINISHED = "running", "finished"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run of the store.

    Args:
        info: What it was made with; counts and reasons are empty until it is finished.
        kind: ``run``, or ``reaudit`` where stored transcripts were judged again.
        finished: Whether every row has its outcome and the reports were asked for.
        rows: How many outcomes it has when it is finished.
        judged_again: The run whose transcripts were judged again.
    """

    info: RunInfo
    kind: str
    finished: bool
    rows: int
    judged_again: str | None = None

    @property
    def run_id(self) -> str:
        """Its name."""
        return self.info.run_id


def stored_run(row: Row[Any]) -> StoredRun:
    """Read a row of ``runs``."""
    info = run_from_json(json.loads(row.body))
    return StoredRun(info, row.kind, row.state == FINISHED, row.rows, row.judged_again)


def policy_row(policy: Mapping[str, str]) -> dict[str, Any]:
    """Return the row of a policy as a run names it."""
    body = plain(dict(policy))
    return {
        "key": digest(body),
        "policy_id": fit(policy.get("id", "")),
        "version": fit(policy.get("version", "")),
        "fingerprint": fit(policy.get("fingerprint", "")),
        "body": body,
    }


def model_row(recogniser: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the row of a recogniser; ``None`` where nothing was transcribed."""
    if not recogniser:
        return None
    body = plain(dict(recogniser))
    return {
        "key": digest(body),
        "name": fit(recogniser.get("model", "")),
        "digest": fit(recogniser.get("digest", "")),
        "body": body,
    }
