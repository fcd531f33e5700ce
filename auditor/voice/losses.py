"""What training minimises: characters, sounds, and where the decoder looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from auditor.voice.alignment import align
from auditor.voice.batches import Batch
from auditor.voice.network import Recogniser
from auditor.voice.targets import IGNORED

LABEL_SMOOTHING = 0.05
GUIDE_WEIGHT = 0.6
#: Encoder positions of 20 ms; a syllable takes about ten.
GUIDE_WIDTH = 5.0


def mask_bands(features: Tensor, rng: np.random.Generator) -> Tensor:
    """Light SpecAugment (Park et al. 2019): one band of mels, one stretch of time, set to zero."""
    for row in features:
        if rng.random() < 0.5:
            low = int(rng.integers(0, 70))
            row[low : low + int(rng.integers(2, 10))] = 0
        if rng.random() < 0.5:
            start = int(rng.integers(0, max(1, row.shape[1] - 12)))
            row[:, start : start + int(rng.integers(3, 12))] = 0
    return features


def centres(batch: Batch, chances: Tensor) -> Tensor:
    """Encoder position of each target by CTC alignment, -1 where it has no sound."""
    steps = align(
        chances.cpu().numpy(),
        batch.sounds,
        batch.sound_counts,
        np.minimum(batch.steps, chances.shape[1]),
    )
    rows = np.repeat(np.arange(len(batch.targets)), batch.sound_counts)
    total, count = (np.zeros(batch.targets.shape, np.float32) for _ in range(2))
    # Two encoder positions a step.
    np.add.at(total, (rows, batch.sound_columns), 2 * steps + 0.5)
    np.add.at(count, (rows, batch.sound_columns), 1)
    known = (count > 0) & (total >= 0)
    found = np.where(known, total / np.maximum(count, 1), -1).astype(np.float32)
    return torch.from_numpy(found).to(chances.device)


def guidance(looks: Tensor, centres: Tensor) -> Tensor:
    """How little the guided heads look near where each character is spoken.

    After Tachibana et al. 2017 (guided attention): the weight that falls under a bell around the
    expected position, as a negative logarithm. Without it the decoder writes fluent text for
    many minutes before it starts to listen.

    Args:
        looks: Attention weights, (layers, rows, heads, tokens, positions).
        centres: Expected encoder positions, (rows, tokens), negative where unknown.
    """
    places = torch.arange(looks.shape[-1], device=looks.device)
    bell = torch.exp(-(((places - centres[..., None]) / GUIDE_WIDTH) ** 2) / 2)
    inside = (looks.float() * bell[None, :, None]).sum(-1).clamp(min=1e-4)
    known = (centres >= 0)[None, :, None].expand(inside.shape)
    return -inside[known].log().sum() / known.sum().clamp(min=1)


@dataclass(frozen=True, slots=True)
class Losses:
    """What one batch costs."""

    text: Tensor
    sounds: Tensor
    guide: Tensor


def losses(
    model: Recogniser, batch: Batch, device: torch.device, rng: np.random.Generator
) -> Losses:
    """Cross-entropy of the characters, CTC loss of the sounds, guidance of the attention."""
    features = mask_bands(torch.from_numpy(batch.features.astype(np.float32)), rng).to(device)
    inputs, targets = (torch.from_numpy(a).to(device) for a in (batch.inputs, batch.targets))
    with torch.autocast(device.type, dtype=torch.bfloat16):
        states = model.encode(features)
        decoded, looks = model.decode(inputs, states)
        text = spelling(model, decoded, targets)
        sounds = model.sounds(states)
    counts = torch.from_numpy(batch.sound_counts)
    chances = sounds.float().log_softmax(-1)
    each = fn.ctc_loss(
        chances.transpose(0, 1),
        torch.from_numpy(batch.sounds).to(device),
        torch.from_numpy(batch.steps).clamp(max=sounds.shape[1]),
        counts,
        reduction="none",
        zero_infinity=True,
    )
    return Losses(
        text,
        (each / counts.clamp(min=12).to(device)).mean(),
        guidance(looks, centres(batch, chances.detach())),
    )


def spelling(model: Recogniser, decoded: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of the characters."""
    learned = targets != IGNORED
    scores = model.scores(decoded[learned]).float()
    return fn.cross_entropy(scores, targets[learned], label_smoothing=LABEL_SMOOTHING)
