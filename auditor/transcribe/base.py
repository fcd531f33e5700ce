"""What the rest of the project asks of a speech recogniser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from auditor.errors import RecogniserError
    from auditor.transcribe.assemble import Decoded, Row

SAMPLE_RATE = 16_000


@dataclass(frozen=True, slots=True)
class PieceWord:
    """A timed word as the recogniser gives it, mostly one or two characters.

    Args:
        start: Seconds in the recording.
        end: Seconds in the recording, not before ``start``.
        text: Characters, punctuation included.
        probability: Mean probability of its tokens, 0..1.
    """

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of speech between two pauses of one channel, with what was heard in it.

    Args:
        start: Seconds in the recording.
        end: Seconds in the recording.
        text: What was heard; the words joined.
        words: Timed words inside the piece, by start time.
        avg_logprob: Mean log-probability per token of the window the piece was decoded in.
        no_speech_prob: Probability that the window holds no speech.
        compression_ratio: How well the window's text compresses; loops compress well.

    Raises:
        ValueError: The words do not spell the text, or times are out of order.
    """

    start: float
    end: float
    text: str
    words: tuple[PieceWord, ...]
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError("a piece ends before it starts")
        if "".join(word.text for word in self.words) != self.text:
            raise ValueError("the words of a piece do not spell its text")
        previous = self.start
        for word in self.words:
            if not previous <= word.start <= word.end <= self.end:
                raise ValueError("the words of a piece are not in order inside it")
            previous = word.start

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.end - self.start


class Recogniser(Protocol):
    """Anything that writes down Mandarin speech; another recogniser is one more module."""

    @property
    def fingerprint(self) -> str:
        """Hex digest over everything that changes the text: model, options, library versions."""
        ...

    @property
    def prompt(self) -> str:
        """Sentence it was primed with; empty where it knows no such thing."""
        ...

    @property
    def hotwords(self) -> str:
        """Words it was primed with, separated by blanks; empty where it knows no such thing."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """Return ``engine``, ``model``, ``fingerprint`` and ``options`` for the transcript file."""
        ...

    def transcribe(self, channel: NDArray[np.float32]) -> tuple[Piece, ...]:
        """Write down one channel.

        Args:
            channel: Mono samples at 16 kHz, full scale 1.0.

        Returns:
            Pieces by start time, times in seconds from the start of ``channel``; none where
            nobody speaks.

        Raises:
            RecogniserError: The recogniser failed.
        """
        ...


class RowRecogniser(Recogniser, Protocol):
    """A recogniser that can decode windows of several calls in one batch."""

    @property
    def device(self) -> str:
        """Where it runs: ``cpu`` or ``cuda``."""
        ...

    @property
    def parallel(self) -> int:
        """From how many threads ``decode_rows`` may be called at once."""
        ...

    def prepare(self, channel: NDArray[np.float32]) -> tuple[Row, ...]:
        """Find the speech of one channel and return its windows, in order.

        May run on another thread than ``decode_rows``.

        Raises:
            RecogniserError: Speech detection failed.
        """
        ...

    def decode_rows(
        self, rows: Sequence[Row], *, again: bool = False
    ) -> tuple[Decoded | RecogniserError, ...]:
        """Decode rows of any calls, each as if it were alone.

        Args:
            rows: As ``prepare`` gave them.
            again: Whether it is the second try of rows that failed.

        Returns:
            What each row says, or what is wrong with it.

        Raises:
            MemoryError: There is not enough for a single row.
        """
        ...

    def failed(self, heard: Decoded) -> bool:
        """Tell whether a row ought to be tried again."""
        ...

    def better(self, first: Decoded, second: Decoded) -> Decoded:
        """Return which of two tries of one row to believe."""
        ...
