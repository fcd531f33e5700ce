"""An evaluation as a table for the terminal, its errors as text to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.domain.runs import Rate
from auditor.errors import counted
from auditor.evaluate.evaluation import Evaluation
from auditor.evaluate.listing import Entry
from auditor.evaluate.score import Counts, Macro

MOST_FLIPS = 40
"""Decisions that turned shown in the terminal."""


def entry_to_text(entry: Entry) -> str:
    """Return one error to be read; it quotes the call."""
    place = "" if entry.segment is None else f" turn {entry.segment}"
    head = f"{entry.mistake.value} {entry.topic.value}: {entry.call_id}{place}"
    details = [entry.rule, "+".join(entry.matched)]
    if entry.confidence is not None:
        details.append(f"confidence {entry.confidence:.2f}")
    details += [f"not counted: {name}" for name in entry.uncounted]
    kept = "; ".join(detail for detail in details if detail)
    lines = [head + (f" [{kept}]" if kept else "")]
    lines += [
        f"  {'>' if said.meant else ' '} {said.segment:3d} {said.speaker}: {said.text}"
        for said in entry.around
    ]
    return "\n".join(lines) + "\n"


def table(made: Evaluation) -> Iterator[str]:
    """Yield the lines of the table for the terminal: figures and ids, no word of a call."""
    score = made.score
    yield counted(score.calls, "call") + (", findings on trial count" if made.trial else "")
    yield f"{'':24}{'precision':>19}{'recall':>21}{'F1':>21}    tp   fp   fn"
    yield _row("violations", score.violations)
    yield _means("  macro", score.macro)
    yield from _rows(score.by_category)
    located = score.located
    yield f"{'  located':24}{_rate(located.precision):>21}{_rate(located.recall):>21}"
    yield _row("calls flagged", score.calls_flagged)
    yield _row("omissions", score.omissions)
    yield _means("  macro", score.macro_omissions)
    yield from _rows(score.by_disclosure)
    wrong = score.wrongly_accused
    yield f"{'wrongly accused':24}{_rate(wrong):>21}  {wrong.part} of {wrong.whole} innocent calls"
    if made.stable is not None:
        yield "without findings on trial"
        yield _row("  violations", made.stable.violations)
        yield _row("  omissions", made.stable.omissions)
        wrong = made.stable.wrongly_accused
        yield f"{'  wrongly accused':24}{_rate(wrong):>21}  {wrong.part} of {wrong.whole}"
    yield from _calibration(made)
    yield from _noise(made)
    yield from _against(made)


def _rows(rows: Mapping[str, Counts]) -> Iterator[str]:
    for topic, row in rows.items():
        yield _row("  " + topic, row)


def _row(name: str, row: Counts) -> str:
    rates = "".join(f"{_rate(rate):>21}" for rate in (row.precision, row.recall, row.f1))
    return f"{name:24}{rates}  {row.tp:4d} {row.fp:4d} {row.fn:4d}"


def _means(name: str, macro: Macro) -> str:
    values = (macro.precision, macro.recall, macro.f1)
    return f"{name:24}" + "".join(f"{_show(value) + ' ' * 14:>21}" for value in values)


def _rate(rate: Rate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "n/a" + " " * 14
    return f"{rate.value:.3f} ({rate.low:.3f}-{rate.high:.3f})"


def _show(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


def _calibration(made: Evaluation) -> Iterator[str]:
    for name, found in (("violations", made.violations), ("omissions", made.omissions)):
        if found.bins:
            yield f"confidence of {name} (expected calibration error {_show(found.error)})"
        for one in found.bins:
            stated = f"{one.low:.2f}-{one.high:.2f}"
            right = f"{one.right.part} of {one.right.whole} right"
            yield f"  stated {stated}, mean {one.mean:.3f}: {_rate(one.right)}, {right}"


def _noise(made: Evaluation) -> Iterator[str]:
    if made.noise:
        heads = f"{'precision':>11}{'recall':>9}{'F1':>9}  wrongly  omissions F1"
        yield f"{'damaged characters':24}{heads}"
    for point in made.noise:
        row = point.score.violations
        rates = (row.precision.value, row.recall.value, row.f1.value)
        shown = f"{_show(rates[0]):>11}{_show(rates[1]):>9}{_show(rates[2]):>9}"
        name = f"  {point.share:.0%} (measured {_percent(point.measured)})"
        wrong = _show(point.score.wrongly_accused.value)
        yield f"{name:24}{shown}  {wrong:>7}  {_show(point.score.omissions.f1.value):>12}"


def _percent(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1%}"


def _against(made: Evaluation) -> Iterator[str]:
    if made.comparison is None:
        return
    against = made.comparison
    yield f"against the earlier run, on the {counted(against.now.calls, 'call')} that both judged"
    pairs = (
        ("violations", against.violations),
        ("omissions", against.omissions),
        ("calls flagged", against.calls),
    )
    for name, pair in pairs:
        told = f"{pair.better} right now and wrong before, {pair.worse} wrong now and right before"
        yield f"  {name}: {told}; McNemar's exact p {pair.p:.3g}"
    for flip in against.flips[:MOST_FLIPS]:
        yield f"  {flip.change.value.replace('_', ' ')}: {flip.call_id} {flip.topic}"
    if len(against.flips) > MOST_FLIPS:
        yield f"  and {len(against.flips) - MOST_FLIPS} more, see --json or evaluation.json"
