"""A PostgreSQL server of the tests' own: real, private, gone afterwards.

``AUDITOR_TEST_POSTGRES`` names a server to use instead, as ``postgresql://user@host/``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def _programs() -> Path:
    """Folder of ``initdb`` and ``pg_ctl``; Debian keeps them off the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb")
    if versions:
        return versions[-1].parent
    if found:
        return Path(found).resolve().parent
    raise RuntimeError("no PostgreSQL server here; run: .ci/system-packages test")


@contextmanager
def server() -> Iterator[str]:
    """Start a server on a socket in a folder of its own and return its address."""
    given = os.environ.get("AUDITOR_TEST_POSTGRES")
    if given:
        yield given
        return
    programs = _programs()
    # The server refuses to run as root; the package brings a user for it.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="auditor-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, user, user)

    def run(*command: str | Path) -> None:
        given = [str(part) for part in command]
        options = {"user": user, "group": user, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            given, cwd=folder, capture_output=True, text=True, check=False, **options
        )
        if done.returncode:
            raise RuntimeError(f"{given[0]}: {done.stdout}{done.stderr}")

    data = folder / "data"
    try:
        run(programs / "initdb", "--auth=trust", "--encoding=UTF8", "--no-sync", "-D", data)
        settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c log_statement=none"
        log = folder / "log"
        run(programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", settings, "start")
        try:
            yield f"postgresql://{user}@/postgres?host={folder}"
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def emptied(address: str) -> str:
    """Remove everything from the server's database and return its address."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address
