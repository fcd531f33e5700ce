"""Audit Chinese debt-collection calls: from recordings to findings with clause and second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.report.frames import Run, open_run

__version__ = "0.1.0"

__all__ = ["Run", "__version__", "open_run"]


def __getattr__(name: str) -> Any:
    # Reading reports is for notebooks; everybody else must not wait for it.
    if name in ("Run", "open_run"):
        from auditor.report import frames

        return getattr(frames, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
