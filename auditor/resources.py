"""Where shipped data is: beside the package in a checkout, else inside the package."""

from __future__ import annotations

from pathlib import Path

from auditor.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """Return a folder of shipped data, e.g. ``lexicons``.

    An editable checkout uses its own folder, so that an edit counts at once; an installed
    package carries a copy inside.

    Raises:
        UsageError: Neither is there.
    """
    beside = _PACKAGE.parent / name
    if (_PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    inside = _PACKAGE / "_data" / name
    if inside.is_dir():
        return inside
    raise UsageError(f"the folder {name!r} is missing from the installation; install auditor again")


def model_folder(name: str) -> Path:
    """Return the folder of a shipped model, e.g. ``roles``; whether it is there is not looked at.

    Raises:
        UsageError: No models are installed at all.
    """
    return data_folder("models") / name


def canaries_folder() -> Path:
    """Return the folder of the shipped canary calls."""
    return _PACKAGE / "canaries"


def deploy_folder() -> Path:
    """Return the folder of files that start a run every night."""
    return _PACKAGE / "deploy"


def samples_folder() -> Path:
    """Return the folder of the shipped sample recordings."""
    return _PACKAGE / "samples"
