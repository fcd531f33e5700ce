"""Tell two voices on one track apart by their sound.

On telephone speech this is right for 75 to 90 % of the pieces, so it is one feature among
others for deciding who speaks, not an answer; every label has its confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from auditor.audio.features import CEPSTRA, voice_vector
from auditor.audio.limits import RATE
from auditor.audio.sound import FloatArray
from auditor.domain.spans import TimeSpan

_Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLimits:
    """Settings of the clustering.

    Args:
        fit_ms: Pieces are cut to about this length to find the voices.
        least_ms: Shorter pieces are labelled but do not shape the voices.
        least_pieces: Fewer than this and only one voice is assumed.
        one_voice: Silhouette times distance of the groups below which they are one voice.
        pitch_weight: Weight of pitch against one cepstral coefficient.
        spread_weight: Weight of a coefficient's deviation against its mean.
        seed: Of the clustering; the same sound always gives the same labels.
    """

    fit_ms: int = 2_000
    least_ms: int = 700
    least_pieces: int = 4
    one_voice: float = 0.24
    pitch_weight: float = 2.0
    spread_weight: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class VoiceLabel:
    """The voice of one piece.

    Args:
        label: 0 or 1; 0 is the voice heard first.
        confidence: 0.5 (no idea) to 1.
    """

    label: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Clustering:
    """The voices of a track.

    Args:
        labels: One for each piece, in the order given.
        voices: 1 or 2.
        silhouette: How far apart the two groups are, -1..1 (Rousseeuw 1987); 0 if not computed.
    """

    labels: tuple[VoiceLabel, ...]
    voices: int
    silhouette: float


def cluster(
    samples: FloatArray, pieces: Sequence[TimeSpan], limits: ClusterLimits | None = None
) -> Clustering:
    """Group pieces of speech by voice.

    Args:
        samples: One track, shape ``(n,)``, 16 kHz.
        pieces: Times of speech, each of one speaker as far as known.
        limits: Settings.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    limits = limits or ClusterLimits()
    owners, raw = _vectors(samples, pieces, limits)
    long_enough = [i for i, owner in enumerate(owners) if _length(pieces[owner]) >= limits.least_ms]
    if len(long_enough) < limits.least_pieces:
        return _one_voice(pieces, 0.0)
    vectors = _scale(raw, long_enough, limits)
    fitted = vectors[long_enough]
    model = KMeans(n_clusters=2, n_init=10, random_state=limits.seed).fit(fitted)
    groups = model.labels_
    if len(set(groups.tolist())) < 2 or min(np.bincount(groups)) < 2:
        return _one_voice(pieces, 0.0)
    silhouette = float(silhouette_score(fitted, groups))
    # Sentences of one voice also fall into groups by their vowels; what two voices differ in is
    # how much the spectrum moves, because harmonics lie wider apart in a higher voice.
    spreads = raw[long_enough][:, CEPSTRA : 2 * CEPSTRA]
    means = [spreads[groups == label].mean(axis=0) for label in (0, 1)]
    if silhouette * float(np.linalg.norm(means[0] - means[1])) < limits.one_voice:
        return _one_voice(pieces, silhouette)
    distances = np.asarray(model.transform(vectors), np.float64)
    return Clustering(_labels(pieces, owners, distances), 2, silhouette)


def _vectors(
    samples: FloatArray, pieces: Sequence[TimeSpan], limits: ClusterLimits
) -> tuple[list[int], _Vectors]:
    """Describe the parts of all pieces; return which piece each vector belongs to."""
    owners: list[int] = []
    vectors: list[FloatArray] = []
    for owner, piece in enumerate(pieces):
        count = max(1, round(_length(piece) / limits.fit_ms))
        edges = np.linspace(piece.start_ms, piece.end_ms, count + 1).astype(int).tolist()
        for start, end in pairwise(edges):
            vector = voice_vector(samples[start * RATE // 1000 : end * RATE // 1000])
            if vector is not None:
                owners.append(owner)
                vectors.append(vector)
    return owners, np.asarray(vectors, np.float64).reshape(len(vectors), 2 * CEPSTRA + 2)


def _scale(raw: _Vectors, fit: list[int], limits: ClusterLimits) -> _Vectors:
    """Bring all features to one scale by the fitted ones; a missing pitch becomes the mean."""
    pitch = raw[:, -2:]
    means = [float(np.mean(c[~np.isnan(c)])) if (~np.isnan(c)).any() else 0.0 for c in pitch.T]
    filled = raw.copy()
    filled[:, -2:] = np.where(np.isnan(pitch), means, pitch)
    centre = filled[fit].mean(axis=0)
    spread = filled[fit].std(axis=0)
    scaled = (filled - centre) / np.where(spread < 1e-6, 1.0, spread)
    weights = np.concatenate(
        (
            np.ones(CEPSTRA),
            np.full(CEPSTRA, limits.spread_weight),
            [limits.pitch_weight, limits.spread_weight],
        )
    )
    return np.asarray(scaled * weights, np.float64)


def _labels(
    pieces: Sequence[TimeSpan], owners: list[int], distances: _Vectors
) -> tuple[VoiceLabel, ...]:
    # Positive evidence speaks for group 1; long pieces have several vectors to add up.
    evidence = np.full(len(pieces), np.nan)
    for owner, (first, second) in zip(owners, distances, strict=True):
        step = (first - second) / max(first + second, 1e-9)
        evidence[owner] = step if np.isnan(evidence[owner]) else evidence[owner] + step
    known = [i for i in range(len(pieces)) if not np.isnan(evidence[i])]
    turn = 1.0 if not known or evidence[known[0]] < 0 else -1.0
    labels: list[VoiceLabel] = []
    for piece, value in zip(pieces, evidence * turn, strict=True):
        if np.isnan(value):
            labels.append(VoiceLabel(0, 0.5))
            continue
        reliable = min(1.0, _length(piece) / 1000)
        sure = 1 / (1 + float(np.exp(-12 * abs(value) * reliable)))
        labels.append(VoiceLabel(int(value > 0), round(sure, 4)))
    return tuple(labels)


def _one_voice(pieces: Sequence[TimeSpan], silhouette: float) -> Clustering:
    return Clustering(tuple(VoiceLabel(0, 0.5) for _ in pieces), 1, silhouette)


def _length(piece: TimeSpan) -> int:
    return piece.end_ms - piece.start_ms
