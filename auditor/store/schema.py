"""Bring a database to the tables this version knows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from auditor.errors import OutputError
from auditor.store.database import lock_for_set_up, reading, shown, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION_TABLE = "auditor_schema"
"""Its own name: a PostgreSQL database may hold other programs' tables, too."""

OPTIONS: dict[str, Any] = {"version_table": VERSION_TABLE, "compare_type": True}
_FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring a database to a revision, by default the newest; all of it or nothing.

    Raises:
        OutputError: A newer version wrote the database, or it cannot be read or written.
    """
    if target == "head":
        with reading(engine) as connection:
            if _revision(connection) == head():
                return
    _step(engine, lambda config: command.upgrade(config, target))


def downgrade(engine: Engine, target: str) -> None:
    """Take a database back to an earlier revision; ``base`` removes every table of ours.

    Raises:
        OutputError: A newer version wrote the database, or it cannot be read or written.
    """
    _step(engine, lambda config: command.downgrade(config, target))


def head() -> str:
    """Return the newest revision."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("the schema has no revision")
    return newest


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts=dict(OPTIONS)).get_current_revision()


def _step(engine: Engine, do: Callable[[Config], None]) -> None:
    config = _config()
    with writing(engine) as connection, _quiet():
        lock_for_set_up(connection)
        _refuse_unknown(connection, engine)
        config.attributes["connection"] = connection
        do(config)


def _refuse_unknown(connection: Connection, engine: Engine) -> None:
    now = _revision(connection)
    if now is None:
        if {"runs", "results"} & set(inspect(connection).get_table_names()):
            raise OutputError(
                f"the database {shown(engine.url)} holds tables of another program; "
                "name another one with --db"
            )
        return
    known = {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}
    if now not in known:
        raise OutputError(
            f"the database {shown(engine.url)} was written by a newer auditor (schema {now}); "
            "use that version, or name another database with --db"
        )


def _config() -> Config:
    config = Config()
    # Alembic reads these as templates, where a percent sign of a path would mean something.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _quiet() -> Iterator[None]:
    # Alembic tells of each step at INFO, which is news to nobody who runs an audit.
    logger = logging.getLogger("alembic")
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)
