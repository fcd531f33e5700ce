"""Ranges of speech are joined and widened without running into each other."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from auditor.transcribe.activity import pad, union

RANGES = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 20)).map(lambda pair: (pair[0], sum(pair)))
)


def samples(ranges):
    """The samples covered."""
    return {k for start, end in ranges for k in range(start, end)}


@given(RANGES, RANGES)
def test_a_union_covers_what_either_covers(one, other):
    """Nothing more, nothing less, in order and apart."""
    joined = union(one, other)
    assert samples(joined) == samples(one) | samples(other)
    assert all(a[1] <= b[0] for a, b in pairwise(joined))


@given(RANGES, st.integers(0, 30))
def test_padding_widens_and_never_joins(ranges, width):
    """Every range keeps its own, gains at most the width, and stays in the channel."""
    apart = union(ranges)
    wide = pad(apart, width, 120)
    assert len(wide) == len(apart)
    for (start, end), (first, last) in zip(apart, wide, strict=True):
        assert max(0, start - width) <= first <= start
        assert end <= last <= min(120, end + width)
    assert all(a[1] <= b[0] for a, b in pairwise(wide))


def test_a_short_gap_is_shared_by_its_neighbours():
    """Half of it each, so that a pause between two speakers stays a boundary."""
    assert pad(((10, 20), (30, 40)), 100, 50) == ((0, 25), (25, 50))
