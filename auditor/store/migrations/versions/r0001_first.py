"""The first schema: calls, runs, results with findings and disclosures, verdicts, holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calls",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_agent_id"), "calls", ["agent_id"], unique=False)
    op.create_index(op.f("ix_calls_call_id"), "calls", ["call_id"], unique=False)
    op.create_index(op.f("ix_calls_customer_id"), "calls", ["customer_id"], unique=False)
    op.create_index(op.f("ix_calls_started_at"), "calls", ["started_at"], unique=False)
    op.create_table(
        "findings",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("finding_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.Column("disclosure", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_call_id"), "findings", ["call_id"], unique=False)
    op.create_index(op.f("ix_findings_finding_id"), "findings", ["finding_id"], unique=False)
    op.create_index(op.f("ix_findings_rule_id"), "findings", ["rule_id"], unique=False)
    op.create_table(
        "holds",
        sa.Column("hold_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_call_id"), "holds", ["call_id"], unique=False)
    op.create_table(
        "models",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_models")),
    )
    op.create_table(
        "policies",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_policies")),
    )
    op.create_table(
        "rulebooks",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rulebooks")),
    )
    op.create_table(
        "results",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("call", sa.String(length=32), nullable=True),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("duration", sa.Float(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("weighted_score", sa.Float(), nullable=True),
        sa.Column("fatal", sa.Boolean(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("undetermined", sa.Integer(), nullable=False),
        sa.Column("transcript", sa.String(length=64), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("rulebook", sa.String(length=32), nullable=True),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call"], ["calls.key"], name=op.f("fk_results_call")),
        sa.ForeignKeyConstraint(["rulebook"], ["rulebooks.key"], name=op.f("fk_results_rulebook")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_results")),
    )
    op.create_index(op.f("ix_results_call_id"), "results", ["call_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("judged_again", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=32), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["judged_again"], ["runs.run_id"], name=op.f("fk_runs_judged_again")
        ),
        sa.ForeignKeyConstraint(["model"], ["models.key"], name=op.f("fk_runs_model")),
        sa.ForeignKeyConstraint(["policy"], ["policies.key"], name=op.f("fk_runs_policy")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_fingerprint"), "runs", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_runs_started_at"), "runs", ["started_at"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column("verdict_id", sa.String(length=32), nullable=False),
        sa.Column("finding_id", sa.String(length=32), nullable=False),
        sa.Column("finding", sa.String(length=32), nullable=True),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["finding"], ["findings.key"], name=op.f("fk_verdicts_finding")),
        sa.ForeignKeyConstraint(
            ["replaces"], ["verdicts.verdict_id"], name=op.f("fk_verdicts_replaces")
        ),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_verdicts")),
    )
    op.create_index(op.f("ix_verdicts_call_id"), "verdicts", ["call_id"], unique=False)
    op.create_index(op.f("ix_verdicts_finding_id"), "verdicts", ["finding_id"], unique=False)
    op.create_table(
        "disclosures",
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("disclosure", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["result"], ["results.key"], name=op.f("fk_disclosures_result")),
        sa.PrimaryKeyConstraint("result", "disclosure", name=op.f("pk_disclosures")),
    )
    op.create_table(
        "outcomes",
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("final", sa.String(length=32), nullable=False),
        sa.Column("job", sa.String(length=32), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["final"], ["results.key"], name=op.f("fk_outcomes_final")),
        sa.ForeignKeyConstraint(["result"], ["results.key"], name=op.f("fk_outcomes_result")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_outcomes_run_id")),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_job"), "outcomes", ["job"], unique=False)
    op.create_index(op.f("ix_outcomes_result"), "outcomes", ["result"], unique=False)
    op.create_table(
        "result_findings",
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("finding", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.key"], name=op.f("fk_result_findings_finding")
        ),
        sa.ForeignKeyConstraint(
            ["result"], ["results.key"], name=op.f("fk_result_findings_result")
        ),
        sa.PrimaryKeyConstraint("result", "number", name=op.f("pk_result_findings")),
    )
    op.create_index(
        op.f("ix_result_findings_finding"), "result_findings", ["finding"], unique=False
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_result_findings_finding"), table_name="result_findings")
    op.drop_table("result_findings")
    op.drop_index(op.f("ix_outcomes_result"), table_name="outcomes")
    op.drop_index(op.f("ix_outcomes_job"), table_name="outcomes")
    op.drop_table("outcomes")
    op.drop_table("disclosures")
    op.drop_index(op.f("ix_verdicts_finding_id"), table_name="verdicts")
    op.drop_index(op.f("ix_verdicts_call_id"), table_name="verdicts")
    op.drop_table("verdicts")
    op.drop_index(op.f("ix_runs_started_at"), table_name="runs")
    op.drop_index(op.f("ix_runs_fingerprint"), table_name="runs")
    op.drop_table("runs")
    op.drop_index(op.f("ix_results_call_id"), table_name="results")
    op.drop_table("results")
    op.drop_table("rulebooks")
    op.drop_table("policies")
    op.drop_table("models")
    op.drop_index(op.f("ix_holds_call_id"), table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("ix_findings_rule_id"), table_name="findings")
    op.drop_index(op.f("ix_findings_finding_id"), table_name="findings")
    op.drop_index(op.f("ix_findings_call_id"), table_name="findings")
    op.drop_table("findings")
    op.drop_index(op.f("ix_calls_started_at"), table_name="calls")
    op.drop_index(op.f("ix_calls_customer_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_call_id"), table_name="calls")
    op.drop_index(op.f("ix_calls_agent_id"), table_name="calls")
    op.drop_table("calls")
