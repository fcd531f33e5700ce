"""Where a run keeps what it needs when nobody says: light, for commands that may not run at all."""

from __future__ import annotations

import os
from pathlib import Path

from auditor.errors import UsageError
from auditor.pipeline.jobs import Recipe

DATABASE = "audit.db"
"""File of the store in the output folder, where no other is named."""


def database_of(recipe: Recipe) -> str:
    """Return where the outcomes of a run are kept."""
    return recipe.database or str(recipe.out / DATABASE)


def default_cache() -> Path:
    """Folder of the transcription cache when none is given: private to the user.

    Raises:
        UsageError: The user has no home folder.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "auditor" / "transcripts"
    except RuntimeError as error:
        raise UsageError("there is no home folder; name a folder with --cache") from error
