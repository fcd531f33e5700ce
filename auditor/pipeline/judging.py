"""Build what judges calls from a policy folder."""

from __future__ import annotations

from pathlib import Path

from auditor.detect.engine import Detector
from auditor.detect.repairs import repair_finder
from auditor.detect.views import ViewBuilder
from auditor.policy.loader import load_policy
from auditor.resources import data_folder, model_folder
from auditor.text.normalise import Normaliser


def build_detector(policy: Path | None = None) -> Detector:
    """Load a policy and prepare it for judging.

    Args:
        policy: Policy folder; ``None`` for the shipped one.

    Raises:
        PolicyError: The policy is broken; every problem is listed.
        ModelError: The classifier that the policy names is missing or was changed.
    """
    folder = policy if policy is not None else data_folder("lexicons")
    normaliser = Normaliser()
    loaded = load_policy(folder, normaliser)
    classifier = None
    if loaded.classifier:
        from auditor.classify.model import load_model

        classifier = load_model(model_folder(loaded.classifier))
    return Detector.build(loaded, ViewBuilder(normaliser, repair_finder(loaded)), classifier)
