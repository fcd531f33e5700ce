"""Short sound clips of the flagged seconds, kept inside the page as data."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from auditor.audio.limits import AudioLimits
from auditor.domain.calls import Recording
from auditor.domain.spans import TimeSpan
from auditor.errors import AudioError
from auditor.settings import MAX_HOURS

BUDGET = 6_000_000
"""Bytes of base64 that all clips of a page may take together."""

_LEAD_S = 1.5
_LONGEST_S = 20.0
_ANY_LENGTH = AudioLimits(max_hours=MAX_HOURS[1])


@dataclass(slots=True)
class ClipMaker:
    """Cuts clips until the budget of the page is spent.

    Args:
        root: Folder the recordings lie in.
        left: Bytes still to be spent.
    """

    root: Path
    left: int = BUDGET
    held: dict[tuple[str, TimeSpan], bytes | None] = field(default_factory=dict)

    def hold(self, recording: str, times: Sequence[TimeSpan]) -> None:
        """Cut the clips of one recording together, which decodes it once, for ``clip`` to give."""
        self.held = {}
        path = reachable(self.root, recording)
        if path is None or self.left <= 0 or not times:
            return
        wanted = tuple(dict.fromkeys(times))
        try:
            made = _cut(path, wanted)
        except AudioError:
            # What breaks off behind one clip must not cost the ones before.
            made = tuple(_one(path, time) for time in wanted)
        self.held = {(recording, time): sound for time, sound in zip(wanted, made, strict=True)}

    def clip(self, recording: str, time: TimeSpan) -> str | None:
        """Return the seconds around ``time`` as a ``data:`` address, both parties mixed.

        ``None`` when the budget is spent or the recording is gone or cannot be decoded alone
        (raw files whose sample rate only the manifest knew).
        """
        if self.left <= 0:
            return None
        if (recording, time) not in self.held:
            self.hold(recording, (time,))
        sound = self.held.get((recording, time))
        if sound is None:
            return None
        data = base64.b64encode(sound).decode("ascii")
        if len(data) > self.left:
            self.left = 0
            return None
        self.left -= len(data)
        return "data:audio/mpeg;base64," + data


def _cut(path: Path, times: Sequence[TimeSpan]) -> tuple[bytes | None, ...]:
    from auditor.audio.clip import clips_of

    spans = [_span(time) for time in times]
    # The run has accepted the recording by its own limits; a clip adds none.
    return clips_of(Recording(path=path), spans, kind="mp3", limits=_ANY_LENGTH)


def _one(path: Path, time: TimeSpan) -> bytes | None:
    try:
        return _cut(path, (time,))[0]
    except AudioError:
        return None


def _span(time: TimeSpan) -> tuple[float, float]:
    start = max(0.0, time.start - _LEAD_S)
    return start, min(max(time.end, time.start + 1.0) + _LEAD_S, start + _LONGEST_S)


def reachable(root: Path, recording: str) -> Path | None:
    """Return a recording's file where it is below the root and there."""
    try:
        base = root.resolve()
        path = (base / recording).resolve()
        return path if path.is_relative_to(base) and path.is_file() else None
    except (OSError, ValueError):
        # A name with NUL, or longer than the file system allows.
        return None


def address(page: Path, root: Path, recording: str) -> str | None:
    """Return the address of a recording relative to the folder of the page, percent-encoded.

    Relative, so that folder and recordings can be moved together; ``None`` where the recording
    is not there or lies on another drive.
    """
    path = reachable(root, recording)
    if path is None:
        return None
    try:
        relative = os.path.relpath(path, page.resolve())
    except ValueError:
        return None
    return quote(Path(relative).as_posix(), safe="/")
