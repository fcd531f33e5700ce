"""What changed between two runs over the same labelled calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.domain.findings import Category, Disclosure
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.score import Score, counted, score


class Change(StrEnum):
    """How a decision about one call and one topic turned."""

    FOUND_NOW = "found_now"
    CLEARED_NOW = "cleared_now"
    MISSED_NOW = "missed_now"
    FALSE_NOW = "false_now"

    @property
    def better(self) -> bool:
        """Whether the decision was wrong before and is right now."""
        return self in (Change.FOUND_NOW, Change.CLEARED_NOW)


@dataclass(frozen=True, slots=True, order=True)
class Flip:
    """One decision that turned."""

    change: Change
    call_id: str
    topic: str


@dataclass(frozen=True, slots=True)
class Paired:
    """Decisions that turned, and whether chance would do as much.

    Args:
        better: Wrong before, right now.
        worse: Right before, wrong now.
    """

    better: int
    worse: int

    @property
    def p(self) -> float:
        """Two-sided exact p of McNemar's test; 1 where nothing turned."""
        return mcnemar(self.better, self.worse)


@dataclass(frozen=True, slots=True)
class Comparison:
    """This run against an earlier one.

    Args:
        now: Figures of this run on the calls compared.
        earlier: Figures of the earlier run on them.
        flips: Every decision that turned, worst first.
        violations: Over calls and categories.
        omissions: Over calls and disclosures.
        calls: Over calls: flagged or not, against labelled or not.
    """

    now: Score
    earlier: Score
    flips: tuple[Flip, ...]
    violations: Paired
    omissions: Paired
    calls: Paired


def mcnemar(one: int, other: int) -> float:
    """Return the two-sided exact p that discordant pairs fall so unevenly by chance.

    McNemar, Q. (1947), Psychometrika 12: 153-157, with the binomial distribution instead of its
    approximation. It takes decisions as independent; those of one call are not quite.

    Raises:
        ValueError: A count is negative.
    """
    if min(one, other) < 0:
        raise ValueError("counts are not negative")
    total = one + other
    ways = tail = 1
    for few in range(min(one, other)):
        ways = ways * (total - few) // (few + 1)
        tail += ways
    # Whole numbers to the end: Python divides them exactly, however large.
    return min(1.0, 2 * tail / (1 << total))


def compare(
    labels: Sequence[LabelledCall],
    now: Iterable[Found],
    earlier: Iterable[Found],
    *,
    trial: bool = False,
) -> Comparison:
    """Hold two runs against the same labels.

    Args:
        labels: Every call once.
        now: Findings of this run.
        earlier: Findings of the earlier run.
        trial: Count findings on trial as well.
    """
    before, after = list(earlier), list(now)
    old, new = (counted(labels, found, trial=trial) for found in (before, after))
    groups: list[tuple[Paired, list[Flip]]] = []
    for kind in (Category, Disclosure):
        gold = {
            (call.call_id, topic.value)
            for call in labels
            for topic in (call.categories if kind is Category else call.omissions)
        }
        flips = list(_flips(gold, _pairs(old, kind), _pairs(new, kind)))
        groups.append((_paired(flips), flips))
    guilty = {(call.call_id, "") for call in labels if call.violations}
    accused = [{(call, "") for call, _ in _pairs(found, Category)} for found in (old, new)]
    return Comparison(
        score(labels, after, trial=trial),
        score(labels, before, trial=trial),
        tuple(sorted((*groups[0][1], *groups[1][1]), key=lambda f: (f.change.better, f))),
        groups[0][0],
        groups[1][0],
        _paired(list(_flips(guilty, *accused))),
    )


def _pairs(held: Iterable[Found], kind: type[Category] | type[Disclosure]) -> set[tuple[str, str]]:
    return {(one.call_id, one.topic.value) for one in held if isinstance(one.topic, kind)}


def _flips(
    gold: set[tuple[str, str]], old: set[tuple[str, str]], new: set[tuple[str, str]]
) -> Iterable[Flip]:
    for call_id, topic in sorted(old ^ new):
        pair = (call_id, topic)
        if pair in gold:
            change = Change.FOUND_NOW if pair in new else Change.MISSED_NOW
        else:
            change = Change.FALSE_NOW if pair in new else Change.CLEARED_NOW
        yield Flip(change, call_id, topic)


def _paired(flips: Sequence[Flip]) -> Paired:
    better = sum(flip.change.better for flip in flips)
    return Paired(better, len(flips) - better)
