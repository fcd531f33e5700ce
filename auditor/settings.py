"""What a user may set, in one frozen value: defaults, then environment, then the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from auditor.errors import UsageError

PREFIX = "AUDITOR_"

LANGUAGES = ("zh", "en")
DEVICES = ("auto", "cpu", "cuda")
AGENT_CHANNELS = ("left", "right", "mono")

WORKERS = (0, 256)
THREADS = (0, 256)
BEAM_SIZE = (1, 20)
BATCH = (0, 256)
MAX_HOURS = (0.01, 24.0)
CALL_SECONDS = (1.0, 86_400.0)
CALL_PACE = (0.0, 1000.0)
WORKER_MEMORY = (0.0, 4096.0)
"""Least and most of the numbers, both allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options of a run.

    Args:
        policy: Policy folder; ``None`` for the one that ships with the package.
        model: Name or folder of the recogniser's model, or ``demo``; ``None`` when not chosen.
        device: ``auto``, ``cpu`` or ``cuda``.
        compute_type: CTranslate2 compute type, e.g. ``int8``; ``auto`` picks by device.
        threads: Threads of one recogniser; 0 lets it decide.
        beam_size: Hypotheses kept while decoding.
        batch: Windows of whatever calls that are decoded at once; 0 decides by device, 1 hears
            one call after the other.
        workers: Calls audited at the same time, each in a worker process of its own; 0 does them
            one by one in this process, where nothing stops one that crashes or hangs.
        call_seconds: What every call may take, in seconds.
        call_pace: Seconds more for each second of the recording.
        worker_memory: GiB that one worker may hold; 0 shares out what the machine has.
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
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value is not None and value not in choices:
                raise UsageError(f"{name} is one of {', '.join(choices)}, not {value!r}")
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise UsageError(f"{name} lies in {least:g} to {most:g}")


_CHOICES = {"lang": LANGUAGES, "device": DEVICES, "agent_channel": AGENT_CHANNELS}
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "workers": WORKERS,
    "threads": THREADS,
    "beam_size": BEAM_SIZE,
    "batch": BATCH,
    "max_hours": MAX_HOURS,
    "call_seconds": CALL_SECONDS,
    "call_pace": CALL_PACE,
    "worker_memory": WORKER_MEMORY,
}
_PATHS = frozenset({"policy", "cache", "archive"})


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Build settings from ``AUDITOR_*`` variables, e.g. ``AUDITOR_MODEL``.

    Raises:
        UsageError: A variable does not fit its option.
    """
    given = os.environ if environment is None else environment
    chosen: dict[str, object] = {}
    for option in fields(Settings):
        text = given.get(PREFIX + option.name.upper())
        if text is not None and text != "":
            chosen[option.name] = _convert(option.name, str(option.type), text)
    return replace(Settings(), **chosen)  # type: ignore[arg-type] # checked by _convert


def _convert(name: str, kind: str, text: str) -> object:
    try:
        if name in _PATHS:
            return Path(text)
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "bool":
            return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
    except (ValueError, KeyError):
        raise UsageError(f"{PREFIX}{name.upper()} is not a usable {kind}") from None
    return text
