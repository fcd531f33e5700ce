"""Training windows: one to three clips on a telephone line, or no speech at all."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from auditor.voice import telephone as line
from auditor.voice.clips import CLIP_RATE, Clip, ClipStore
from auditor.voice.synth import SAMPLE_RATE, Audio
from auditor.voice.tokens import CHUNK_SECONDS

#: Share of windows without speech.
NO_SPEECH_SHARE = 0.09
_MAX_STRETCH = 0.07
_BLOCK = 1600
_CLIPPED = 500


@dataclass(frozen=True, slots=True)
class Window:
    """One training example.

    ``samples`` are float32 at 16 kHz; ``texts`` and ``spans`` (seconds from the start) name what
    is said and when; both are empty when nobody speaks.
    """

    samples: Audio
    texts: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how full windows are at one stage of training.

    ``clip_weights`` are for one, two, three clips and as many as fit.
    """

    seconds: float
    clip_weights: tuple[float, float, float, float]
    long_pause_share: float


def plan(progress: float) -> Plan:
    """Short single sentences first, then windows as voice activity detection packs them."""
    if progress < 0.4:
        return Plan(4.0, (1.0, 0.0, 0.0, 0.0), 0.0)
    if progress < 0.85:
        return Plan(CHUNK_SECONDS - 0.1, (0.6, 0.25, 0.1, 0.05), 0.04)
    return Plan(CHUNK_SECONDS - 0.1, (0.4, 0.3, 0.15, 0.15), 0.06)


def stretch(samples: Audio, percent: int) -> Audio:
    """Play slower (above 100 percent) or faster: pitch and tempo move together."""
    # Both transform lengths are kept free of large prime factors: ten times faster.
    blocks = -(-len(samples) // _BLOCK)
    length = blocks * _BLOCK // 100 * percent
    spectrum = np.fft.rfft(samples, blocks * _BLOCK)
    wanted = length // 2 + 1
    spectrum = np.pad(spectrum[:wanted], (0, max(0, wanted - len(spectrum))))
    stretched = np.fft.irfft(spectrum, length) * (length / (blocks * _BLOCK))
    return stretched[: len(samples) * percent // 100].astype(np.float32)


class WindowMaker:
    """Draws windows from a growing clip store."""

    def __init__(self, store: ClipStore, seed: int) -> None:
        self.store = store
        self.rng = random.Random(seed)
        self.noise = np.random.default_rng(seed)

    def draw(self, progress: float) -> Window:
        """One window for the given share of training done (0 to 1)."""
        stage = plan(progress)
        if self.rng.random() < NO_SPEECH_SHARE:
            return self._without_speech()
        return self._with_speech(stage)

    def _clip(self, limit: float, variant: str | None) -> Clip | None:
        pool = self.store.clips if variant is None else self.store.by_variant[variant]
        for _ in range(12):
            clip = self.rng.choice(pool)
            if clip.length / CLIP_RATE * (1 + _MAX_STRETCH) <= limit:
                return clip
        return None

    def _with_speech(self, stage: Plan) -> Window:
        rng = self.rng
        wanted = rng.choices((1, 2, 3, 12), stage.clip_weights)[0]
        lead = rng.choice((0.02, rng.uniform(0.05, 0.35), rng.uniform(0, 0.9)))
        tail = rng.uniform(0.0, 0.4)
        parts: list[Audio] = [np.zeros(int(lead * CLIP_RATE), np.float32)]
        texts: list[str] = []
        spans: list[tuple[float, float]] = []
        position = lead
        variant: str | None = None
        tempo = rng.randint(-round(_MAX_STRETCH * 100), round(_MAX_STRETCH * 100)) + 100
        while len(texts) < wanted:
            left = stage.seconds - position - tail
            clip = self._clip(left, variant)
            if clip is None:
                if texts or variant is not None:
                    break
                lead, position, parts = 0.02, 0.02, [np.zeros(160, np.float32)]
                clip = min(rng.choices(self.store.clips, k=64), key=lambda c: c.length)
            variant = clip.variant if rng.random() < 0.85 else None
            samples = stretch(self.store.samples(clip), tempo)
            samples *= rng.uniform(0.5, 1.0)
            if rng.random() < 0.1:
                # Voice activity detection clips soft first and last sounds.
                samples = samples[
                    rng.randint(0, _CLIPPED) : len(samples) - rng.randint(0, _CLIPPED)
                ]
            seconds = len(samples) / CLIP_RATE
            parts.append(samples)
            texts.append(clip.text)
            spans.append((position, position + seconds))
            position += seconds
            if len(texts) < wanted:
                long = rng.random() < stage.long_pause_share
                pause = rng.uniform(1.2, 4.0) if long else rng.uniform(0.15, 1.1)
                pause = min(pause, max(0.1, stage.seconds - position - 1.0))
                parts.append(np.zeros(int(pause * CLIP_RATE), np.float32))
                position += pause
        parts.append(np.zeros(int(tail * CLIP_RATE), np.float32))
        samples = np.concatenate(parts)[: int(CHUNK_SECONDS * CLIP_RATE)]
        return Window(self._on_the_line(samples), tuple(texts), tuple(spans))

    def _on_the_line(self, samples: Audio) -> Audio:
        """Noise, crosstalk, codec and level of one call; then 16 kHz."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.55:
            colour = rng.choice((0.0, 0.3, 0.7))
            samples = samples + line.noise(
                len(samples), rng.uniform(-75, -34), self.noise, colour=colour
            )
        if kind < 0.06:
            samples = samples + line.hum(len(samples), rng.uniform(-60, -35))
        elif kind > 0.94:
            other = self.store.samples(rng.choice(self.store.clips))[: len(samples)]
            start = rng.randint(0, len(samples) - len(other))
            samples = samples.copy()
            samples[start : start + len(other)] += other * line.level(rng.uniform(-40, -30))
        samples = samples * rng.choice((1.0, rng.uniform(0.15, 1.2)))
        codec = rng.choices(
            (None, "alaw", "mulaw", "mp3-16k", "mp3-24k", "mp3-32k", "amr"),
            (0.53, 0.16, 0.16, 0.05, 0.03, 0.04, 0.03),
        )[0]
        if codec is not None:
            samples = line.round_trip(samples, codec)
        wide = stretch(np.asarray(samples, np.float32), SAMPLE_RATE * 100 // CLIP_RATE)
        if rng.random() < 0.3:
            wide = wide + line.noise(len(wide), rng.uniform(-95, -70), self.noise)
        return np.asarray(np.clip(wide, -1, 1), dtype=np.float32)

    def _without_speech(self) -> Window:
        rng = self.rng
        length = int(rng.choice((rng.uniform(0.4, 3), rng.uniform(2, 8))) * CLIP_RATE)
        kind = rng.randrange(9)
        if kind == 0:
            samples = np.zeros(length, np.float32)
        elif kind == 1:
            samples = line.comfort_noise(length, self.noise)
        elif kind <= 3:
            colour = rng.choice((0.0, 0.5, 1.0))
            samples = line.noise(length, rng.uniform(-60, -12), self.noise, colour=colour)
        elif kind == 4:
            samples = line.hum(length, rng.uniform(-40, -10))
        elif kind == 5:
            ringing = line.ring_back(length + 5 * CLIP_RATE, rng.uniform(-30, -5))
            start = rng.randint(0, 5 * CLIP_RATE)
            samples = ringing[start : start + length]
        elif kind == 6:
            samples = line.busy(length, rng.uniform(-30, -5))
        elif kind == 7:
            pitches = tuple(rng.uniform(200, 2500) for _ in range(rng.choice((1, 1, 2))))
            samples = line.tone(length, pitches, rng.uniform(-35, -5))
        else:
            samples = line.hold_melody(length, self.noise)
        if rng.random() < 0.5:
            samples = samples + line.noise(length, rng.uniform(-75, -40), self.noise)
        return Window(self._on_the_line(samples), (), ())
