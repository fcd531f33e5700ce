"""What was found instead of what is labelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from auditor.domain.findings import Category
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall

NOTHING = ""
"""Stands for no category: missed without another finding, or found where nothing was missed."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Calls in which labelled and found categories differ.

    Args:
        cells: (labelled, found) -> calls. A call counts in every pair of a category missed and
            one falsely found; where only one of the two happened, the other is ``NOTHING``.
    """

    cells: Mapping[tuple[str, str], int]

    @property
    def labelled(self) -> tuple[str, ...]:
        """Categories missed, ``NOTHING`` last."""
        return _ordered(row for row, _ in self.cells)

    @property
    def found(self) -> tuple[str, ...]:
        """Categories falsely found, ``NOTHING`` last."""
        return _ordered(column for _, column in self.cells)


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=lambda name: (name == NOTHING, name)))


def confusion(labels: Sequence[LabelledCall], held: Iterable[Found]) -> Confusion:
    """Count categories missed against categories falsely found in the same call.

    Args:
        labels: Every call once.
        held: Findings that count.
    """
    told: dict[str, set[Category]] = {call.call_id: set() for call in labels}
    for one in held:
        if isinstance(one.topic, Category):
            told[one.call_id].add(one.topic)
    cells: Counter[tuple[str, str]] = Counter()
    for call in labels:
        missed = sorted(c.value for c in call.categories - told[call.call_id])
        false = sorted(c.value for c in told[call.call_id] - call.categories)
        if missed or false:
            cells.update(product(missed or [NOTHING], false or [NOTHING]))
    return Confusion(MappingProxyType(dict(sorted(cells.items()))))
