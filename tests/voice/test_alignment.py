"""Known labels are found at the steps that score them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.voice.alignment import align


def _scores(path: list[int], classes: int = 5) -> np.ndarray:
    likely = np.full((len(path), classes), 0.02)
    likely[np.arange(len(path)), path] = 0.92
    return np.log(likely).astype(np.float32)


@pytest.mark.parametrize(
    ("path", "labels", "centres"),
    [
        ([0, 1, 0, 2, 2, 0], [1, 2], [1, 3.5]),
        ([1, 2, 3], [1, 2, 3], [0, 1, 2]),
        ([0, 1, 0, 1, 0], [1, 1], [1, 3]),
        ([4, 4, 4, 4], [4], [1.5]),
    ],
)
def test_labels_lie_where_they_score(
    path: list[int], labels: list[int], centres: list[float]
) -> None:
    """Repeated steps are averaged; equal neighbours need a blank between."""
    found = align(
        _scores(path)[None], np.array(labels), np.array([len(labels)]), np.array([len(path)])
    )
    assert found.tolist() == centres


def test_rows_of_a_batch_do_not_disturb_each_other() -> None:
    """Padding steps and labels of other rows change nothing."""
    scores = np.stack([_scores([0, 1, 0, 2, 0, 0, 0, 0]), _scores([3, 0, 4, 0, 0, 2, 0, 1])])
    found = align(scores, np.array([1, 2, 3, 4, 2, 1]), np.array([2, 4]), np.array([5, 8]))
    assert found.tolist() == [1, 3, 0, 2, 5, 7]


def test_a_row_without_labels_has_no_centres() -> None:
    """Windows in which nobody speaks are passed over."""
    scores = np.stack([_scores([0, 0, 0]), _scores([0, 2, 0])])
    assert align(scores, np.array([2]), np.array([0, 1]), np.array([3, 3])).tolist() == [1]


def test_labels_that_do_not_fit_are_marked() -> None:
    """Three labels in two steps have no alignment."""
    scores = _scores([1, 2, 0])[None]
    found = align(scores, np.array([1, 2, 3]), np.array([3]), np.array([2]))
    assert found.tolist() == [-1, -1, -1]


@settings(deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.integers(0, 2**32 - 1))
def test_centres_never_go_back(labels: list[int], seed: int) -> None:
    """Whatever the scores say, labels come in order."""
    rng = np.random.default_rng(seed)
    steps = 2 * len(labels) + 3
    scores = np.log(rng.dirichlet(np.ones(5), size=(1, steps))).astype(np.float32)
    found = align(scores, np.array(labels), np.array([len(labels)]), np.array([steps]))
    assert (np.diff(found) > 0).all()
    assert ((found >= 0) & (found < steps)).all()
