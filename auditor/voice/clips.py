"""A folder of synthesised training clips that grows while training already reads it.

``python -m auditor.voice.clips --corpus models/corpus --out FOLDER --count 50000`` writes shards of
int16 samples (8 kHz mono, little endian) with one JSON line a clip beside each.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auditor.voice import corpus as text
from auditor.voice.measure import spoken
from auditor.voice.synth import TRAINING_SPEEDS, TRAINING_VARIANTS, SynthesisError, Voice, speak

CLIP_RATE = 8_000
CLIPS_A_SHARD = 500
PITCHES = (22, 78)
#: Share of clips by source of their text.
SOURCES = {"call": 0.52, "frame": 0.26, "random": 0.16, "sentence": 0.06}


@dataclass(frozen=True, slots=True)
class Clip:
    """One voiced text: where its samples lie in its shard and which voice spoke it."""

    shard: str
    start: int
    length: int
    text: str
    source: str
    variant: str


def training_texts(folder: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Endless (source, text) pairs in the shares of ``SOURCES``.

    Calls outside the training split are never voiced, nor any text that occurs in them.
    """
    calls = text.training_calls(folder)
    banned = text.banned_sentences(folder)
    turns = [turn.text for call in calls for turn in call.turns]
    pools = {"call": _endless([clip for turn in turns for clip in text.clips(turn)], rng)}
    pools["frame"] = text.composed(text.read_lines(folder / "frames.txt"), rng)
    pools["random"] = text.random_words(text.word_frequencies(), rng)
    written = folder / "sentences.txt"
    if written.is_file():
        cleaned = (text.clean(line) for line in text.read_lines(written))
        pools["sentence"] = _endless([c for line in cleaned if line for c in text.clips(line)], rng)
    names = list(pools)
    while True:
        source = rng.choices(names, [SOURCES[name] for name in names])[0]
        said = next(pools[source])
        if banned.isdisjoint(map(spoken, text.sentences(said))) and re.search(
            "[\u4e00-\u9fff]", said
        ):
            yield source, said


def _endless(texts: list[str], rng: random.Random) -> Iterator[str]:
    while True:
        yield from rng.sample(texts, len(texts))


def write_shard(
    out: Path,
    name: str,
    texts: Iterator[tuple[str, str]],
    rng: random.Random,
    count: int = CLIPS_A_SHARD,
) -> int:
    """Voice one shard of ``count`` clips; its index appears last, so readers see whole shards.

    Returns:
        The number of samples written.
    """
    position = 0
    clips: list[Clip] = []
    with (out / f"{name}.i16").open("wb") as samples_file:
        while len(clips) < count:
            source, said = next(texts)
            voice = Voice(
                rng.choice(TRAINING_VARIANTS),
                rng.randint(*TRAINING_SPEEDS),
                rng.randint(*PITCHES),
            )
            try:
                samples = speak(said, voice, rate=CLIP_RATE)
            except SynthesisError:
                if clips:
                    continue
                raise
            samples_file.write((samples * 32767).astype("<i2").tobytes())
            clips.append(Clip(name, position, len(samples), said, source, voice.variant))
            position += len(samples)
    lines = "".join(json.dumps(asdict(clip), ensure_ascii=False) + "\n" for clip in clips)
    partial = out / f"{name}.part"
    partial.write_text(lines, encoding="utf-8")
    partial.rename(out / f"{name}.jsonl")
    return position


class ClipStore:
    """Reader of a growing folder of shards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clips: list[Clip] = []
        self.by_variant: dict[str, list[Clip]] = {}
        self._shards: dict[str, NDArray[np.int16]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take in shards that were finished since the last look."""
        for index in sorted(self.folder.glob("*.jsonl")):
            if index.stem in self._shards:
                continue
            samples = np.memmap(index.with_suffix(".i16"), dtype="<i2", mode="r")
            self._shards[index.stem] = samples
            for line in index.read_text(encoding="utf-8").splitlines():
                clip = Clip(**json.loads(line))
                self.clips.append(clip)
                self.by_variant.setdefault(clip.variant, []).append(clip)

    def samples(self, clip: Clip) -> NDArray[np.float32]:
        """Samples of one clip, float32 at 8 kHz."""
        part = self._shards[clip.shard][clip.start : clip.start + clip.length]
        return part.astype(np.float32) / np.float32(32768)


def main() -> None:
    """Command line: voice shards until ``--count`` clips exist."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for number in range(options.count // CLIPS_A_SHARD):
        name = f"s{options.seed}-{number:04d}"
        if (options.out / f"{name}.jsonl").exists():
            continue
        # The corpus may have grown since the last shard: read it afresh.
        rng = random.Random(f"{options.seed}-{number}")
        length = write_shard(options.out, name, training_texts(options.corpus, rng), rng)
        print(f"{name}: {length / CLIP_RATE:.0f} s", flush=True)


if __name__ == "__main__":
    main()
