"""Prints characters a second of a full audit of stored transcripts beside ``jieba.lcut``.

Run ``python tests/benchmarks/text.py``. A full audit is what ``auditor reaudit`` does with a call
once it is read: normalise, rules, pinyin, classifier, disclosures, weighing, score. The same calls
are audited in one process, then shared between two; jieba cuts the same text. In turns, one after
the other; the best round of each counts, as other work on the machine can only slow one down.
``--profile`` prints instead where the time of the audit goes.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from auditor.domain.transcripts import Transcript
from auditor.ingest.scripts import read_scripts
from auditor.pipeline.judging import build_detector
from auditor.resources import data_folder
from auditor.scoring.calls import score_call

BATCHES = ("b001", "b002", "b003", "b004", "b008", "b020", "b021")
_tools: dict[str, Any] = {}


def transcripts(count: int) -> list[Transcript]:
    """Return labelled calls as transcripts, over again where there are too few."""
    folder = data_folder("models") / "corpus" / "calls"
    found = [s.transcript() for name in BATCHES for s in read_scripts(folder / f"{name}.txt")]
    return [found[k % len(found)] for k in range(count)]


def audit_all(calls: list[Transcript]) -> int:
    """Audit calls with the tools of this process; return the number of findings."""
    detector = _tools.setdefault("detector", None) or _build()
    policy = detector.policy
    total = 0
    for call in calls:
        audit = detector.audit(call)
        score_call(audit, policy.rules, policy.scoring)
        total += len(audit.findings)
    return total


def _build() -> Any:
    _tools["detector"] = build_detector()
    return _tools["detector"]


def _mine(part: int, parts: int, count: int) -> float:
    """Run in a process of its own: audit every so many calls; return the seconds it took."""
    calls = transcripts(count)[part::parts]
    audit_all(calls[:20])
    begun = time.perf_counter()
    audit_all(calls)
    return time.perf_counter() - begun


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", type=Path, help="writes the profile there")
    given = parser.parse_args()
    calls = transcripts(given.calls)
    characters = sum(len(turn.text) for call in calls for turn in call.turns)
    texts = [turn.text for call in calls for turn in call.turns]
    audit_all(calls[:20])
    if given.profile:
        with cProfile.Profile() as profile:
            audit_all(calls)
        profile.dump_stats(given.profile)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        return 0
    import jieba

    jieba.setLogLevel("ERROR")
    jieba.initialize()
    ours, theirs, both = [], [], []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for _ in range(given.rounds):
            ours.append(_timed(lambda: audit_all(calls)))
            theirs.append(_timed(lambda: [jieba.lcut(text) for text in texts]))
            parts = [pool.submit(_mine, part, 2, given.calls) for part in range(2)]
            both.append(max(part.result() for part in parts))
    one, other, two = min(ours), min(theirs), min(both)
    sys.stdout.write(
        f"{len(calls)} calls, {len(texts)} turns, {characters} characters, best of "
        f"{given.rounds} rounds\n"
        f"jieba.lcut           {characters / other:10,.0f} characters/s\n"
        f"audit, one process   {characters / one:10,.0f} characters/s, {other / one:.2f} x jieba\n"
        f"audit, two processes {characters / two:10,.0f} characters/s, {one / two:.2f} x one\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
