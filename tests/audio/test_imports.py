"""Importing the package costs little: heavy libraries come with the first use."""

from __future__ import annotations

import subprocess
import sys

MODULES = ["limits", "sound", "files", "probe", "decode", "channels", "health", "speakers", "clip"]
HEAVY = ["av", "sklearn", "scipy", "faster_whisper", "ctranslate2", "torch"]


def test_no_heavy_import() -> None:
    """All modules of the package together load none of the heavy libraries."""
    names = ", ".join(f"auditor.audio.{name}" for name in MODULES)
    code = f"import sys, {names}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
