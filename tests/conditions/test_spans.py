"""Spans are those that the library's own iterator finds."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from auditor.conditions.spans import Encoded

PATTERNS = [
    *("还", "还|还钱", "(还|钱)+", "钱{2}", "^还", "还$", "^还钱$", ".", ".{2,}", "[^还]", "a"),
    *(r"\d+", "(还.{0,2}钱)", "还?钱", "[^a]$"),
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text("还钱你a1é😀", max_size=12))
def test_the_same_spans(pattern: str, text: str) -> None:
    """Of any line, in characters, whatever mixture of characters it is."""
    options = re2.Options()
    options.never_nl = True
    options.never_capture = True
    compiled = re2.compile(f"(?m){pattern}", options)
    expected = [match.span() for match in compiled.finditer(text)]
    assert [*Encoded.of(text).spans(compiled)] == expected
