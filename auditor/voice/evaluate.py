"""Measure the demo recogniser on calls whose text it never saw.

``python -m auditor.voice.evaluate --model models/asr-demo --corpus models/corpus`` voices the
written calls of a held-out batch as two channels in the telephone band and prints the character
error and the toneless-pinyin error of the sentences that training did not have, once with voices
of the training and once with voices kept out of it, and then what is written on clips in which
nobody speaks. ``--whole-calls test`` measures whole calls of the test split and prints only
totals. ``--card`` keeps the figures in the model's card. The model is loaded and fed exactly as
``auditor run --model demo`` does it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from auditor.transcribe.models import DEMO_NAME, resolve_model
from auditor.transcribe.whisper import WhisperRecogniser
from auditor.voice import card, corpus
from auditor.voice import telephone as line
from auditor.voice.measure import Errors, spoken
from auditor.voice.speechless import speechless_clips, written_on_nothing
from auditor.voice.synth import (
    HELD_OUT_SPEEDS,
    HELD_OUT_VARIANTS,
    SAMPLE_RATE,
    TRAINING_SPEEDS,
    TRAINING_VARIANTS,
    Audio,
    Voice,
    speak,
)

#: Batch whose sentences are measured on: never in the training text.
MEASURED = "b008"
TARGETS = {"known voices": 0.15, "unknown voices": 0.25}
WHOLE_CALLS_TARGET = 0.10
_PITCHES = (30, 70)


@dataclass(frozen=True, slots=True)
class Channel:
    """One side of a synthesised call: its sound and everything that was said in it."""

    call_id: str
    samples: Audio
    said: str


@dataclass(frozen=True, slots=True)
class Score:
    """Errors of one set of calls."""

    sentences: int
    seconds: float
    characters: Errors
    syllables: Errors
    exact_channels: int
    worst: tuple[tuple[str, float], ...]
    real_time: float


def trained_sentences(folder: Path) -> frozenset[str]:
    """Every written sentence that training may have heard, without punctuation."""
    texts = [turn.text for call in corpus.training_calls(folder) for turn in call.turns]
    for name in ("frames.txt", "sentences.txt"):
        texts += [t for t in map(corpus.clean, corpus.read_lines(folder / name)) if t]
    return frozenset(spoken(s) for text in texts for s in corpus.sentences(text))


def unseen_calls(folder: Path, name: str) -> tuple[corpus.WrittenCall, ...]:
    """Calls of a batch or split without the sentences that also occur in the training text."""
    known = trained_sentences(folder)
    kept = []
    for call in corpus.calls_of(folder, name):
        turns = []
        for turn in call.turns:
            parts = [s for s in corpus.sentences(turn.text) if spoken(s) not in known]
            if parts:
                turns.append(corpus.WrittenTurn(turn.speaker, "".join(parts)))
        kept.append(corpus.WrittenCall(call.call_id, call.faithful, tuple(turns)))
    return tuple(kept)


def voice_call(
    call: corpus.WrittenCall, voices: dict[str, Voice], rng: np.random.Generator
) -> tuple[Channel, ...]:
    """Both channels of a call: turns one after the other, line noise, A-law or mu-law."""
    rate = line.LINE_RATE
    parts: list[tuple[str, int, Audio]] = []
    position = int(rng.uniform(0.5, 1.5) * rate)
    for turn in call.turns:
        samples = speak(turn.text, voices[turn.speaker], rate=rate)
        parts.append((turn.speaker, position, samples))
        position += len(samples) + int(rng.uniform(0.3, 1.1) * rate)
    channels = []
    for speaker in ("A", "C"):
        track = line.comfort_noise(position + rate, rng)
        for who, start, samples in parts:
            if who == speaker:
                track[start : start + len(samples)] += samples
        heard = line.round_trip(track, str(rng.choice(("alaw", "mulaw"))))
        wide = np.fft.irfft(np.pad(np.fft.rfft(heard), (0, len(heard) // 2)), 2 * len(heard)) * 2
        said = "".join(turn.text for turn in call.turns if turn.speaker == speaker)
        if said:
            channels.append(Channel(call.call_id, wide.astype(np.float32), said))
    return tuple(channels)


def voices_for(variants: Iterable[str], speeds: tuple[int, int], rng: random.Random) -> Voice:
    """A random voice out of the given variants and speeds."""
    return Voice(rng.choice(list(variants)), rng.randint(*speeds), rng.randint(*_PITCHES))


def score_calls(
    recogniser: WhisperRecogniser,
    calls: tuple[corpus.WrittenCall, ...],
    variants: tuple[str, ...],
    speeds: tuple[int, int],
    seed: int,
) -> Score:
    """Voice the calls, write them down channel by channel, and count the errors."""
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    characters = syllables = Errors()
    by_call: dict[str, Errors] = {}
    seconds = spent = 0.0
    exact = 0
    for call in calls:
        voices = {speaker: voices_for(variants, speeds, rng) for speaker in "AC"}
        for channel in voice_call(call, voices, noise):
            started = time.perf_counter()
            written = "".join(piece.text for piece in recogniser.transcribe(channel.samples))
            spent += time.perf_counter() - started
            seconds += len(channel.samples) / SAMPLE_RATE
            errors = Errors.between([(channel.said, written)])
            characters += errors
            syllables += Errors.between([(channel.said, written)], pinyin=True)
            by_call[call.call_id] = by_call.get(call.call_id, Errors()) + errors
            exact += errors.edits == 0
    worst = sorted(((name, e.rate) for name, e in by_call.items()), key=lambda item: -item[1])
    sentences = sum(len(corpus.sentences(t.text)) for call in calls for t in call.turns)
    return Score(
        sentences, seconds, characters, syllables, exact, tuple(worst[:5]), seconds / spent
    )


def describe(name: str, score: Score, target: float, *, totals_only: bool) -> str:
    """The lines printed for one set of calls."""
    verdict = "met" if score.characters.rate <= target else "MISSED"
    lines = [
        f"{name}: character error {score.characters.rate:.2%} "
        f"({score.characters.edits}/{score.characters.units}; at most {target:.0%}: {verdict}), "
        f"toneless pinyin {score.syllables.rate:.2%}",
        f"  {score.sentences} sentences, {score.seconds / 60:.1f} min of channels, "
        f"{score.exact_channels} channels without an error, {score.real_time:.0f} x real time",
    ]
    if not totals_only:
        worst = ", ".join(f"{call} {rate:.1%}" for call, rate in score.worst)
        lines.append(f"  worst calls: {worst}")
    return "\n".join(lines)


def figures_of(score: Score, target: float) -> dict[str, Any]:
    """What the card keeps of a score."""
    return {
        "sentences": score.sentences,
        "character_error": round(score.characters.rate, 4),
        "toneless_pinyin_error": round(score.syllables.rate, 4),
        "minutes": round(score.seconds / 60, 1),
        "target": target,
        "met": score.characters.rate <= target,
    }


def measure_sentences(
    recogniser: WhisperRecogniser, calls: tuple[corpus.WrittenCall, ...]
) -> dict[str, Any]:
    """Unseen sentences by known and unknown voices, then clips without speech; printed too."""
    figures: dict[str, Any] = {}
    for seed, name, variants, speeds in (
        (11, "known voices", TRAINING_VARIANTS, TRAINING_SPEEDS),
        (12, "unknown voices", HELD_OUT_VARIANTS, HELD_OUT_SPEEDS),
    ):
        score = score_calls(recogniser, calls, variants, speeds, seed)
        print(describe(name, score, TARGETS[name], totals_only=False), flush=True)
        figures[name] = figures_of(score, TARGETS[name])
    for name, detector in (("nobody speaks", True), ("nobody speaks, no detector", False)):
        found = written_on_nothing(recogniser, detector=detector)
        print(f"{name}: something written on {len(found)} of {len(speechless_clips())} clips")
        for clip, text in found.items():
            print(f"  {clip}: {text}")
        figures[name] = {
            "clips": len(speechless_clips()),
            "written_on": len(found),
            "target": 0,
            "met": not found,
        }
    return figures


def measure_whole_calls(
    recogniser: WhisperRecogniser, calls: tuple[corpus.WrittenCall, ...], split: str
) -> dict[str, Any]:
    """Whole calls of a split by known voices; only totals are printed."""
    name = f"whole calls of the {split} split"
    score = score_calls(recogniser, calls, TRAINING_VARIANTS, TRAINING_SPEEDS, 13)
    print(describe(name, score, WHOLE_CALLS_TARGET, totals_only=True), flush=True)
    return {name: figures_of(score, WHOLE_CALLS_TARGET) | {"calls": len(calls)}}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", type=Path, default=Path("models/asr-demo"))
    parser.add_argument("--corpus", type=Path, default=Path("models/corpus"))
    parser.add_argument("--on", default=MEASURED, help="batch or split with unseen sentences")
    parser.add_argument("--whole-calls", metavar="SPLIT", help="whole calls of a split instead")
    parser.add_argument("--every", type=int, default=1, help="only every so many calls")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--card", action="store_true", help="write the figures into the card")
    options = parser.parse_args()
    model = resolve_model(DEMO_NAME, demo_dir=options.model)
    recogniser = WhisperRecogniser(model, device="cpu", threads=options.threads)
    if options.whole_calls:
        calls = corpus.calls_of(options.corpus, options.whole_calls)[:: options.every]
        figures = measure_whole_calls(recogniser, calls, options.whole_calls)
    else:
        calls = unseen_calls(options.corpus, options.on)[:: options.every]
        figures = measure_sentences(recogniser, calls)
    if options.card:
        card.add_figures(options.model, figures)


if __name__ == "__main__":
    main()
