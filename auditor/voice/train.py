"""Train the demo recogniser from scratch on synthesised clips.

``python -m auditor.voice.train --corpus models/corpus --clips CLIPS --work WORK
--out models/asr-demo`` runs on a GPU when torch finds one. Start ``auditor.voice.clips`` first; it
may go on writing while this runs. A run that was stopped goes on from its last checkpoint.

Encoder and decoder are trained together first, until the sounds are understood; then
``auditor.voice.spelling`` freezes the encoder and teaches a larger decoder to spell.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import numpy as np
import torch

from auditor.voice import corpus, spelling, supply, tokens
from auditor.voice.batches import Batch, BatchMaker, Sounds
from auditor.voice.card import training_facts, write_card
from auditor.voice.clips import ClipStore
from auditor.voice.export import save_model
from auditor.voice.losses import GUIDE_WEIGHT, losses
from auditor.voice.network import Recogniser, Size
from auditor.voice.processes import put
from auditor.voice.watch import Watcher
from auditor.voice.windows import WindowMaker

#: Weight of the CTC loss at first and after ``CTC_EARLY`` of the time.
CTC_WEIGHTS = (1.0, 0.4)
CTC_EARLY = 0.4
CHECKPOINT_SECONDS = 300
LOG_SECONDS = 60
_REFRESH_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know; equal settings and clips give comparable models."""

    corpus: Path
    clips: Path
    work: Path
    out: Path
    minutes: float = 65.0
    spelling_minutes: float = 45.0
    frames: int = 5600
    peak_rate: float = 1.2e-3
    warmup_steps: int = 250
    threads: int = 1
    makers: int = 1
    seed: int = 1
    benchmark: int = 0
    note: str = ""


def feed(
    settings: Settings,
    vocabulary: tokens.Vocabulary,
    seed: int,
    progress: Synchronized[float],
    queue: Queue[Batch],
) -> None:
    """Process that makes batches until it is ended; it takes in new clips as they appear."""
    torch.set_num_threads(1)
    store = ClipStore(settings.clips)
    sounds = Sounds(vocabulary.tokens[3 : vocabulary.text_count])
    maker = BatchMaker(WindowMaker(store, seed), vocabulary, sounds, settings.frames)
    queue.cancel_join_thread()
    trainer = os.getppid()
    while True:
        store.refresh()
        for _ in range(_REFRESH_ROUNDS):
            for batch in maker.batches(progress.value):
                put(queue, batch, trainer)


def learning_rate(settings: Settings, step: int, progress: float) -> float:
    """Linear warm-up in steps, flat until 60 % of the time, then a cosine to 1 %."""
    warm = min(1.0, (step + 1) / settings.warmup_steps)
    late = max(0.0, (progress - 0.6) / 0.4)
    return settings.peak_rate * warm * (0.01 + 0.99 * (1 + math.cos(math.pi * late)) / 2)


class Run:
    """One training run with its model, optimiser and clock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.set_num_threads(settings.threads)
        torch.set_flush_denormal(True)
        torch.manual_seed(settings.seed)
        settings.work.mkdir(parents=True, exist_ok=True)
        self.vocabulary = self._vocabulary()
        sounds = Sounds(self.vocabulary.tokens[3 : self.vocabulary.text_count])
        self.size = Size()
        model = Recogniser(self.size, len(self.vocabulary.tokens), len(sounds.names))
        self.model = model.to(self.device)
        matrices = [p for p in model.parameters() if p.dim() > 1]
        vectors = [p for p in model.parameters() if p.dim() <= 1]
        groups: list[dict[str, Any]] = [
            {"params": matrices, "weight_decay": 0.01},
            {"params": vectors},
        ]
        self.optimiser = torch.optim.AdamW(
            groups, lr=settings.peak_rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True
        )
        self.step = 0
        self.windows = 0
        self.seconds = 0.0
        self.checkpoint = settings.work / "checkpoint.pt"
        if self.checkpoint.exists():
            self._resume()

    def _vocabulary(self) -> tokens.Vocabulary:
        path = self.settings.work / "vocabulary.json"
        if not path.exists():
            folder = self.settings.corpus
            words = corpus.word_frequencies()
            characters = set("，。？！")
            characters.update(corpus.frequent_characters(words, corpus.VOCABULARY_CHARACTERS))
            for call in (*corpus.training_calls(folder), *corpus.watched_calls(folder)):
                for turn in call.turns:
                    characters.update(turn.text)
            store = ClipStore(self.settings.clips)
            for clip in store.clips:
                characters.update(clip.text)
            tokens.save_vocabulary(tokens.build(characters), path)
        return tokens.load_vocabulary(path)

    def _resume(self) -> None:
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.windows, self.seconds = state["step"], state["windows"], state["seconds"]

    def save(self) -> None:
        """Write a checkpoint; the former one is replaced only when the new one is whole."""
        partial = self.checkpoint.with_suffix(".part")
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "windows": self.windows,
            "seconds": self.seconds,
        }
        torch.save(state, partial)
        partial.replace(self.checkpoint)

    def learn(self, batch: Batch, rng: np.random.Generator) -> tuple[float, float, float]:
        """One step; returns the losses of text, sounds and guidance."""
        progress = self.seconds / (self.settings.minutes * 60)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.settings, self.step, progress)
        found = losses(self.model, batch, self.device, rng)
        weight = CTC_WEIGHTS[progress > CTC_EARLY]
        total = found.text + weight * found.sounds + GUIDE_WEIGHT * found.guide
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        self.windows += len(batch.inputs)
        return float(found.text.detach()), float(found.sounds.detach()), float(found.guide.detach())

    def train(self, batches: Iterator[Batch], progress: Synchronized[float]) -> None:
        """Train until the minutes are used up, logging, watching and saving on the way."""
        settings = self.settings
        watcher = Watcher(settings.corpus, self.vocabulary)
        rng = np.random.default_rng(settings.seed + self.step)
        total = settings.minutes * 60
        recent: list[tuple[float, ...]] = []
        waited = 0.0
        logged = saved = time.monotonic()
        self.model.train()
        while self.seconds < total:
            started = time.monotonic()
            batch = next(batches)
            waited += time.monotonic() - started
            recent.append(self.learn(batch, rng))
            self.seconds += time.monotonic() - started
            progress.value = self.seconds / total
            if time.monotonic() - logged > LOG_SECONDS:
                text, sound, guide = np.mean(recent, axis=0)
                print(
                    f"{self.seconds:6.0f} s step {self.step} windows {self.windows} "
                    f"text {text:.3f} sounds {sound:.3f} guide {guide:.3f} "
                    f"steps {len(recent)} waited {waited:.1f} s",
                    flush=True,
                )
                recent, waited, logged = [], 0.0, time.monotonic()
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self.save()
                started = time.monotonic()
                print(f"{self.seconds:6.0f} s {watcher.look(self.model, self.device)}", flush=True)
                self.seconds += time.monotonic() - started
                saved = time.monotonic()
        self.save()
        print(f"{self.seconds:6.0f} s {watcher.look(self.model, self.device)}", flush=True)

    def export(self) -> None:
        """Write the int8 model folder."""
        state = {name: t.float().cpu().numpy() for name, t in self.model.state_dict().items()}
        save_model(state, asdict(self.size), self.vocabulary, self.settings.out)
        settings = self.settings
        weights = sum(p.numel() for p in self.model.parameters())
        facts = training_facts(
            settings.corpus, settings.clips, weights, asdict(self.size), self.vocabulary.text_count
        ) | {
            "windows": f"{self.windows} in {self.step} steps",
            "minutes": round(self.seconds / 60, 1),
            "device": f"{self.device.type}, {settings.threads} thread(s)",
            "seed": settings.seed,
        }
        if settings.note:
            facts["note"] = settings.note
        write_card(settings.out, facts)


def benchmark(run: Run, batches: Iterator[Batch]) -> None:
    """Print the cost of one step at the final mix of windows."""
    rng = np.random.default_rng(0)
    ready = [next(batches) for _ in range(run.settings.benchmark + 2)]
    run.model.train()
    for batch in ready[:2]:
        run.learn(batch, rng)
    started = time.monotonic()
    for batch in ready[2:]:
        run.learn(batch, rng)
    seconds = time.monotonic() - started
    windows = sum(len(batch.inputs) for batch in ready[2:])
    frames = sum(batch.features.shape[0] * batch.features.shape[2] for batch in ready[2:])
    print(
        f"{seconds / run.settings.benchmark:.3f} s a step, {windows / seconds:.1f} windows/s, "
        f"{frames / 100 / seconds:.0f} s of padded audio a second, "
        f"{sum(p.numel() for p in run.model.parameters()) / 1e6:.1f} M parameters"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name in ("corpus", "clips", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("frames", "warmup_steps", "threads", "makers", "seed", "benchmark"):
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, type=int)
    parser.add_argument("--note", help="a remark for the model's card")
    for name in ("minutes", "spelling_minutes", "peak_rate"):
        parser.add_argument("--" + name.replace("_", "-"), type=float)
    given = {k: v for k, v in vars(parser.parse_args()).items() if v is not None}
    settings = Settings(**given)
    run = Run(settings)
    # Read by the processes that are about to start: one thread each is enough for them.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    context = get_context("spawn")
    queue: Queue[Batch] = context.Queue(maxsize=12)
    total = settings.minutes * 60
    share = 0.5 if settings.benchmark else run.seconds / total
    progress: Synchronized[float] = context.Value("d", share)
    feeders = [
        context.Process(
            target=feed,
            args=(
                settings,
                run.vocabulary,
                settings.seed * 1000 + run.step + number,
                progress,
                queue,
            ),
            daemon=True,
        )
        for number in range(settings.makers)
    ]
    for feeder in feeders:
        feeder.start()
    batches = iter(queue.get, None)
    try:
        if settings.benchmark:
            benchmark(run, batches)
        else:
            run.train(batches, progress)
    finally:
        for feeder in feeders:
            feeder.kill()
    if settings.benchmark:
        return
    if settings.spelling_minutes <= 0:
        run.export()
        return
    spelling.spell(
        supply.Settings(
            corpus=settings.corpus,
            clips=settings.clips,
            work=settings.work,
            out=settings.out,
            minutes=settings.spelling_minutes,
            threads=settings.threads,
            makers=settings.makers,
            seed=settings.seed,
            note=settings.note,
        )
    )


if __name__ == "__main__":
    main()
