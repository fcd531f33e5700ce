"""Connections to SQLite and PostgreSQL that behave alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from auditor.errors import OutputError, UsageError

_WAIT_S = 30
_SQLITE = (
    "PRAGMA journal_mode=WAL",
    # FULL: what was committed survives a power cut, not only a crash of the program.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_WAIT_S * 1000}",
    "PRAGMA cache_size=-32000",
    "PRAGMA wal_autocheckpoint=4000",
)


def database_url(given: str | Path) -> URL:
    """Read ``--db``: a file for SQLite, or an address such as ``postgresql://user@host/name``.

    Raises:
        UsageError: Neither, or of a database that is not supported.
    """
    written = str(given)
    if "://" not in written:
        return URL.create("sqlite", database=written)
    try:
        url = make_url(written)
    except ArgumentError as error:
        raise UsageError("the address of the database cannot be read") from error
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite")
    raise UsageError(f"a database is an SQLite file or postgresql://..., not {kind}")


def shown(url: URL) -> str:
    """Return an address for messages: without password, a plain path for SQLite."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


def make_engine(url: URL) -> Engine:
    """Return an engine; nothing is connected yet.

    Each transaction has a connection of its own: a batch or a page lasts far longer than it takes
    to connect, and nothing stays open where a run is listening for hours.

    Raises:
        UsageError: The PostgreSQL driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            hide_parameters=True,
            poolclass=NullPool,
            connect_args={"timeout": _WAIT_S, "isolation_level": None},
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        return create_engine(url, hide_parameters=True, poolclass=NullPool)
    except ImportError as error:
        raise UsageError("PostgreSQL needs its driver: pip install 'auditor[postgres]'") from error


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    for statement in _SQLITE:
        connection.execute(statement)


def _begin(connection: Connection) -> None:
    # A transaction that starts by reading and then writes fails at once where another one wrote
    # in between; one that takes the write lock first waits for its turn.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that may write; committed when the block ends well.

    Raises:
        OutputError: The database cannot be reached or written.
    """
    with errors_named(engine.url), engine.connect() as connection:
        connection.execution_options(write=True)
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that only reads.

    Raises:
        OutputError: The database cannot be reached.
    """
    with errors_named(engine.url), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def errors_named(url: URL) -> Iterator[None]:
    """Turn a database's errors into one of ours, without any value that was being written."""
    try:
        yield
    except DBAPIError as error:
        raise OutputError(f"the database {shown(url)}: {_said(error)}") from error


def _said(error: DBAPIError) -> str:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        # SQLite names tables and columns, never values.
        return str(cause)
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    if primary:
        return f"{primary} [{getattr(cause, 'sqlstate', '')}]"
    if type(cause).__name__ == "OperationalError" and error.connection_invalidated is False:
        return str(cause).splitlines()[0] if str(cause) else "cannot be reached"
    return type(cause).__name__


def lock_for_set_up(connection: Connection) -> None:
    """Let one process at a time set up a database; released with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(4711008)"))
