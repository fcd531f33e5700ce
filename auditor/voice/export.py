"""From trained weights to the five files that faster-whisper loads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.voice.tokens import CHUNK_SECONDS, LANGUAGES, Vocabulary, save_tokenizer

#: Decoder heads (the first of every layer) that are taught to look where a character is spoken;
#: faster-whisper reads the times of words off them.
GUIDED_HEADS = 2

State = Mapping[str, NDArray[np.float32]]
MODEL_FILES = (
    "config.json",
    "model.bin",
    "preprocessor_config.json",
    "tokenizer.json",
    "vocabulary.json",
)


def _linear(spec: Any, state: State, name: str) -> None:
    spec.weight = state[f"{name}.weight"]
    if f"{name}.bias" in state:
        spec.bias = state[f"{name}.bias"]


def _joined(spec: Any, state: State, names: tuple[str, ...]) -> None:
    """One projection for several: Whisper's key has no bias, CTranslate2 wants zeros there."""
    weights = [state[f"{name}.weight"] for name in names]
    zeros = np.zeros(len(weights[0]), np.float32)
    spec.weight = np.concatenate(weights)
    spec.bias = np.concatenate([state.get(f"{name}.bias", zeros) for name in names])


def _norm(spec: Any, state: State, name: str) -> None:
    spec.gamma = state[f"{name}.weight"]
    spec.beta = state[f"{name}.bias"]


def _layer(spec: Any, state: State, name: str) -> None:
    own = f"{name}.self_attention"
    _norm(spec.self_attention.layer_norm, state, f"{name}.self_norm")
    _joined(spec.self_attention.linear[0], state, (f"{own}.query", f"{own}.key", f"{own}.value"))
    _linear(spec.self_attention.linear[1], state, f"{own}.out")
    if f"{name}.cross_norm.weight" in state:
        other = f"{name}.cross_attention"
        _norm(spec.attention.layer_norm, state, f"{name}.cross_norm")
        _linear(spec.attention.linear[0], state, f"{other}.query")
        _joined(spec.attention.linear[1], state, (f"{other}.key", f"{other}.value"))
        _linear(spec.attention.linear[2], state, f"{other}.out")
    _norm(spec.ffn.layer_norm, state, f"{name}.ffn_norm")
    _linear(spec.ffn.linear_0, state, f"{name}.ffn_in")
    _linear(spec.ffn.linear_1, state, f"{name}.ffn_out")


def save_model(state: State, size: Mapping[str, Any], vocabulary: Vocabulary, out: Path) -> None:
    """Write the int8 CTranslate2 folder; the CTC head stays behind.

    Args:
        state: Weights of ``network.Recogniser`` by name.
        size: Fields of ``network.Size``.
        vocabulary: The tokens in id order.
        out: Folder to write; files of the same name are replaced.
    """
    from ctranslate2.specs.whisper_spec import WhisperSpec

    layers, heads = size["decoder_layers"], size["heads"]
    spec = WhisperSpec(size["encoder_layers"], heads, layers, heads)
    _linear(spec.encoder.conv1, state, "conv1")
    _linear(spec.encoder.conv2, state, "conv2")
    spec.encoder.position_encodings.encodings = state["positions"]
    _norm(spec.encoder.layer_norm, state, "encoder_norm")
    for number, layer in enumerate(spec.encoder.layer):
        _layer(layer, state, f"encoder.{number}")
    spec.decoder.embeddings.weight = state["embedding.weight"]
    spec.decoder.position_encodings.encodings = state["decoder_positions"]
    _norm(spec.decoder.layer_norm, state, "decoder_norm")
    for number, layer in enumerate(spec.decoder.layer):
        _layer(layer, state, f"decoder.{number}")
    spec.decoder.projection.weight = state["embedding.weight"]
    spec.register_vocabulary(list(vocabulary.tokens))
    ids = vocabulary.ids
    spec.config.suppress_ids = [ids["<unk>"], ids[""]]
    # The end of the text may come first: that is how the model says that nobody speaks.
    spec.config.suppress_ids_begin = [ids[" "]]
    spec.config.lang_ids = [ids[f"<|{language}|>"] for language in LANGUAGES]
    spec.config.alignment_heads = [
        (layer, head) for layer in range(layers) for head in range(GUIDED_HEADS)
    ]
    spec.validate()
    spec.optimize(quantization="int8")
    out.mkdir(parents=True, exist_ok=True)
    spec.save(str(out))
    save_tokenizer(vocabulary, out / "tokenizer.json")
    preprocessor = {
        "chunk_length": CHUNK_SECONDS,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": 80,
        "hop_length": 160,
        "n_fft": 400,
        "sampling_rate": 16000,
    }
    text = json.dumps(preprocessor, indent=1) + "\n"
    (out / "preprocessor_config.json").write_text(text, encoding="utf-8")
