"""Weights in rows give the numbers that named weights give, to the last bit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.classify.labels import LABELS
from auditor.detect.signals import WEIGHED, Signals
from auditor.detect.weights import Judgement, read_judgement
from auditor.domain.findings import Disclosure
from auditor.resources import model_folder

CHANCES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1e-9, 0.5, 1.0]))
CATEGORIES = st.frozensets(st.sampled_from(WEIGHED))
DISCLOSURES = st.frozensets(st.sampled_from(Disclosure))
SIGNALS = st.builds(
    Signals,
    turns=st.integers(0, 60),
    highest=st.fixed_dictionaries(dict.fromkeys(LABELS, CHANCES)),
    calls=st.fixed_dictionaries({category.value: CHANCES for category in WEIGHED}),
    stable=CATEGORIES,
    trial=CATEGORIES,
    unsaid=DISCLOSURES,
    not_owed=DISCLOSURES,
)


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    """The shipped weights."""
    return read_judgement(model_folder("judgement"), model_folder("turn-risk"))


@given(signals=SIGNALS)
def test_chances_of_violations(judgement: Judgement, signals: Signals) -> None:
    """Of every category, whatever the signals."""
    expected = {category: judgement.violated(signals, category) for category in WEIGHED}
    assert judgement.scales.violated(signals) == expected


@given(signals=SIGNALS)
def test_chances_of_omissions(judgement: Judgement, signals: Signals) -> None:
    """Of every disclosure being owed, and unsaid."""
    expected = {
        d: (judgement.is_owed(signals, d), judgement.is_unsaid(signals, d)) for d in Disclosure
    }
    assert judgement.scales.owed_and_unsaid(signals) == expected
