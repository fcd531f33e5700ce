"""Windows of any calls decoded in one batch: rows that know nothing of each other.

The library's own batch function is used; it takes rows of one recording, but nothing in it needs
them to be. Besides ``whisper`` the only module that imports faster-whisper.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import (
    TranscriptionOptions,
    get_compression_ratio,
    get_suppressed_tokens,
)
from threadpoolctl import ThreadpoolController

from auditor.errors import RecogniserError
from auditor.transcribe.assemble import Decoded, Row, spread
from auditor.transcribe.base import SAMPLE_RATE, PieceWord
from auditor.transcribe.options import DecodeOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The library's own list lacks the marks a Chinese recogniser also writes.
APPENDED = "\"'.。,，!！?？:：”)]}、;；…—》）"
PREPENDED = "\"'“¿([{-《（"


class ShortWindows(WhisperModel):  # type: ignore[misc] # the library has no types
    """A model to which every window is a recording of its own, and no longer than its own window.

    The library pads every window to 3,000 frames; a model with a window under 30 s would be shown
    mostly zeros. For a stock model nothing changes.

    On a CPU windows are encoded and aligned one after the other: several at once no longer fit the
    cache, and each takes up to half longer. Only decoding, which reads all weights for every
    character, gains much from doing several at once.
    """

    def encode(self, features: NDArray[np.float32]) -> Any:
        """Return the encoder's output for features of shape ``(rows, mels, frames)``."""
        cut = features[..., : self.feature_extractor.nb_max_frames]
        if self.model.device != "cpu" or cut.ndim == 2 or len(cut) == 1:
            return super().encode(cut)
        parts = [np.array(super(ShortWindows, self).encode(row)) for row in cut]
        return ctranslate2.StorageView.from_array(np.concatenate(parts))

    def find_alignment(
        self,
        tokenizer: Any,
        text_tokens: list[list[int]],
        encoder_output: Any,
        num_frames: list[int],
        median_filter_width: int = 7,
    ) -> list[Any]:
        """Return the times of the words of each row."""
        find = super().find_alignment
        if self.model.device != "cpu":
            return list(
                find(tokenizer, text_tokens, encoder_output, num_frames, median_filter_width)
            )
        encoded = np.asarray(encoder_output)
        found: list[Any] = []
        for number, (tokens, frames) in enumerate(zip(text_tokens, num_frames, strict=True)):
            row = ctranslate2.StorageView.from_array(encoded[number : number + 1])
            found += find(tokenizer, [tokens], row, [frames], median_filter_width)
        return found

    def add_word_timestamps(
        self,
        segments: list[Any],
        tokenizer: Any,
        encoder_output: Any,
        num_frames: Any,
        prepend_punctuations: str,
        append_punctuations: str,
        last_speech_timestamp: float,
    ) -> float:
        """Time the words of each row as if somebody had just stopped speaking before it.

        The library lets the last word of one row bear on the first of the next, which may be
        another call's.
        """
        tokens = [
            [token for part in parts for token in part["tokens"] if token < tokenizer.eot]
            for parts in segments
        ]
        found = self.find_alignment(tokenizer, tokens, encoder_output, num_frames)
        for parts, alignment in zip(segments, found, strict=True):
            known = SimpleNamespace(
                find_alignment=lambda *_, alignment=alignment: [alignment],
                frames_per_second=self.frames_per_second,
            )
            last_speech_timestamp = WhisperModel.add_word_timestamps(
                known,
                *([parts], tokenizer, None, None, prepend_punctuations, append_punctuations),
                parts[0]["seek"] / self.frames_per_second,
            )
        return last_speech_timestamp


class RowDecoder:
    """Decodes rows with a loaded model.

    Args:
        loaded: The model.
        decode: How.
    """

    def __init__(self, loaded: ShortWindows, decode: DecodeOptions) -> None:
        self._model = loaded
        self._decode = decode
        self._pipeline = BatchedInferencePipeline(loaded)
        self._products = ThreadpoolController()
        self._tokenizer = Tokenizer(
            loaded.hf_tokenizer,
            loaded.model.is_multilingual,
            task="transcribe",
            language=decode.language,
        )

    def one_thread(self) -> AbstractContextManager[object]:
        """Have the matrix product of features made by one thread while this is open.

        It is small: more threads only wait for each other, and for those that decode.
        """
        limit: AbstractContextManager[object] = self._products.limit(limits=1, user_api="blas")
        return limit

    def features(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the model sees of a window, padded to the length of all windows.

        May be called from another thread than the rest.

        Args:
            samples: Mono at 16 kHz, no longer than the model's window.
        """
        extractor = self._model.feature_extractor
        with self.one_thread():
            found = extractor(np.ascontiguousarray(samples, np.float32))[..., :-1]
        padded = pad_or_trim(found, extractor.nb_max_frames)
        return np.ascontiguousarray(padded, np.float32)

    def __call__(
        self, rows: Sequence[Row], *, again: bool
    ) -> tuple[Decoded | RecogniserError, ...]:
        """Decode rows together; where that fails, in halves, so that a bad row fails alone.

        Args:
            rows: Of any calls.
            again: Whether they failed before: with the penalty, without prompt and hotwords.

        Raises:
            MemoryError: There is not enough for a single row.
        """
        if not rows:
            return ()
        try:
            return self._together(rows, again=again)
        except Exception as err:
            # The library raises RuntimeError, ValueError and bare Exception alike.
            if len(rows) > 1:
                gc.collect()
                middle = len(rows) // 2
                return (
                    *self(rows[:middle], again=again),
                    *self(rows[middle:], again=again),
                )
            if isinstance(err, MemoryError):
                raise
            failed = RecogniserError(f"The recogniser failed: {type(err).__name__}: {err}")
            failed.__cause__ = err
            return (failed,)

    def _together(self, rows: Sequence[Row], *, again: bool) -> tuple[Decoded, ...]:
        placed = [{"offset": 0.0, "duration": row.window.samples / SAMPLE_RATE} for row in rows]
        found = self._pipeline.forward(
            np.stack([row.features for row in rows]),
            self._tokenizer,
            placed,
            self._options(again=again),
        )
        return tuple(
            collect([_segment(part) for part in parts], 0.0, row.window.samples)
            for parts, row in zip(found, rows, strict=True)
        )

    def _options(self, *, again: bool) -> TranscriptionOptions:
        decode = self._decode
        return TranscriptionOptions(
            beam_size=decode.beam_size,
            best_of=decode.beam_size,
            patience=1,
            length_penalty=1,
            repetition_penalty=decode.retry_repetition_penalty if again else 1.0,
            no_repeat_ngram_size=0,
            log_prob_threshold=None,
            no_speech_threshold=None,
            compression_ratio_threshold=None,
            condition_on_previous_text=False,
            prompt_reset_on_temperature=0.5,
            temperatures=[0.0],
            initial_prompt=None if again else decode.prompt or None,
            prefix=None,
            suppress_blank=True,
            suppress_tokens=get_suppressed_tokens(self._tokenizer, [-1]),
            without_timestamps=decode.without_timestamps,
            max_initial_timestamp=0.0,
            word_timestamps=True,
            prepend_punctuations=PREPENDED,
            append_punctuations=APPENDED,
            multilingual=False,
            max_new_tokens=None,
            clip_timestamps=[],
            hallucination_silence_threshold=None,
            hotwords=None if again else decode.hotwords or None,
        )


def _segment(part: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        text=part["text"],
        words=[SimpleNamespace(**word) for word in part.get("words", ())],
        avg_logprob=part["avg_logprob"],
        no_speech_prob=part["no_speech_prob"],
    )


def collect(segments: Sequence[Any], offset: float, samples: int) -> Decoded:
    """Join the segments of one window, times made relative to it.

    Args:
        segments: Of the library: text, words, and how much they were believed.
        offset: Seconds at which the window starts in their times.
        samples: Length of the window.
    """
    words: list[PieceWord] = []
    for segment in segments:
        timed = [word for word in segment.words or () if word.word]
        spelled = "".join(word.word for word in timed)
        if spelled.strip() == segment.text.strip():
            words += [
                PieceWord(
                    max(0.0, float(word.start) - offset),
                    max(0.0, float(word.end) - offset),
                    word.word,
                    float(word.probability),
                )
                for word in timed
            ]
        else:
            words += spread(segment.text.strip(), samples / SAMPLE_RATE)
    text = "".join(word.text for word in words)
    return Decoded(
        words=tuple(words),
        avg_logprob=min((float(s.avg_logprob) for s in segments), default=0.0),
        no_speech_prob=max((float(s.no_speech_prob) for s in segments), default=1.0),
        compression_ratio=float(get_compression_ratio(text)) if text else 0.0,
    )
