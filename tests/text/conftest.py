"""The tables that text tests share; each takes up to half a second to build."""

from __future__ import annotations

import pytest

from auditor.text.normalise import Normaliser
from auditor.text.pinyin import Syllables
from auditor.text.prob import WordFrequencies


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    """The folding of the product."""
    return Normaliser()


@pytest.fixture(scope="session")
def syllables() -> Syllables:
    """The sounds of the product."""
    return Syllables()


@pytest.fixture(scope="session")
def frequencies() -> WordFrequencies:
    """Word counts without any policy's words."""
    return WordFrequencies()
