"""Which accelerators the recogniser's engine can use."""

from __future__ import annotations

from importlib import util


def cuda_devices() -> int | None:
    """Count the CUDA devices the engine sees; ``None`` when the engine is not installed."""
    if util.find_spec("ctranslate2") is None:
        return None
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())
