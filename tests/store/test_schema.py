"""The schema goes up and down whole, and data of the first released one comes along."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from auditor.store.database import database_url, make_engine
from auditor.store.schema import OPTIONS, VERSION_TABLE, downgrade, head, upgrade
from auditor.store.store import open_store
from auditor.store.tables import metadata

from .conftest import info, night

FIRST = Path(__file__).with_name("revision_0001.sql")


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """An empty database of each kind."""
    made = make_engine(database_url(address))
    yield made
    made.dispose()


def test_the_steps_lead_to_the_tables_of_the_program(engine: Engine) -> None:
    """Nothing would have to be added to or taken from a new database."""
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=dict(OPTIONS))
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == head()


def test_up_down_and_up_again(engine: Engine) -> None:
    """Going down leaves nothing of ours behind."""
    upgrade(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {VERSION_TABLE}
    upgrade(engine)
    upgrade(engine)
    assert set(metadata.tables) < set(inspect(engine).get_table_names())


def test_data_of_the_first_released_schema_is_kept(engine: Engine, address: str) -> None:
    """A database filled by the first release reads, after all steps, as it was written."""
    upgrade(engine, "0001")
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        for line in FIRST.read_text(encoding="utf-8").splitlines():
            connection.exec_driver_sql(line)
    with open_store(address) as store:
        run = store.run()
        assert run.info == info(counts={"rows": 5}, reasons={"empty_file": 1})
        assert list(store.records(run.run_id)) == night()
        assert store.runs() == (run,)
        with store.engine.connect() as connection:
            verdicts = connection.execute(text("SELECT decision, reviewer FROM verdicts")).all()
            assert [tuple(row) for row in verdicts] == [("confirmed", "审核员一")]


def test_a_failing_step_leaves_the_database_as_it_was(engine: Engine) -> None:
    """Steps are one transaction: a table in the way stops them all."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE verdicts (x INTEGER)"))
    with pytest.raises(Exception, match="verdicts"):
        upgrade(engine)
    assert set(inspect(engine).get_table_names()) == {"verdicts"}
