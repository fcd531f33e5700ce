"""How long a call may take and how much memory a worker may hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

Grant = Callable[[float], None]
"""Asks the supervisor for that many seconds more for the job at hand."""

_GB = 1 << 30
_SHARE = 0.8
_GROUPS = Path("/sys/fs/cgroup")


class Loss(StrEnum):
    """Why a job never gave a result."""

    WORKER_DIED = "worker_died"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What supervised workers may take.

    Args:
        tries: How often a job may lose its worker before it is given up.
        seconds: What every job may take, before the worker asks for more.
        start_seconds: What a worker may take to build its tools.
        memory: Bytes a worker may hold; ``None`` for any number.
        hard: Have the system refuse what goes beyond ``memory``. Not for graphics drivers, which
            reserve far more than they use; there only what is really held counts.
    """

    tries: int = 2
    seconds: float = 300.0
    start_seconds: float = 900.0
    memory: int | None = None
    hard: bool = True


def memory_share(gigabytes: float, workers: int) -> int:
    """Return the bytes one worker may hold: as asked, or its share of the machine for 0."""
    if gigabytes:
        return int(gigabytes * _GB)
    return int(_machine_memory() * _SHARE / max(workers, 1))


def _machine_memory() -> int:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        groups = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    except OSError:
        return machine
    return min([machine, *group_limits(groups, _GROUPS)])


def group_limits(groups: str, root: Path) -> Iterator[int]:
    """Yield what a container or a service manager allows, in bytes.

    Args:
        groups: Content of ``/proc/self/cgroup``, of either version.
        root: Where control groups are mounted.
    """
    for line in groups.splitlines():
        _, kinds, name = line.split(":", 2)
        if kinds == "":
            top, file = root, "memory.max"
        elif "memory" in kinds.split(","):
            top, file = root / "memory", "memory.limit_in_bytes"
        else:
            continue
        # A limit further up counts, too; in a container the group's own name may not be there.
        group = top / name.lstrip("/")
        for place in (group, *group.parents):
            try:
                text = (place / file).read_text(encoding="ascii").strip()
            except OSError:
                text = ""
            if text.isdigit():
                yield int(text)
            if place == top:
                break


def held_bytes(pid: int) -> int:
    """Return the memory a process holds for itself, without files it maps; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def emergency_kills() -> int:
    """Return how many processes the system has killed for want of memory since it started."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
