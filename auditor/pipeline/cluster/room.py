"""What of a cluster one worker gets, and how many fit."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.errors import UsageError, WorkerError
from auditor.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """The share of one worker.

    Args:
        cpus: Processor cores.
        gpus: Graphics cards, which may be a part of one.
        beside: Most workers on one machine, which share its memory.
    """

    cpus: int
    gpus: float
    beside: int


def cpus_of(settings: Settings) -> int:
    """Return the cores of one worker."""
    return max(settings.threads, 1)


def room_for(settings: Settings, nodes: Sequence[Mapping[str, Any]], *, graphics: bool) -> Room:
    """Return what each worker gets.

    Args:
        settings: How many workers, and what they ask for.
        nodes: The machines, as Ray lists them.
        graphics: Workers use graphics cards where nobody says how many.

    Raises:
        UsageError: A worker would have one card and a part of another.
        WorkerError: No machine has room for a worker.
    """
    there = [node["Resources"] for node in nodes if node["Alive"]]
    cpus = cpus_of(settings)
    gpus = settings.gpus_per_worker
    if gpus is not None and gpus > 1 and gpus != int(gpus):
        raise UsageError("--gpus-per-worker is a part of one card, or a whole number of cards")
    if gpus is None:
        cards = int(sum(found.get("GPU", 0) for found in there)) if graphics else 0
        # As many workers on a card as it takes, and all of them alike.
        gpus = 0.0 if not cards else round(1 / -(-settings.workers // cards), 4)
    fitting = [_fitting(found, cpus, gpus) for found in there]
    if not any(fitting):
        raise WorkerError(
            f"no machine of the cluster has the {cpus} CPUs and {gpus:g} GPUs of a worker; "
            "see --threads, --gpus-per-worker"
        )
    if sum(fitting) < settings.workers:
        logger.warning("the cluster has room for %d workers only", sum(fitting))
    return Room(cpus, gpus, min(settings.workers, max(fitting)))


def _fitting(found: Mapping[str, float], cpus: int, gpus: float) -> int:
    fitting = int(found.get("CPU", 0) // cpus)
    if not gpus:
        return fitting
    cards = int(found.get("GPU", 0))
    # A worker with a part of a card has it of one card; with several it has them whole.
    return min(fitting, int(cards * (1 // gpus) if gpus <= 1 else cards // gpus))
