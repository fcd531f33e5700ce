"""A larger decoder that starts out doing exactly what a trained smaller one does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import torch

from auditor.voice.network import Recogniser, Size
from auditor.voice.tokens import Vocabulary, build

_SPREAD = 0.02


def larger_vocabulary(old: Vocabulary, characters: Iterable[str]) -> Vocabulary:
    """The old characters and more."""
    return build({*old.tokens[3 : old.text_count], *characters})


def grown(
    state: dict[str, Any], size: Size, layers: int, old: Vocabulary, new: Vocabulary, sounds: int
) -> Recogniser:
    """A recogniser with more decoder layers and characters, filled with trained weights.

    New layers add nothing to the states at first; new characters start at random.

    Args:
        state: Weights of the trained model.
        size: Its size.
        layers: Decoder layers of the new one, at least as many.
        old: Characters of the trained model.
        new: Characters of the new one.
        sounds: Classes of the CTC head.
    """
    model = Recogniser(replace(size, decoder_layers=layers), len(new.tokens), sounds)
    wanted = model.state_dict()
    embedding = torch.randn(len(new.tokens), size.width) * _SPREAD
    kept = [place for place, token in enumerate(old.tokens) if token in new.ids]
    embedding[[new.ids[old.tokens[place]] for place in kept]] = state["embedding.weight"][kept]
    wanted.update(state | {"embedding.weight": embedding})
    for name, weights in wanted.items():
        late = name.startswith("decoder.") and int(name.split(".")[1]) >= size.decoder_layers
        if late and name.split(".")[2:][-2] in ("out", "ffn_out"):
            weights.zero_()
    model.load_state_dict(wanted)
    return model
