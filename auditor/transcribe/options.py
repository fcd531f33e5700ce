"""What can be set about finding speech and decoding it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOptions:
    """Silero's settings for telephone speech.

    The library's defaults are for studio speech: they drop a 喂 of 0.2 s and, on the customer's
    quiet side, whole sentences.

    Args:
        threshold: Speech probability that opens a stretch.
        min_speech_ms: Shorter stretches are dropped.
        min_silence_ms: Pause that closes a stretch.
        pad_ms: Kept around each stretch; the detector clips first and last sounds.
        max_gap_ms: Longer silence is cut out of a window.
        energy: Count as speech also what rises above the noise like speech. For machine voices,
            in some of which Silero hears nobody; between people it would let in music and noise.
    """

    threshold: float = 0.35
    min_speech_ms: int = 120
    min_silence_ms: int = 400
    pad_ms: int = 250
    max_gap_ms: int = 600
    energy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeOptions:
    """How windows are decoded.

    Args:
        language: Whisper language code; also decides how text is cut into words.
        beam_size: Hypotheses kept.
        batch_size: Windows decoded at once.
        prompt: Sentence put before every window: sets script and punctuation.
        hotwords: Words put before every window, separated by blanks.
        prompt_tokens: Most tokens both may take together; longer ones start echoing.
        without_timestamps: Decode without timestamp tokens (words are timed in any case).
        retry_repetition_penalty: For windows that failed.
        max_compression: A window above it failed.
        min_avg_logprob: A window below it failed.
    """

    language: str = "zh"
    beam_size: int = 5
    batch_size: int = 8
    prompt: str = ""
    hotwords: str = ""
    prompt_tokens: int = 100
    without_timestamps: bool = True
    retry_repetition_penalty: float = 1.2
    max_compression: float = 2.4
    min_avg_logprob: float = -1.0
