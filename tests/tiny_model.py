"""A Whisper model folder with random weights: the real format, made in a tenth of a second."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

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
