"""Labels that contradict each other, by call id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.domain.calls import Speaker
from auditor.ingest.scripts import Script


@dataclass(frozen=True, slots=True)
class Oddity:
    """One contradiction.

    Args:
        turn: ``None`` where the whole call is meant.
        what: The contradiction in a few words.
    """

    call_id: str
    turn: int | None
    what: str

    def __str__(self) -> str:
        place = "" if self.turn is None else f" turn {self.turn}"
        return f"{self.call_id}{place}: {self.what}"


def oddities(scripts: Iterable[Script]) -> tuple[Oddity, ...]:
    """Find what cannot be right: only agents violate and disclose, only customers give cues.

    A disclosure is omitted only where it is required, and a required one is made or omitted.
    """
    return tuple(odd for script in scripts for odd in _of(script))


def _of(script: Script) -> Iterator[Oddity]:
    for turn, line in enumerate(script.lines):
        if line.speaker is not Speaker.AGENT and (line.violations or line.disclosures or line.acts):
            yield Oddity(script.call_id, turn, "a label of the agent on another's turn")
        if line.speaker is Speaker.AGENT and line.cues:
            yield Oddity(script.call_id, turn, "a customer's cue on the agent's turn")
    made = {disclosure for line in script.lines for disclosure in line.disclosures}
    for disclosure in sorted(script.omitted - script.applicable):
        yield Oddity(script.call_id, None, f"{disclosure.value} is omitted and not required")
    for disclosure in sorted(script.applicable - script.omitted - made):
        yield Oddity(script.call_id, None, f"{disclosure.value} is required, not made, not omitted")
