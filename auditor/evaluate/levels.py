"""Where the joint judgement accuses: levels set on calls that the weights were not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from auditor.detect.signals import WEIGHED
from auditor.domain.findings import Category

OMIT = 0.5
"""Probability from which an omission counts."""

# More than is promised of new calls: those of other writers are judged less precisely than ours.
_WANTED_PRECISION = 0.95
_WANTED_OF_EACH = 0.92
_WANTED_ON_DEVELOPMENT = 0.85  # a dozen calls a category: one mistake must not decide
_WANTED_OF_CONTESTED = 0.8
_LEVELS = tuple(round(0.4 + 0.01 * step, 2) for step in range(51))

STRICTEST = _LEVELS[-1]
"""The highest level there is."""


@dataclass(frozen=True, slots=True)
class Chances:
    """Probabilities of held-out calls beside the truth, one entry a (call, subject).

    ``heard`` tells where a rule heard words that may have made the disclosure.
    """

    violation: Any
    violated: Any
    innocent: Any
    omission: Any
    omitted: Any
    heard: Any


def together(parts: Sequence[Chances]) -> Chances:
    """Put the judged calls of several parts one after the other."""
    return Chances(
        np.concatenate([part.violation for part in parts]),
        np.concatenate([part.violated for part in parts]),
        np.concatenate([part.innocent for part in parts]),
        np.concatenate([part.omission for part in parts]),
        np.concatenate([part.omitted for part in parts]),
        np.concatenate([part.heard for part in parts]),
    )


def accusing_levels(chances: Chances, development: Chances | None = None) -> dict[Category, float]:
    """The lowest level at which unseen calls are accused with the precision wanted.

    One level for all categories, and a higher one where a category by itself is not precise
    enough there, or falls behind on the development calls: nobody is to be accused on the credit
    of other categories.
    """
    every = chances if development is None else together([chances, development])
    common = _lowest(every.violation, every.violated, _WANTED_PRECISION, _LEVELS[0])
    levels: dict[Category, float] = {}
    for k, category in enumerate(WEIGHED):
        levels[category] = _lowest(
            every.violation[:, k], every.violated[:, k], _WANTED_OF_EACH, common
        )
        if development is not None:
            levels[category] = _lowest(
                development.violation[:, k],
                development.violated[:, k],
                _WANTED_ON_DEVELOPMENT,
                levels[category],
            )
    return levels


def contested_level(chances: Chances) -> float:
    """The lowest level at which omissions hold against words that a rule heard."""
    heard = chances.heard
    return _lowest(chances.omission[heard], chances.omitted[heard], _WANTED_OF_CONTESTED, OMIT)


def _lowest(chance: Any, truth: Any, wanted: float, least: float) -> float:
    for level in _LEVELS:
        found = chance >= level
        if level >= least and (not found.any() or truth[found].mean() >= wanted):
            return level
    return _LEVELS[-1]
