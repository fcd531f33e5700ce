"""The recogniser built on faster-whisper; besides ``rows`` the only module that imports it.

Every window is decoded by itself at temperature 0 (no text of one window leads the next astray),
failed windows once more with a repetition penalty and without the prompt. What is left over is
judged by the firewall, because the batched pipeline applies no thresholds of its own.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import ctranslate2
import faster_whisper
import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from auditor.audio.vad import EnergyVoice
from auditor.errors import RecogniserError
from auditor.transcribe.activity import pad, union
from auditor.transcribe.assemble import Decoded, Row, assemble
from auditor.transcribe.base import SAMPLE_RATE, Piece
from auditor.transcribe.loops import find_loop
from auditor.transcribe.models import Model
from auditor.transcribe.options import DecodeOptions, VoiceOptions
from auditor.transcribe.packing import Range, Window, pack
from auditor.transcribe.rows import APPENDED, PREPENDED, RowDecoder, ShortWindows, collect

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DecodeOptions", "VoiceOptions", "WhisperRecogniser", "cut"]

_STOCK_SECONDS = 28.0
_TIGHT_SECONDS = 29.6
"""Windows of stock models, which have 30 s: mostly, and where that makes a window less."""


class WhisperRecogniser:
    """Writes down Mandarin with a CTranslate2 Whisper model.

    Not safe to share between threads; loading takes seconds and memory, so keep one per process.

    Args:
        model: A resolved model; its folder is read and no network is used.
        device: ``auto``, ``cpu`` or ``cuda``.
        compute_type: ``auto`` or a CTranslate2 type such as ``int8``, ``float16``.
        threads: CPU threads; 0 leaves it to the library.
        parallel: Batches that may be decoded at once from as many threads, on a CPU; they share
            the weights and ``threads``. Threads of their own beat threads that work on one batch
            and wait for each other at every step.
        decode: How windows are decoded.
        voice: How speech is found; for the demo model with the help of the energy.

    Raises:
        RecogniserError: The model cannot be loaded with these settings.
    """

    def __init__(
        self,
        model: Model,
        *,
        device: str = "auto",
        compute_type: str = "auto",
        threads: int = 0,
        parallel: int = 1,
        decode: DecodeOptions | None = None,
        voice: VoiceOptions | None = None,
    ) -> None:
        self._decode = decode or DecodeOptions()
        self._voice = voice or VoiceOptions(energy=model.is_demo)
        self._model = model
        if device == "cuda" or (device == "auto" and ctranslate2.get_cuda_device_count()):
            parallel = 1  # one batch fills a graphics card
        try:
            loaded = ShortWindows(
                str(model.path),
                device=device,
                compute_type=compute_type,
                cpu_threads=max(threads // parallel, 1) if threads else 0,
                num_workers=parallel,
                local_files_only=True,
            )
            tokens = _prompt_tokens(loaded, self._decode)
        except Exception as err:
            # The library raises RuntimeError, ValueError, OSError and bare Exception alike.
            raise RecogniserError(
                f"The model {model.name} cannot be loaded ({device}, {compute_type}): {err}"
            ) from err
        if tokens > self._decode.prompt_tokens:
            raise RecogniserError(
                f"Prompt and hotwords take {tokens} tokens, more than "
                f"{self._decode.prompt_tokens}: shorten them, long ones are echoed into the text."
            )
        self._pipeline = faster_whisper.BatchedInferencePipeline(loaded)
        self._rows = RowDecoder(loaded, self._decode)
        self._device = str(loaded.model.device)
        self._parallel = parallel
        self._compute_type = str(loaded.model.compute_type)
        # Features are cut to whole frames of the window, so a window must not exceed it; stock
        # models get 28 of their 30 s, a little silence at the end keeps them from cutting words.
        seconds = float(loaded.feature_extractor.chunk_length)
        self._window_seconds = seconds if seconds < _STOCK_SECONDS else _STOCK_SECONDS

    @property
    def window_samples(self) -> int:
        """Most samples a window has where that makes no window more."""
        return int(self._window_seconds * SAMPLE_RATE)

    @property
    def device(self) -> str:
        """Where it runs: ``cpu`` or ``cuda``."""
        return self._device

    @property
    def parallel(self) -> int:
        """From how many threads ``decode_rows`` may be called at once."""
        return self._parallel

    @property
    def prompt(self) -> str:
        """Sentence put before every window."""
        return self._decode.prompt

    @property
    def hotwords(self) -> str:
        """Words put before every window."""
        return self._decode.hotwords

    @property
    def fingerprint(self) -> str:
        """Hex digest of model files, options and the versions of the decoding libraries."""
        parts = {**self._options(), "model": self._model.digest, "versions": _versions()}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def describe(self) -> Mapping[str, Any]:
        """Return what the transcript file says about its origin."""
        return MappingProxyType(
            {
                "engine": f"faster-whisper {_versions()['faster-whisper']}",
                "model": self._model.name,
                "fingerprint": self.fingerprint,
                "device": self._device,
                "options": self._options(),
                **({"notice": self._model.notice} if self._model.notice else {}),
            }
        )

    def transcribe(self, channel: NDArray[np.float32]) -> tuple[Piece, ...]:
        """Write down one channel; see ``Recogniser``."""
        windows = self._windows(channel)
        decoded = self.decode([cut(channel, window) for window in windows])
        return tuple(
            piece
            for window, heard in zip(windows, decoded, strict=True)
            for piece in assemble(window, heard)
        )

    def prepare(self, channel: NDArray[np.float32]) -> tuple[Row, ...]:
        """Find the speech of one channel and return its windows, ready to be decoded.

        May run on another thread than decoding.
        """
        return tuple(
            Row(window, self._rows.features(cut(channel, window)))
            for window in self._windows(channel)
        )

    def decode_rows(
        self, rows: Sequence[Row], *, again: bool = False
    ) -> tuple[Decoded | RecogniserError, ...]:
        """Decode windows of any calls together; see ``RowRecogniser``."""
        return self._rows(rows, again=again)

    def _windows(self, channel: NDArray[np.float32]) -> tuple[Window, ...]:
        gap = _samples(self._voice.max_gap_ms)
        speech = self.speech(channel)
        windows = pack(speech, self.window_samples, gap)
        if len(windows) > 1 and self._window_seconds == _STOCK_SECONDS:
            tight = pack(speech, int(_TIGHT_SECONDS * SAMPLE_RATE), gap)
            return tight if len(tight) < len(windows) else windows
        return windows

    def speech(self, channel: NDArray[np.float32]) -> tuple[Range, ...]:
        """Return the sample ranges in which somebody speaks, padded, in order."""
        if channel.size == 0:
            return ()
        samples = np.ascontiguousarray(channel, np.float32)
        found = [self._silero(samples)]
        if self._voice.energy:
            spans = EnergyVoice().speech(samples)
            found.append([(_samples(s.start_ms), _samples(s.end_ms)) for s in spans])
        return pad(union(*found), _samples(self._voice.pad_ms), len(samples))

    def _silero(self, samples: NDArray[np.float32]) -> list[Range]:
        options = VadOptions(
            threshold=self._voice.threshold,
            min_speech_duration_ms=self._voice.min_speech_ms,
            max_speech_duration_s=self._window_seconds - 2 * self._voice.pad_ms / 1000,
            min_silence_duration_ms=self._voice.min_silence_ms,
            speech_pad_ms=0,
        )
        try:
            found = get_speech_timestamps(samples, options)
        except Exception as err:
            raise RecogniserError(f"Speech detection failed: {err}") from err
        return [(int(part["start"]), int(part["end"])) for part in found]

    def decode(self, windows: Sequence[NDArray[np.float32]]) -> tuple[Decoded, ...]:
        """Decode windows of any number of channels or calls, in order, retrying failed ones.

        Args:
            windows: Mono samples at 16 kHz, each at most ``window_samples`` long.
        """
        first = list(self._run(windows, again=False))
        failed = [k for k, heard in enumerate(first) if self.failed(heard)]
        if failed:
            second = self._run([windows[k] for k in failed], again=True)
            for k, heard in zip(failed, second, strict=True):
                first[k] = self.better(first[k], heard)
        return tuple(first)

    def better(self, first: Decoded, second: Decoded) -> Decoded:
        """Return which try of one window to believe."""
        kept = not second.text or self._badness(second) >= self._badness(first)
        return first if kept else second

    def failed(self, heard: Decoded) -> bool:
        """Tell whether a window ought to be tried again."""
        repeats, doubt = self._badness(heard)
        return bool(heard.text) and (repeats or doubt > -self._decode.min_avg_logprob)

    def _badness(self, heard: Decoded) -> tuple[bool, float]:
        """Return whether the text goes in circles, then how little it was believed.

        In this order, because a loop is written with high probability.
        """
        repeats = (
            heard.compression_ratio > self._decode.max_compression
            or find_loop(heard.text) is not None
        )
        return repeats, -heard.avg_logprob

    def _run(self, windows: Sequence[NDArray[np.float32]], *, again: bool) -> tuple[Decoded, ...]:
        """Decode all windows by glueing them into one sound with one clip a window."""
        if not windows:
            return ()
        edges = np.cumsum([0, *(len(window) for window in windows)]) / SAMPLE_RATE
        # Half a sample keeps int(seconds * rate) from falling one sample short.
        half = 0.5 / SAMPLE_RATE
        clips = [
            {"start": float(low + half), "end": float(high + half)} for low, high in pairwise(edges)
        ]
        batch = self._decode.batch_size
        while True:
            try:
                with self._rows.one_thread():
                    segments, _ = self._pipeline.transcribe(
                        np.concatenate(windows).astype(np.float32, copy=False),
                        language=self._decode.language,
                        beam_size=self._decode.beam_size,
                        temperature=0.0,
                        batch_size=batch,
                        clip_timestamps=clips,
                        word_timestamps=True,
                        without_timestamps=self._decode.without_timestamps,
                        initial_prompt=None if again else self._decode.prompt or None,
                        hotwords=None if again else self._decode.hotwords or None,
                        repetition_penalty=self._decode.retry_repetition_penalty if again else 1.0,
                        prepend_punctuations=PREPENDED,
                        append_punctuations=APPENDED,
                    )
                found = list(segments)
                break
            except Exception as err:
                if batch > 1 and "out of memory" in str(err).lower():
                    batch //= 2
                    gc.collect()
                    continue
                raise RecogniserError(
                    f"The recogniser failed: {type(err).__name__}: {err}"
                ) from err
        return tuple(
            collect([s for s in found if _window_of(s, edges) == k], float(edges[k]), len(window))
            for k, window in enumerate(windows)
        )

    def _options(self) -> dict[str, Any]:
        return {
            "decode": asdict(self._decode),
            "voice": asdict(self._voice),
            "window_seconds": self._window_seconds,
            "compute_type": self._compute_type,
        }


def cut(channel: NDArray[np.float32], window: Window) -> NDArray[np.float32]:
    """Return the samples of a window, its parts glued together."""
    return np.concatenate([channel[start:end] for start, end in window.parts])


def _samples(milliseconds: int) -> int:
    return milliseconds * SAMPLE_RATE // 1000


def _window_of(segment: Any, edges: NDArray[np.float64]) -> int:
    """Return which window a segment came from; its ``seek`` is the window's start in frames."""
    return int(np.searchsorted(edges[:-1], segment.seek / 100 + 0.019, side="right")) - 1


def log_mel(samples: NDArray[np.float32], seconds: int) -> NDArray[np.float32]:
    """Return what the recogniser sees of 16 kHz samples, for training a model of one's own.

    Args:
        samples: Mono.
        seconds: Window of the model.

    Returns:
        Log-mel features, shape (80, frames), 100 frames a second.
    """
    from faster_whisper.feature_extractor import FeatureExtractor

    features = FeatureExtractor(chunk_length=seconds)(samples)[..., :-1]
    return np.asarray(features, dtype=np.float32)


def _prompt_tokens(loaded: Any, decode: DecodeOptions) -> int:
    texts = [text for text in (decode.prompt, decode.hotwords) if text]
    return sum(
        len(loaded.hf_tokenizer.encode(text, add_special_tokens=False).ids) for text in texts
    )


def _versions() -> dict[str, str]:
    return {
        "faster-whisper": version("faster-whisper"),
        "ctranslate2": ctranslate2.__version__,
    }
