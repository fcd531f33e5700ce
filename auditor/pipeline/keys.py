"""What an outcome depends on, as digests: equal keys promise equal outcomes.

A run is gone on with, and a call's outcome is taken over, only where nothing that could change it
has changed: the program, its libraries, the policy, the models, the options, the manifest row and
the file. Files are told apart by path, size and time of change, as make does; listening to
200,000 recordings just to see that they are the same would take as long as doing them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from platform import node
from typing import Any

import auditor
from auditor.domain.jsonform import call_to_json, record_to_json
from auditor.domain.runs import RunInfo
from auditor.pipeline.jobs import Job, Plan, Recipe
from auditor.policy.model import Policy
from auditor.resources import model_folder
from auditor.store.coding import digest

_OPTIONS = (
    *("device", "compute_type", "threads", "beam_size", "max_hours", "timezone", "agent_channel"),
    *("call_seconds", "call_pace", "worker_memory"),
)
"""Settings that can change what comes out of a call."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The digests of a run.

    Args:
        run: Of everything together, with the output folder and the host.
        jobs: Of each job by its place in the input.
    """

    run: str
    jobs: Mapping[int, str]


def keys_of(plan: Plan, recipe: Recipe, policy: Policy, info: RunInfo) -> Keys:
    """Return the digests of a run.

    Args:
        plan: What is to be done.
        recipe: How.
        policy: The policy loaded.
        info: Names policy, models and versions.
    """
    base = digest(_text(_means(recipe, policy, info)))
    jobs = {job.index: _job_key(base, job) for job in plan.jobs}
    whole = hashlib.sha256()
    place = [base, str(recipe.out.resolve()), node(), str(plan.source)]
    for part in (*place, *map(str, jobs.items())):
        whole.update(part.encode("utf-8", "surrogatepass") + b"\0")
    for index, record in plan.settled:
        whole.update(f"{index}{_text(record_to_json(record))}".encode("utf-8", "surrogatepass"))
    return Keys(whole.hexdigest(), jobs)


def program_digest() -> str:
    """Return a digest of the program's own code: an edit of it judges anew."""
    root = Path(auditor.__file__).parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _means(recipe: Recipe, policy: Policy, info: RunInfo) -> dict[str, Any]:
    options = {name: getattr(recipe.settings, name) for name in _OPTIONS}
    return {
        "program": program_digest(),
        "versions": dict(info.versions),
        "policy": dict(info.policy),
        "recogniser": dict(info.recogniser),
        "roles": folder_digest(model_folder("roles")),
        "judgement": folder_digest(model_folder(policy.judgement)) if policy.judgement else None,
        "options": {name: None if value is None else str(value) for name, value in options.items()},
        "judge": recipe.judge,
        "archive": None if recipe.archive is None else str(recipe.archive.resolve()),
    }


def folder_digest(folder: Path) -> str:
    """Return a digest of the files of a folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _job_key(base: str, job: Job) -> str:
    sound = job.recording
    path = job.transcript if sound is None else sound.path
    told = {
        "call_id": job.call_id,
        "call": None if job.call is None else call_to_json(job.call),
        "shown": job.shown,
        "kept": [job.kept, job.heard_in],
        "file": None if path is None else _stamp(path),
        "sound": None
        if sound is None
        else [sound.agent_channel, sound.sha256, sound.duration, sound.rate],
    }
    return digest(base, _text(told))


def _stamp(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _text(data: object) -> str:
    return json.dumps(data, sort_keys=True)
