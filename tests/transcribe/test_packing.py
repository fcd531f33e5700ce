"""Windows hold all the speech, in order, and know where every sample came from."""

from hypothesis import given
from hypothesis import strategies as st

from auditor.transcribe.packing import pack, split_long

LIMIT, GAP = 100, 12


@st.composite
def speech_ranges(draw):
    """Ranges in order, apart or touching."""
    position, ranges = 0, []
    for gap, length in draw(
        st.lists(st.tuples(st.integers(0, 60), st.integers(1, 250)), max_size=20)
    ):
        ranges.append((position + gap, position + gap + length))
        position += gap + length
    return ranges


@given(speech_ranges())
def test_every_sample_of_speech_is_in_exactly_one_window(ranges):
    """Nothing that was said is left out or decoded twice."""
    expected = [k for start, end in ranges for k in range(start, end)]
    packed = pack(ranges, LIMIT, GAP)
    assert [k for w in packed for start, end in w.speech for k in range(start, end)] == expected


@given(speech_ranges())
def test_windows_keep_to_the_limit_and_to_the_order(ranges):
    """No window is longer than the model's, and parts never overlap."""
    last = 0
    for window in pack(ranges, LIMIT, GAP):
        assert window.samples <= LIMIT
        for start, end in window.parts:
            assert last <= start < end
            last = end
        assert all(
            any(low <= start and end <= high for low, high in window.parts)
            for start, end in window.speech
        )


@given(speech_ranges(), st.integers(-5, 400))
def test_an_offset_maps_back_into_the_part_it_lies_in(ranges, offset):
    """Offsets of the glued window are samples of the channel, growing with the offset."""
    for window in pack(ranges, LIMIT, GAP):
        sample, (start, end) = window.to_channel(offset)
        assert start <= sample <= end
        assert (start, end) in window.parts
        assert window.to_channel(offset + 1)[0] >= sample


def test_short_pauses_stay_and_long_silence_is_cut_out():
    """A pause up to the limit is decoded as it is, a longer one is not decoded at all."""
    (window,) = pack([(0, 20), (30, 40), (60, 80)], LIMIT, GAP)
    assert window.parts == ((0, 40), (60, 80))
    assert window.to_channel(45) == (65, (60, 80))


def test_long_speech_is_cut_into_equal_parts():
    """Equal parts, so that no sliver of a second is left at the end."""
    assert split_long([(0, 201)], 100) == ((0, 67), (67, 134), (134, 201))


def test_nothing_gives_no_window():
    """Silence costs nothing."""
    assert pack([], LIMIT, GAP) == ()
