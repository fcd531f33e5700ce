"""The Whisper architecture in torch, with the names CTranslate2's specification uses.

Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision": two
convolutions, pre-norm transformer encoder with sinusoidal positions, decoder with learned
positions and tied output. A linear CTC head on the encoder speeds training and is not exported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from auditor.voice.export import GUIDED_HEADS


@dataclass(frozen=True, slots=True)
class Size:
    """Dimensions of the network."""

    width: int = 256
    heads: int = 4
    encoder_layers: int = 4
    decoder_layers: int = 2
    encoder_positions: int = 1500
    decoder_positions: int = 448
    decoder_dropout: float = 0.0


class Attention(nn.Module):
    """Multi-head attention; keys have no bias, as in Whisper."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.query = nn.Linear(size.width, size.width)
        self.key = nn.Linear(size.width, size.width, bias=False)
        self.value = nn.Linear(size.width, size.width)
        self.out = nn.Linear(size.width, size.width)

    def forward(
        self, states: Tensor, memory: Tensor | None = None, *, causal: bool
    ) -> tuple[Tensor, Tensor]:
        """Attend from ``states`` to ``memory`` (or to themselves).

        Returns:
            States (rows, positions, width), and the weights (rows, heads, positions, positions of
            the memory).
        """
        source = states if memory is None else memory
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.query(states), self.key(source), self.value(source))
        )
        # On a CPU plain products train twice as fast as the fused kernel.
        products = torch.matmul(query * query.shape[-1] ** -0.5, key.transpose(-1, -2))
        if causal:
            later = torch.ones(products.shape[-2:], dtype=torch.bool, device=products.device)
            products = products.masked_fill(later.triu(1), -torch.inf)
        weights = products.softmax(-1)
        mixed = torch.matmul(weights, value)
        out: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return out, weights


class Block(nn.Module):
    """One pre-norm layer; with ``cross`` it also attends to the encoder."""

    def __init__(self, size: Size, *, cross: bool) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(size.width)
        self.self_attention = Attention(size)
        self.cross_norm = nn.LayerNorm(size.width) if cross else None
        self.cross_attention = Attention(size) if cross else None
        self.ffn_norm = nn.LayerNorm(size.width)
        self.ffn_in = nn.Linear(size.width, 4 * size.width)
        self.ffn_out = nn.Linear(4 * size.width, size.width)
        # Drawing dropout masks is slow on a CPU; the encoder has noise enough from its input.
        self.drop = nn.Dropout(size.decoder_dropout if cross else 0.0)

    def forward(self, states: Tensor, memory: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Transform (rows, positions, width); also give the weights over the memory, if any."""
        causal = memory is not None
        mixed, weights = self.self_attention(self.self_norm(states), causal=causal)
        states = states + self.drop(mixed)
        if self.cross_norm is not None and self.cross_attention is not None:
            mixed, weights = self.cross_attention(self.cross_norm(states), memory, causal=False)
            states = states + self.drop(mixed)
        inner = fn.gelu(self.ffn_in(self.ffn_norm(states)))
        return states + self.drop(self.ffn_out(inner)), weights


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's fixed encoder positions, (length, width)."""
    step = math.log(10_000) / (width // 2 - 1)
    rates = torch.exp(-step * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * rates[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Recogniser(nn.Module):
    """Encoder and decoder with a CTC head that is thrown away at export."""

    def __init__(self, size: Size, tokens: int, sounds: int) -> None:
        super().__init__()
        self.size = size
        self.conv1 = nn.Conv1d(80, size.width, 3, padding=1)
        self.conv2 = nn.Conv1d(size.width, size.width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(size.encoder_positions, size.width))
        self.encoder = nn.ModuleList(Block(size, cross=False) for _ in range(size.encoder_layers))
        self.encoder_norm = nn.LayerNorm(size.width)
        self.embedding = nn.Embedding(tokens, size.width)
        self.decoder_positions = nn.Parameter(torch.zeros(size.decoder_positions, size.width))
        self.decoder = nn.ModuleList(Block(size, cross=True) for _ in range(size.decoder_layers))
        self.decoder_norm = nn.LayerNorm(size.width)
        self.ctc = nn.Linear(2 * size.width, sounds)
        self.drop = nn.Dropout(size.decoder_dropout)
        nn.init.normal_(self.embedding.weight, std=0.02)
        nn.init.normal_(self.decoder_positions, std=0.01)

    def encode(self, features: Tensor) -> Tensor:
        """Log-mel (rows, 80, frames) to states (rows, frames / 2, width)."""
        states = fn.gelu(self.conv2(fn.gelu(self.conv1(features)))).transpose(1, 2)
        positions: Tensor = self.positions
        states = states + positions[: states.shape[1]]
        for block in self.encoder:
            states, _ = block(states)
        out: Tensor = self.encoder_norm(states)
        return out

    def sounds(self, states: Tensor) -> Tensor:
        """CTC scores of encoder states, two positions a step: (rows, frames / 4, sounds)."""
        rows, positions, width = states.shape
        out: Tensor = self.ctc(states.reshape(rows, positions // 2, 2 * width))
        return out

    def decode(self, tokens: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Decoder states after each token, and where the guided heads look.

        Returns:
            States (rows, tokens, width); weights (layers, rows, heads, tokens, positions) of the
            first ``GUIDED_HEADS`` heads of every layer.
        """
        states = self.embedding(tokens) + self.decoder_positions[: tokens.shape[1]]
        states = self.drop(states)
        looks = []
        for block in self.decoder:
            states, weights = block(states, memory)
            looks.append(weights[:, :GUIDED_HEADS])
        return self.decoder_norm(states), torch.stack(looks)

    def scores(self, states: Tensor) -> Tensor:
        """Scores over the vocabulary; the output is tied to the embedding."""
        return fn.linear(states, self.embedding.weight)
