"""Tell whether a run would come to what the last one in its folder came to: then its results stand.

A run leaves a note of all that its results rest on: rows of the manifest, files, policy, models,
options, the program and its libraries, what the database holds, and the files it wrote. Where the
same command finds everything as the note says, nothing needs to be loaded, heard or judged. The
note of what goes in is taken before the first call is touched: what changes during a run is seen
by the next one.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import auditor
from auditor.domain.findings import CallOutcome, Severity
from auditor.domain.jsonform import call_to_json, record_to_json, run_to_json
from auditor.domain.jsonread import run_from_json
from auditor.domain.runs import CallRecord
from auditor.errors import AuditorError, ExitCode
from auditor.pipeline.jobs import Job, Plan, Recipe
from auditor.pipeline.places import database_of
from auditor.pipeline.stamps import stamp_of, stamps_of
from auditor.pipeline.telling import AgentLine, Told
from auditor.resources import model_folder
from auditor.store.atomic import discard, write_text

if TYPE_CHECKING:
    from auditor.policy.model import Policy

NOTE = ".auditor-note.json"
"""Hidden file in the output folder."""

_FORMAT = 1
_RESULTS = (
    *("findings.jsonl", "calls.jsonl", "scorecards.csv", "report.xlsx", "report.html"),
    *("run.json", "certificate.json", "transcripts"),
)
_LIBRARIES = ("faster-whisper", "ctranslate2", "av", "jieba", "scikit-learn", "numpy", "google-re2")
_WITHOUT_EFFECT = frozenset({"workers", "batch", "cache", "engine", "address", "gpus_per_worker"})
"""Settings that change how fast results come and not what they are."""

_LASTING = frozenset(
    {
        *("bad_channels", "bad_rate", "empty_file", "hash_mismatch", "missing", "no_samples"),
        *("not_a_regular_file", "rate_missing", "too_long", "undecodable", "unsupported_format"),
        *("bad_encoding", "bad_json", "bad_value", "end_before_start", "missing_key"),
        *("not_an_object", "oversized", "too_deep", "too_large", "unknown_speaker", "wrong_type"),
        "conflicting_duplicate",
    }
)
"""Failures that the file itself brings; others may have gone away and are tried again."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a run found before its first call.

    Args:
        inputs: Digest of everything that goes in.
        models: Names of shipped models that the policy asks for.
    """

    inputs: str
    models: tuple[str, ...]

    @classmethod
    def take(cls, plan: Plan, recipe: Recipe, policy: Policy) -> Before:
        """Look at everything that goes into a run."""
        models = tuple(filter(None, (policy.classifier, policy.judgement)))
        return cls(inputs_of(plan, recipe, models), models)


def inputs_of(plan: Plan, recipe: Recipe, models: Iterable[str]) -> str:
    """Return a digest of all that the results of a run rest on but the database.

    Args:
        plan: What the run is about.
        recipe: How it is done.
        models: Names of shipped models that the policy asks for.

    Raises:
        RecogniserError: The model is missing.
    """
    total = hashlib.sha256()

    def add(*parts: object) -> None:
        text = json.dumps(parts, sort_keys=True, default=str)
        total.update(text.encode("utf-8", "surrogatepass") + b"\n")

    package = Path(auditor.__file__).parent
    settings = recipe.settings
    names = sorted(set(type(settings).__dataclass_fields__) - _WITHOUT_EFFECT)
    add(_FORMAT, sys.version, [_version(name) for name in _LIBRARIES])
    add({name: getattr(settings, name) for name in names}, recipe.judge, recipe.model)
    add(recipe.out.resolve(), recipe.database, recipe.archive, recipe.previous)
    add(plan.source.absolute(), plan.root, plan.manifest, plan.ignored, plan.again)
    shipped = (model_folder(name) for name in ("roles", *models))
    folders = [package, recipe.policy, *shipped]
    tables = [*recipe.histories, *(() if recipe.consents is None else (recipe.consents,))]
    if recipe.model is not None:
        folders.append(_model(recipe.model))
    if recipe.previous is not None:
        tables.append(recipe.previous)
    add([str(path) for path in (*folders, *tables)], stamps_of(folders))
    # Of a folder of another run, the files that are read.
    read = ("", "certificate.json", "calls.jsonl", "findings.jsonl", "run.json")
    add([[stamp_of(path / name) for name in read] for path in tables])
    for job in plan.jobs:
        add(_told(job))
    for place, record in plan.settled:
        add(place, record_to_json(record))
    return total.hexdigest()


def leave_note(
    recipe: Recipe,
    plan: Plan,
    before: Before,
    told: Told,
    failed: Iterable[CallRecord],
) -> None:
    """Note what a finished run rests on; nothing where a failure may have gone away by itself.

    Args:
        recipe: How it was done.
        plan: What it was about.
        before: What was found before it began.
        told: What is told of it.
        failed: Its calls that were not audited.
    """
    lasting = _LASTING | {record.reason for _, record in plan.settled}
    again = (r for r in failed if r.outcome is CallOutcome.FAILED and r.reason not in lasting)
    if plan.again or next(again, None) is not None:
        return
    body = {
        "format": _FORMAT,
        "models": before.models,
        "inputs": before.inputs,
        "results": _results(recipe),
        "database": _database(recipe),
        "info": run_to_json(told.info),
        "status": int(told.status),
        "worst": None if told.worst is None else told.worst.label,
        "failures": told.failures,
        "more": told.more,
        "agents": [astuple(line) for line in told.agents],
    }
    write_text(recipe.out / NOTE, json.dumps(body, ensure_ascii=True) + "\n")


def remove_note(out: Path) -> None:
    """Let nothing stand: a run begins.

    Raises:
        OutputError: The note cannot be removed.
    """
    discard(out / NOTE)


def standing(plan: Plan, recipe: Recipe) -> Told | None:
    """Return what the last run in the output folder told, where all of it stands; else ``None``."""
    try:
        body = json.loads((recipe.out / NOTE).read_text(encoding="ascii"))
        if body["format"] != _FORMAT or body["results"] != _results(recipe):
            return None
        if body["database"] != _database(recipe) or body["inputs"] != inputs_of(
            plan, recipe, body["models"]
        ):
            return None
        return _read(body)
    except (OSError, ValueError, KeyError, TypeError, AuditorError):
        # Whatever is wrong is said by the run that is now to be done.
        return None


def _read(body: Mapping[str, Any]) -> Told:
    worst = body["worst"]
    return Told(
        info=run_from_json(body["info"]),
        status=ExitCode(body["status"]),
        worst=None if worst is None else Severity[worst.upper()],
        failures=tuple(body["failures"]),
        more=body["more"],
        agents=tuple(
            AgentLine(name, calls, score, fatal, tuple((kind, n) for kind, n in found))
            for name, calls, score, fatal, found in body["agents"]
        ),
    )


def _results(recipe: Recipe) -> str:
    return stamps_of(recipe.out / name for name in _RESULTS)


def _database(recipe: Recipe) -> str:
    """Return what tells whether anything was written into the database since."""
    database = database_of(recipe)
    if "://" not in database:
        return stamps_of((Path(database), Path(f"{database}-wal")))
    from auditor.store.store import open_store

    with open_store(database) as store:
        told = [(run.run_id, run.finished) for run in store.runs()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _model(name: str) -> Path:
    from auditor.transcribe.models import resolve_model

    return Path(name) if Path(name).is_dir() else resolve_model(name, download=False).path


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _told(job: Job) -> list[object]:
    sound = job.recording
    path = job.transcript if sound is None else sound.path
    return [
        job.index,
        job.call_id,
        None if job.call is None else call_to_json(job.call),
        job.shown,
        job.row,
        None if path is None else (str(path), stamp_of(path)),
        None
        if sound is None
        else [sound.agent_channel, sound.sha256, sound.duration, sound.rate, sound.fresh],
    ]
