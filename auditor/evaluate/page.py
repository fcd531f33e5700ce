"""The evaluation as one page that needs nothing else and runs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import auditor.report
from auditor.domain.runs import Rate
from auditor.domain.spans import CharSpan
from auditor.evaluate.drawings import SIDE, bar, dots, noise_lines
from auditor.evaluate.evaluation import Evaluation
from auditor.evaluate.listing import Entry, Mistake, Said
from auditor.evaluate.words import PageWords
from auditor.report.i18n import Words
from auditor.report.quotes import Part, merged

MOST_ENTRIES = 400
"""Errors on the page; all are in the files beside it."""

_TEMPLATES = Path(__file__).parent / "templates"
_HOUSE_STYLE = Path(auditor.report.__file__).parent / "templates" / "report.css"


@dataclass(frozen=True, slots=True)
class Group:
    """The errors of one topic.

    Args:
        counts: Kind of error and how often, those that happen.
        entries: Those on the page.
    """

    topic: str
    counts: tuple[tuple[str, int], ...]
    entries: tuple[Entry, ...]


def render_page(made: Evaluation, lang: str, *, seed: int, most: int = MOST_ENTRIES) -> str:
    """Return the page: no external address, readable on a phone and on paper.

    Its content policy admits one style sheet by hash and nothing else; all text is escaped.

    Args:
        made: The evaluation.
        lang: ``zh`` or ``en``.
        seed: Seed of the noise curve.
        most: Errors shown at most.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = PageWords(Words(lang))
    style = _HOUSE_STYLE.read_text("utf-8") + (_TEMPLATES / "evaluation.css").read_text("utf-8")
    helpers: dict[str, Any] = {
        "t": words,
        "bar": bar,
        "percent": _percent,
        "interval": _interval,
        "parts": _parts,
        "side": SIDE,
    }
    return environment.get_template("evaluation.html").render(
        made=made,
        score=made.score,
        groups=_groups(made.entries[:most]),
        shown=min(most, len(made.entries)),
        calibrations=[
            ("violations", made.violations, dots(made.violations)),
            ("omissions", made.omissions, dots(made.omissions)),
        ],
        lines=noise_lines(made.noise),
        seed=seed,
        style=style,
        style_hash=_hash(style),
        **helpers,
    )


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def _interval(rate: Rate) -> str:
    if rate.low is None or rate.high is None:
        return ""
    return f"{100 * rate.low:.0f}–{100 * rate.high:.0f}%"


def _groups(entries: Sequence[Entry]) -> tuple[Group, ...]:
    topics: dict[str, list[Entry]] = {}
    for entry in entries:
        topics.setdefault(entry.topic.value, []).append(entry)
    return tuple(
        Group(
            topic,
            tuple(
                (mistake.value, number)
                for mistake in Mistake
                if (number := sum(entry.mistake is mistake for entry in own))
            ),
            tuple(own),
        )
        for topic, own in sorted(topics.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _parts(said: Said, matched: Iterable[str]) -> tuple[Part, ...]:
    """Return a turn in stretches, the matched words of the turn meant marked."""
    spans = [
        CharSpan(place, place + len(word))
        for word in matched
        if said.meant and word and (place := said.text.find(word)) >= 0
    ]
    parts: list[Part] = []
    at = 0
    for span in merged(spans, len(said.text)):
        parts += [
            Part(said.text[at : span.start], marked=False),
            Part(span.of(said.text), marked=True),
        ]
        at = span.end
    parts.append(Part(said.text[at:], marked=False))
    return tuple(part for part in parts if part.text)
