"""Builds a Whisper model folder with random weights: the real file format, in half a second.

It hears nothing sensible; it lets tests run the real recogniser, its errors and its time mapping.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

WIDTH = 32
HEADS = 2
MELS = 80
CHARACTERS = "您好请问是先生吗我这边银行的信用卡逾期了还款没有钱谢再见"


def build(folder: Path, *, seed: int = 0, seconds: int = 6, positions: int = 1500) -> Path:
    """Write the five files of a model into ``folder`` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = ["", "<unk>", " ", *sorted(set(CHARACTERS))]
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|zh|>", "<|en|>", "<|translate|>"]
    special += ["<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>", *(f"<|{k * 0.02:.2f}|>" for k in range(seconds * 50 + 1))]
    vocabulary = text + special
    ids = {token: k for k, token in enumerate(vocabulary)}
    random = np.random.default_rng(seed)

    def weights(*shape: int) -> np.ndarray:
        return random.normal(0, 0.2, shape).astype(np.float32)

    spec = WhisperSpec(1, HEADS, 1, HEADS)
    spec.encoder.conv1.weight, spec.encoder.conv1.bias = weights(WIDTH, MELS, 3), weights(WIDTH)
    spec.encoder.conv2.weight, spec.encoder.conv2.bias = weights(WIDTH, WIDTH, 3), weights(WIDTH)
    spec.encoder.position_encodings.encodings = weights(positions, WIDTH)
    spec.decoder.position_encodings.encodings = weights(448, WIDTH)
    spec.decoder.embeddings.weight = weights(len(vocabulary), WIDTH)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
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
    # Timestamps are forbidden, so that what the random weights draw is text.
    timestamps = [ids[token] for token in vocabulary if token[2:3].isdigit()]
    spec.config.suppress_ids = [ids["<unk>"], ids[""], *timestamps]
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
    return folder


def _norm(layer: object) -> None:
    layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)  # type: ignore[attr-defined]


def _attention(layer: object, fused: int | None, weights: object) -> None:
    _norm(layer.layer_norm)  # type: ignore[attr-defined]
    rows = [3, 1] if fused else [1, 2, 1]
    for linear, count in zip(layer.linear, rows, strict=True):  # type: ignore[attr-defined]
        linear.weight, linear.bias = weights(count * WIDTH, WIDTH), weights(count * WIDTH)  # type: ignore[operator]


def _tokenizer(ids: dict[str, int], special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))  # noqa: S106 # no password
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in special]
    )
    return tokenizer
