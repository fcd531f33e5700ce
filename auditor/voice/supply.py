"""Processes that keep the second phase of training supplied: windows encoded, lessons made."""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path

from auditor.voice import tokens
from auditor.voice.batches import Sounds, log_mel
from auditor.voice.clips import ClipStore
from auditor.voice.lessons import Lesson, LessonMaker
from auditor.voice.processes import put
from auditor.voice.states import WINDOWS_A_SHARD, Ear, Spoken, StateStore, write_states
from auditor.voice.windows import WindowMaker

_FIRST_WINDOWS = 2000
_REFRESH_ROUNDS = 40
#: Share of groups of windows that are encoded in the width of the whole window.
_WHOLE = 0.4
#: States a position, as ``network.Size`` has it.
WIDTH = 256


@dataclass(frozen=True, slots=True)
class Settings:
    """What the second phase needs to know.

    ``windows`` are encoded at most; ``rows`` are encoder positions a batch.
    """

    corpus: Path
    clips: Path
    work: Path
    out: Path
    minutes: float = 45.0
    windows: int = 80_000
    layers: int = 3
    rows: int = 6400
    peak_rate: float = 1.0e-3
    warmup_steps: int = 300
    dropout: float = 0.1
    threads: int = 1
    makers: int = 1
    seed: int = 1
    note: str = ""

    @property
    def states(self) -> Path:
        """Folder of the cached states."""
        return self.work / "states"

    @property
    def encoder(self) -> Path:
        """Folder of the exported first phase."""
        return self.work / "encoder"

    @property
    def head(self) -> Path:
        """File of the CTC head."""
        return self.work / "sounds.npz"


def first_vocabulary(work: Path) -> tokens.Vocabulary:
    """Vocabulary of the first phase."""
    return tokens.load_vocabulary(work / "vocabulary.json")


def sounds_of(vocabulary: tokens.Vocabulary) -> Sounds:
    """Classes of the CTC head."""
    return Sounds(vocabulary.tokens[3 : vocabulary.text_count])


def hear(settings: Settings, number: int) -> None:
    """Process that encodes windows into shards until there are enough."""
    sounds = sounds_of(first_vocabulary(settings.work))
    ear = Ear(settings.encoder, settings.head, sounds)
    store = ClipStore(settings.clips)
    seed = settings.seed * 1000 + 500 + number
    rng = random.Random(seed)
    shards = settings.windows // WINDOWS_A_SHARD
    for shard in range(number, shards, settings.makers):
        name = f"h{settings.seed}-{shard:05d}"
        if (settings.states / f"{name}.jsonl").exists():
            continue
        store.refresh()
        maker = WindowMaker(store, seed + shard * settings.makers)
        drawn = (maker.draw(1.0) for _ in range(WINDOWS_A_SHARD))
        windows = (Spoken(log_mel(one.samples), one.texts, one.spans) for one in drawn)
        full = (rng.random() < _WHOLE for _ in range(WINDOWS_A_SHARD))
        write_states(settings.states, name, ear, windows, full)


def feed(settings: Settings, vocabulary: tokens.Vocabulary, queue: Queue[Lesson]) -> None:
    """Process that makes lessons until it is ended."""
    queue.cancel_join_thread()
    trainer = os.getppid()
    store = StateStore(settings.states, WIDTH)
    sounds = sounds_of(first_vocabulary(settings.work))
    maker = LessonMaker(store, vocabulary, sounds, settings.rows, settings.seed + os.getpid())
    while len(store.windows) < min(_FIRST_WINDOWS, settings.windows):
        maker.refresh()
        time.sleep(2)
    while True:
        for _ in range(_REFRESH_ROUNDS):
            for lesson in maker.lessons():
                put(queue, lesson, trainer)
        maker.refresh()


def start_workers(
    settings: Settings, vocabulary: tokens.Vocabulary
) -> tuple[Queue[Lesson], list[BaseProcess]]:
    """Start the processes that encode windows and make lessons."""
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    context = get_context("spawn")
    queue: Queue[Lesson] = context.Queue(maxsize=16)
    workers: list[BaseProcess] = [
        context.Process(target=hear, args=(settings, number), daemon=True)
        for number in range(settings.makers)
    ]
    workers.append(context.Process(target=feed, args=(settings, vocabulary, queue), daemon=True))
    for worker in workers:
        worker.start()
    return queue, workers
