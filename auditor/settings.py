"""What a user may set, in one frozen value: defaults, then environment, then the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from auditor.errors import Problem, UsageError

PREFIX = "AUDITOR_"

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
"""Of every process of a run."""

LANGUAGES = ("zh", "en")
DEVICES = ("auto", "cpu", "cuda")
COMPUTE_TYPES = (
    *("auto", "default", "int8", "int8_float32", "int8_float16", "int8_bfloat16"),
    *("int16", "float16", "bfloat16", "float32"),
)
AGENT_CHANNELS = ("left", "right", "mono")
ENGINES = ("local", "ray")

WORKERS = (0, 256)
THREADS = (0, 256)
BEAM_SIZE = (1, 20)
BATCH = (0, 256)
MAX_HOURS = (0.01, 24.0)
CALL_SECONDS = (1.0, 86_400.0)
CALL_PACE = (0.0, 1000.0)
WORKER_MEMORY = (0.0, 4096.0)
GPUS_PER_WORKER = (0.0, 16.0)
"""Least and most of the numbers, both allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options of a run.

    Args:
        policy: Policy folder; ``None`` for the one that ships with the package.
        model: Name or folder of the recogniser's model, or ``demo``; ``None`` when not chosen.
        device: ``auto``, ``cpu`` or ``cuda``.
        compute_type: One of CTranslate2's, e.g. ``int8``; ``auto`` picks by device.
        threads: Threads of one recogniser; 0 lets it decide.
        beam_size: Hypotheses kept while decoding.
        batch: Windows of whatever calls that are decoded at once; 0 decides by device, 1 hears
            one call after the other.
        workers: Calls audited at the same time, each in a worker process of its own; 0 does them
            one by one in this process, where nothing stops one that crashes or hangs.
        call_seconds: What every call may take, in seconds.
        call_pace: Seconds more for each second of the recording.
        worker_memory: GiB that one worker may hold; 0 shares out what the machine has.
        engine: ``local`` for workers on this machine, ``ray`` for those of a Ray cluster.
        address: The cluster, ``HOST:PORT`` or ``auto``; ``None`` for one of its own, here.
        gpus_per_worker: GPUs of the cluster that one worker has; ``None`` shares them out.
        cache: Folder of the transcription cache; ``None`` for the user's own.
        db: Database of outcomes: an SQLite file or ``postgresql://...``; ``None`` for a file in
            the output folder.
        archive: Folder of transcripts kept for judging them again; ``None`` for one beside an
            SQLite file, else the user's own.
        max_hours: Longest recording accepted.
        encoding: Encoding of a CSV manifest; ``None`` to detect.
        timezone: Zone of manifest times without one; ``None`` makes them an error.
        agent_channel: ``left``, ``right`` or ``mono`` where the manifest does not say; ``None``
            leaves it to the talk.
        lang: Language of reports, ``zh`` or ``en``.
        clips: Put short sound clips of the flagged seconds into the report.

    Raises:
        UsageError: A value is none of its choices or outside its bounds.
    """

    policy: Path | None = None
    model: str | None = None
    device: str = "auto"
    compute_type: str = "auto"
    threads: int = 0
    beam_size: int = 5
    batch: int = 0
    workers: int = 1
    call_seconds: float = 300.0
    call_pace: float = 10.0
    worker_memory: float = 0.0
    engine: str = "local"
    address: str | None = None
    gpus_per_worker: float | None = None
    cache: Path | None = None
    db: str | None = None
    archive: Path | None = None
    max_hours: float = 4.0
    encoding: str | None = None
    timezone: str | None = None
    agent_channel: str | None = None
    lang: str = "zh"
    clips: bool = True

    def __post_init__(self) -> None:
        for name in (*_CHOICES, *_BOUNDS):
            value = getattr(self, name)
            if value is not None and not _allows(name, value):
                raise UsageError(f"{name} is {_allowed(name)}, not {value!r}")


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "engine": ENGINES,
    "lang": LANGUAGES,
    "device": DEVICES,
    "compute_type": COMPUTE_TYPES,
    "agent_channel": AGENT_CHANNELS,
}
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "workers": WORKERS,
    "threads": THREADS,
    "beam_size": BEAM_SIZE,
    "batch": BATCH,
    "max_hours": MAX_HOURS,
    "call_seconds": CALL_SECONDS,
    "call_pace": CALL_PACE,
    "worker_memory": WORKER_MEMORY,
    "gpus_per_worker": GPUS_PER_WORKER,
}
_WHOLE = frozenset({"workers", "threads", "beam_size", "batch"})
_TRUTHS: Mapping[str, bool] = {"1": True, "true": True, "0": False, "false": False}
_PATHS = frozenset({"policy", "cache", "archive"})


def _allows(name: str, value: object) -> bool:
    if name in _CHOICES:
        return value in _CHOICES[name]
    least, most = _BOUNDS[name]
    return isinstance(value, int | float) and least <= value <= most


def _allowed(name: str) -> str:
    """Say what an option takes."""
    if name in _CHOICES:
        return f"one of {', '.join(_CHOICES[name])}"
    if name in _BOUNDS:
        kind = "whole number" if name in _WHOLE else "number"
        return f"a {kind} from {_BOUNDS[name][0]:g} to {_BOUNDS[name][1]:g}"
    return f"one of {', '.join(_TRUTHS)}"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Build settings from ``AUDITOR_*`` variables, e.g. ``AUDITOR_MODEL``.

    Raises:
        UsageError: Variables do not fit their options; all of them, with what each one takes.
    """
    given = os.environ if environment is None else environment
    chosen: dict[str, object] = {}
    wrong: list[Problem] = []
    for option in fields(Settings):
        variable = PREFIX + option.name.upper()
        text = given.get(variable)
        if text is None or text == "":
            continue
        try:
            chosen[option.name] = _convert(option.name, str(option.type), text)
        except ValueError:
            told = f"takes {_allowed(option.name)}, not {text!r}"
            wrong.append(Problem(variable, "bad_value", told))
    if wrong:
        raise UsageError("the environment asks for something impossible", *wrong)
    return replace(Settings(), **chosen)  # type: ignore[arg-type] # checked by _convert


def _convert(name: str, kind: str, text: str) -> object:
    value: object = text
    if name in _PATHS:
        value = Path(text)
    elif kind == "int":
        value = int(text)
    elif kind in ("float", "float | None"):
        value = float(text)
    elif kind == "bool":
        if text.lower() not in _TRUTHS:
            raise ValueError(text)
        value = _TRUTHS[text.lower()]
    if (name in _CHOICES or name in _BOUNDS) and not _allows(name, value):
        raise ValueError(text)
    return value
