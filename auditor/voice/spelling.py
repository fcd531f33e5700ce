"""Second phase of training: the decoder learns to spell on cached states of a frozen encoder.

``auditor.voice.train`` runs it after the first phase; ``python -m auditor.voice.spelling --corpus
models/corpus --clips CLIPS --work WORK --out models/asr-demo --minutes 45`` runs it alone on the
work folder of a first phase.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch

from auditor.voice import corpus, tokens
from auditor.voice.card import training_facts, write_card
from auditor.voice.export import save_model
from auditor.voice.growth import grown, larger_vocabulary
from auditor.voice.lessons import Lesson
from auditor.voice.losses import GUIDE_WEIGHT, guidance, spelling
from auditor.voice.measure import Errors
from auditor.voice.network import Size
from auditor.voice.states import POSITIONS, Ear, StateStore
from auditor.voice.supply import Settings, first_vocabulary, sounds_of, start_workers
from auditor.voice.watch import greedy, watched_mels, watched_texts

LOG_SECONDS = 60
WATCH_SECONDS = 300
WATCHED = 160
#: Characters of the vocabulary, for texts that come after the first phase.
CHARACTERS = 4600


def learning_rate(settings: Settings, step: int, progress: float) -> float:
    """Linear warm-up in steps, flat for a third of the time, then a cosine to 1 %."""
    warm = min(1.0, (step + 1) / settings.warmup_steps)
    late = max(0.0, (progress - 0.33) / 0.67)
    return settings.peak_rate * warm * (0.01 + 0.99 * (1 + math.cos(math.pi * late)) / 2)


class Speller:
    """The second phase with its model, optimiser and clock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.set_num_threads(settings.threads)
        torch.set_flush_denormal(True)
        torch.manual_seed(settings.seed)
        self.first = first_vocabulary(settings.work)
        self.sounds = sounds_of(self.first)
        self.checkpoint = settings.work / "spelling.pt"
        self.vocabulary = self._vocabulary()
        self.size = Size(decoder_layers=settings.layers, decoder_dropout=settings.dropout)
        self.step = 0
        self.windows = 0
        self.seconds = 0.0
        base = torch.load(settings.work / "checkpoint.pt", map_location="cpu", weights_only=True)
        self.before = {key: base[key] for key in ("step", "windows", "seconds")}
        small = Size(decoder_dropout=settings.dropout)
        self.model = grown(
            base["model"],
            small,
            settings.layers,
            self.first,
            self.vocabulary,
            len(self.sounds.names),
        )
        if not (settings.encoder / "model.bin").exists():
            self._freeze(base["model"], small)
        self.model.to(self.device)
        learned = [
            weights
            for name, weights in self.model.named_parameters()
            if name.startswith(("decoder", "embedding"))
        ]
        for weights in self.model.parameters():
            weights.requires_grad_(False)
        for weights in learned:
            weights.requires_grad_(True)
        groups: list[dict[str, Any]] = [
            {"params": [p for p in learned if p.dim() > 1], "weight_decay": 0.02},
            {"params": [p for p in learned if p.dim() <= 1]},
        ]
        self.learned = learned
        self.optimiser = torch.optim.AdamW(
            groups, lr=settings.peak_rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True
        )
        if self.checkpoint.exists():
            self._resume()

    def _vocabulary(self) -> tokens.Vocabulary:
        path = self.settings.work / "spelling_vocabulary.json"
        if not path.exists():
            folder = self.settings.corpus
            words = corpus.word_frequencies()
            characters = set(corpus.frequent_characters(words, CHARACTERS))
            for call in (*corpus.training_calls(folder), *corpus.watched_calls(folder)):
                for turn in call.turns:
                    characters.update(turn.text)
            tokens.save_vocabulary(larger_vocabulary(self.first, characters), path)
        return tokens.load_vocabulary(path)

    def _freeze(self, state: dict[str, Any], size: Size) -> None:
        arrays = {name: t.float().numpy() for name, t in state.items()}
        save_model(arrays, asdict(size), self.first, self.settings.encoder)
        np.savez(self.settings.head, weight=arrays["ctc.weight"], bias=arrays["ctc.bias"])

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

    def learn(self, lesson: Lesson) -> tuple[float, float]:
        """One step; returns the losses of text and guidance."""
        progress = self.seconds / (self.settings.minutes * 60)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.settings, self.step, progress)
        states, inputs, targets, centres = (
            torch.from_numpy(array).to(self.device)
            for array in (lesson.states, lesson.inputs, lesson.targets, lesson.centres)
        )
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            decoded, looks = self.model.decode(inputs, states.to(torch.bfloat16))
            text = spelling(self.model, decoded, targets)
        guide = guidance(looks, centres)
        (text + GUIDE_WEIGHT * guide).backward()
        torch.nn.utils.clip_grad_norm_(self.learned, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        self.windows += len(inputs)
        return float(text.detach()), float(guide.detach())

    def train(self, lessons: Iterator[Lesson]) -> None:
        """Train until the minutes are used up, logging, watching and saving on the way."""
        ear = Ear(self.settings.encoder, self.settings.head, self.sounds)
        texts = watched_texts(self.settings.corpus, WATCHED)
        mels = watched_mels(texts)
        watched = torch.from_numpy(ear.states(mels, 2 * POSITIONS)).to(self.device)
        print(f"before: {self.look(texts, watched)}", flush=True)
        # The clock starts when the first windows are encoded.
        lessons = chain([next(lessons)], lessons)
        total = self.settings.minutes * 60
        recent: list[tuple[float, ...]] = []
        waited = 0.0
        logged = looked = time.monotonic()
        self.model.train()
        while self.seconds < total:
            started = time.monotonic()
            lesson = next(lessons)
            waited += time.monotonic() - started
            recent.append(self.learn(lesson))
            self.seconds += time.monotonic() - started
            if time.monotonic() - logged > LOG_SECONDS:
                text, guide = np.mean(recent, axis=0)
                print(
                    f"{self.seconds:6.0f} s step {self.step} windows {self.windows} "
                    f"text {text:.3f} guide {guide:.3f} steps {len(recent)} waited {waited:.1f} s",
                    flush=True,
                )
                recent, waited, logged = [], 0.0, time.monotonic()
            if time.monotonic() - looked > WATCH_SECONDS:
                self.save()
                print(f"{self.seconds:6.0f} s {self.look(texts, watched)}", flush=True)
                looked = time.monotonic()
        self.save()
        print(f"{self.seconds:6.0f} s {self.look(texts, watched)}", flush=True)

    def look(self, texts: list[str], watched: torch.Tensor) -> str:
        """Character error and toneless-pinyin error on the watched sentences."""
        self.model.eval()
        said: list[str] = []
        for start in range(0, len(texts), 40):
            said += greedy(self.model, watched[start : start + 40], self.vocabulary)
        self.model.train()
        pairs = list(zip(texts, said, strict=True))
        rate = Errors.between(pairs).rate
        syllables = Errors.between(pairs, pinyin=True).rate
        return f"watched CER {rate:.3f}, toneless pinyin {syllables:.3f}"

    def export(self) -> None:
        """Write the int8 model folder."""
        state = {name: t.float().cpu().numpy() for name, t in self.model.state_dict().items()}
        settings = self.settings
        save_model(state, asdict(self.size), self.vocabulary, settings.out)
        weights = sum(p.numel() for p in self.model.parameters())
        first = self.before
        facts = training_facts(
            settings.corpus, settings.clips, weights, asdict(self.size), self.vocabulary.text_count
        ) | {
            "hearing": f"{first['windows']} windows in {first['step']} steps and "
            f"{first['seconds'] / 60:.0f} minutes",
            "spelling": f"{self.windows} windows in {self.step} steps and "
            f"{self.seconds / 60:.0f} minutes, out of "
            f"{StateStore(settings.states, self.size.width).count()} that were encoded",
            "device": f"{self.device.type}, {settings.threads} thread(s)",
            "seed": settings.seed,
        }
        if settings.note:
            facts["note"] = settings.note
        write_card(settings.out, facts)


def spell(settings: Settings) -> None:
    """Run the second phase and write the model."""
    settings.states.mkdir(parents=True, exist_ok=True)
    speller = Speller(settings)
    queue, workers = start_workers(settings, speller.vocabulary)
    try:
        speller.train(iter(queue.get, None))
        speller.export()
    finally:
        for worker in workers:
            worker.kill()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name in ("corpus", "clips", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("windows", "layers", "rows", "warmup_steps", "threads", "makers", "seed"):
        parser.add_argument("--" + name.replace("_", "-"), type=int)
    parser.add_argument("--note", help="a remark for the model's card")
    for name in ("minutes", "peak_rate", "dropout"):
        parser.add_argument("--" + name.replace("_", "-"), type=float)
    given = {k: v for k, v in vars(parser.parse_args()).items() if v is not None}
    spell(Settings(**given))


if __name__ == "__main__":
    main()
