"""The tables of the store.

What came out of a call is a *result*: a value named by the digest of its content, with its
findings and disclosures. A run's *outcome* points at the result of one row. So a run that changes
nothing adds outcomes and touches no result, no finding and no call.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

KEY = 32
"""Hexadecimal digits of a content key: 128 bits of a sha256."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn into UTC; SQLite knows no zones and gets it without one."""
        if value is None:
            return None
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


def _key(name: str, target: str, **options: Any) -> Column[str]:
    return Column(name, String(KEY), ForeignKey(target), **options)


policies = Table(
    "policies",
    metadata,
    Column("key", String(KEY), primary_key=True),
    Column("policy_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("body", Text, nullable=False),
)

models = Table(
    "models",
    metadata,
    Column("key", String(KEY), primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("judged_again", String(64), ForeignKey("runs.run_id")),
    Column("started_at", Instant, nullable=False, index=True),
    Column("finished_at", Instant),
    Column("rows", Integer, nullable=False),
    Column("input", Text, nullable=False),
    _key("policy", "policies.key", nullable=False),
    _key("model", "models.key"),
    Column("demo", Boolean, nullable=False),
    Column("body", Text, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("key", String(KEY), primary_key=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("agent_id", Text, nullable=False, index=True),
    Column("team", Text),
    Column("customer_id", Text, index=True),
    Column("started_at", Instant, index=True),
    Column("body", Text, nullable=False),
)

rulebooks = Table(
    "rulebooks",
    metadata,
    Column("key", String(KEY), primary_key=True),
    Column("body", Text, nullable=False),
)

results = Table(
    "results",
    metadata,
    Column("key", String(KEY), primary_key=True),
    _key("call", "calls.key"),
    Column("call_id", Text, nullable=False, index=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text),
    Column("duration", Float),
    Column("score", Float),
    Column("weighted_score", Float),
    Column("fatal", Boolean),
    Column("counted", Integer, nullable=False),
    Column("undetermined", Integer, nullable=False),
    Column("transcript", String(64)),
    Column("synthetic", Boolean, nullable=False),
    _key("rulebook", "rulebooks.key"),
    Column("answers", Text),
    Column("body", Text, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("key", String(KEY), primary_key=True),
    Column("finding_id", String(KEY), nullable=False, index=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("agent_id", Text, nullable=False),
    Column("rule_id", Text, nullable=False, index=True),
    Column("rule_version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("category", String(32)),
    Column("disclosure", String(32)),
    Column("status", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("body", Text, nullable=False),
    Column("grounds", Text, nullable=False),
)

result_findings = Table(
    "result_findings",
    metadata,
    _key("result", "results.key", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _key("finding", "findings.key", nullable=False, index=True),
)

disclosures = Table(
    "disclosures",
    metadata,
    _key("result", "results.key", primary_key=True),
    Column("disclosure", String(32), primary_key=True),
    Column("answer", String(16), nullable=False),
    Column("turn", Integer),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("run_id", String(64), ForeignKey("runs.run_id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _key("result", "results.key", nullable=False, index=True),
    _key("final", "results.key", nullable=False),
    Column("job", String(KEY), index=True),
    Column("row", Integer),
    Column("seconds", Text, nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("verdict_id", String(KEY), primary_key=True),
    Column("finding_id", String(KEY), nullable=False, index=True),
    _key("finding", "findings.key"),
    Column("call_id", Text, nullable=False, index=True),
    Column("decision", String(16), nullable=False),
    Column("reason", Text),
    Column("note", Text),
    Column("reviewer", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    _key("replaces", "verdicts.verdict_id"),
)

holds = Table(
    "holds",
    metadata,
    Column("hold_id", String(KEY), primary_key=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("released_by", Text),
    Column("released_at", Instant),
)
