"""Watch a training run: what the unfinished model writes for sentences it is not trained on."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from auditor.voice import corpus, tokens
from auditor.voice.batches import MAX_FRAMES, log_mel
from auditor.voice.clips import PITCHES
from auditor.voice.measure import Errors
from auditor.voice.network import Recogniser
from auditor.voice.synth import SAMPLE_RATE, TRAINING_SPEEDS, TRAINING_VARIANTS, Voice, speak

WATCHED_SENTENCES = 40
_LONGEST = 24


@torch.no_grad()
def greedy(
    model: Recogniser, states: Tensor, vocabulary: tokens.Vocabulary, longest: int = 60
) -> list[str]:
    """Decode encoder states greedily without a cache; for watching only."""
    ids = vocabulary.ids
    start = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")
    end = ids["<|endoftext|>"]
    with torch.autocast(states.device.type, dtype=torch.bfloat16):
        said = torch.tensor([[ids[token] for token in start]] * len(states))
        said = said.to(states.device)
        open_rows = torch.ones(len(states), dtype=torch.bool, device=states.device)
        for _ in range(longest):
            following = model.scores(model.decode(said, states)[0][:, -1]).argmax(-1)
            following = torch.where(open_rows, following, end)
            open_rows &= following != end
            said = torch.cat([said, following[:, None]], dim=1)
            if not open_rows.any():
                break
    return [vocabulary.decode(row) for row in said[:, len(start) :].tolist()]


def watched_texts(folder: Path, count: int) -> list[str]:
    """The same sentences every time, as long as the corpus does not grow."""
    turns = [t.text for call in corpus.watched_calls(folder) for t in call.turns]
    texts = [text for turn in turns for text in corpus.clips(turn) if 4 < len(text) <= _LONGEST]
    return random.Random(0).sample(texts, min(count, len(texts)))


def watched_mels(texts: list[str]) -> list[NDArray[np.float16]]:
    """The sentences spoken by voices of the training, each always by the same."""
    rng = random.Random(0)
    voices = [
        Voice(rng.choice(TRAINING_VARIANTS), rng.randint(*TRAINING_SPEEDS), rng.randint(*PITCHES))
        for _ in texts
    ]
    return [
        log_mel(speak(text, voice, rate=SAMPLE_RATE))
        for text, voice in zip(texts, voices, strict=True)
    ]


class Watcher:
    """Character error on some sentences that training does not use."""

    def __init__(self, folder: Path, vocabulary: tokens.Vocabulary) -> None:
        self.texts = watched_texts(folder, WATCHED_SENTENCES)
        self.vocabulary = vocabulary
        self.features = torch.zeros(len(self.texts), 80, MAX_FRAMES)
        for row, mel in enumerate(watched_mels(self.texts)):
            self.features[row, :, : mel.shape[1]] = torch.from_numpy(mel.astype(np.float32))

    def look(self, model: Recogniser, device: torch.device) -> str:
        """One line: the character error and two examples."""
        model.eval()
        said: list[str] = []
        for start in range(0, len(self.texts), 20):
            features = self.features[start : start + 20].to(device)
            with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16):
                states = model.encode(features)
            said += greedy(model, states, self.vocabulary)
        model.train()
        errors = Errors.between(zip(self.texts, said, strict=True))
        pairs = " | ".join(f"{self.texts[row]} -> {said[row]}" for row in (0, 1))
        return f"watched CER {errors.rate:.3f} | {pairs}"
