"""A night from end to end: thousands of recordings, some bad, killed three times, and verified.

``python tests/benchmarks/full_night.py --calls 2000``. The recordings are pieces of the shipped
samples, each with other bytes, heard by the demo recogniser. Ends with 1 when a call has not
exactly one outcome, a good one failed, a bad one did not, or the certificate does not hold.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
import wave
from collections import Counter
from pathlib import Path

import numpy as np

from auditor.resources import samples_folder

SOURCES = ("S01", "S11")
BAD = ("empty", "noise", "no sound", "missing", "other bytes")
KILLED_AT = (0.2, 0.5, 0.8)
DONE = {"audited", "no_speech"}


def make_night(folder: Path, calls: int, bad_share: float, seconds: float) -> set[str]:
    """Write recordings and their manifest; return the ids of the bad ones."""
    draw = random.Random(7)
    folder.mkdir(parents=True)
    sounds = []
    for name in SOURCES:
        with wave.open(str(samples_folder() / "recordings" / f"{name}.wav"), "rb") as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            sounds.append((file.getparams(), frames.reshape(-1, file.getnchannels())))
    wrong = set(draw.sample(range(calls), round(calls * bad_share)))
    rows = []
    for number in range(calls):
        call_id, path = f"N{number:06d}", folder / f"{number % 100:02d}" / f"{number:06d}.wav"
        path.parent.mkdir(exist_ok=True)
        parameters, sound = sounds[number % len(sounds)]
        length = int(seconds * parameters.framerate)
        start = draw.randrange(max(1, len(sound) - length))
        piece = sound[start : start + length].copy()
        piece[:8, 0] = [number >> (2 * bit) & 3 for bit in range(8)]  # no two alike
        with wave.open(str(path), "wb") as file:
            file.setparams(parameters)
            file.writeframes(piece.tobytes())
        digest = ""
        if number in wrong:
            digest = _spoil(path, BAD[number % len(BAD)], draw)
        rows.append((call_id, path.relative_to(folder), f"A{number % 40:02d}", "true", digest))
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file_:
        table = csv.writer(file_)
        table.writerow(("call_id", "path", "agent_id", "synthetic", "sha256"))
        table.writerows(rows)
    return {f"N{number:06d}" for number in wrong}


def _spoil(path: Path, how: str, draw: random.Random) -> str:
    """Make a recording bad; return what the manifest says of its bytes."""
    if how == "empty":
        path.write_bytes(b"")
    elif how == "noise":
        path.write_bytes(draw.randbytes(20_000))
    elif how == "no sound":
        path.write_bytes(path.read_bytes()[:44])
    elif how == "missing":
        path.unlink()
    return "0" * 64 if how == "other bytes" else ""


def run_killed(command: list[str], cache: Path, sounds: int) -> int:
    """Run the command and kill it three times on its way; return how often it was killed."""
    killed = 0
    for share in KILLED_AT:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(list(cache.rglob("*.zst"))) < share * sounds:
            time.sleep(0.2)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
    return killed


def main() -> int:
    """Make the night, run it, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--bad", type=float, default=0.02)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--workers", default="2")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bad = make_night(folder / "calls", chosen.calls, chosen.bad, chosen.seconds)
        command = [sys.executable, "-m", "auditor", "run", str(folder / "calls")]
        command += ["--model", "demo", "--out", str(folder / "out"), "--canary", "--no-clips"]
        command += ["--cache", str(folder / "cache"), "--workers", chosen.workers]
        begun = time.monotonic()
        killed = run_killed(command, folder / "cache", chosen.calls - len(bad))
        last = subprocess.run(command, check=False, capture_output=True, text=True)
        print(f"killed {killed} times, finished with {last.returncode}", end="")
        print(f" after {time.monotonic() - begun:.0f} s")
        if not (folder / "out" / "calls.jsonl").exists():
            print(last.stderr)
            return 1
        print(next(line for line in last.stdout.splitlines() if " calls: " in line))
        faults = check(folder / "out", chosen.calls, bad)
        verify = [sys.executable, "-m", "auditor", "certificate", "verify", str(folder / "out")]
        verified = subprocess.run(verify, check=False, capture_output=True, text=True)
        print(verified.stdout.strip())
        if verified.returncode or killed < len(KILLED_AT):
            faults.append(f"certificate {verified.returncode}, killed {killed} times")
    print("\n".join(faults) or "every call has exactly one outcome, and it is the right one")
    return 1 if faults else 0


def check(out: Path, calls: int, bad: set[str]) -> list[str]:
    """Return what is wrong with the outcomes."""
    lines = [json.loads(line) for line in (out / "calls.jsonl").open(encoding="utf-8")]
    times = Counter(line["call_id"] for line in lines)
    faults = [f"{name} has {number} outcomes" for name, number in times.items() if number != 1]
    if len(times) != calls:
        faults.append(f"{calls} calls, but {len(times)} with an outcome")
    for line in lines:
        done = line["outcome"] == "audited" or line["reason"] in DONE
        if done == (line["call_id"] in bad):
            faults.append(f"{line['call_id']}: {line['outcome']} {line['reason']}")
    reasons = Counter(line["reason"] for line in lines if line["outcome"] == "failed")
    print(f"failed: {dict(sorted(reasons.items()))}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
