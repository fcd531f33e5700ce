"""Audit Chinese debt-collection calls: from recordings to findings with clause and second."""

from __future__ import annotations

__version__ = "0.1.0"
