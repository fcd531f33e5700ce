"""Shared pieces: a tiny real Whisper model, real speech, and short ways to write pieces."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_model import build_model

from auditor.text.normalise import Normaliser
from auditor.transcribe.base import Piece, PieceWord


@pytest.fixture(scope="session")
def model_builder() -> Callable[..., Path]:
    """Write a model folder; see ``build_model``."""
    return build_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with random weights and windows of six seconds."""
    return build_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    """The real one."""
    return Normaliser()


@pytest.fixture(scope="session")
def fold(normaliser: Normaliser) -> Callable[[str], str]:
    """The real folding."""
    return normaliser.fold


def make_piece(text: str, start: float = 0.0, end: float | None = None, **changes: Any) -> Piece:
    """Return a piece with one word a character, spread evenly at four characters a second."""
    stop = start + len(text) / 4 if end is None else end
    step = (stop - start) / max(1, len(text))
    probability = changes.pop("probability", 0.9)
    words = tuple(
        PieceWord(
            min(start + k * step, stop),
            min(start + (k + 1) * step, stop),
            char,
            probability if isinstance(probability, float) else probability[k],
        )
        for k, char in enumerate(text)
    )
    numbers = {"avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 1.0, **changes}
    return Piece(start=start, end=stop, text=text, words=words, **numbers)


@pytest.fixture(scope="session")
def piece() -> Callable[..., Piece]:
    """Make a piece; see ``make_piece``."""
    return make_piece


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., NDArray[np.float32]]:
    """Real synthetic Mandarin speech, mono at 16 kHz."""
    folder = tmp_path_factory.mktemp("speech")
    program = shutil.which("espeak-ng")
    assert program, "espeak-ng is missing: apt-get install espeak-ng"

    def speak(text: str, *options: str) -> NDArray[np.float32]:
        path = folder / f"{len(list(folder.iterdir()))}.wav"
        voice = () if "-v" in options else ("-v", "cmn-latn-pinyin")
        subprocess.run([program, *voice, *options, "-w", str(path), text], check=True)
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
        at = np.arange(0, len(sound) - 1, rate / 16_000)
        return np.interp(at, np.arange(len(sound)), sound).astype(np.float32)

    return speak


@pytest.fixture(scope="session")
def write_wav() -> Callable[[Path, Sequence[NDArray[np.float32]], int], Path]:
    """Write channels of samples as a 16-bit file."""

    def write(path: Path, channels: Sequence[NDArray[np.float32]], rate: int = 16_000) -> Path:
        length = max(len(channel) for channel in channels)
        padded = [np.pad(channel, (0, length - len(channel))) for channel in channels]
        frames = np.clip(np.stack(padded, axis=1) * 32767, -32768, 32767).astype("<i2")
        with wave.open(str(path), "wb") as file:
            file.setnchannels(len(channels))
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(frames.tobytes())
        return path

    return write
