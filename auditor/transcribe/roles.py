"""Who is the agent, judged by what is said.

A logistic model over character n-grams gives every turn log-odds agent : customer. Collectors
say 您的账单 and 我这边是, customers 宽限 and 打错了; a few turns decide a channel almost surely,
while "left is the agent" is merely a habit of some recorders.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.domain.calls import Speaker
from auditor.transcribe.role_model import RoleModel
from auditor.transcribe.turns import Owner, Utterance

# Turns of one call lean the same way for the same reason (who phones, how angry), so their
# log-odds are not independent; the sum is shrunk to keep the stated confidence honest.
_CHANNEL_SHRINK = 0.5
_TURN_BOUND = 4.0
_CONTRADICTION = 0.99
_CONTRADICTED = 0.5


@dataclass(frozen=True, slots=True)
class ChannelDecision:
    """Which lane is the agent's.

    Args:
        agent: Lane number, or ``None`` where nothing was said.
        confidence: 0.5..1, probability of it by the text alone.
        contradicted: The declared lane and the text disagree strongly (swapped channels).
        method: ``declared``, ``channel_text`` or ``text``.
    """

    agent: int | None
    confidence: float
    contradicted: bool = False
    method: str = "channel_text"


def lane_score(texts: Sequence[str], model: RoleModel, fold: Callable[[str], str]) -> float:
    """Return the summed log-odds that the speaker of ``texts`` is an agent."""
    return sum(_bounded(model.log_odds(fold(text))) for text in texts)


def decide_channels(
    lanes: Sequence[Sequence[str]],
    model: RoleModel,
    fold: Callable[[str], str],
    *,
    declared: int | None = None,
) -> ChannelDecision:
    """Decide which of one or two lanes is the agent's.

    Args:
        lanes: Texts of each lane; marked ones left out by the caller.
        model: Gives the log-odds.
        fold: Makes text comparable.
        declared: Lane that the manifest or the settings call the agent's; it wins, but a
            contradicting text is reported.
    """
    scores = [lane_score(texts, model, fold) for texts in lanes]
    said = [bool(texts) for texts in lanes]
    difference = scores[0] - (scores[1] if len(scores) > 1 else 0.0)
    by_text = 0 if difference >= 0 else 1
    confidence = 1 / (1 + math.exp(-_CHANNEL_SHRINK * abs(difference)))
    if declared is not None:
        against = any(said) and by_text != declared and confidence >= _CONTRADICTION
        return ChannelDecision(
            declared, _CONTRADICTED if against else 1.0, contradicted=against, method="declared"
        )
    if not any(said):
        return ChannelDecision(None, 0.5)
    return ChannelDecision(by_text, confidence)


def owners(utterances: Sequence[Utterance], decision: ChannelDecision) -> tuple[Owner, ...]:
    """Return whose each utterance is when every lane is one speaker."""
    if decision.agent is None:
        return tuple(Owner(Speaker.UNKNOWN, 0.0, decision.method) for _ in utterances)
    return tuple(
        Owner(
            Speaker.AGENT if said.lane == decision.agent else Speaker.CUSTOMER,
            min(decision.confidence, said.confidence),
            decision.method,
        )
        for said in utterances
    )


def _bounded(value: float) -> float:
    return max(-_TURN_BOUND, min(_TURN_BOUND, value))
