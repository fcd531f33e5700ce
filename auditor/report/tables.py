"""The tables of a run in the order a reader wants them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.policy.model import Scoring
from auditor.report.agent_tables import agents_table, disclosures_table, summary_table
from auditor.report.call_tables import calls_table, findings_table
from auditor.report.columns import Table
from auditor.report.i18n import Words


def report_tables(
    info: RunInfo,
    records: Collection[CallRecord],
    cards: Sequence[Scorecard],
    scoring: Scoring,
    words: Words,
    period: str | None = None,
) -> tuple[Table, ...]:
    """Return the sheets of the workbook: summary, agents, findings, calls, disclosures.

    Args:
        info: What the run was made with.
        records: One for every call, in input order.
        cards: One for every agent.
        scoring: Constants of the policy.
        words: Language.
        period: First and last day of the calls, where known.
    """
    return (
        summary_table(info, records, words, period),
        agents_table(cards, scoring, words),
        findings_table(records, words),
        calls_table(records, scoring, words),
        disclosures_table(cards, words),
    )
