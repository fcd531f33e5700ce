"""The house has one direction, loads nothing heavy at the door, and is clean."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HEAVY = (
    *("ctranslate2", "faster_whisper", "pandas", "sklearn", "av", "jieba", "numpy", "pyarrow"),
    *("sqlalchemy", "alembic", "rapidfuzz", "ray"),
)


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd=ROOT, check=False
    )


def test_upper_layers_import_lower_ones_never_back() -> None:
    """The contracts in pyproject.toml hold for every module."""
    done = _run(BIN / "lint-imports")
    assert done.returncode == 0, done.stdout


def test_code_is_lint_clean() -> None:
    """Ruff finds nothing in code and tests."""
    done = _run(BIN / "ruff", "check", ".")
    assert done.returncode == 0, done.stdout


def test_code_is_formatted() -> None:
    """Ruff would format nothing differently."""
    done = _run(BIN / "ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout


def test_types_hold_strictly() -> None:
    """Mypy in strict mode finds nothing in the package."""
    done = _run(BIN / "mypy")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("statement", ["import auditor", "import auditor.cli"])
def test_import_loads_no_heavy_library(statement: str) -> None:
    """Importing the package or its command loads no speech, data or model library."""
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = _run(sys.executable, "-c", code)
    assert not set(json.loads(done.stdout)) & set(HEAVY)


def test_help_loads_no_heavy_library() -> None:
    """``auditor --help`` and the help of every command answer without the heavy libraries."""
    code = (
        "import sys, json\nfrom auditor.cli import main\n"
        "for args in (['--help'], ['run', '--help'], ['case', '--help'], ['policy', '--help']):\n"
        "    try: main(args)\n"
        "    except SystemExit: pass\n"
        "print('LOADED' + json.dumps(sorted(sys.modules)))"
    )
    done = _run(sys.executable, "-c", code)
    loaded = set(json.loads(done.stdout.rpartition("LOADED")[2]))
    assert not loaded & set(HEAVY)


def test_only_the_wrapper_names_the_recogniser_library() -> None:
    """Nothing but the recogniser and the rows it decodes imports faster_whisper."""
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "auditor").rglob("*.py")
        if "import faster_whisper" in (text := path.read_text(encoding="utf-8"))
        or "from faster_whisper" in text
    }
    assert importing == {"auditor/transcribe/rows.py", "auditor/transcribe/whisper.py"}


def test_nothing_is_unpickled() -> None:
    """No module reads pickles or arrays that may hold objects, or runs text as code."""
    forbidden = re.compile(
        r"import pickle|from pickle|joblib|allow_pickle=True|yaml\.load\(|(?<![\w.])(eval|exec)\("
    )
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "auditor").rglob("*.py")
        if forbidden.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []
