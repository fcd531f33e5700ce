"""The report as one HTML file that needs nothing else and runs nothing but our own script."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.policy.model import Scoring
from auditor.report.build import MOST_FINDINGS, Builder, Sources
from auditor.report.clause_map import ClauseMap
from auditor.report.contact_section import ContactSection
from auditor.report.i18n import Words
from auditor.report.page import TEMPLATES, source_hash, template


def render_html(
    info: RunInfo,
    records: Collection[CallRecord],
    cards: Sequence[Scorecard],
    scoring: Scoring,
    sources: Sources,
    words: Words,
    *,
    most: int = MOST_FINDINGS,
    clauses: ClauseMap | None = None,
    contacts: ContactSection | None = None,
) -> str:
    """Return the page: no external address, works with scripts off, on paper and on a phone.

    Its content policy admits one style sheet and one script by hash, sound beside the page or
    inside it, and nothing else; everything from calls is escaped.

    Args:
        info: What the run was made with.
        records: One for every call, in input order.
        cards: One for every agent, in the order wanted.
        scoring: Constants of the policy.
        sources: Where sound and transcripts are.
        words: Language.
        most: Findings shown at most.
        clauses: The clause map; without it the page has no such part.
        contacts: Debtors whose contacts have findings; the same.
    """
    style = (TEMPLATES / "report.css").read_text("utf-8")
    script = (TEMPLATES / "report.js").read_text("utf-8")
    built = Builder(records, scoring, words, sources, most).page(info, cards)
    page = replace(built, clause_map=clauses, contacts=contacts)
    return template("report.html").render(
        page=page,
        t=words,
        style=style,
        script=script,
        style_hash=source_hash(style),
        script_hash=source_hash(script),
    )
