"""The report on labelled calls as lines for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.domain.runs import Rate
from auditor.evaluate.corpusstats import HEADERS, CategoryCount, Length, Part
from auditor.evaluate.relabelled import together

if TYPE_CHECKING:
    from auditor.evaluate.corpusreport import CorpusReport

_NONE = CategoryCount(0, 0, 0, 0)


def report_lines(made: CorpusReport) -> Iterator[str]:
    """Yield the report: figures and ids, no word of a call."""
    yield from _totals(made.splits)
    yield from _batches(made.batches)
    yield from _duplicates(made)
    yield f"labels that contradict each other: {len(made.oddities)}"
    yield from (f"  {one}" for one in made.oddities)
    yield from _vocabulary(made)
    yield from _agreements(made)
    yield from _rereadings(made)


def _totals(parts: Sequence[Part]) -> Iterator[str]:
    def row(name: str, show: Callable[[Part], object]) -> str:
        return f"{name:34}" + "".join(f"{show(one)!s:>22}" for one in parts)

    def counts(title: str, read: Callable[[Part], Mapping[str, int]]) -> Iterator[str]:
        yield title
        for name in sorted({name for one in parts for name in read(one)}):
            yield row("  " + name, lambda one: read(one).get(name, 0))  # noqa: B023 - used at once

    yield row("", lambda one: one.name)
    yield row("calls", lambda one: one.calls)
    yield row("turns", lambda one: one.turns)
    yield row("  of the agent", lambda one: one.agent_turns)
    yield row("characters", lambda one: one.characters)
    yield row("turns per call (least-middle-most)", lambda one: _length(one.turns_per_call))
    yield row("characters per call", lambda one: _length(one.characters_per_call))
    yield row("calls without violation", lambda one: _share(one.innocent))
    yield row("calls without omission", lambda one: _share(one.complete))
    yield row("calls without either", lambda one: _share(one.blameless))
    yield "violations: calls (veiled) / turns (veiled)"
    for name in sorted({name for one in parts for name in one.categories}):
        yield row("  " + name, lambda one: _category(one.categories.get(name, _NONE)))  # noqa: B023
    yield from counts("disclosures omitted: calls", lambda one: one.omissions)
    yield from counts("disclosures required: calls", lambda one: one.applicable)
    yield from counts("disclosures made: turns", lambda one: one.made)
    yield from counts("cues of the customer: calls", lambda one: one.cues)
    yield from counts("acts of the agent: calls", lambda one: one.acts)
    for key in HEADERS:
        yield from counts(f"{key}: calls", lambda one: one.headers[key])  # noqa: B023
    yield row("  another person comes on", lambda one: one.changes)


def _length(length: Length) -> str:
    return f"{length.least}-{length.middle:g}-{length.most}"


def _share(rate: Rate) -> str:
    return "n/a" if rate.value is None else f"{rate.part} ({rate.value:.1%})"


def _category(count: CategoryCount) -> str:
    return f"{count.calls} ({count.veiled_calls}) / {count.turns} ({count.veiled})"


def _batches(batches: Sequence[tuple[str, Part]]) -> Iterator[str]:
    heads = f"{'calls':>6}{'turns':>7}{'chars':>8}{'no viol.':>9}{'no omis.':>9}{'asr':>5}"
    yield f"{'batch':8}{'split':12}{heads}  categories: calls"
    for split, one in batches:
        raw = one.headers["style"].get("asr", 0)
        numbers = f"{one.calls:6d}{one.turns:7d}{one.characters:8d}"
        shares = f"{one.innocent.part:9d}{one.complete.part:9d}{raw:5d}"
        labels = ", ".join(f"{name} {count.calls}" for name, count in one.categories.items())
        yield f"{one.name:8}{split:12}{numbers}{shares}  {labels}"


def _duplicates(made: CorpusReport) -> Iterator[str]:
    across = [one for one in made.duplicates if one.across]
    for one in sorted(across, key=lambda one: (-one.alike, str(one))):
        yield f"ALIKE ACROSS SPLITS: {one}"
    within = [one for one in made.duplicates if not one.across]
    turns = sum(one.turn is not None for one in within)
    yield (
        f"written almost alike: {len(across)} pairs across splits (must be none), within a split "
        f"{turns} pairs of turns and {len(within) - turns} of calls"
    )


def _vocabulary(made: CorpusReport) -> Iterator[str]:
    for one in made.vocabularies:
        unseen = f"; not in training: {_share(one.unseen)} of the words"
        running = "" if one.unseen_running.value is None else f", {one.unseen_running.value:.2%}"
        told = "" if one.split == "training" else f"{unseen}{running} of the running text"
        yield (
            f"vocabulary of {one.split}: {one.characters} characters, {one.words} words, "
            f"{one.running} running{told}"
        )


def _agreements(made: CorpusReport) -> Iterator[str]:
    if not made.agreements:
        yield "no second labelling yet"
    for one in made.agreements:
        score = one.score
        yield (
            f"second labelling {one.name}: {score.calls} calls; F1 violations "
            f"{_figure(score.violations.f1)}, omissions {_figure(score.omissions.f1)}, "
            f"required disclosures {_figure(one.applicable.f1)}"
        )
        rows = {**score.by_category, **score.by_disclosure}
        for topic, kappa in one.kappa.items():
            row = rows[topic]
            shown = "n/a" if kappa is None else f"{kappa:.3f}"
            both = f"both {row.tp}, first only {row.fn}, second only {row.fp}"
            yield f"  {topic:24} F1 {_figure(row.f1)}  kappa {shown}  ({both})"


def _figure(rate: Rate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "n/a"
    return f"{rate.value:.3f} ({rate.low:.3f}-{rate.high:.3f})"


def _rereadings(made: CorpusReport) -> Iterator[str]:
    if not made.rereadings:
        yield "no rereading recorded yet"
        return
    total = together(made.rereadings)
    yield f"reread: {total.whole} turns, relabelled {_figure(total)}"
    for one in made.rereadings:
        yield f"  {one.batch}: {one.changed.part} of {one.changed.whole} turns changed"
