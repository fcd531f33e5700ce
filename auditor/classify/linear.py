"""The first stage: weights of terms in a turn and its neighbours, added up in whole numbers.

Sums of whole numbers do not depend on their order, so the same call gets the same probabilities to
the last bit, alone or among thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import Floats

Weights = NDArray[np.int8]
_FEW = 64


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear model for each label of one side.

    The logit of a turn is the sum of its own terms' weights, those of the character terms of its
    neighbours and of each side's whole talk, its extras' and the bias. Weights of terms are already
    multiplied by the term's rarity.

    Args:
        chars: Terms x labels.
        sounds: Terms x labels.
        context: For each slot the most frequent character terms x labels.
        char_scale: What one unit of ``chars`` is worth, for each label.
        sound_scale: The same of ``sounds``.
        context_scale: Slots x labels, the same of ``context``.
        whole: For all the customer and all the agent says, the same terms x labels.
        whole_scale: Sides x labels, the same of ``whole``.
        extras: Extras x labels.
        bias: For each label.
    """

    chars: Weights
    sounds: Weights
    context: Weights
    char_scale: Floats
    sound_scale: Floats
    context_scale: Floats
    whole: Weights
    whole_scale: Floats
    extras: Floats
    bias: Floats


def times(left: Floats, right: Floats) -> Floats:
    """A matrix product in a fixed order of additions, unlike that of a tuned library."""
    turned = np.ascontiguousarray(left.T)
    right = np.ascontiguousarray(right)
    if len(left) <= _FEW and right.shape[1] > 1:
        # Along the first of several axes numpy adds one after the other, as below.
        summed: Floats = np.add.reduce(turned[:, :, None] * right[:, None, :], axis=0)
        return summed
    out = np.zeros((right.shape[1], len(left)), np.float32)
    product = np.empty_like(out)
    for column, values in enumerate(turned):
        np.multiply(right[column][:, None], values, out=product)
        out += product
    return np.ascontiguousarray(out.T)
