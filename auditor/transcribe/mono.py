"""Who says what when both sides share one channel.

Neither the voice nor the text of a single piece is sure enough: two telephone voices fall into
the right one of two clusters for 75 to 90 % of the pieces, and half of all turns are a bare 嗯.
Together, smoothed over the talk, they are: a two-state hidden Markov model over the pieces, whose
emissions are the role model's log-odds and the voice cluster, and whose switches grow likelier
with the pause. Which cluster is the agent is decided by which reading explains the talk better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from auditor.audio.speakers import VoiceLabel
from auditor.domain.calls import Speaker
from auditor.transcribe.base import Piece
from auditor.transcribe.carve import carve

_QUESTION_ENDS = ("吗", "呢", "？", "?", "么", "吧")
_SHORTEST_PAUSE = 0.15
AGENT, CUSTOMER = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MonoLimits:
    """Numbers of the hidden Markov model.

    Args:
        text_weight: How much of a piece's log-odds counts; neighbouring pieces repeat themselves.
        text_bound: Largest log-odds one piece may contribute.
        voice_accuracy: Share of pieces with the right voice where the clustering is sure.
        switch_short: Probability that the other side goes on after no pause.
        switch_long: The same after ``long_pause`` seconds or more.
        long_pause: In seconds.
        unsure: Below this confidence nothing is said to support the best guess.
    """

    text_weight: float = 0.85
    text_bound: float = 4.0
    voice_accuracy: float = 0.85
    switch_short: float = 0.3
    switch_long: float = 0.6
    long_pause: float = 0.7
    unsure: float = 0.52


@dataclass(frozen=True, slots=True)
class PieceRole:
    """Whose piece it is and how sure that is; ``UNKNOWN`` where nothing supports either."""

    speaker: Speaker
    confidence: float
    method: str


def split_questions(piece: Piece) -> tuple[Piece, ...]:
    """Cut a piece after a question that is followed by a short pause: others may answer there."""
    cuts: list[int] = []
    position = 0
    for word, following in pairwise(piece.words):
        position += len(word.text)
        if (
            word.text.endswith(_QUESTION_ENDS)
            and following.start - word.end >= _SHORTEST_PAUSE
            and any(char.isalnum() for char in following.text)
        ):
            cuts.append(position)
    return carve(piece, cuts)


def assign_roles(
    pieces: Sequence[Piece],
    log_odds: Sequence[float],
    *,
    voices: Sequence[VoiceLabel] | None = None,
    limits: MonoLimits | None = None,
) -> tuple[PieceRole, ...]:
    """Decide whose each piece of a one-channel recording is.

    Args:
        pieces: By start time.
        log_odds: What the text of each piece says for the agent; 0 where it may not be trusted.
        voices: Voice cluster of each piece; ``None`` where only one voice was found.
        limits: Numbers of the model.
    """
    if not pieces:
        return ()
    bounds = limits or MonoLimits()
    bound = bounds.text_bound
    text = [bounds.text_weight * max(-bound, min(bound, value)) for value in log_odds]
    voice = [_voice_evidence(label, bounds) for label in voices or ()] or [0.0] * len(pieces)
    switches = [_switch(a, b, bounds) for a, b in pairwise(pieces)]
    readings = []
    for sign in (1.0, -1.0) if any(voice) else (1.0,):
        odds = [t + sign * v for t, v in zip(text, voice, strict=True)]
        readings.append((_forward_backward(odds, switches), odds))
    # Both readings of the clusters stay in play, each as far as it explains the talk.
    best = max(evidence for (_, evidence), _ in readings)
    shares = [math.exp(evidence - best) for (_, evidence), _ in readings]
    agent = [
        sum(
            share * posterior[k]
            for ((posterior, _), _), share in zip(readings, shares, strict=True)
        )
        / sum(shares)
        for k in range(len(pieces))
    ]
    _, odds = readings[shares.index(max(shares))]
    path = _viterbi(odds, switches)
    method = "mono_cluster_text" if any(voice) else "text"
    supported = any(abs(value) > 1e-9 for value in text)
    return tuple(
        _role(state, probability, supported=supported, method=method, limits=bounds)
        for state, probability in zip(path, agent, strict=True)
    )


def _role(
    state: int, agent: float, *, supported: bool, method: str, limits: MonoLimits
) -> PieceRole:
    confidence = agent if state == AGENT else 1 - agent
    if not supported or confidence < limits.unsure:
        return PieceRole(Speaker.UNKNOWN, round(max(0.0, confidence), 4), method)
    return PieceRole(
        Speaker.AGENT if state == AGENT else Speaker.CUSTOMER, round(confidence, 4), method
    )


def _voice_evidence(voice: VoiceLabel, limits: MonoLimits) -> float:
    """Return the log-odds that voice 0 says the piece."""
    accuracy = 0.5 + (limits.voice_accuracy - 0.5) * 2 * (voice.confidence - 0.5)
    strength = math.log(accuracy / (1 - accuracy))
    return strength if voice.label == 0 else -strength


def _switch(before: Piece, after: Piece, limits: MonoLimits) -> float:
    stop = before.words[-1].end if before.words else before.end
    start = after.words[0].start if after.words else after.start
    share = min(1.0, max(0.0, start - stop) / limits.long_pause)
    return limits.switch_short + share * (limits.switch_long - limits.switch_short)


def _emissions(odds: float) -> tuple[float, float]:
    return math.exp(odds / 2), math.exp(-odds / 2)


def _forward_backward(
    odds: Sequence[float], switches: Sequence[float]
) -> tuple[list[float], float]:
    """Return P(agent) of every piece, and the log-likelihood of the talk."""
    forward: list[tuple[float, float]] = []
    evidence = 0.0
    state = (0.5, 0.5)
    for k, value in enumerate(odds):
        if k:
            switch = switches[k - 1]
            state = (
                state[0] * (1 - switch) + state[1] * switch,
                state[1] * (1 - switch) + state[0] * switch,
            )
        up, down = _emissions(value)
        state = (state[0] * up, state[1] * down)
        total = sum(state)
        evidence += math.log(total)
        state = (state[0] / total, state[1] / total)
        forward.append(state)
    posterior = [0.0] * len(odds)
    ahead = (1.0, 1.0)
    for k in range(len(odds) - 1, -1, -1):
        joint = (forward[k][0] * ahead[0], forward[k][1] * ahead[1])
        posterior[k] = joint[0] / sum(joint)
        if k:
            switch = switches[k - 1]
            up, down = _emissions(odds[k])
            ahead = (
                (1 - switch) * up * ahead[0] + switch * down * ahead[1],
                (1 - switch) * down * ahead[1] + switch * up * ahead[0],
            )
            ahead = (ahead[0] / sum(ahead), ahead[1] / sum(ahead))
    return posterior, evidence


def _viterbi(odds: Sequence[float], switches: Sequence[float]) -> list[int]:
    """Return the likeliest sequence of states."""
    score = [odds[0] / 2, -odds[0] / 2]
    came: list[tuple[int, int]] = []
    for value, switch in zip(odds[1:], switches, strict=True):
        stay, change = math.log(1 - switch), math.log(switch)
        best = (
            AGENT if score[AGENT] + stay >= score[CUSTOMER] + change else CUSTOMER,
            CUSTOMER if score[CUSTOMER] + stay >= score[AGENT] + change else AGENT,
        )
        score = [
            score[best[AGENT]] + (stay if best[AGENT] == AGENT else change) + value / 2,
            score[best[CUSTOMER]] + (stay if best[CUSTOMER] == CUSTOMER else change) - value / 2,
        ]
        came.append(best)
    state = AGENT if score[AGENT] >= score[CUSTOMER] else CUSTOMER
    path = [state]
    for best in reversed(came):
        state = best[state]
        path.append(state)
    return path[::-1]
