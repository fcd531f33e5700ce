"""What was said: words, turns by speaker, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from auditor.domain.calls import Call, Speaker
from auditor.domain.spans import CharSpan, TimeSpan


class Mark(StrEnum):
    """Why the text of a turn may not be what was said (the recogniser firewall).

    A marked turn stays in the transcript; it neither creates a finding nor makes a disclosure.
    """

    NO_VOICE = "no_voice"
    INVENTION = "invention"
    PROMPT_ECHO = "prompt_echo"
    LOOP = "loop"
    IMPOSSIBLE_RATE = "impossible_rate"
    LOW_PROBABILITY = "low_probability"
    REPEATED_NEIGHBOUR = "repeated_neighbour"
    CHANNEL_ECHO = "channel_echo"


@dataclass(frozen=True, slots=True)
class Word:
    """The smallest timed piece of text the recogniser gives, mostly one or two characters."""

    text: str
    time: TimeSpan
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Consecutive speech of one speaker.

    Args:
        index: Position in the transcript, from 0; the contract's segment number.
        speaker: Who talks.
        text: As the source wrote it; all offsets point into it.
        time: Position in the recording.
        words: Timed words covering ``text`` in order, where the source has them.
        speaker_confidence: 0..1, how sure the speaker is; 1 when the source declared it.
        speaker_method: How the speaker was decided, e.g. ``declared``, ``channel``, ``text``.
        avg_logprob: Mean log-probability per token, where the recogniser gave it.
        marks: Firewall marks; empty means the text may be judged.
    """

    index: int
    speaker: Speaker
    text: str
    time: TimeSpan
    words: tuple[Word, ...] = ()
    speaker_confidence: float = 1.0
    speaker_method: str = "declared"
    avg_logprob: float | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether the text may be judged."""
        return not self.marks

    def time_of(self, span: CharSpan) -> TimeSpan:
        """Return when the characters of ``span`` were said.

        Uses the timed words where they spell the text; else shares the turn's time out evenly.
        The result lies inside the turn and grows with the span.
        """
        if self.words and "".join(word.text for word in self.words) == self.text:
            return self._time_by_words(span)
        length = max(1, len(self.text))
        total = self.time.end_ms - self.time.start_ms
        start = self.time.start_ms + total * min(span.start, length) // length
        end = self.time.start_ms + total * min(span.end, length) // length
        return TimeSpan(start, max(start, end))

    def _time_by_words(self, span: CharSpan) -> TimeSpan:
        position = 0
        start: int | None = None
        end = self.time.start_ms
        for word in self.words:
            following = position + len(word.text)
            if following > span.start and start is None:
                start = word.time.start_ms
            if position < span.end:
                end = max(end, word.time.end_ms)
            position = following
        low, high = self.time.start_ms, self.time.end_ms
        first = min(max(start if start is not None else high, low), high)
        return TimeSpan(first, max(first, min(end, high)))


class HealthIssue(StrEnum):
    """What is wrong with the sound of a call."""

    TRUNCATED = "truncated"
    CLIPPED = "clipped"
    TOO_QUIET = "too_quiet"
    DEAD_CHANNEL = "dead_channel"
    FAKE_STEREO = "fake_stereo"
    NO_SPEECH = "no_speech"
    LITTLE_SPEECH = "little_speech"
    DURATION_MISMATCH = "duration_mismatch"
    EXTENSION_MISMATCH = "extension_mismatch"


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the sound is good enough to judge by.

    Args:
        usable: False makes every check of the call undetermined.
        issues: What was found, worst first.
        measures: Numbers behind it by name, e.g. ``speech_share``, ``level_dbfs.left``.
    """

    usable: bool = True
    issues: tuple[HealthIssue, ...] = ()
    measures: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A call with everything said in it, in order of time.

    Args:
        call: Who, when, whom.
        turns: By start time; ``turns[i].index == i``.
        duration: Seconds of the recording, where known.
        source: Recogniser, model, audio hash and options, as written to the file.
        health: Sound quality; ``None`` for transcripts that came without sound.
        extra: Further keys of the transcript file, kept and written back.
    """

    call: Call
    turns: tuple[Turn, ...]
    duration: float | None = None
    source: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    health: Health | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if any(turn.index != i for i, turn in enumerate(self.turns)):
            raise ValueError("turns are not numbered by position")
