"""The difference of two runs as one HTML page."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.report.difference import Difference, State
from auditor.report.i18n import Words, fill
from auditor.report.labels import Pair
from auditor.report.page import TEMPLATES, source_hash, template
from auditor.report.quotes import quote_parts

MOST = 300
"""Agents, calls and findings shown of each kind; ``diff.json`` holds more."""

TEXTS: Mapping[str, Pair] = {
    "title": ("两次质检的差异", "What changes between two runs"),
    "first": ("前一次", "First run"),
    "second": ("后一次", "Second run"),
    "summary": ("概要", "Summary"),
    "shared": ("两次都有的通话", "Calls in both"),
    "only_first": ("仅前一次有", "Only in the first"),
    "only_second": ("仅后一次有", "Only in the second"),
    "new": ("新增计分发现", "Newly counted findings"),
    "gone": ("不再计分的发现", "Findings no longer counted"),
    "calls": ("得分或结果有变的通话", "Calls whose score or outcome changes"),
    "more_fatal": ("新增一票否决", "Newly fatal calls"),
    "fewer_fatal": ("不再一票否决", "Calls no longer fatal"),
    "nothing": ("两次结果没有差异。", "Nothing differs."),
    "rules": ("规则", "Rules"),
    "rule": ("规则", "Rule"),
    "counted": ("计分发现", "Counted findings"),
    "review": ("待人工判定", "For review"),
    "trial": ("试行", "On trial"),
    "clauses": ("依据条款", "Clauses"),
    "clause": ("条款", "Clause"),
    "agents_note": (
        "按平均分变化排列；位次为该次质检全部坐席中按平均分的位次，不论样本多少。",
        "By change of mean score; the place is that among all agents of a run, however few calls.",
    ),
    "place": ("位次", "Place"),
    "quote": ("原话", "Quote"),
    "more": ("另有 {number} 项，见", "{number} more {number:is|are} in"),
    "state_absent": ("无", "none"),
    "state_trial": ("试行", "on trial"),
    "state_review": ("待人工判定", "for review"),
    "state_counted": ("计分", "counted"),
}


def render_difference(difference: Difference, words: Words) -> str:
    """Return the page; it needs no other file and runs no script.

    Args:
        difference: What to show.
        words: Language.
    """
    style = (TEMPLATES / "report.css").read_text("utf-8")
    return template("difference.html").render(
        diff=difference,
        t=words,
        d=lambda key, **values: fill(TEXTS[key][words.place], values),
        style=style,
        style_hash=source_hash(style),
        most=MOST,
        states=State,
        parts=quote_parts,
        demo=difference.first.demo or difference.second.demo,
        agents=[shift for shift in difference.agents if shift.before != shift.after],
        more_fatal=sum(flip.new_fatal and not flip.fatal for flip in difference.calls),
        fewer_fatal=sum(flip.fatal and not flip.new_fatal for flip in difference.calls),
    )
