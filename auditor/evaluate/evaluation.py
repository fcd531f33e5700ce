"""Everything one evaluation tells, as one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from auditor.domain.findings import Category, Disclosure
from auditor.errors import UsageError
from auditor.evaluate.calibration import Reliability, reliability
from auditor.evaluate.compare import Comparison, compare
from auditor.evaluate.confusion import Confusion, confusion
from auditor.evaluate.heard import Heard, missing
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.listing import Entry, TextOf, listing
from auditor.evaluate.score import Score, counted, score


@dataclass(frozen=True, slots=True)
class NoisePoint:
    """Figures on transcripts damaged by a share of their characters.

    Args:
        share: Share asked for, 0 for the transcripts as they are.
        measured: Character error rate that came out.
    """

    share: float
    measured: float | None
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One run held against labels.

    Args:
        title: What was evaluated, by the names of its files.
        trial: Findings on trial count.
        score: The figures.
        stable: The figures without findings on trial, where those count.
        violations: Calibration of violations.
        omissions: Calibration of omissions.
        entries: Every error; quotes calls.
        unheard: Labelled calls that the run did not judge; what is labelled there counts as missed.
        comparison: Against an earlier run.
        noise: Figures by damage, least first.
        facts: Policy and run.
    """

    title: str
    trial: bool
    score: Score
    stable: Score | None
    confusion: Confusion
    violations: Reliability
    omissions: Reliability
    entries: tuple[Entry, ...]
    unheard: tuple[str, ...]
    comparison: Comparison | None = None
    noise: tuple[NoisePoint, ...] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def evaluate(
    title: str,
    labels: Sequence[LabelledCall],
    heard: Heard,
    *,
    trial: bool = False,
    text_of: TextOf | None = None,
    earlier: Heard | None = None,
    noise: tuple[NoisePoint, ...] = (),
) -> Evaluation:
    """Hold a run against labels.

    Args:
        title: What is evaluated.
        labels: Every call once.
        heard: The run.
        trial: Count findings on trial as well.
        text_of: What was said, where the run does not know.
        earlier: An earlier run; calls that one of the two did not judge are not compared.
        noise: Noise curve made before.

    Raises:
        UsageError: The earlier run judged none of the calls.
    """
    held = counted(labels, heard.found, trial=trial)
    spare: TextOf = text_of or (lambda _: None)
    return Evaluation(
        title=title,
        trial=trial,
        score=score(labels, heard.found, trial=trial),
        stable=score(labels, heard.found) if trial else None,
        confusion=confusion(labels, held),
        violations=reliability(labels, held, Category),
        omissions=reliability(labels, held, Disclosure),
        entries=listing(
            labels,
            heard.found,
            lambda call_id: heard.text_of(call_id) or spare(call_id),
            heard.made_in,
            trial=trial,
        ),
        unheard=missing([call.call_id for call in labels], heard),
        comparison=_comparison(labels, heard, earlier, trial=trial),
        noise=noise,
        facts=heard.facts,
    )


def _comparison(
    labels: Sequence[LabelledCall], heard: Heard, earlier: Heard | None, *, trial: bool
) -> Comparison | None:
    if earlier is None:
        return None
    ids = [call.call_id for call in labels]
    left_out = {*missing(ids, heard), *missing(ids, earlier)}
    both = [call for call in labels if call.call_id not in left_out]
    if not both:
        raise UsageError("no labelled call was judged by both runs; there is nothing to compare")
    return compare(both, heard.found, earlier.found, trial=trial)
