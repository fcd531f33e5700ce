"""Whisper models with the real dimensions and random weights, for measuring time.

What they write is nonsense, but every multiplication of the real model is done. Where a text ends
is built in: the position encodings pull towards the end token more and more, so that the text of a
window ends after some 57 tokens, about as many as half a minute of one side of a call has.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

_VOCABULARY = 51_865
_TIMES = 1_501
_POSITIONS = 1_500
_STEPS = 448
_MELS = 80
_LENGTHS = (40, 80)
_FIRST_CHARACTER = 0x20000
_LANGUAGES = 99


@dataclass(frozen=True, slots=True)
class Size:
    """Dimensions of a published model.

    Args:
        width: Of the hidden states.
        heads: Of attention.
        layers: Of the encoder, and as many of the decoder.
    """

    width: int
    heads: int
    layers: int


SIZES = {
    "tiny": Size(384, 6, 4),
    "base": Size(512, 8, 6),
    "small": Size(768, 12, 12),
    "medium": Size(1024, 16, 24),
}


def build_sized_model(folder: Path, size: Size, *, seed: int = 0) -> Path:
    """Write the files of a model of a size into ``folder``, weights in int8; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _vocabulary()
    ids = {token: k for k, token in enumerate(vocabulary)}
    random = np.random.default_rng(seed)

    def weights(*shape: int) -> NDArray[np.float32]:
        fan = shape[-1] if len(shape) == 2 else shape[1] * shape[2]
        return random.normal(0, fan**-0.5, shape).astype(np.float32)

    width = size.width
    spec = WhisperSpec(size.layers, size.heads, size.layers, size.heads)
    zeros = np.zeros(width, np.float32)
    spec.encoder.conv1.weight, spec.encoder.conv1.bias = weights(width, _MELS, 3), zeros
    spec.encoder.conv2.weight, spec.encoder.conv2.bias = weights(width, width, 3), zeros
    spec.encoder.position_encodings.encodings = weights(_POSITIONS, width)
    pull = np.sign(random.normal(size=width)).astype(np.float32)
    spec.decoder.position_encodings.encodings = _steps(pull)
    table = random.normal(0, 0.02, (len(vocabulary), width)).astype(np.float32)
    table[ids["<|endoftext|>"]] = pull
    spec.decoder.embeddings.weight = table
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    spec.decoder.projection.bias = _only_text(vocabulary)
    for norm in (spec.encoder.layer_norm, spec.decoder.layer_norm):
        _norm(norm, width)
    for layer in (*spec.encoder.layer, *spec.decoder.layer):
        _attention(layer.self_attention, width, [3, 1], weights)
        if hasattr(layer, "attention"):
            _attention(layer.attention, width, [1, 2, 1], weights)
        _norm(layer.ffn.layer_norm, width)
        layer.ffn.linear_0.weight = weights(4 * width, width)
        layer.ffn.linear_0.bias = np.zeros(4 * width, np.float32)
        layer.ffn.linear_1.weight = weights(width, 4 * width)
        layer.ffn.linear_1.bias = zeros
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = [ids["<unk>"], ids[""]]
    spec.config.suppress_ids_begin = [ids[" "], ids["<|endoftext|>"]]
    spec.config.lang_ids = [ids["<|zh|>"], ids["<|en|>"]]
    spec.config.alignment_heads = [
        (layer, head) for layer in range(size.layers // 2, size.layers) for head in range(2)
    ]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    _tokenizer(ids).save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "chunk_length": 30,
                "feature_size": _MELS,
                "hop_length": 160,
                "n_fft": 400,
                "sampling_rate": 16000,
            }
        ),
        encoding="utf-8",
    )
    return folder


def _vocabulary() -> list[str]:
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|zh|>", "<|en|>"]
    special += [f"<|x{k}|>" for k in range(_LANGUAGES - 2)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    special += [f"<|{k * 0.02:.2f}|>" for k in range(_TIMES)]
    text = ["", "<unk>", " "]
    text += [chr(_FIRST_CHARACTER + k) for k in range(_VOCABULARY - len(special) - len(text))]
    return text + special


def _only_text(vocabulary: list[str]) -> NDArray[np.float32]:
    """A bias that leaves text, its end and times; only times may begin where they are asked for."""
    special = [token.startswith("<|") and not token[2].isdigit() for token in vocabulary]
    barred = np.array(special) | np.isin(np.array(vocabulary), ["<unk>", "", " "])
    bias = np.where(barred, -1000.0, 0.0)
    bias[
        [k for k, token in enumerate(vocabulary) if token.startswith("<|") and not special[k]]
    ] = -1000.0
    bias[vocabulary.index("<|endoftext|>")] = 0.0
    return bias.astype(np.float32)


def _steps(pull: NDArray[np.float32]) -> NDArray[np.float32]:
    """Position encodings that pull away from the end token at first, then towards it."""
    low, high = _LENGTHS
    strength = np.interp(np.arange(_STEPS), [0, low, high, _STEPS], [-1.0, -1.0, 1.0, 1.0])
    return (4 * strength[:, None] * pull).astype(np.float32)


def _norm(layer: Any, width: int) -> None:
    layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)


def _attention(layer: Any, width: int, rows: list[int], weights: Any) -> None:
    _norm(layer.layer_norm, width)
    for linear, count in zip(layer.linear, rows, strict=True):
        linear.weight = weights(count * width, width)
        linear.bias = np.zeros(count * width, np.float32)


def _tokenizer(ids: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))  # noqa: S106 # no password
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token in sorted(ids, key=ids.__getitem__)
            if token.startswith("<|")
        ]
    )
    return tokenizer
