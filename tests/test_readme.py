"""Every command of the README does what the README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

SOME_FAILED = 3
NOTHING_RAN = 4


def commands() -> list[str]:
    """The lines of all bash blocks, in order."""
    blocks = re.findall(r"^```bash\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def expected(command: str) -> int:
    """Status a command must end with on a machine without network."""
    if "large-v3" in command:
        return NOTHING_RAN
    # The samples hold an empty recording on purpose.
    return SOME_FAILED if re.match(r"auditor (run|transcribe) ", command) else 0


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the commands name."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "auditor" / "samples", folder / "auditor" / "samples")
    shutil.copytree(ROOT / "auditor" / "deploy", folder / "auditor" / "deploy")
    shutil.copytree(ROOT / "lexicons", folder / "lexicons")
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the README as a shell would, offline."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(folder / "xdg"),
        "HF_HOME": str(folder / "hf"),
        "HF_HUB_OFFLINE": "1",
    }
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_work_in_the_order_they_are_shown(workplace: Path) -> None:
    """Each ends with the status the README tells, on the samples, without network."""
    # Those of a cluster are run by tests/pipeline/test_ray.py, which has one.
    elsewhere = re.compile(r"make |RAY_AUTH_MODE=token ray |.*get-auth-token|.*--address head")
    shown = [command for command in commands() if not elsewhere.match(command)]
    assert len(shown) > 10
    for command in shown:
        done = run(command, workplace)
        assert done.returncode == expected(command), f"{command}\n{done.stdout}\n{done.stderr}"
    for name in ("out", "out-en", "out-texts", "out-mine"):
        assert (workplace / name / "report.html").stat().st_size > 10_000


def test_make_demo_audits_the_samples(tmp_path: Path) -> None:
    """The demo prints its summary and where the report is, and shows a failed call's reason."""
    out = tmp_path / "demo"
    command = f"make --no-print-directory -o setup demo BIN={BIN} OUT={out}"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Demo recogniser" in done.stderr
    assert "empty_file" in done.stderr or "no bytes" in done.stderr
    assert str(out / "report.html") in done.stdout
    assert re.search(r"15 calls: 1[23] audited", done.stdout)


def test_the_make_targets_named_exist() -> None:
    """Every ``make`` the README names is a target."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)", README))
    assert {"demo", "test"} <= named & targets


def test_every_command_option_and_policy_key_is_explained() -> None:
    """Commands, condition kinds and exemptions all stand in the README."""
    from auditor.cli import _COMMANDS
    from auditor.conditions import exemptions, operators
    from auditor.conditions.reading import _modules

    for command in _COMMANDS:
        assert f"auditor {command}" in README
    for key in [*_modules(operators), *_modules(exemptions)]:
        assert f"`{key}`" in README, key


def test_files_the_readme_points_to_exist() -> None:
    """Pictures, notebooks and folders are where the page says."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    assert (ROOT / "notebooks" / "00_quickstart.ipynb").is_file()
