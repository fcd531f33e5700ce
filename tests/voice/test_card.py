"""The shipped demo model is the one on its card, and works the way the product uses it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from auditor.transcribe.models import resolve_model
from auditor.transcribe.whisper import WhisperRecogniser
from auditor.voice import corpus
from auditor.voice.card import render
from auditor.voice.evaluate import (
    MEASURED,
    TARGETS,
    trained_sentences,
    unseen_calls,
    voice_call,
)
from auditor.voice.export import MODEL_FILES
from auditor.voice.measure import Errors, spoken
from auditor.voice.speechless import speechless_clips, written_on_nothing
from auditor.voice.synth import Voice, speak

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "asr-demo"
FOLDER = ROOT / "models" / "corpus"
SENTENCE = "您这张卡上个月的账单还没有还，请您明天下午之前处理一下。"


@pytest.fixture(scope="module")
def card() -> dict:
    """The machine-readable card."""
    return json.loads((MODEL / "card.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def recogniser() -> WhisperRecogniser:
    """The demo model, loaded as the command loads it."""
    model = resolve_model("demo", demo_dir=MODEL)
    return WhisperRecogniser(model, device="cpu", threads=1)


@pytest.mark.parametrize("name", MODEL_FILES)
def test_every_file_has_the_hash_of_the_card(card: dict, name: str) -> None:
    """A changed or mixed-up file is noticed."""
    assert card["sha256"][name] == hashlib.sha256((MODEL / name).read_bytes()).hexdigest()


def test_the_model_is_small_enough_to_ship(card: dict) -> None:
    """At most 16 MB, and the card says how much."""
    size = sum((MODEL / name).stat().st_size for name in MODEL_FILES)
    assert size == card["bytes"]
    assert size <= 16_000_000


def test_the_written_card_says_what_the_data_say(card: dict) -> None:
    """card.md is made from card.json and warns against real voices."""
    text = (MODEL / "card.md").read_text(encoding="utf-8")
    assert text == render(card)
    assert "invents fluent debt talk from real voices" in text


def test_the_card_says_of_every_target_whether_it_is_met(card: dict) -> None:
    """Measured on enough sentences, judged by the numbers, and said in words."""
    text = (MODEL / "card.md").read_text(encoding="utf-8")
    figures = card["figures"]
    for name, target in TARGETS.items():
        row = figures[name]
        assert row["sentences"] >= 300
        assert row["target"] == target
        assert row["met"] is (row["character_error"] <= target)
        verdict = "met" if row["met"] else "missed"
        line = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        assert f"{row['character_error']:.1%} | {target:.0%} | {verdict} |" in line
    silent = figures["nobody speaks"]
    assert silent["clips"] == 20
    assert silent["met"] is (silent["written_on"] == 0)


def test_evaluation_sentences_are_not_in_the_training_text() -> None:
    """At least 300 sentences, none of them trained on."""
    known = trained_sentences(FOLDER)
    asked = [
        spoken(sentence)
        for call in unseen_calls(FOLDER, MEASURED)
        for turn in call.turns
        for sentence in corpus.sentences(turn.text)
    ]
    assert len(asked) >= 300
    assert not known & set(asked)


def test_a_sentence_is_written_with_times(recogniser: WhisperRecogniser) -> None:
    """An unseen sentence comes back almost right; words are timed in order inside the sound."""
    assert spoken(SENTENCE) not in trained_sentences(FOLDER)
    quiet = np.zeros(8_000, np.float32)
    samples = np.concatenate([quiet, speak(SENTENCE, Voice("f2", 180, 50)), quiet])
    pieces = recogniser.transcribe(samples)
    written = "".join(piece.text for piece in pieces)
    assert Errors.between([(SENTENCE, written)]).rate <= 0.25
    times = [edge for p in pieces for word in p.words for edge in (word.start, word.end)]
    assert times
    assert times == sorted(times)
    assert times[-1] <= len(samples) / 16_000


def test_a_whole_call_is_written_channel_by_channel(recogniser: WhisperRecogniser) -> None:
    """One held-out call as two channels stays within the promised error."""
    call = unseen_calls(FOLDER, MEASURED)[0]
    voices = {"A": Voice("m3", 180, 45), "C": Voice("f4", 190, 55)}
    pairs = [
        (channel.said, "".join(p.text for p in recogniser.transcribe(channel.samples)))
        for channel in voice_call(call, voices, np.random.default_rng(1))
    ]
    assert len(pairs) == 2
    assert Errors.between(pairs).rate <= 0.3


def test_nothing_is_written_where_nobody_speaks(recogniser: WhisperRecogniser) -> None:
    """Twenty clips of silence, noise, hum, tones and melodies give no text."""
    assert len(speechless_clips()) == 20
    assert written_on_nothing(recogniser, detector=True) == {}
