"""Measures the role model: ``python -m auditor.transcribe.evaluate_roles PATH...``."""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.audio.speakers import VoiceLabel
from auditor.domain.calls import Speaker
from auditor.resources import model_folder
from auditor.text.normalise import Normaliser
from auditor.transcribe.base import Piece, PieceWord
from auditor.transcribe.mono import MonoLimits, assign_roles
from auditor.transcribe.role_model import RoleModel, load_role_model
from auditor.transcribe.roles import decide_channels
from auditor.transcribe.train_roles import Dialogue, read_dialogues

_SURE = 0.9
_SENTENCE = re.compile(r"(?<=[。！？；…])")


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was right, and how often it was sure of itself.

    Args:
        right: Correct decisions.
        total: Decisions.
        sure: Decisions with a confidence of at least 0.9.
        sure_right: Correct ones among those.
    """

    right: int
    total: int
    sure: int
    sure_right: int

    def __str__(self) -> str:
        return (
            f"{self.right}/{self.total} = {self.right / max(1, self.total):.1%} right; "
            f"sure {self.sure / max(1, self.total):.1%}, "
            f"of these {self.sure_right / max(1, self.sure):.1%} right"
        )


def tally(decisions: Sequence[tuple[bool, float]]) -> Tally:
    """Count (right, confidence) pairs."""
    sure = [right for right, confidence in decisions if confidence >= _SURE]
    return Tally(sum(right for right, _ in decisions), len(decisions), len(sure), sum(sure))


def channel_decisions(
    calls: Sequence[Dialogue], model: RoleModel, fold: Callable[[str], str]
) -> Iterator[tuple[bool, float]]:
    """Decide every call with both sides talking, the agent once on each channel."""
    for call in calls:
        sides = [
            [text for speaker, text in call if speaker is side]
            for side in (Speaker.AGENT, Speaker.CUSTOMER)
        ]
        if all(sides):
            for agent, lanes in ((0, sides), (1, sides[::-1])):
                decision = decide_channels(lanes, model, fold)
                yield decision.agent == agent, decision.confidence


def piece_decisions(
    calls: Sequence[Dialogue],
    model: RoleModel,
    fold: Callable[[str], str],
    *,
    accuracy: float | None,
    limits: MonoLimits | None = None,
) -> Iterator[tuple[bool, float]]:
    """Decide every sentence of one-channel calls.

    Args:
        calls: Without audio: four characters a second, 0.3 s between the sentences of a turn
            and 0.5 s between turns.
        model: Role model.
        fold: Makes text comparable.
        accuracy: Share of sentences a simulated voice clustering gets right; ``None`` leaves the
            decision to the text.
        limits: Numbers of the hidden Markov model.
    """
    for number, call in enumerate(calls):
        draw = random.Random(number)  # noqa: S311 # simulated clusters, nothing secret
        sides, pieces, voices, at = [], [], [], 0.0
        for speaker, text in call:
            for sentence in filter(None, _SENTENCE.split(text)):
                end = at + len(sentence) / 4
                words = (PieceWord(at, end, sentence, 0.9),)
                pieces.append(Piece(at, end, sentence, words, -0.2, 0.0, 1.0))
                sides.append(speaker)
                right = draw.random() < (accuracy or 0)
                voices.append(VoiceLabel(int((speaker is Speaker.AGENT) == right), 1.0))
                at = end + 0.3
            at += 0.2
        odds = [model.log_odds(fold(piece.text)) for piece in pieces]
        found = None if accuracy is None else voices
        roles = assign_roles(pieces, odds, voices=found, limits=limits)
        for speaker, role in zip(sides, roles, strict=True):
            yield role.speaker is speaker, role.confidence


def read_calls(path: Path) -> tuple[Dialogue, ...]:
    """Read dialogues of a batch file, or all transcripts of a folder."""
    if path.is_file():
        return read_dialogues(path)
    calls = []
    for file in sorted(path.glob("*.json")):
        segments = json.loads(file.read_text(encoding="utf-8"))["segments"]
        calls.append(tuple((Speaker(s["speaker"]), str(s["text"])) for s in segments))
    return tuple(call for call in calls if call)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print channel and sentence accuracy for each file or folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="batch files or transcript folders")
    parser.add_argument("--model", type=Path, default=model_folder("roles"))
    options = parser.parse_args(arguments)
    model, fold = load_role_model(options.model), Normaliser().fold
    for path in options.paths:
        calls = read_calls(path)
        lines = [f"{path.name}: {len(calls)} calls, {sum(map(len, calls))} turns"]
        lines.append(
            f"  channels                      {tally([*channel_decisions(calls, model, fold)])}"
        )
        for accuracy in (None, 0.75, 0.9):
            name = "text" if accuracy is None else f"text + {accuracy:.0%} voices"
            found = tally([*piece_decisions(calls, model, fold, accuracy=accuracy)])
            lines.append(f"  sentences, {name:<18} {found}")
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
