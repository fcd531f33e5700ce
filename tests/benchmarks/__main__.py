"""Runs all benches one after the other, in short sizes: ``make bench``.

``BENCH=full`` (``python tests/benchmarks --full``) takes the sizes that count; that is an hour on
two cores. Each bench compares contenders in turns within its own run, so only ratios count.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SHORT = (
    ("Text", "text.py", "--calls 150 --rounds 2"),
    ("Classifier", "classify_speed.py", "--turns 4000 --rounds 2"),
    ("Recogniser, demo model", "recogniser.py", "--model demo --calls 6 --groups 1"),
    ("Recogniser, size tiny", "recogniser.py", "--model tiny --calls 6 --groups 1"),
    ("Overhead", "overhead.py", "--calls 6"),
)
FULL = (
    ("Text", "text.py", "--calls 1000 --rounds 5"),
    ("Classifier", "classify_speed.py", ""),
    ("Recogniser, demo model", "recogniser.py", "--model demo --calls 60 --groups 3"),
    ("Recogniser, size tiny", "recogniser.py", "--model tiny --calls 60 --groups 3"),
    ("Recogniser, size small", "recogniser.py", "--model small --calls 60 --groups 3"),
    ("Memory of the recogniser", "recogniser.py", "--model demo --calls 60 --memory 500"),
    ("Overhead", "overhead.py", "--calls 120"),
)


def main() -> int:
    """Run them; the worst status counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--full", action="store_true")
    worst = 0
    for title, script, options in FULL if parser.parse_args().full else SHORT:
        begun = time.perf_counter()
        command = [sys.executable, str(HERE / script), *options.split()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)
        worst = max(worst, abs(done.returncode))
        took = time.perf_counter() - begun
        sys.stdout.write(f"== {title} ({took:.0f} s)\n{done.stdout}\n")
        sys.stdout.flush()
    return worst


if __name__ == "__main__":
    sys.exit(main())
