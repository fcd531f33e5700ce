"""Arithmetic on ranges of speech, in samples of one channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.transcribe.packing import Range


def union(*lists: Iterable[Range]) -> tuple[Range, ...]:
    """Return the ranges covered by any of the lists, in order and apart; empty ones vanish."""
    out: list[Range] = []
    for start, end in sorted(span for spans in lists for span in spans if span[0] < span[1]):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def pad(ranges: Sequence[Range], samples: int, total: int) -> tuple[Range, ...]:
    """Widen ranges on both sides by up to ``samples``, at most to the middle of a gap.

    So neighbours may touch but never become one.

    Args:
        ranges: In order, apart.
        samples: Most samples added on a side.
        total: Length of the channel.
    """
    out: list[Range] = []
    for index, (start, end) in enumerate(ranges):
        before = start - ranges[index - 1][1] if index else 2 * start
        after = ranges[index + 1][0] - end if index + 1 < len(ranges) else 2 * (total - end)
        out.append((start - min(samples, before // 2), end + min(samples, after // 2)))
    return tuple(out)
