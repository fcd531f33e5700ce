"""Run by Alembic: carry steps out on the connection that the caller has open."""

from __future__ import annotations

from alembic import context

from auditor.store.schema import OPTIONS
from auditor.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, **OPTIONS
)
with context.begin_transaction():
    context.run_migrations()
