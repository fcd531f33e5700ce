"""One process at a time does a run, also where several hosts share a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from auditor.errors import OutputError
from auditor.store.coding import digest
from auditor.store.database import errors_named


@contextmanager
def claimed(engine: Engine, fingerprint: str) -> Iterator[None]:
    """Hold a lock that the server lets go of when the process ends, however it ends.

    PostgreSQL only: SQLite serves one host, where the lock of the output folder does.

    Raises:
        OutputError: Somebody else holds it; who is said.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    number = int(digest(fingerprint)[:15], 16)
    with errors_named(engine.url):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection:
        got = connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": number})
        if not got.scalar_one():
            raise OutputError(f"another process is doing this run ({_holder(connection, number)})")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": number})


def _holder(connection: Connection, number: int) -> str:
    query = text(
        "SELECT a.client_addr, a.backend_start, a.pid FROM pg_locks l "
        "JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted "
        "AND ((l.classid::bigint << 32) | l.objid::bigint) = :n"
    )
    row = connection.execute(query, {"n": number}).first()
    if row is None:
        return "which has just ended"
    return f"{row[0] or 'on the database host'}, server process {row[2]}, since {row[1]:%F %T%z}"
