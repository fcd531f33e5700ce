"""What a user may set, in one frozen value: defaults, then environment, then the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from auditor.errors import UsageError

PREFIX = "AUDITOR_"


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
        workers: Calls audited at the same time.
        cache: Folder of the transcription cache; ``None`` for one beside the output.
        max_hours: Longest recording accepted.
        encoding: Encoding of a CSV manifest; ``None`` to detect.
        timezone: Zone of manifest times without one; ``None`` makes them an error.
        lang: Language of reports, ``zh`` or ``en``.
        clips: Put short sound clips of the flagged seconds into the report.
    """

    policy: Path | None = None
    model: str | None = None
    device: str = "auto"
    compute_type: str = "auto"
    threads: int = 0
    beam_size: int = 5
    workers: int = 1
    cache: Path | None = None
    max_hours: float = 4.0
    encoding: str | None = None
    timezone: str | None = None
    lang: str = "zh"
    clips: bool = True


_PATHS = frozenset({"policy", "cache"})


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
