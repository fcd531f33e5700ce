"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.errors import UsageError
from auditor.settings import (
    AGENT_CHANNELS,
    BATCH,
    BEAM_SIZE,
    CALL_PACE,
    CALL_SECONDS,
    COMPUTE_TYPES,
    DEVICES,
    ENGINES,
    GPUS_PER_WORKER,
    LANGUAGES,
    MAX_HOURS,
    THREADS,
    WORKER_MEMORY,
    WORKERS,
    Settings,
    from_environment,
)

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

_COMPUTE = f"One of {', '.join(COMPUTE_TYPES)}. [auto]"
_FOLDER = click.Path(file_okay=False, path_type=Path)
_EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _together(*options: Callable[[CommandT], CommandT]) -> Callable[[CommandT], CommandT]:
    def decorate(command: CommandT) -> CommandT:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def input_options(command: CommandT) -> CommandT:
    """INPUT and how to read it."""
    return _together(
        click.argument("source", metavar="INPUT", type=click.Path(exists=True, path_type=Path)),
        click.option(
            "--manifest",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="CSV or Parquet, one row a call (found by itself as INPUT/manifest.csv).",
        ),
        click.option(
            "--encoding", help="Encoding of a CSV manifest, e.g. gbk; detected if absent."
        ),
        click.option(
            "--timezone", help="Zone of times without an offset, e.g. Asia/Shanghai; else an error."
        ),
    )(command)


def workers_option(command: CommandT) -> CommandT:
    """How many calls are done at once, and what each may take."""
    return _together(
        click.option(
            "--workers",
            type=click.IntRange(*WORKERS),
            help="Worker processes side by side; 0 for none, to debug. [1]",
        ),
        click.option(
            "--call-seconds",
            type=click.FloatRange(*CALL_SECONDS),
            help="Longest time for a call, besides --call-pace. [300]",
        ),
        click.option(
            "--call-pace",
            type=click.FloatRange(*CALL_PACE),
            help="Seconds more for each second of its recording. [10]",
        ),
        click.option(
            "--worker-memory",
            type=click.FloatRange(*WORKER_MEMORY),
            help="GiB a worker may hold; 0 shares out the machine's. [0]",
        ),
    )(command)


def cluster_options(command: CommandT) -> CommandT:
    """Which machines do the calls."""
    return _together(
        click.option(
            "--engine",
            type=click.Choice(ENGINES),
            help="Workers on this machine, or of a Ray cluster (pip install 'auditor[cluster]'). "
            "[local]",
        ),
        click.option(
            "--address",
            metavar="HOST:PORT",
            help="With --engine ray: the cluster, or auto for the one this machine is in. "
            "[one of its own, here]",
        ),
        click.option(
            "--gpus-per-worker",
            type=click.FloatRange(*GPUS_PER_WORKER),
            help="With --engine ray: GPUs of a worker, such as 0.5. [those of the cluster, shared]",
        ),
    )(command)


def output_options(command: CommandT) -> CommandT:
    """Where and how results are written."""
    return _together(
        click.option(
            "--out",
            type=_FOLDER,
            default=Path("audit-out"),
            show_default=True,
            help="Output folder.",
        ),
        click.option("--lang", type=click.Choice(LANGUAGES), help="Language of reports. [zh]"),
        workers_option,
        click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
    )(command)


def store_options(command: CommandT) -> CommandT:
    """Where outcomes and transcripts are kept from run to run."""
    return _together(
        click.option(
            "--db",
            metavar="DATABASE",
            help="Where outcomes are kept: an SQLite file, or postgresql://user@host/name. "
            "[OUT/audit.db]",
        ),
        click.option(
            "--archive",
            type=_FOLDER,
            help="Transcripts kept for judging again. [beside an SQLite file, else "
            "~/.local/share/auditor/archive]",
        ),
        click.option(
            "--previous",
            type=click.Path(exists=True, path_type=Path),
            help="Output folder or certificate of the run before, to chain this one's to. [OUT]",
        ),
    )(command)


def canary_options(command: CommandT) -> CommandT:
    """Calls whose findings are known, to see that the run still finds them."""
    return _together(
        click.option(
            "--canary",
            is_flag=True,
            help="Mix in shipped calls with known findings; ends with 5 when one is missed.",
        ),
        click.option(
            "--canaries",
            type=_EXISTING_FOLDER,
            help="Mix in own calls: a folder with calls and expected.jsonl.",
        ),
    )(command)


def policy_option(command: CommandT) -> CommandT:
    """Which policy to use."""
    return click.option(
        "--policy", type=_EXISTING_FOLDER, help="Policy folder; the shipped one if absent."
    )(command)


def chosen_policy(folder: Path | None) -> Path | None:
    """Return the policy folder of the command line, else of the environment, else ``None``.

    Raises:
        UsageError: An environment variable does not fit.
    """
    return folder if folder is not None else from_environment().policy


def chosen_database(given: str | None) -> str:
    """Return the database of the command line, else of the environment; it has to be there.

    Raises:
        UsageError: None is named, or the file named is not there.
    """
    named = given or from_environment().db
    if named is None:
        raise UsageError("name a database with --db, such as OUT/audit.db of a run")
    from auditor.store.database import database_url

    url = database_url(named)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise UsageError(f"there is no database {url.database}")
    return named


def recogniser_options(command: CommandT) -> CommandT:
    """Which recogniser to use and how."""
    return _together(
        click.option(
            "--model",
            help="Folder of a CTranslate2 Whisper model, a name such as "
            "large-v3 (downloaded where there is network), or demo (synthetic calls only).",
        ),
        click.option("--device", type=click.Choice(DEVICES), help="[auto]"),
        click.option(
            "--compute-type", type=click.Choice(COMPUTE_TYPES), metavar="TYPE", help=_COMPUTE
        ),
        click.option(
            "--threads", type=click.IntRange(*THREADS), help="CPU threads, 0 automatic. [0]"
        ),
        click.option("--beam-size", type=click.IntRange(*BEAM_SIZE), help="Hypotheses kept. [5]"),
        click.option(
            "--batch",
            type=click.IntRange(*BATCH),
            help="Windows of all calls decoded at once; 1 for call after call, 0 automatic. [0]",
        ),
        click.option("--cache", type=_FOLDER, help="Transcription cache. [~/.cache/auditor]"),
        click.option(
            "--max-hours", type=click.FloatRange(*MAX_HOURS), help="Longest recording. [4]"
        ),
        click.option(
            "--agent-channel",
            type=click.Choice(AGENT_CHANNELS),
            help="Where the agent is when the manifest does not say; else the talk decides.",
        ),
    )(command)


def settings_from(chosen: dict[str, Any]) -> Settings:
    """Settings from the environment, overruled by what the command line names.

    Raises:
        UsageError: An environment variable does not fit.
    """
    given = {name: value for name, value in chosen.items() if value is not None}
    return replace(from_environment(), **given)
