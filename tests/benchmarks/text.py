"""Prints characters a second of a full audit of stored transcripts beside ``jieba.lcut``.

Run ``python tests/benchmarks/text.py``. A full audit is what ``auditor reaudit`` does with a call
once it is read: normalise, rules, pinyin, classifier, disclosures, weighing, score. The same calls
are audited some dozens at a time and one by one in one process, then shared between two that run
at once; jieba cuts the same text. In turns, one after the other; the best round of each counts, as
other work on the machine can only slow one down. Ratios are printed by the clock and by processor
time: the latter hold on a busy machine, too, where two processes may not get two cores.
``--profile`` prints instead where the time of the audit goes.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from auditor.detect.engine import Detector
from auditor.domain.transcripts import Transcript
from auditor.ingest.scripts import read_scripts
from auditor.pipeline.judging import build_detector
from auditor.resources import data_folder
from auditor.scoring.calls import score_call

BATCHES = ("b001", "b002", "b003", "b004", "b008", "b020", "b021")
TOGETHER = 64
PROCESSES = 2


class Took(NamedTuple):
    """Seconds by the clock, and of processor time."""

    clock: float
    processor: float


def transcripts(count: int) -> list[Transcript]:
    """Return labelled calls as transcripts, over again where there are too few."""
    folder = data_folder("models") / "corpus" / "calls"
    found = [s.transcript() for name in BATCHES for s in read_scripts(folder / f"{name}.txt")]
    return [found[k % len(found)] for k in range(count)]


def audit_all(detector: Detector, calls: list[Transcript], *, together: int = TOGETHER) -> int:
    """Audit and score calls, so many at a time; return the number of findings."""
    policy = detector.policy
    total = 0
    for start in range(0, len(calls), together):
        for audit in detector.audit_many(calls[start : start + together]):
            score_call(audit, policy.rules, policy.scoring)
            total += len(audit.findings)
    return total


def timed(work: Callable[[], object]) -> Took:
    """Do some work once."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


def best(rounds: list[Took]) -> Took:
    """The least of each kind of time."""
    return Took(min(took.clock for took in rounds), min(took.processor for took in rounds))


def _serve(part: int, count: int, rounds: int, start: Any, told: Any) -> None:
    """Audit every other call in a process of its own, each time that all are ready."""
    detector = build_detector()
    calls = transcripts(count)[part::PROCESSES]
    audit_all(detector, calls[:TOGETHER])
    gc.freeze()
    for _ in range(rounds):
        start.wait()
        told.put(timed(lambda: audit_all(detector, calls)))


@contextmanager
def processes(count: int, rounds: int) -> Iterator[Callable[[], Took]]:
    """Start processes that share the calls; the answer lets them do one round at once.

    A round takes as long as the slower of them.
    """
    context = get_context("spawn")
    start, told = context.Barrier(PROCESSES + 1), context.Queue()
    running = [
        context.Process(target=_serve, args=(part, count, rounds, start, told))
        for part in range(PROCESSES)
    ]
    for process in running:
        process.start()

    def one_round() -> Took:
        start.wait()
        parts = [told.get() for _ in running]
        return Took(max(took.clock for took in parts), max(took.processor for took in parts))

    yield one_round
    for process in running:
        process.join()


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
    tools: list[Detector] = []
    built = timed(lambda: tools.append(build_detector()))
    detector = tools[0]
    audit_all(detector, calls[:TOGETHER])
    gc.freeze()
    if given.profile:
        with cProfile.Profile() as profile:
            audit_all(detector, calls)
        profile.dump_stats(given.profile)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        return 0
    import jieba

    jieba.setLogLevel("ERROR")
    jieba.initialize()
    ours: list[Took] = []
    single: list[Took] = []
    theirs: list[Took] = []
    both: list[Took] = []
    with processes(given.calls, given.rounds) as one_round:
        for _ in range(given.rounds):
            ours.append(timed(lambda: audit_all(detector, calls)))
            theirs.append(timed(lambda: [jieba.lcut(text) for text in texts]))
            single.append(timed(lambda: audit_all(detector, calls, together=1)))
            both.append(one_round())
    jieba_took = best(theirs)
    sys.stdout.write(
        f"{len(calls)} calls, {len(texts)} turns, {characters} characters, best of "
        f"{given.rounds} rounds; the tools were built in {built.clock:.1f} s "
        f"({built.processor:.1f} s of processor time)\n"
        f"{'':28}{'ms a call':>12}{'characters/s':>14}{'ratio, by the clock':>22}"
        f"{'by processor time':>20}\n"
    )
    _line("jieba.lcut", jieba_took, None, "", len(calls), characters)
    _line("audit, 64 calls at a time", best(ours), jieba_took, "jieba", len(calls), characters)
    _line("audit, call by call", best(single), jieba_took, "jieba", len(calls), characters)
    _line("audit, two processes", best(both), best(ours), "one", len(calls), characters)
    return 0


def _line(name: str, took: Took, beside: Took | None, other: str, calls: int, chars: int) -> None:
    ratios = ""
    if beside is not None:
        by_clock, by_processor = beside.clock / took.clock, beside.processor / took.processor
        ratios = f"{by_clock:11.2f} x {other:<9}{by_processor:11.2f} x {other}"
    sys.stdout.write(
        f"{name:28}{1000 * took.clock / calls:12.2f}{chars / took.clock:14,.0f}{ratios}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
