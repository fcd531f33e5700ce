"""What runs inside a worker of the cluster: a Ray actor that keeps one supervised process."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from auditor.pipeline.cluster.attendant import Answer, Attendant
from auditor.pipeline.cluster.room import Room
from auditor.pipeline.limits import Limits
from auditor.pipeline.serve import Make


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker is and what it has there.

    Args:
        node: Id of the machine in the cluster.
        name: Name of the machine, for messages.
        means: What results depend on, as digests and versions.
        hidden: Of the places asked for, those that are not there.
    """

    node: str
    name: str
    means: Mapping[str, str]
    hidden: tuple[Path, ...]


class Host:
    """Does jobs, one at a time; what becomes of each is an answer, never an exception.

    Args:
        makes: Builds the tools for jobs, by kind of job.
        limits: Returns what a process on this machine may take.
        threads: ``OMP_NUM_THREADS`` of the run.
        folder: Working folder of the run, which paths may start from.
    """

    def __init__(
        self,
        makes: Mapping[str, Make],
        limits: Callable[[], Limits],
        threads: str | None,
        folder: Path,
    ) -> None:
        with suppress(OSError):  # then whatever is looked for from there is missing
            os.chdir(folder)
        self._makes = dict(makes)
        self._attendant = Attendant(limits(), threads)

    def report(self, means: Callable[[], Mapping[str, str]], places: Sequence[Path]) -> Post:
        """Say where this is, with what, and which places are missing.

        Args:
            means: Returns what results depend on.
            places: What must be there.
        """
        node = import_module("ray").get_runtime_context().get_node_id()
        hidden = tuple(place for place in places if not place.exists())
        return Post(node, platform.node() or node, means(), hidden)

    def do(self, kind: str, job: Any, *, fresh: bool) -> Answer:
        """Do a job; a fresh process does it where that is asked for."""
        return self._attendant.do(self._makes[kind], job, fresh=fresh)


def host_class(ray: Any, room: Room) -> Any:
    """Return what the cluster makes workers of.

    Args:
        ray: The library, connected.
        room: What each worker gets.
    """
    return ray.remote(Host).options(
        num_cpus=room.cpus,
        num_gpus=room.gpus,
        scheduling_strategy="SPREAD",
        # What is to be tried again, the run decides.
        max_restarts=0,
        max_task_retries=0,
    )


def hire(
    host: Any,
    makes: Mapping[str, Make],
    limits: Callable[[], Limits],
    means: Callable[[], Mapping[str, str]],
    places: Sequence[Path] = (),
) -> tuple[Any, Any]:
    """Ask the cluster for a worker; return its handle and what its report will be under.

    Args:
        host: What workers are made of.
        makes: Builds the tools for jobs, by kind of job.
        limits: Returns what a process on the worker's machine may take.
        means: Returns what results depend on.
        places: What must be there.
    """
    handle = host.remote(makes, limits, os.environ.get("OMP_NUM_THREADS"), Path.cwd())
    return handle, handle.report.remote(means, places)
