"""What a run is made with, by name, version and digest."""

from __future__ import annotations

import hashlib
import platform
from datetime import datetime
from importlib import metadata
from types import MappingProxyType

import auditor
from auditor.domain.runs import RunInfo
from auditor.errors import RecogniserError
from auditor.pipeline.jobs import Recipe
from auditor.policy.model import Policy
from auditor.resources import model_folder

_PACKAGES = ("faster-whisper", "ctranslate2", "av", "jieba", "scikit-learn", "numpy")


def describe(recipe: Recipe, policy: Policy, started: datetime, source: str) -> RunInfo:
    """Return what is known of a run before its first call; counts are empty.

    Args:
        recipe: How calls are done.
        policy: The policy loaded.
        started: When it began.
        source: Name of the input.
    """
    return RunInfo(
        run_id=_run_id(recipe, policy, started),
        started_at=started,
        finished_at=started,
        input_path=source,
        versions=MappingProxyType(versions()),
        policy=MappingProxyType(
            {
                "id": policy.policy_id,
                "version": policy.version,
                "title": policy.title,
                "fingerprint": policy.fingerprint,
                "rules": str(len(policy.rules)),
                **_classifier(policy),
            }
        ),
        recogniser=MappingProxyType(_recogniser(recipe)),
        counts=MappingProxyType({}),
        reasons=MappingProxyType({}),
    )


def _classifier(policy: Policy) -> dict[str, str]:
    if not policy.classifier:
        return {}
    card = model_folder(policy.classifier) / "card.json"
    digest = hashlib.sha256(card.read_bytes()).hexdigest()
    return {"classifier": f"{policy.classifier} {digest[:16]}"}


def _run_id(recipe: Recipe, policy: Policy, started: datetime) -> str:
    seed = f"{started.isoformat()}|{policy.fingerprint}|{recipe.out.resolve()}"
    return started.strftime("%Y%m%dT%H%M%SZ-") + hashlib.sha256(seed.encode()).hexdigest()[:8]


def versions() -> dict[str, str]:
    """Return the version of the program and of the libraries that results depend on."""
    found = {"auditor": auditor.__version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _recogniser(recipe: Recipe) -> dict[str, str]:
    if recipe.model is None:
        return {}
    from auditor.transcribe.models import resolve_model

    try:
        model = resolve_model(recipe.model, download=False)
    except RecogniserError:
        return {"model": recipe.model}
    return {"model": model.name, "digest": model.digest, "notice": model.notice}
