"""Start the command again and again from a process that has it loaded, and kill it on demand.

Reads one JSON object a line: ``arguments``, ``environment``, ``log`` and, if wanted, ``kill_after``
seconds and ``file_limit`` bytes; or ``shell`` with a command for the shell. Answers each with the
exit status, negative for a signal.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LOADED = (
    *(
        "auditor.cli.run",
        "auditor.pipeline.run",
        "auditor.transcribe.listen",
        "auditor.audio.decode",
    ),
    *("auditor.transcribe.whisper", "faster_whisper", "pandas", "opencc", "zstandard", "alembic"),
)
"""What a run loads; nothing here starts threads, which a copy of the process would lack."""


class Launcher:
    """The other side: starts the process and asks it.

    Args:
        within: Command that starts it, such as ``unshare`` with its options.
    """

    def __init__(self, *within: str) -> None:
        self.within = within

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [*self.within, sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def __call__(self, *arguments: str | Path, log: Path, **more: Any) -> int:
        """Run the command to its end, or to where it is killed; returns the status."""
        return self._ask({"arguments": [str(a) for a in arguments], "log": str(log), **more})

    def shell(self, command: str) -> None:
        """Run a command of the shell where the process is."""
        assert self._ask({"shell": command}) == 0, command

    def seen(self, path: Path) -> Path:
        """A path as the process sees it, which may have other file systems."""
        return Path(f"/proc/{self.process.pid}/root{path}")

    def _ask(self, order: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(order), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())


def _obey(order: dict[str, Any]) -> int:
    if "shell" in order:
        return subprocess.run(["/bin/sh", "-c", order["shell"]], check=False).returncode
    child = os.fork()
    if child == 0:
        _run(order)
    if order.get("kill_after") is not None:
        time.sleep(order["kill_after"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _run(order: dict[str, Any]) -> None:
    from auditor.cli import main

    os.environ.update(order.get("environment", {}))
    if order.get("file_limit") is not None:
        limit = order["file_limit"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    status = 1
    try:
        with Path(order["log"]).open("w", encoding="utf-8") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            main(order["arguments"])
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - a copy of the process must not go on as the original
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    # Loaded once, so that each run costs a tenth of a second instead of several.
    for name in LOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        print(_obey(json.loads(line)), flush=True)
