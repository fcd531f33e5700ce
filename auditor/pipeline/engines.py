"""What does the calls of a run, by name."""

from __future__ import annotations

from auditor.errors import UsageError
from auditor.pipeline.doing import Do, do_jobs
from auditor.settings import Settings


def engine_of(settings: Settings) -> Do:
    """Return the engine that was chosen.

    Raises:
        UsageError: It is not installed, or options do not fit it.
    """
    if settings.engine == "local":
        if settings.address is not None or settings.gpus_per_worker is not None:
            raise UsageError("--address and --gpus-per-worker belong to --engine ray")
        return do_jobs
    from auditor.pipeline.cluster.engine import do_on_cluster
    from auditor.pipeline.cluster.start import require_library

    require_library()
    if settings.workers == 0:
        raise UsageError("--engine ray needs at least one worker; see --workers")
    return do_on_cluster
