"""Installed from a wheel, outside any checkout, the command works with its own data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the unpacked wheel and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, code: str) -> str:
    """Run Python with the unpacked wheel first on the path, far from the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_wheel_carries_its_data(installed: Path) -> None:
    """Policy, demo model, role model and samples are inside."""
    data = installed / "auditor" / "_data"
    assert (data / "lexicons" / "policy.yaml").is_file()
    assert (data / "models" / "asr-demo" / "model.bin").is_file()
    assert list((data / "models" / "roles").iterdir())
    assert (installed / "auditor" / "samples" / "manifest.csv").is_file()
    assert not (installed / "models").exists()
    assert not list(installed.rglob("corpus/calls"))


def test_the_installed_package_uses_its_own_policy(installed: Path) -> None:
    """It neither needs nor finds the checkout."""
    code = (
        "import auditor.resources as r, json\n"
        "print(json.dumps([str(r.data_folder('lexicons')), str(r.samples_folder())]))"
    )
    for folder in json.loads(run(installed, code)):
        assert folder.startswith(str(installed))


def test_the_installed_command_audits_from_any_folder(installed: Path, tmp_path: Path) -> None:
    """The shipped samples are audited with the shipped model and policy."""
    code = (
        "from auditor.cli import main\nimport auditor.resources as r\n"
        f"try: main(['run', str(r.samples_folder()), '--model', 'demo', '--no-clips',"
        f" '--cache', {str(tmp_path / 'cache')!r}, '--out', {str(tmp_path / 'out')!r}])\n"
        "except SystemExit as error: print('STATUS', int(error.code))"
    )
    assert run(installed, code).splitlines()[-1] == "STATUS 3"
    assert (tmp_path / "out" / "report.html").is_file()


def test_an_editable_checkout_uses_its_own_folders() -> None:
    """An edit of a rule counts at once, without installing again."""
    from auditor.resources import data_folder

    assert data_folder("lexicons") == ROOT / "lexicons"
