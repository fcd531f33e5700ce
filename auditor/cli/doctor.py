"""``auditor doctor``: what is installed, what is missing, what to do next."""

from __future__ import annotations

import os
import platform
import shutil
from importlib import metadata, util
from pathlib import Path
from typing import Any

import click

import auditor
from auditor.cli.options import chosen_policy, policy_option
from auditor.errors import AuditorError, ExitCode, counted
from auditor.settings import from_environment

_OPTIONAL = "(optional)"
_PARTS = {
    "faster_whisper": ("faster-whisper", "recognition", "pip install faster-whisper"),
    "ctranslate2": ("ctranslate2", "recognition", "pip install ctranslate2"),
    "av": ("av", "decoding of recordings", "pip install av"),
    "re2": ("google-re2", "patterns of rules", "pip install google-re2"),
    "jieba": ("jieba", "words", "pip install jieba"),
    "sklearn": ("scikit-learn", "who is the agent", "pip install scikit-learn"),
    "pyarrow": ("pyarrow", "Parquet manifests", "pip install pyarrow"),
    "ipykernel": ("ipykernel", "notebooks (optional)", "pip install 'auditor[notebooks]'"),
    "ray": ("ray", "several machines (optional)", "pip install 'auditor[cluster]'"),
    "torch": ("torch", "training the demo model (optional)", "pip install 'auditor[train]'"),
}


@click.command()
@policy_option
@click.option("--model", help="Model to look for, as 'auditor run --model' would.")
def doctor(policy: Path | None, model: str | None) -> int:
    """Report optional parts, the model, the GPU and the policy, and say what to do next.

    Ends with 2 when the policy or a setting is broken, and with 4 when a part that is not
    optional, or the model asked for, is missing.
    """
    click.echo(
        f"auditor {auditor.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores"
    )
    missing = [module for module, told in _PARTS.items() if not _part(module, *told)]
    whole = all(_OPTIONAL in _PARTS[module][1] for module in missing)
    espeak = shutil.which("espeak-ng")
    click.echo(
        f"  {'ok' if espeak else '--'} espeak-ng: synthesised samples (optional)"
        + ("" if espeak else "; apt-get install espeak-ng")
    )
    click.echo(f"GPU: {_gpus()}")
    sound = _policy(chosen_policy(policy))
    wanted = model or from_environment().model
    found, ready = _models(wanted)
    click.echo("Next: " + _next_step(ready=ready, sound=sound, whole=whole))
    if not sound:
        return ExitCode.USAGE
    return ExitCode.DONE if whole and (found or not wanted) else ExitCode.NOTHING_RAN


def _part(module: str, package: str, purpose: str, remedy: str) -> bool:
    if util.find_spec(module) is None:
        click.echo(f"  -- {package} is missing: {purpose}; {remedy}")
        return False
    click.echo(f"  ok {package} {metadata.version(package)}: {purpose}")
    return True


def _gpus() -> str:
    from auditor.transcribe.devices import cuda_devices

    count = cuda_devices()
    if count is None:
        return "unknown without ctranslate2"
    if count == 0:
        return "none; recognition uses the CPU"
    return f"{count} CUDA device(s), used by --device auto"


def _policy(folder: Path | None) -> bool:
    from auditor.pipeline.judging import build_detector

    try:
        found: Any = build_detector(folder).policy
    except AuditorError as error:
        click.echo(f"Policy: {error}")
        return False
    click.echo(f"Policy: {found.policy_id} {found.version}, {counted(len(found.rules), 'rule')}")
    return True


def _models(wanted: str | None) -> tuple[bool, bool]:
    """Print models; tell whether there is any, and any for real calls."""
    from auditor.transcribe.models import NAMES, resolve_model

    found = ready = False
    for name in [wanted] if wanted else [*NAMES, "demo"]:
        try:
            model = resolve_model(name, download=False)
        except AuditorError as error:
            if wanted:
                click.echo(f"Model: {error}")
            continue
        found, ready = True, ready or not model.is_demo
        note = " (synthetic recordings only)" if model.is_demo else ""
        click.echo(f"Model: {name} at {model.path}{note}")
    return found, ready


def _next_step(*, ready: bool, sound: bool, whole: bool) -> str:
    if not whole:
        return "install what is missing"
    if not sound:
        return "mend the policy; 'auditor policy check' lists every problem"
    if not ready:
        return (
            "get a model (README, 'Choosing a model'), or try the shipped samples with "
            "--model demo, or audit transcripts with 'auditor audit'"
        )
    return "auditor run RECORDINGS --manifest FILE --model NAME --out DIR"
