"""How far two people who labelled the same calls agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from auditor.domain.findings import Category, Disclosure
from auditor.errors import Problem, UsageError
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall, label_row
from auditor.evaluate.lines import read_lines
from auditor.evaluate.score import Counts, Score, score


@dataclass(frozen=True, slots=True)
class Agreement:
    """A second labelling held against the first.

    Args:
        name: File of the second labelling.
        score: The second as findings against the first; F1 is the same both ways round.
        kappa: Category or disclosure -> Cohen's kappa over the calls; ``None`` where neither
            labelled it, or both everywhere.
        applicable: Required disclosures.
    """

    name: str
    score: Score
    kappa: Mapping[str, float | None]
    applicable: Counts


def cohens_kappa(both: int, first: int, second: int, neither: int) -> float | None:
    """Return how far two labellers agree beyond chance; ``None`` where chance is certain.

    Cohen, J. (1960), Educational and Psychological Measurement 20: 37-46.

    Args:
        both: Calls both labelled.
        first: Calls only the first labelled.
        second: Calls only the second labelled.
        neither: Calls nobody labelled.
    """
    total = both + first + second + neither
    if total == 0:
        return None
    expected = (both + first) * (both + second) + (neither + first) * (neither + second)
    if expected == total * total:
        return None
    return ((both + neither) * total - expected) / (total * total - expected)


def read_second(path: Path) -> tuple[LabelledCall, ...]:
    """Read a second labelling.

    Raises:
        UsageError: Lines are wrong, or a call is labelled twice; each is named.
    """
    calls = tuple(read_lines(path, label_row))
    seen: set[str] = set()
    twice: list[Problem] = []
    for call in calls:
        if call.call_id in seen:
            twice.append(Problem(path.name, "repeated_call", f"labels {call.call_id} twice"))
        seen.add(call.call_id)
    if twice:
        raise UsageError(f"{path.name} labels calls twice", *twice)
    return calls


def agreement(
    name: str, first: Sequence[LabelledCall], second: Sequence[LabelledCall]
) -> Agreement | None:
    """Compare two labellings on the calls that both have; ``None`` without such calls.

    Args:
        name: What to call the second.
        first: Every call once.
        second: Every call once.
    """
    other = {call.call_id: call for call in second}
    pairs = [(call, other[call.call_id]) for call in first if call.call_id in other]
    if not pairs:
        return None
    return Agreement(
        name,
        score([one for one, _ in pairs], [f for _, two in pairs for f in _as_found(two)]),
        MappingProxyType(_kappas(pairs)),
        Counts.of(
            [(one.call_id, topic) for one, _ in pairs for topic in one.applicable],
            [(two.call_id, topic) for _, two in pairs for topic in two.applicable],
        ),
    )


def _as_found(call: LabelledCall) -> list[Found]:
    violations = [Found(call.call_id, category, turn) for category, turn in call.violations]
    return [*violations, *(Found(call.call_id, topic) for topic in call.omissions)]


def _kappas(pairs: Sequence[tuple[LabelledCall, LabelledCall]]) -> dict[str, float | None]:
    kappas: dict[str, float | None] = {}
    for topic in (*Category, *Disclosure):
        marks = [(topic in _topics(one), topic in _topics(two)) for one, two in pairs]
        if any(a or b for a, b in marks):
            kappas[topic.value] = cohens_kappa(
                marks.count((True, True)),
                marks.count((True, False)),
                marks.count((False, True)),
                marks.count((False, False)),
            )
    return kappas


def _topics(call: LabelledCall) -> frozenset[Category | Disclosure]:
    return frozenset((*call.categories, *call.omissions))
