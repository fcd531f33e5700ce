"""Join a Ray cluster, or start one of our own on this machine; quietly, and with time limits.

A cluster of our own listens on the loopback address only, has a key of its own, no dashboard, no
statistics and a private folder that goes with it. What Ray does by itself where it is not told is
noted beside each setting; seen with Ray 2.60.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, suppress
from importlib import import_module, util
from pathlib import Path
from typing import Any

from auditor.errors import UsageError, WorkerError, printable

ANSWER_SECONDS = 10.0
"""How long an address may take to answer at all."""
JOIN_SECONDS = 60.0
"""How long a cluster may take to let us in."""

_FOLDER = "auditor-ray-"
_STORE = 128 << 20
"""Bytes for what travels; transcripts are some ten thousand each."""

_YOUNG_SECONDS = 60.0

_QUIET = {
    # Otherwise every start is reported to Ray's makers.
    "RAY_USAGE_STATS_ENABLED": "0",
    # Otherwise it tells of workers that died on our standard output.
    "RAY_DEDUP_LOGS": "1",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",
    # Otherwise it kills workers of its choice when memory runs short; ours are watched one by one.
    "RAY_memory_monitor_refresh_ms": "0",
}
_OURS = {
    # Otherwise it listens on every address of the machine, also where told 127.0.0.1.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_AUTH_MODE": "token",
}
_TRY = """
import logging, sys, ray
try:
    ray.init(address=sys.argv[1], log_to_driver=False, configure_logging=False)
except BaseException as error:
    while error.__cause__ is not None:
        error = error.__cause__
    print(error)
    sys.exit(1)
"""


def ray_library() -> Any:
    """Return the library.

    Raises:
        UsageError: It is not installed.
    """
    require_library()
    return import_module("ray")


def require_library() -> None:
    """See that the library is there, without loading it.

    Raises:
        UsageError: It is not installed.
    """
    if util.find_spec("ray") is None:
        raise UsageError("--engine ray needs Ray, which is missing: pip install 'auditor[cluster]'")


@contextmanager
def joined(address: str | None, cpus: int, *, graphics: bool) -> Iterator[Any]:
    """Give the library, connected to a cluster.

    Args:
        address: The cluster; ``None`` starts one here, which ends with the block.
        cpus: Of a cluster of our own.
        graphics: It has this machine's graphics cards.

    Raises:
        UsageError: Ray is not installed, or the address is none.
        WorkerError: The cluster cannot be reached, has other versions, or cannot be started.
    """
    with ExitStack() as stack:
        stack.enter_context(_environment(address))
        # Ray looks at the environment when it is loaded, so it is not loaded sooner.
        if address is not None and not _is_connected():
            _require_admission(address)
        ray = ray_library()
        if not ray.is_initialized():
            logging.getLogger("ray").setLevel(logging.ERROR)
            folder = stack.enter_context(_folder()) if address is None else None
            stack.callback(ray.shutdown)
            # Ray has workers import from the working folder, too, where recordings may lie.
            with _own_signals(), chdir("/"):
                if folder is not None:
                    _start(ray, folder, cpus, graphics=graphics)
                elif address is not None:
                    _join(ray, address)
        yield ray


def _is_connected() -> bool:
    return "ray" in sys.modules and bool(sys.modules["ray"].is_initialized())


def _start(ray: Any, folder: Path, cpus: int, *, graphics: bool) -> None:
    try:
        ray.init(
            address="local",
            num_cpus=cpus,
            num_gpus=None if graphics else 0,
            object_store_memory=_STORE,
            include_dashboard=False,
            log_to_driver=False,
            configure_logging=False,
            _temp_dir=str(folder),
        )
    except (RuntimeError, OSError, ValueError, ray.exceptions.RayError) as error:
        raise WorkerError(f"Ray cannot be started on this machine: {_flat(error)}") from error
    address = ray.nodes()[0]["NodeManagerAddress"]
    if address not in ("127.0.0.1", "::1"):
        raise WorkerError(f"Ray would listen on {address}; --address names a cluster that may")


def _join(ray: Any, address: str) -> None:
    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False)
    except (RuntimeError, OSError, ValueError, ray.exceptions.RayError) as error:
        raise WorkerError(refusal(address, str(error))) from error


def _require_admission(address: str) -> None:
    """See that a cluster lets us in, in another process.

    A wrong address or version holds Ray for minutes, and nothing can interrupt it.
    """
    require_library()
    _require_answer(address)
    try:
        tried = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-P", "-c", _TRY, address],
            capture_output=True,
            text=True,
            check=False,
            timeout=JOIN_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise WorkerError(
            f"what answers at {printable(address)} did not let us in within {JOIN_SECONDS:.0f} s; "
            "is it a Ray cluster, and this machine one of its own?"
        ) from error
    if tried.returncode:
        raise WorkerError(refusal(address, tried.stdout))


def refusal(address: str, told: str) -> str:
    """Return why a cluster cannot be used, given what Ray says."""
    shown = printable(address)
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    if "uthentication" in told:
        return (
            f"the cluster at {shown} asks for its key: copy its ~/.ray/auth_token to this machine, "
            "or name a copy in RAY_AUTH_TOKEN_PATH"
        )
    if "not find any running" in told:
        return (
            "this machine is in no Ray cluster; start one with 'ray start --head', or name one "
            "with --address HOST:PORT"
        )
    if "ersion mismatch" in told:
        return f"the cluster at {shown} has other versions: {printable(' '.join(lines))[:300]}"
    # Ray's own words come last, after where in Ray they were said.
    last = printable(lines[-1])[:300] if lines else "it broke off"
    return f"the cluster at {shown} cannot be used: {last}"


def _require_answer(address: str) -> None:
    if "://" in address:
        raise UsageError(
            "--address takes HOST:PORT, or auto for the cluster that this machine is in"
        )
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 0xFFFF:
        raise UsageError(
            "--address takes HOST:PORT, or auto for the cluster that this machine is in"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()
    except OSError as error:
        raise WorkerError(
            f"no cluster answers at {printable(address)}: {error.strerror or error}"
        ) from error


@contextmanager
def _environment(address: str | None) -> Iterator[None]:
    """Set what Ray reads from the environment, and put it back."""
    chosen = dict(_QUIET)
    if address is None:
        # Otherwise it writes a key to the user's home folder.
        chosen |= _OURS | {"RAY_AUTH_TOKEN": secrets.token_hex(32)}
    elif "RAY_AUTH_MODE" not in os.environ and _has_key():
        chosen["RAY_AUTH_MODE"] = "token"
    before = {name: os.environ.get(name) for name in chosen}
    os.environ.update(chosen)
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text


def _has_key() -> bool:
    if os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH"):
        return True
    with suppress(RuntimeError, OSError):
        return (Path.home() / ".ray" / "auth_token").is_file()
    return False


@contextmanager
def _own_signals() -> Iterator[None]:
    """Keep our ways to be interrupted, in place of which Ray puts its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a private folder that goes with the block; sweep up those of killed runs."""
    # Paths of sockets have at most 107 bytes.
    base = tempfile.gettempdir() if len(tempfile.gettempdir()) < 24 else "/tmp"  # noqa: S108
    for left in Path(base).glob(f"{_FOLDER}*"):
        _sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=base))
    with (folder / "held").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(folder: Path) -> None:
    with suppress(OSError), (folder / "held").open("rb") as held:
        if time.time() - folder.stat().st_mtime < _YOUNG_SECONDS:
            return  # its run may not hold it yet
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


def _flat(error: BaseException) -> str:
    return printable(" ".join(str(error).split())[:300])
