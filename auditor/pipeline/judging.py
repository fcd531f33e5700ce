"""Build what judges calls from a policy folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor.detect.engine import Detector
from auditor.detect.repairs import repair_finder
from auditor.detect.views import ViewBuilder
from auditor.detect.weights import Judgement, read_judgement
from auditor.policy.loader import load_policy
from auditor.policy.model import Policy
from auditor.resources import data_folder, model_folder
from auditor.text.normalise import Normaliser

if TYPE_CHECKING:
    from auditor.classify.model import TurnRisk


def build_detector(policy: Path | None = None, *, weighed: bool = True) -> Detector:
    """Load a policy and prepare it for judging.

    Args:
        policy: Policy folder; ``None`` for the shipped one.
        weighed: Let rules and classifier decide together where the policy names weights.

    Raises:
        PolicyError: The policy is broken; every problem is listed.
        ModelError: The classifier that the policy names is missing or was changed.
        WeightsError: The weights it names are missing or belong to another classifier.
    """
    normaliser = Normaliser()
    loaded, classifier, judgement = _load(policy, normaliser, weighed=weighed)
    views = ViewBuilder(normaliser, repair_finder(loaded))
    return Detector.build(loaded, views, classifier, judgement)


def checked_policy(policy: Path | None = None) -> Policy:
    """Load a policy whose calls are judged elsewhere, and make sure that all it names is sound.

    Raises:
        PolicyError: The policy is broken; every problem is listed.
        ModelError: The classifier that the policy names is missing or was changed.
        WeightsError: The weights it names are missing or belong to another classifier.
    """
    return _load(policy, Normaliser(), weighed=True)[0]


def _load(
    policy: Path | None, normaliser: Normaliser, *, weighed: bool
) -> tuple[Policy, TurnRisk | None, Judgement | None]:
    folder = policy if policy is not None else data_folder("lexicons")
    loaded = load_policy(folder, normaliser)
    classifier = judgement = None
    if loaded.classifier:
        from auditor.classify.model import load_model

        classifier = load_model(model_folder(loaded.classifier), normaliser)
        if loaded.judgement and weighed:
            judgement = read_judgement(
                model_folder(loaded.judgement), model_folder(loaded.classifier)
            )
    return loaded, classifier, judgement
