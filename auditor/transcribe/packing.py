"""Packing the speech of one channel into recogniser windows, and mapping times back.

A window costs a Whisper model the same whether it holds three seconds or thirty, so neighbouring
stretches of speech share one. Short pauses stay as they were; a long silence between two
stretches is cut out, because recognisers invent text in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of one channel that are decoded together.

    Args:
        parts: Sample ranges of the channel that are glued together, in order, not overlapping.
        speech: Sample ranges of the channel in which somebody speaks, each inside one part.
    """

    parts: tuple[Range, ...]
    speech: tuple[Range, ...]

    @property
    def samples(self) -> int:
        """Length in samples."""
        return sum(end - start for start, end in self.parts)

    def to_channel(self, offset: int) -> tuple[int, Range]:
        """Map an offset in the window to the channel.

        Args:
            offset: Samples from the start of the window; clamped to it.

        Returns:
            The sample of the channel, and the part it lies in.
        """
        left = max(0, offset)
        for start, end in self.parts:
            if left < end - start:
                return start + left, (start, end)
            left -= end - start
        last = self.parts[-1]
        return last[1], last


def split_long(ranges: Iterable[Range], limit: int) -> tuple[Range, ...]:
    """Cut ranges longer than ``limit`` samples into equal shorter ones."""
    out: list[Range] = []
    for start, end in ranges:
        count = max(1, -(-(end - start) // limit))
        edges = [start + (end - start) * k // count for k in range(count + 1)]
        out += [(low, high) for low, high in pairwise(edges) if high > low]
    return tuple(out)


def pack(speech: Sequence[Range], limit: int, max_gap: int) -> tuple[Window, ...]:
    """Pack speech ranges in order into windows.

    Args:
        speech: Sample ranges in order, not overlapping.
        limit: Most samples a window may have.
        max_gap: Silence between two ranges up to this many samples is kept, longer is cut out.

    Returns:
        Windows in order; every range lies in exactly one.
    """
    windows: list[Window] = []
    parts: list[Range] = []
    inside: list[Range] = []
    for start, end in split_long(speech, limit):
        joins = bool(parts) and start - parts[-1][1] <= max_gap
        grown = end - parts[-1][1] if joins else end - start
        if parts and sum(high - low for low, high in parts) + grown > limit:
            windows.append(Window(tuple(parts), tuple(inside)))
            parts, inside, joins = [], [], False
        if joins:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
        inside.append((start, end))
    if parts:
        windows.append(Window(tuple(parts), tuple(inside)))
    return tuple(windows)
