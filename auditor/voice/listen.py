"""Run the demo recogniser over one channel the way a call is transcribed.

Voice activity detection, neighbouring pieces packed into windows of the model's length, and
faster-whisper's batched pipeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.voice.synth import SAMPLE_RATE, Audio
from auditor.voice.tokens import CHUNK_SECONDS

VAD_THRESHOLD = 0.35
MIN_SILENCE_MS = 400
PAD_MS = 280
BEAM_SIZE = 5
BATCH_SIZE = 8


@dataclass(frozen=True, slots=True)
class Heard:
    """What was written for one window: seconds of the recording, text and word times."""

    start: float
    end: float
    text: str
    words: tuple[tuple[str, float, float], ...]
    no_speech: float
    log_probability: float


def pack(
    pieces: Sequence[tuple[float, float]], longest: float = CHUNK_SECONDS
) -> tuple[tuple[float, float], ...]:
    """Join neighbouring speech pieces, in order, into windows of at most ``longest`` seconds."""
    windows: list[tuple[float, float]] = []
    for start, end in pieces:
        if windows and end - windows[-1][0] <= longest:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return tuple(windows)


def speech_pieces(samples: Audio) -> tuple[tuple[float, float], ...]:
    """Where somebody speaks, in seconds, by the Silero detector that faster-whisper carries."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=VAD_THRESHOLD,
        min_silence_duration_ms=MIN_SILENCE_MS,
        speech_pad_ms=PAD_MS,
        max_speech_duration_s=CHUNK_SECONDS - 2 * PAD_MS / 1000,
    )
    found = get_speech_timestamps(samples, options)
    return tuple((piece["start"] / SAMPLE_RATE, piece["end"] / SAMPLE_RATE) for piece in found)


class Listener:
    """The demo model, loaded once."""

    def __init__(self, model: Path, *, threads: int = 1, beam_size: int = BEAM_SIZE) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        class ShortWindows(WhisperModel):  # type: ignore[misc]  # the library has no types
            """faster-whisper pads every window to 30 s; this model hears 12 s."""

            def encode(self, features: Any) -> Any:
                """Encode only the frames the model was trained on."""
                return super().encode(features[..., : self.feature_extractor.nb_max_frames])

        self._beam_size = beam_size
        loaded = ShortWindows(str(model), device="cpu", compute_type="int8", cpu_threads=threads)
        self._pipeline = BatchedInferencePipeline(loaded)

    def windows(self, samples: Audio, windows: Sequence[tuple[float, float]]) -> tuple[Heard, ...]:
        """Write down the given windows (seconds) of mono 16 kHz samples."""
        if not windows:
            return ()
        segments, _ = self._pipeline.transcribe(
            samples,
            language="zh",
            clip_timestamps=[{"start": start, "end": end} for start, end in windows],
            word_timestamps=True,
            batch_size=BATCH_SIZE,
            beam_size=self._beam_size,
        )
        return tuple(
            Heard(
                segment.start,
                segment.end,
                segment.text,
                tuple((word.word, word.start, word.end) for word in segment.words or ()),
                segment.no_speech_prob,
                segment.avg_logprob,
            )
            for segment in segments
            if segment.text.strip()
        )

    def channel(self, samples: Audio) -> tuple[Heard, ...]:
        """Write down one channel of a call, mono float32 at 16 kHz."""
        return self.windows(samples, pack(speech_pieces(samples)))
