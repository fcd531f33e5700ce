"""Clips in which nobody speaks, and what a recogniser writes on them all the same."""

from __future__ import annotations

import numpy as np

from auditor.transcribe.whisper import WhisperRecogniser
from auditor.voice import telephone as line
from auditor.voice.synth import SAMPLE_RATE, Audio
from auditor.voice.tokens import CHUNK_SECONDS


def speechless_clips(seed: int = 7) -> dict[str, Audio]:
    """Twenty clips of 3 s to a whole window in which nobody speaks, 16 kHz."""
    rng = np.random.default_rng(seed)
    rate = SAMPLE_RATE

    def size() -> int:
        return int(rng.uniform(3, CHUNK_SECONDS) * rate)

    return {
        "digital silence": np.zeros(size(), np.float32),
        "comfort noise 1": line.comfort_noise(size(), rng),
        "comfort noise 2": line.comfort_noise(size(), rng),
        "white noise -60 dB": line.noise(size(), -60, rng),
        "white noise -40 dB": line.noise(size(), -40, rng),
        "white noise -20 dB": line.noise(size(), -20, rng),
        "pink noise -30 dB": line.noise(size(), -30, rng, colour=0.5),
        "brown noise -25 dB": line.noise(size(), -25, rng, colour=1.0),
        "mains hum -20 dB": line.hum(size(), -20, rate),
        "mains hum -35 dB": line.hum(size(), -35, rate),
        "ring-back": line.ring_back(size(), -14, rate),
        "quiet ring-back": line.ring_back(size(), -30, rate),
        "ring-back in noise": line.ring_back(n := size(), -14, rate) + line.noise(n, -40, rng),
        "busy tone": line.busy(size(), -14, rate),
        "tone 1000 Hz": line.tone(size(), (1000.0,), -12, rate),
        "tone 425 Hz": line.tone(size(), (425.0,), -20, rate),
        "two tones": line.tone(size(), (697.0, 1209.0), -12, rate),
        "hold melody 1": line.hold_melody(size(), rng, rate),
        "hold melody 2": line.hold_melody(size(), rng, rate),
        "hold melody in noise": line.hold_melody(n := size(), rng, rate) + line.noise(n, -40, rng),
    }


def written_on_nothing(recogniser: WhisperRecogniser, *, detector: bool) -> dict[str, str]:
    """Names of speechless clips on which something is written, and what.

    Without the ``detector`` each whole clip goes straight to the model: the harder test.
    """
    found = {}
    for name, samples in speechless_clips().items():
        heard = recogniser.transcribe(samples) if detector else recogniser.decode([samples])
        text = "".join(part.text for part in heard)
        if text.strip():
            found[name] = text
    return found
