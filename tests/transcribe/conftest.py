"""Shared pieces: a tiny real Whisper model, real speech, and short ways to write pieces."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ctranslate2.specs import WhisperSpec
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from auditor.text.normalise import Normaliser
from auditor.transcribe.base import Piece, PieceWord

WIDTH = 32
HEADS = 2
MELS = 80
CHARACTERS = "您好请问是先生吗我这边银行的信用卡逾期了还款没有钱谢再见"


def build_model(
    folder: Path, *, seed: int = 0, seconds: int = 6, positions: int = 1500, card: bool = False
) -> Path:
    """Write the files of a Whisper model with random weights into ``folder``.

    It is the real format, made in a tenth of a second. It hears nothing sensible; it lets tests
    run the real recogniser, its errors and its times.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = ["", "<unk>", " ", *sorted(set(CHARACTERS))]
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|zh|>", "<|en|>", "<|translate|>"]
    special += ["<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>", *(f"<|{k * 0.02:.2f}|>" for k in range(seconds * 50 + 1))]
    vocabulary = text + special
    ids = {token: k for k, token in enumerate(vocabulary)}
    random = np.random.default_rng(seed)

    def weights(*shape: int) -> NDArray[np.float32]:
        return random.normal(0, 0.2, shape).astype(np.float32)

    spec = WhisperSpec(1, HEADS, 1, HEADS)
    spec.encoder.conv1.weight, spec.encoder.conv1.bias = weights(WIDTH, MELS, 3), weights(WIDTH)
    spec.encoder.conv2.weight, spec.encoder.conv2.bias = weights(WIDTH, WIDTH, 3), weights(WIDTH)
    spec.encoder.position_encodings.encodings = weights(positions, WIDTH)
    spec.decoder.position_encodings.encodings = weights(448, WIDTH)
    spec.decoder.embeddings.weight = weights(len(vocabulary), WIDTH)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    # Only text and its end, so that what the random weights draw is text.
    wanted = {*CHARACTERS, "<|endoftext|>"}
    spec.decoder.projection.bias = np.array(
        [0 if token in wanted else -1000 for token in vocabulary], np.float32
    )
    for norm in (spec.encoder.layer_norm, spec.decoder.layer_norm):
        _norm(norm)
    for layer in (*spec.encoder.layer, *spec.decoder.layer):
        _attention(layer.self_attention, 3, weights)
        if hasattr(layer, "attention"):
            _attention(layer.attention, None, weights)
        _norm(layer.ffn.layer_norm)
        layer.ffn.linear_0.weight = weights(4 * WIDTH, WIDTH)
        layer.ffn.linear_0.bias = weights(4 * WIDTH)
        layer.ffn.linear_1.weight = weights(WIDTH, 4 * WIDTH)
        layer.ffn.linear_1.bias = weights(WIDTH)
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = [ids["<unk>"], ids[""]]
    spec.config.suppress_ids_begin = [ids[" "], ids["<|endoftext|>"]]
    spec.config.lang_ids = [ids["<|zh|>"], ids["<|en|>"]]
    spec.config.alignment_heads = [(0, 0), (0, 1)]
    spec.validate()
    spec.save(str(folder))
    _tokenizer(ids, vocabulary[len(text) :]).save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "chunk_length": seconds,
                "feature_size": MELS,
                "hop_length": 160,
                "n_fft": 400,
                "sampling_rate": 16000,
            }
        ),
        encoding="utf-8",
    )
    if card:
        hashes = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
        }
        (folder / "card.json").write_text(json.dumps({"sha256": hashes}), encoding="utf-8")
    return folder


def _norm(layer: Any) -> None:
    layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _attention(layer: Any, fused: int | None, weights: Any) -> None:
    _norm(layer.layer_norm)
    rows = [3, 1] if fused else [1, 2, 1]
    for linear, count in zip(layer.linear, rows, strict=True):
        linear.weight, linear.bias = weights(count * WIDTH, WIDTH), weights(count * WIDTH)


def _tokenizer(ids: dict[str, int], special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))  # noqa: S106 # no password
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in special]
    )
    return tokenizer


@pytest.fixture(scope="session")
def model_builder() -> Callable[..., Path]:
    """Write a model folder; see ``build_model``."""
    return build_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with random weights and windows of six seconds."""
    return build_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    """The real one."""
    return Normaliser()


@pytest.fixture(scope="session")
def fold(normaliser: Normaliser) -> Callable[[str], str]:
    """The real folding."""
    return normaliser.fold


def make_piece(text: str, start: float = 0.0, end: float | None = None, **changes: Any) -> Piece:
    """Return a piece with one word a character, spread evenly at four characters a second."""
    stop = start + len(text) / 4 if end is None else end
    step = (stop - start) / max(1, len(text))
    probability = changes.pop("probability", 0.9)
    words = tuple(
        PieceWord(
            min(start + k * step, stop),
            min(start + (k + 1) * step, stop),
            char,
            probability if isinstance(probability, float) else probability[k],
        )
        for k, char in enumerate(text)
    )
    numbers = {"avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 1.0, **changes}
    return Piece(start=start, end=stop, text=text, words=words, **numbers)


@pytest.fixture(scope="session")
def piece() -> Callable[..., Piece]:
    """Make a piece; see ``make_piece``."""
    return make_piece


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., NDArray[np.float32]]:
    """Real synthetic Mandarin speech, mono at 16 kHz."""
    folder = tmp_path_factory.mktemp("speech")
    program = shutil.which("espeak-ng")
    assert program, "espeak-ng is missing: apt-get install espeak-ng"

    def speak(text: str, *options: str) -> NDArray[np.float32]:
        path = folder / f"{len(list(folder.iterdir()))}.wav"
        voice = () if "-v" in options else ("-v", "cmn-latn-pinyin")
        subprocess.run([program, *voice, *options, "-w", str(path), text], check=True)
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
        at = np.arange(0, len(sound) - 1, rate / 16_000)
        return np.interp(at, np.arange(len(sound)), sound).astype(np.float32)

    return speak


@pytest.fixture(scope="session")
def write_wav() -> Callable[[Path, Sequence[NDArray[np.float32]], int], Path]:
    """Write channels of samples as a 16-bit file."""

    def write(path: Path, channels: Sequence[NDArray[np.float32]], rate: int = 16_000) -> Path:
        length = max(len(channel) for channel in channels)
        padded = [np.pad(channel, (0, length - len(channel))) for channel in channels]
        frames = np.clip(np.stack(padded, axis=1) * 32767, -32768, 32767).astype("<i2")
        with wave.open(str(path), "wb") as file:
            file.setnchannels(len(channels))
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(frames.tobytes())
        return path

    return write
