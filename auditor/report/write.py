"""Write everything people and programs read into the output folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.domain.jsonform import finding_to_json, record_to_json, run_to_json
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.policy.model import Policy
from auditor.report.agent_tables import Period, scorecard_table
from auditor.report.build import Sources
from auditor.report.clause_map import clause_map
from auditor.report.clips import ClipMaker
from auditor.report.contact_section import contact_section
from auditor.report.csv import table_to_csv
from auditor.report.html import render_html
from auditor.report.i18n import Words
from auditor.report.tables import report_tables
from auditor.report.xlsx import tables_to_xlsx
from auditor.store.atomic import discard, write_bytes, write_text, writing
from auditor.store.reader import Records


def write_outputs(
    out: Path,
    info: RunInfo,
    records: Collection[CallRecord],
    cards: Sequence[Scorecard],
    policy: Policy,
    *,
    lang: str,
    root: Path | None,
    clips: bool,
) -> None:
    """Write ``findings.jsonl``, ``calls.jsonl``, ``scorecards.csv``, reports and ``run.json``.

    ``run.json`` comes last: where it is, the run is complete.

    Args:
        out: An existing folder.
        info: What the run was made with.
        records: One for every call, in input order.
        cards: One for every agent.
        policy: The policy the calls were judged by.
        lang: ``zh`` or ``en``; the language of the reports.
        root: Folder that the recordings lie in; ``None`` when there is no sound.
        clips: Put short clips of the flagged seconds into the page.

    Raises:
        OutputError: A file cannot be written; the earlier one is untouched.
    """
    words = Words(lang)
    discard(out / "run.json")
    days = _write_lines(out, records)
    # Only the lines and the findings on the page say why; what is quicker to read does elsewhere.
    lean = records.lean() if isinstance(records, Records) else records
    write_bytes(out / "scorecards.csv", table_to_csv(scorecard_table(cards, policy.scoring, words)))
    with writing(out / "report.xlsx") as file:
        tables_to_xlsx(
            file,
            report_tables(info, lean, cards, policy.scoring, words, str(days)),
            lang,
            notice=words("demo_band") if info.demo else words("review_note"),
        )
    maker = ClipMaker(root) if clips and root is not None else None
    sources = Sources(out=out, root=root, clips=maker)
    write_bytes(
        out / "report.html",
        render_html(
            info,
            records,
            cards,
            policy.scoring,
            sources,
            words,
            clauses=clause_map(policy, lean, words),
            contacts=contact_section(lean, words) if _looks_across(policy) else None,
        ).encode("utf-8", "replace"),
    )
    run = json.dumps(run_to_json(info), ensure_ascii=False, indent=1, allow_nan=False)
    write_text(out / "run.json", run + "\n")


def _looks_across(policy: Policy) -> bool:
    return any(rule.across and rule.status.judges for rule in policy.rules)


def _write_lines(out: Path, records: Iterable[CallRecord]) -> Period:
    """Write findings and calls in one pass; return the days of the calls."""
    days = Period()
    with writing(out / "findings.jsonl") as findings, writing(out / "calls.jsonl") as calls:
        for record in records:
            days.add(record)
            calls.write(_line(record_to_json(record)))
            if record.audit is not None:
                findings.writelines(_line(finding_to_json(f)) for f in record.audit.findings)
    return days


def _line(row: Mapping[str, Any]) -> bytes:
    text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"
