"""The report as one HTML file that needs nothing else and runs nothing but our own script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.policy.model import Scoring
from auditor.report.build import MOST_FINDINGS, Builder, Sources
from auditor.report.clause_map import ClauseMap
from auditor.report.columns import clock
from auditor.report.contact_section import ContactSection
from auditor.report.i18n import Words

_TEMPLATES = Path(__file__).parent / "templates"


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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    style = (_TEMPLATES / "report.css").read_text("utf-8")
    script = (_TEMPLATES / "report.js").read_text("utf-8")
    built = Builder(records, scoring, words, sources, most).page(info, cards)
    page = replace(built, clause_map=clauses, contacts=contacts)
    return environment.get_template("report.html").render(
        page=page,
        t=words,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")
