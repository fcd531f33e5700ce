"""Rates of all agents by category and by disclosure, with a row over everybody."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from auditor.domain.findings import Category, Disclosure
from auditor.domain.runs import Rate, Scorecard
from auditor.report.i18n import Words
from auditor.report.view import Matrix
from auditor.scoring.stats import wilson


def category_matrix(cards: Sequence[Scorecard], words: Words, listed: Container[str]) -> Matrix:
    """Return the share of applicable calls with a counted finding, by category.

    Args:
        cards: All agents; the row over everybody counts them all.
        words: Language.
        listed: Ids of the agents that get a row.
    """
    rows = [(card, {str(k): rate for k, rate in card.categories.items()}) for card in cards]
    return _matrix(rows, "category", [str(topic) for topic in Category], words, listed)


def disclosure_matrix(cards: Sequence[Scorecard], words: Words, listed: Container[str]) -> Matrix:
    """Return the share of calls where a disclosure was made, of those that required it.

    Args:
        cards: All agents; the row over everybody counts them all.
        words: Language.
        listed: Ids of the agents that get a row.
    """
    rows = [(card, {str(k): rate for k, rate in card.disclosures.items()}) for card in cards]
    return _matrix(rows, "disclosure", [str(topic) for topic in Disclosure], words, listed)


def _matrix(
    rows: Sequence[tuple[Scorecard, Mapping[str, Rate]]],
    group: str,
    topics: Sequence[str],
    words: Words,
    listed: Container[str],
) -> Matrix:
    nothing = wilson(0, 0)
    totals = {topic: _sum(rates.get(topic, nothing) for _, rates in rows) for topic in topics}
    used = [topic for topic in topics if totals[topic].whole]
    return Matrix(
        topics=tuple((topic, words.label(group, topic)) for topic in used),
        rows=tuple(
            (
                f"{card.agent_id} {card.agent_name or ''}".strip(),
                tuple(rates.get(topic, nothing) for topic in used),
            )
            for card, rates in rows
            if card.calls and card.agent_id in listed
        ),
        total=tuple(totals[topic] for topic in used),
    )


def _sum(rates: Iterable[Rate]) -> Rate:
    part = whole = 0
    for rate in rates:
        part += rate.part
        whole += rate.whole
    return wilson(part, whole)
