"""Kill nights at random times until they are finished, and compare them with one never killed.

``python tests/benchmarks/kill_loop.py --nights 50``; ends with 1 when any night differs.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from launcher import Launcher
from night import night_arguments, state, write_night

KILLED = -9


def main() -> int:
    """Run the loop; print a line for each night and the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=20)
    parser.add_argument("--recordings", type=int, default=6)
    parser.add_argument("--transcripts", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, Launcher() as launch:
        folder = Path(name)
        arguments = night_arguments(folder)
        write_night(folder / "calls", chosen.recordings, chosen.transcripts)
        arguments += ["--workers", str(chosen.workers)]

        def audit(number: int, **more: float) -> int:
            places = ["--out", folder / f"{number}/out", "--cache", folder / f"{number}/cache"]
            (folder / str(number)).mkdir(exist_ok=True)
            return launch(*arguments, *places, log=folder / f"{number}.log", **more)

        begun = time.monotonic()
        status = audit(0)
        takes = time.monotonic() - begun
        whole = state(folder / "0/out", folder / "0/cache")
        print(f"an unkilled night takes {takes:.1f} s and ends with {status}")
        for night in range(1, chosen.nights + 1):
            kills = 0
            while audit(night, kill_after=draw.uniform(0.05, takes)) == KILLED and kills < 5:
                kills += 1
            ended = audit(night)
            left = state(folder / f"{night}/out", folder / f"{night}/cache")
            differing = [
                name for name in left.keys() | whole.keys() if left.get(name) != whole.get(name)
            ]
            if ended != status:
                differing.append(f"status {ended}")
            totals["nights"] += 1
            totals["kills"] += kills
            totals["differences"] += bool(differing)
            said = ", ".join(differing) or "equal"
            print(f"night {night}: killed {kills} times, {said}", flush=True)
    print(", ".join(f"{number} {what}" for what, number in totals.items()))
    return 1 if totals["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
