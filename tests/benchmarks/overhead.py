"""Prints what a run costs besides the recogniser, and what a second run over the same calls costs.

Run ``python tests/benchmarks/overhead.py``. Labelled calls are voiced (needs espeak-ng) and audited
with ``auditor run`` into an empty folder, then with the same command again, which finds every call
done. Beside it stand the seconds that hearing the same files takes by itself, in one process and
with the model loaded already; the run has that and all the rest to do besides: starting, judging,
storing, and the report. The more calls, the less the start counts.
"""

from __future__ import annotations

import argparse
import csv
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.recogniser import Sample, resolve, together, voiced

from auditor.pipeline.unchanged import NOTE


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--calls", type=int, default=16)
    parser.add_argument("--model", default="demo", help="demo, or a size of random weights")
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        night = folder / "night"
        samples = voiced(night, given.calls, given.seed)
        _manifest(night, samples)
        model = resolve(given.model, folder)
        options = SimpleNamespace(device="cpu", compute_type="auto", threads=2, batch=8, beam=5)
        hear, _ = together(options, model)
        hear.run(samples[:1])
        before = _work(resource.RUSAGE_SELF)
        stage, stage_work = _seconds(lambda: hear.run(samples)), _work(resource.RUSAGE_SELF)
        stage_work -= before
        command = [
            *(sys.executable, "-m", "auditor", "run", str(night), "--model"),
            *("demo" if model.is_demo else str(model.path), "--out", str(folder / "out")),
            *("--cache", str(folder / "cache")),
        ]
        said: list[str] = []
        before = _work(resource.RUSAGE_CHILDREN)
        first = _seconds(lambda: said.append(_run([*command[:3], "--verbose", *command[3:]])))
        work = _work(resource.RUSAGE_CHILDREN) - before
        busy = [int(share) for share in re.findall(r"recogniser busy (\d+) %", said[0])]
        second = _seconds(lambda: _run(command))
        (folder / "out" / NOTE).unlink()
        taken = _seconds(lambda: _run(command))
        start = _seconds(lambda: _run([sys.executable, "-m", "auditor", "policy", "--help"]))
    sys.stdout.write(
        f"{len(samples)} calls, {sum(s.seconds for s in samples) / 60:.0f} minutes, "
        f"model {given.model}\n"
        f"recogniser stage alone  {stage:8.1f} s, work of the cores {stage_work:.1f} s\n"
        f"auditor run             {first:8.1f} s, {first / stage:.2f} x the stage; "
        f"work {work:.1f} s, {work / stage_work:.2f} x\n"
        f"  recogniser busy       {', '.join(f'{share} %' for share in busy)} of each bundle\n"
        f"the same again          {second:8.1f} s, {first / second:.0f} times faster\n"
        f"  with reports anew     {taken:8.1f} s, {first / taken:.0f} times faster\n"
        f"a command that does nothing {start:4.1f} s\n"
    )
    return 0


def _manifest(folder: Path, samples: Sequence[Sample]) -> None:
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("call_id", "path", "agent_id", "synthetic"))
        for number, sample in enumerate(samples):
            path = sample.path.relative_to(folder)
            writer.writerow((f"{number}-{sample.call_id}", path, f"A{number % 5}", "true"))
    wanted = {sample.path for sample in samples}
    for path in folder.rglob("*"):
        if path.is_file() and path not in wanted and path.parent != folder:
            path.unlink()


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(done.stderr)
    return done.stderr


def _work(whose: int) -> float:
    """Seconds that cores have worked, which other jobs on them do not change."""
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
