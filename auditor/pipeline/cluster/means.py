"""What results depend on, as every machine of a cluster must have it."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.errors import Problem, RecogniserError, WorkerError
from auditor.pipeline.cluster.host import Post
from auditor.pipeline.describe import versions
from auditor.pipeline.jobs import Recipe
from auditor.pipeline.keys import folder_digest, program_digest
from auditor.resources import model_folder

_SHOWN = 12
"""Characters of a digest that tell two apart."""


def means_of(recipe: Recipe) -> Mapping[str, str]:
    """Return versions and digests of program, policy and models on this machine."""
    found = {
        **versions(),
        "program code": program_digest()[:_SHOWN],
        "role model": folder_digest(model_folder("roles"))[:_SHOWN],
    }
    if recipe.policy.is_dir():
        found["policy"] = folder_digest(recipe.policy)[:_SHOWN]
    if recipe.model is not None:
        from auditor.transcribe.models import resolve_model

        try:
            found["recogniser"] = resolve_model(recipe.model).digest[:_SHOWN]
        except RecogniserError:
            found["recogniser"] = "missing"
    return found


def require_equal(ours: Mapping[str, str], post: Post) -> None:
    """See that a worker has what the run has.

    Raises:
        WorkerError: Something is missing or another; all of it is listed.
    """
    problems = [
        Problem(str(place), "not_shared", f"{post.name} cannot see it; it has to be there, too")
        for place in post.hidden
    ]
    for name in sorted(ours.keys() | post.means.keys()):
        here, there = ours.get(name, "missing"), post.means.get(name, "missing")
        if here != there:
            text = f"is {there} on {post.name}, but {here} where the run was started"
            problems.append(Problem(name, "differs", text))
    if problems:
        raise WorkerError(f"the worker on {post.name} cannot do these calls", *problems)
