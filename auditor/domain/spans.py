"""Half-open ranges: characters of a text, and milliseconds of a recording."""

from __future__ import annotations

from dataclasses import dataclass


def _check(start: int, end: int) -> None:
    if not 0 <= start <= end:
        raise ValueError(f"not a range: {start}..{end}")


@dataclass(frozen=True, slots=True, order=True)
class CharSpan:
    """Characters ``start`` to ``end`` (exclusive) of one turn's text, as written by the source.

    >>> CharSpan(2, 4).of("您好请问")
    '请问'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        _check(self.start, self.end)

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the characters of ``text`` in the span."""
        return text[self.start : self.end]

    def overlaps(self, other: CharSpan) -> bool:
        """Tell whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """Milliseconds ``start_ms`` to ``end_ms`` (exclusive) from the start of the recording.

    Integers, because the sum of float seconds depends on the order of addition.

    >>> TimeSpan(1000, 2500).seconds
    1.5
    """

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        _check(self.start_ms, self.end_ms)

    @classmethod
    def from_seconds(cls, start: float, end: float) -> TimeSpan:
        """Build from float seconds, rounded to the millisecond."""
        return cls(round(start * 1000), round(end * 1000))

    @property
    def start(self) -> float:
        """Start in seconds."""
        return self.start_ms / 1000

    @property
    def end(self) -> float:
        """End in seconds."""
        return self.end_ms / 1000

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end_ms - self.start_ms) / 1000

    def overlap_ms(self, other: TimeSpan) -> int:
        """Milliseconds shared by the two spans, 0 when they are apart."""
        return max(0, min(self.end_ms, other.end_ms) - max(self.start_ms, other.start_ms))

    def gap_ms(self, other: TimeSpan) -> int:
        """Milliseconds of silence between the two spans, 0 when they touch or overlap."""
        return max(0, max(self.start_ms, other.start_ms) - min(self.end_ms, other.end_ms))
