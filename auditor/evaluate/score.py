"""Figures of findings held against labels.

A violation is matched by call and category; the located figures also ask for the turn, one either
side allowed. A call is wrongly accused when no violation is labelled in it and one is found. What
is undefined (nothing found, nothing labelled) is ``None``, never 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from auditor.domain.findings import Category, Disclosure
from auditor.domain.runs import Rate
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall
from auditor.scoring.stats import wilson

NEAR = 1
"""Turns a finding may be off and still be at the right place."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Labelled and found, found only, labelled only."""

    tp: int
    fp: int
    fn: int

    @classmethod
    def of(cls, labelled: Iterable[object], found: Iterable[object]) -> Counts:
        """Count two sets against each other."""
        gold, told = frozenset(labelled), frozenset(found)
        return cls(len(gold & told), len(told - gold), len(gold - told))

    @property
    def precision(self) -> Rate:
        """Share of what was found that is labelled."""
        return wilson(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> Rate:
        """Share of what is labelled that was found."""
        return wilson(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> Rate:
        """Harmonic mean of the two.

        F1 grows with the share J = tp / (tp + fp + fn), a plain proportion: F1 = 2J / (1 + J). Its
        interval is Wilson's of J carried over.
        """
        share = wilson(self.tp, self.tp + self.fp + self.fn)
        if share.low is None or share.high is None:
            return Rate(2 * self.tp, 0, None, None, None)
        whole = 2 * self.tp + self.fp + self.fn
        value = 2 * self.tp / whole
        return Rate(2 * self.tp, whole, value, _f1_of(share.low), _f1_of(share.high))


def _f1_of(share: float) -> float:
    return 2 * share / (1 + share)


@dataclass(frozen=True, slots=True)
class Macro:
    """Plain means over topics, of those where the figure is defined."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Located:
    """Findings at a labelled turn, and labelled turns with a finding, one turn off allowed."""

    precision: Rate
    recall: Rate


Pair = tuple[str, str]
"""Call and topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """All figures of one set of findings.

    Args:
        calls: Labelled calls.
        calls_flagged: Calls with a violation, labelled against found.
        wrongly_accused: Calls with a violation found, of those where none is labelled.
        missed: Labelled pairs of call and category that were not found; and so on.
    """

    calls: int
    violations: Counts
    by_category: Mapping[str, Counts]
    located: Located
    calls_flagged: Counts
    wrongly_accused: Rate
    omissions: Counts
    by_disclosure: Mapping[str, Counts]
    missed: tuple[Pair, ...]
    false: tuple[Pair, ...]
    missed_omissions: tuple[Pair, ...]
    false_omissions: tuple[Pair, ...]

    @property
    def macro(self) -> Macro:
        """Means over categories."""
        return _macro(self.by_category.values())

    @property
    def macro_omissions(self) -> Macro:
        """Means over disclosures."""
        return _macro(self.by_disclosure.values())


def counted(labels: Sequence[LabelledCall], found: Iterable[Found], *, trial: bool) -> list[Found]:
    """Return the findings that are held against the labels: of labelled calls, and counting."""
    calls = {call.call_id for call in labels}
    return [one for one in found if one.call_id in calls and one.counts(trial=trial)]


def score(labels: Sequence[LabelledCall], found: Iterable[Found], *, trial: bool = False) -> Score:
    """Hold findings against labels.

    Args:
        labels: Every call once.
        found: Findings; those of other calls, undetermined ones, and (without ``trial``) those of
            rules not in force do not count.
        trial: Count findings on trial as well.
    """
    held = counted(labels, found, trial=trial)
    violations = [one for one in held if isinstance(one.topic, Category)]
    gold = {(call.call_id, category.value) for call in labels for category in call.categories}
    told = {(one.call_id, one.topic.value) for one in violations}
    omitted = {(call.call_id, topic.value) for call in labels for topic in call.omissions}
    reported = {(o.call_id, o.topic.value) for o in held if isinstance(o.topic, Disclosure)}
    guilty, accused = {call for call, _ in gold}, {call for call, _ in told}
    innocent = {call.call_id for call in labels} - guilty
    return Score(
        calls=len(labels),
        violations=Counts.of(gold, told),
        by_category=_by_topic(gold, told),
        located=_located(labels, violations),
        calls_flagged=Counts.of(guilty, accused),
        wrongly_accused=wilson(len(innocent & accused), len(innocent)),
        omissions=Counts.of(omitted, reported),
        by_disclosure=_by_topic(omitted, reported),
        missed=tuple(sorted(gold - told)),
        false=tuple(sorted(told - gold)),
        missed_omissions=tuple(sorted(omitted - reported)),
        false_omissions=tuple(sorted(reported - omitted)),
    )


def _by_topic(gold: set[Pair], told: set[Pair]) -> Mapping[str, Counts]:
    return MappingProxyType(
        {
            topic: Counts.of(
                [pair for pair in gold if pair[1] == topic],
                [pair for pair in told if pair[1] == topic],
            )
            for topic in sorted({topic for _, topic in gold | told})
        }
    )


def near(segment: int | None, others: Iterable[int]) -> bool:
    """Tell whether a turn is one of the others or next to one."""
    return segment is not None and any(abs(segment - other) <= NEAR for other in others)


def _located(labels: Sequence[LabelledCall], violations: Sequence[Found]) -> Located:
    labelled: dict[Pair, set[int]] = defaultdict(set)
    for call in labels:
        for category, segment in call.violations:
            labelled[call.call_id, category.value].add(segment)
    places = {(one.call_id, one.topic.value, one.segment) for one in violations}
    found: dict[Pair, set[int]] = defaultdict(set)
    for call_id, topic, place in places:
        if place is not None:
            found[call_id, topic].add(place)
    right = sum(near(place, labelled[call_id, topic]) for call_id, topic, place in places)
    turns = [(pair, segment) for pair, many in list(labelled.items()) for segment in many]
    hit = sum(near(segment, found[pair]) for pair, segment in turns)
    return Located(wilson(right, len(places)), wilson(hit, len(turns)))


def _macro(rows: Iterable[Counts]) -> Macro:
    many = list(rows)
    return Macro(
        _mean(row.precision.value for row in many),
        _mean(row.recall.value for row in many),
        _mean(row.f1.value for row in many),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None
