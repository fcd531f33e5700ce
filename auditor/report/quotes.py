"""The quoted sentence of a finding with its matched words, and what was said around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from auditor.domain.findings import Evidence
from auditor.domain.spans import CharSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.errors import AuditorError
from auditor.ingest.transcripts import read_transcript
from auditor.store.names import file_name

LONGEST = 600
"""Characters of a quote on the page; longer turns are cut around the first match."""

_LEAD = 120
_NEIGHBOUR = 160


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a quote, matched or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A neighbouring turn, shortened."""

    speaker: str
    second: float
    text: str


def quote_parts(evidence: Evidence) -> tuple[Part, ...]:
    """Return the quote in stretches; overlapping matches become one.

    Joined, the stretches give the quote, or the part of a long one around the first match with
    ``…`` where something was left out.
    """
    quote = evidence.quote
    spans = merged((match.span for match in evidence.matches), len(quote))
    low = max(0, (spans[0].start if spans else 0) - _LEAD) if len(quote) > LONGEST else 0
    high = min(len(quote), low + LONGEST)
    parts: list[Part] = [Part("…", marked=False)] if low else []
    at = low
    for span in spans:
        start, end = max(span.start, low), min(span.end, high)
        if start >= end:
            continue
        parts.append(Part(quote[at:start], marked=False))
        parts.append(Part(quote[start:end], marked=True))
        at = end
    parts.append(Part(quote[at:high], marked=False))
    if high < len(quote):
        parts.append(Part("…", marked=False))
    return tuple(part for part in parts if part.text)


def merged(spans: Iterable[CharSpan], length: int) -> tuple[CharSpan, ...]:
    """Return spans in order, without overlaps, cut to a text of ``length`` characters."""
    kept: list[CharSpan] = []
    for span in sorted(spans):
        start, end = span.start, min(span.end, length)
        if start >= end:
            continue
        if kept and start <= kept[-1].end:
            kept[-1] = CharSpan(kept[-1].start, max(end, kept[-1].end))
        else:
            kept.append(CharSpan(start, end))
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Finds the turns around a finding in the transcripts of the output folder.

    Args:
        folder: ``transcripts/`` of the output folder.
    """

    folder: Path

    def transcript(self, call_id: str) -> Transcript | None:
        """Read the transcript of a call; ``None`` where there is none to be read."""
        path = self.folder / file_name(call_id, ".json")
        if not path.is_file():
            return None
        try:
            return read_transcript(path)
        except AuditorError:
            # The page quotes the finding itself; what was said around it is an extra.
            return None


def around(transcript: Transcript | None, turn: int) -> tuple[Said | None, Said | None]:
    """Return the turns before and after a turn."""
    if transcript is None:
        return None, None
    turns = transcript.turns
    before = _said(turns[turn - 1]) if 0 < turn <= len(turns) else None
    after = _said(turns[turn + 1]) if 0 <= turn < len(turns) - 1 else None
    return before, after


def _said(turn: Turn) -> Said:
    cut = turn.text if len(turn.text) <= _NEIGHBOUR else turn.text[: _NEIGHBOUR - 1] + "…"
    return Said(turn.speaker.value, turn.time.start, cut)
