"""Where models shipped with the product lie."""

from __future__ import annotations

from pathlib import Path


def packaged_model_dir(name: str) -> Path:
    """Return the folder of the shipped model ``name``.

    An editable checkout uses its own ``models`` folder, so that no stale copy is read; an
    installed package uses its data folder. The folder may not exist: the caller says so.
    """
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "models").is_dir():
        return checkout / "models" / name
    return package / "_data" / "models" / name
