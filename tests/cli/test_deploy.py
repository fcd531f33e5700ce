"""What starts a run every night: valid for those who start it, and tried for real."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from night import write_transcript

from auditor.errors import ExitCode
from auditor.resources import deploy_folder

DEPLOY = deploy_folder()
BIN = Path(sys.executable).parent


def nightly(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a timer would."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "RECORDINGS": str(folder / "recordings"),
        "NIGHTS": str(folder / "nights"),
        **more,
    }
    return subprocess.run(
        ["sh", DEPLOY / "nightly.sh", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nights_go_into_folders_of_their_own_and_are_chained(tmp_path: Path) -> None:
    """One database, one chain of certificates; a night done again changes nothing of it."""
    for day in ("2026-11-17", "2026-11-18"):
        write_transcript(tmp_path / "recordings" / day / "a.json", f"C{day}", "请您按时还款")
        done = nightly(tmp_path, day)
        assert done.returncode == ExitCode.DONE, done.stderr
        assert "6 of 6 canary calls found" in done.stdout
    nights = tmp_path / "nights"
    monday, tuesday = (
        json.loads((nights / day / "certificate.json").read_text())
        for day in ("2026-11-17", "2026-11-18")
    )
    assert (monday["sequence"], tuesday["sequence"]) == (1, 2)
    assert tuesday["previous"] == monday["seal"]
    assert (nights / "last").resolve() == nights / "2026-11-18"
    assert nightly(tmp_path, "2026-11-18", EXTRA="--lang en").returncode == ExitCode.DONE
    assert "Calls in the manifest" in (nights / "2026-11-18" / "report.html").read_text()
    verify = [
        BIN / "auditor",
        "certificate",
        "verify",
        nights / "2026-11-17",
        nights / "2026-11-18",
    ]
    assert subprocess.run(verify, check=False, capture_output=True).returncode == ExitCode.DONE


def test_a_night_without_recordings_is_said(tmp_path: Path) -> None:
    """The status is the command's, and no certificate is made of nothing."""
    done = nightly(tmp_path, "2026-11-17")
    assert done.returncode == ExitCode.USAGE
    assert "2026-11-17" in done.stderr
    assert not (tmp_path / "nights" / "last").exists()


def test_the_script_has_no_syntax_of_other_shells() -> None:
    """``/bin/sh`` of any system reads it."""
    subprocess.run(["sh", "-n", DEPLOY / "nightly.sh"], check=True)


def test_systemd_units_are_in_order(tmp_path: Path) -> None:
    """Every key is known where systemd is installed to tell; the parts fit each other anywhere."""
    service = (DEPLOY / "auditor-nightly.service").read_text()
    timer = (DEPLOY / "auditor-nightly.timer").read_text()
    assert re.search(r"^ExecStart=/bin/sh /opt/auditor/deploy/nightly\.sh$", service, re.MULTILINE)
    assert re.search(r"^OnCalendar=.* Asia/Shanghai$", timer, re.MULTILINE)
    for text in (service, timer):
        for line in text.splitlines():
            assert re.fullmatch(r"|#.*|\[\w+\]|[A-Z]\w+=.*", line), line
    if shutil.which("systemd-analyze"):
        # The service names files of the machine it is for; here others stand in for them.
        stands = service.replace("/opt/auditor/deploy/nightly.sh", str(DEPLOY / "nightly.sh"))
        stands = stands.replace("User=auditor", "User=daemon").replace("=/srv/recordings", "=/tmp")
        (tmp_path / "auditor-nightly.service").write_text(stands)
        (tmp_path / "auditor-nightly.timer").write_text(timer)
        units = [tmp_path / "auditor-nightly.service", tmp_path / "auditor-nightly.timer"]
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *units],
            capture_output=True,
            text=True,
            check=False,
        )
        told = [line for line in done.stderr.splitlines() if "auditor-nightly" in line]
        assert told == []
        assert done.returncode == 0, done.stderr


def test_the_cron_table_has_a_user_and_a_lock() -> None:
    """Every entry has five times, the user, and flock before the command."""
    lines = (DEPLOY / "auditor.cron").read_text().splitlines()
    entries = [line for line in lines if line and not re.match(r"#|\w+=", line)]
    assert len(entries) == 2
    for entry in entries:
        assert re.fullmatch(
            r"(\d+|\*)( (\d+|\*)){4} auditor flock -n \S+ sh /opt/auditor/deploy/nightly\.sh", entry
        )
        assert "%" not in entry  # cron takes it for the end of the line


def test_the_airflow_example_calls_the_script_once_at_a_time() -> None:
    """Read as a program, not run: Airflow is none of our libraries."""
    tree = ast.parse((DEPLOY / "airflow_dag.py.example").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {
        node.func.id: {word.arg: word.value for word in node.keywords}
        for node in calls
        if isinstance(node.func, ast.Name)
    }
    task, dag = named["BashOperator"], named["DAG"]
    assert ast.literal_eval(task["bash_command"]) == "sh /opt/auditor/deploy/nightly.sh "
    assert ast.literal_eval(dag["max_active_runs"]) == 1
    assert ast.literal_eval(dag["catchup"]) is False
    assert "AUDITOR_MODEL" in ast.literal_eval(task["env"])
