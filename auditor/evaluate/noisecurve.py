"""Figures on transcripts damaged as a telephone recogniser would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.domain.transcripts import Transcript
from auditor.errors import Problem, UsageError
from auditor.evaluate.evaluation import NoisePoint
from auditor.evaluate.heard import judge
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.score import score
from auditor.noise.damage import Damager
from auditor.noise.measure import ErrorRate
from auditor.noise.recipe import Recipe
from auditor.noise.transcripts import damage_transcript

if TYPE_CHECKING:
    from auditor.detect.engine import Detector


def noise_curve(
    labels: Sequence[LabelledCall],
    transcripts: Sequence[Transcript],
    detector: Detector,
    shares: Sequence[float],
    seed: int,
    *,
    trial: bool = False,
) -> tuple[NoisePoint, ...]:
    """Damage, audit and score all calls for each share, and once as they are.

    Labels go along to the turn that holds most of what they were put on.

    Args:
        labels: Every call once.
        transcripts: The same calls in the same order.
        detector: The policy to judge by.
        shares: Shares of characters to damage, 0 to 0.5.
        seed: Decides the damage.
        trial: Count findings on trial as well.

    Raises:
        UsageError: A share is out of range, or a label names a turn that the call does not have.
    """
    damager = Damager()
    points: list[NoisePoint] = []
    for share in sorted({0.0, *shares}):
        recipe = Recipe(share=share, seed=seed)
        errors = ErrorRate()
        moved: list[LabelledCall] = []
        heard: list[Transcript] = []
        for call, transcript in zip(labels, transcripts, strict=True):
            damaged = damage_transcript(damager, transcript, recipe)
            errors += damaged.errors
            moved.append(_moved(call, damaged.main))
            heard.append(damaged.transcript)
        found = judge(heard, detector).found
        points.append(NoisePoint(share, errors.rate, score(moved, found, trial=trial)))
    return tuple(points)


def _moved(call: LabelledCall, main: Sequence[int]) -> LabelledCall:
    if any(segment >= len(main) for _, segment in call.violations):
        problem = Problem(call.call_id, "unknown_segment", "has no turn of that number")
        raise UsageError("a label names a turn that the call does not have", problem)
    violations = frozenset((category, main[segment]) for category, segment in call.violations)
    return replace(call, violations=violations)
