"""What the trained encoder makes of windows, kept on disk to train the decoder many times as fast.

The encoder takes nine tenths of a training step. Once it is good it is frozen, and its states of
many windows are written to shards: float16 rows of one encoder position (20 ms) each, with one
JSON line a window beside them. Shards may appear while they are already read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.voice.alignment import align
from auditor.voice.batches import CTC_FRAMES, MAX_FRAMES, Sounds

POSITIONS = MAX_FRAMES // 2
WINDOWS_A_SHARD = 400
#: Windows encoded together.
_GROUP = 10
#: Encoder positions that belong to the first character before its first sound is recognised.
_ONSET = 6

Mel = NDArray[np.float16]
States = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A window before the encoder: features (80, frames), what is said, and when in seconds."""

    mel: Mel
    texts: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A window behind the encoder.

    Args:
        shard: File with its states.
        start: First row in the shard.
        length: Rows, two a 40 ms.
        texts: What is said; empty when nobody speaks.
        spans: Start and end of each text in seconds.
        sounds: Sounds of each character of all texts; punctuation has none.
        edges: Row at which each character with sounds begins, and where the last ends; empty when
            the sounds could not be found.
    """

    shard: str
    start: int
    length: int
    texts: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    sounds: tuple[tuple[int, ...], ...]
    edges: tuple[int, ...]


class Ear:
    """The frozen encoder with the head that tells sounds, as the product runs it.

    Args:
        model: Exported model folder; its int8 encoder is used.
        head: ``weight`` and ``bias`` of the CTC head, as ``numpy.savez`` writes them.
        sounds: The classes of the CTC head.
    """

    def __init__(self, model: Path, head: Path, sounds: Sounds) -> None:
        import ctranslate2

        self._encoder = ctranslate2.models.Whisper(
            str(model), device="cpu", compute_type="int8", intra_threads=1, inter_threads=1
        )
        self._ctranslate2 = ctranslate2
        with np.load(head) as arrays:
            self._weight, self._bias = arrays["weight"], arrays["bias"]
        self.sounds = sounds

    def states(self, mels: Sequence[Mel], frames: int) -> NDArray[np.float32]:
        """Encode windows padded with zeros to ``frames``: (windows, frames / 2, width)."""
        features = np.zeros((len(mels), 80, frames), np.float32)
        for row, mel in zip(features, mels, strict=True):
            row[:, : mel.shape[1]] = mel
        storage = self._ctranslate2.StorageView.from_array(features)
        return np.asarray(self._encoder.encode(storage), np.float32)

    def edges(
        self, states: NDArray[np.float32], windows: Sequence[Spoken]
    ) -> list[tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]]:
        """Sounds of the characters of each window and the rows where they begin."""
        rows, positions, width = states.shape
        scores = states.reshape(rows, positions // 2, 2 * width) @ self._weight.T + self._bias
        scores -= scores.max(-1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(-1, keepdims=True))
        spelled = [
            tuple(tuple(units) for units in self.sounds.spell("".join(window.texts)))
            for window in windows
        ]
        labels = [unit for text in spelled for units in text for unit in units]
        counts = np.array([sum(map(len, text)) for text in spelled], np.int64)
        steps = np.array([-(-window.mel.shape[1] // CTC_FRAMES) for window in windows], np.int64)
        means = align(
            np.asarray(scores, np.float32),
            np.array(labels, np.int64),
            counts,
            np.minimum(steps, positions // 2),
        )
        ends = np.cumsum(counts)
        return [
            (text, _edges(text, 2 * means[end - count : end], 2 * int(step)))
            for text, end, count, step in zip(spelled, ends, counts, steps, strict=True)
        ]


def _edges(
    text: tuple[tuple[int, ...], ...], rows: NDArray[np.float32], length: int
) -> tuple[int, ...]:
    """Half way between the last sound of a character and the first of the next."""
    if len(rows) == 0 or rows.min() < 0:
        return ()
    places = iter(rows.tolist())
    spans = [(mine[0], mine[-1]) for units in text if (mine := [next(places) for _ in units])]
    inner = [round((before[1] + after[0]) / 2) for before, after in pairwise(spans)]
    first = max(0, round(spans[0][0]) - _ONSET)
    last = min(length, round(spans[-1][1]) + 2 * _ONSET)
    return (first, *inner, last)


def write_states(
    out: Path, name: str, ear: Ear, windows: Iterable[Spoken], full: Iterable[bool]
) -> int:
    """Write one shard; its index appears last, so readers see whole shards.

    Args:
        out: Folder of the shards.
        name: Of this shard.
        ear: The frozen encoder.
        windows: What to encode.
        full: For each group of windows whether it is padded to the model's whole window, as the
            product does, or only to the longest of the group.

    Returns:
        The number of windows written.
    """
    ordered = sorted(windows, key=lambda window: window.mel.shape[1])
    lines: list[str] = []
    position = 0
    partial = out / f"{name}.part"
    with (out / f"{name}.f16").open("wb") as target:
        for start, whole in zip(range(0, len(ordered), _GROUP), full, strict=False):
            group = ordered[start : start + _GROUP]
            longest = group[-1].mel.shape[1]
            frames = MAX_FRAMES if whole else longest + -longest % CTC_FRAMES
            states = ear.states([window.mel for window in group], frames)
            target.write(states.astype(np.float16).tobytes())
            for window, (sounds, edges) in zip(group, ear.edges(states, group), strict=True):
                heard = Heard(
                    name, position, frames // 2, window.texts, window.spans, sounds, edges
                )
                lines.append(json.dumps(asdict(heard), ensure_ascii=False) + "\n")
                position += frames // 2
    partial.write_text("".join(lines), encoding="utf-8")
    partial.rename(out / f"{name}.jsonl")
    return len(lines)


class StateStore:
    """Reader of a growing folder of shards."""

    def __init__(self, folder: Path, width: int) -> None:
        self.folder = folder
        self.width = width
        self.windows: list[Heard] = []
        self._shards: dict[str, States] = {}

    def count(self) -> int:
        """Windows in finished shards."""
        return sum(len(index.read_bytes().splitlines()) for index in self.folder.glob("*.jsonl"))

    def refresh(self) -> list[Heard]:
        """Take in shards that were finished since the last look; returns what is new."""
        new: list[Heard] = []
        for index in sorted(self.folder.glob("*.jsonl")):
            if index.stem in self._shards:
                continue
            path = index.with_suffix(".f16")
            states = np.memmap(path, dtype=np.float16, mode="r").reshape(-1, self.width)
            self._shards[index.stem] = states
            lines = index.read_text(encoding="utf-8").splitlines()
            new += [_heard(json.loads(line)) for line in lines]
        self.windows += new
        return new

    def rows(self, window: Heard, first: int = 0, last: int | None = None) -> States:
        """States of a window from one of its rows to another, float16 (rows, width)."""
        last = window.length if last is None else last
        return self._shards[window.shard][window.start + first : window.start + last]


def _heard(line: dict[str, Any]) -> Heard:
    return Heard(
        line["shard"],
        line["start"],
        line["length"],
        tuple(line["texts"]),
        tuple((start, stop) for start, stop in line["spans"]),
        tuple(tuple(units) for units in line["sounds"]),
        tuple(line["edges"]),
    )
