"""Notebooks run from top to bottom, and both halves of a pair say the same."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SOURCES = sorted(FOLDER.glob("*.py"))
SHOWS = {
    "00_quickstart": ("report.html", "A01", ">>"),
    "01_write_a_rule": ("unknown_lexicon", "asks for it", "0 wrong", "known to be wrong", "索要"),
}
"""What each notebook must come to show."""


def test_every_notebook_is_a_pair() -> None:
    """A notebook has its text half, and a text half its notebook."""
    assert [path.stem for path in NOTEBOOKS] == [path.stem for path in SOURCES] != []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_both_halves_say_the_same(path: Path) -> None:
    """After an edit of one: ``jupytext --sync notebooks/*.py``."""
    cells = [(cell.cell_type, cell.source) for cell in nbformat.read(path, as_version=4).cells]
    text = jupytext.read(path.with_suffix(".py"))
    assert cells == [(cell.cell_type, cell.source) for cell in text.cells]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs(path: Path) -> None:
    """Outputs hold what people said; they do not belong into a repository."""
    code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert [cell.outputs for cell in code] == [[]] * len(code)
    assert [cell.execution_count for cell in code] == [None] * len(code)


# The kernel's client leaves an event loop open and warns about it in some releases.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_from_top_to_bottom(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the sample data, from any folder, with results in every table."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("AUDITOR_RUN", raising=False)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    shown = "".join(
        str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    for part in SHOWS[path.stem]:
        assert part in shown
