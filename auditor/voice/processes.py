"""How the processes that prepare batches hand them to the one that trains."""

from __future__ import annotations

import os
from multiprocessing.queues import Queue
from queue import Full
from typing import TypeVar

T = TypeVar("T")


def put(queue: Queue[T], batch: T, trainer: int) -> None:
    """Wait for room in the queue; end the process when the trainer is gone."""
    while os.getppid() == trainer:
        try:
            return queue.put(batch, timeout=5)
        except Full:
            continue
    raise SystemExit
