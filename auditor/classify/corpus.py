"""Labelled calls to train on: call scripts with their split, clean and damaged.

A corpus is a folder with ``calls/*.txt`` (call scripts, see ``auditor.ingest.scripts``) and, if
parts of it must stay unseen, ``splits.csv`` with the columns ``batch`` (a file's name without its
ending) and ``split``. Without that file everything is for training. Any labelled turns that are
written in this format will do: one call a turn for texts that are no dialogues, the label in
braces at the start of the turn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Dialogue
from auditor.classify.labels import LABELS
from auditor.domain.calls import Callee
from auditor.errors import UsageError
from auditor.ingest.scripts import Script, ScriptLine, read_scripts
from auditor.ingest.splits import SPLITS_FILE, TRAINING, read_splits

if TYPE_CHECKING:
    from auditor.noise.damage import Damager

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A call with what is true of its turns.

    Args:
        call_id: Of the script.
        batch: File it comes from; calls of one file were written together.
        dialogue: What was said.
        truths: Turns x ``LABELS``.
    """

    call_id: str
    batch: str
    dialogue: Dialogue
    truths: Truths


@dataclass(frozen=True, slots=True)
class Part:
    """The calls of one split, and the hash of the files they were read from."""

    calls: tuple[Labelled, ...]
    sha256: str

    @property
    def batches(self) -> tuple[str, ...]:
        """Files of the part, in order."""
        return tuple(dict.fromkeys(call.batch for call in self.calls))


def read_part(folder: Path, split: str) -> Part:
    """Read the calls of a split; files of other splits are not opened.

    Raises:
        UsageError: There are none, or the splits cannot be used.
        TranscriptError: A file has bad lines.
    """
    splits = read_splits(folder).of if (folder / SPLITS_FILE).exists() else None
    paths = [
        path
        for path in sorted((folder / "calls").glob("*.txt"))
        if (splits is None and split == TRAINING) or (splits and splits.get(path.stem) == split)
    ]
    digest = hashlib.sha256()
    calls: list[Labelled] = []
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        calls += [_labelled(script, path.stem) for script in read_scripts(path)]
    if not calls:
        raise UsageError(f"{folder} has no calls for {split}")
    return Part(tuple(calls), digest.hexdigest())


def damaged(
    calls: Sequence[Labelled], share: float, seed: int, damager: Damager
) -> tuple[Labelled, ...]:
    """Return the calls as a telephone recogniser would write them, turn by turn.

    Every turn keeps its speaker, so that its labels still fit.
    """
    from auditor.noise.recipe import IN_PLACE, Kind, Recipe

    recipe = Recipe(share=share, seed=seed, kinds=IN_PLACE - {Kind.SPEAKER})
    return tuple(
        replace(
            call,
            dialogue=replace(
                call.dialogue, turns=damager.lines(call.dialogue.turns, recipe, call.call_id)
            ),
        )
        for call in calls
    )


def _labelled(script: Script, batch: str) -> Labelled:
    turns = tuple((line.speaker, line.text) for line in script.lines)
    truths = np.array([_truths(line) for line in script.lines], np.bool_)
    return Labelled(
        script.call_id,
        batch,
        Dialogue(turns, script.call().callee or Callee.UNKNOWN),
        truths.reshape(len(turns), len(LABELS)),
    )


def _truths(line: ScriptLine) -> list[bool]:
    said = {category.value for category in line.violations}
    said |= {disclosure.value for disclosure in line.disclosures}
    said |= {*line.acts, *(f"cue:{cue}" for cue in line.cues)}
    return [label in said for label in LABELS]
