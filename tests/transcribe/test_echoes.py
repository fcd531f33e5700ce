"""Cross-talk: the louder copy is kept; people who say the same thing are both kept."""

from dataclasses import dataclass

import pytest

from auditor.transcribe.echoes import find_echoes

LONG = "我这边是江州银行信用卡中心"


@dataclass(frozen=True)
class Measured:
    """Constant levels of the two lanes, in dB, and the acoustic echo share of lane 1."""

    left: float
    right: float
    share: float = 0.0

    def loudness(self, lane, *_times):
        """The level of the lane, whenever."""
        return (self.left, self.right)[lane]

    def echo_share(self, lane, *_times):
        """The share, for lane 1."""
        return self.share if lane == 1 else 0.0


def echoes(left, right, levels):
    """Indices of the echoes of both lanes."""
    return [set(found) for found in find_echoes([left, right], levels)]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (LONG, Measured(-20, -40)),
        ("我这边是将州银行心用卡中心", Measured(-20, -40)),
        ("江州银行信用卡", Measured(-20, -32)),
        ("喂", Measured(-20, -45)),
        ("完全不同的字", Measured(-20, -40, 0.9)),
    ],
)
def test_the_quiet_copy_is_the_echo(text, levels, piece):
    """The same words at the same time, clearly quieter, however they were cut or misheard."""
    loud = "喂" if text == "喂" else LONG
    assert echoes([piece(loud, 1, 4)], [piece(text, 1.1, 4.1)], levels) == [set(), {0}]


def test_the_louder_one_is_kept_whichever_side(piece):
    """The loud lane may be either."""
    pieces = [piece(LONG, 1, 4)], [piece(LONG, 1, 4)]
    assert echoes(*pieces, Measured(-40, -20)) == [{0}, set()]


def test_only_the_part_said_at_the_same_time_counts(piece):
    """An echo cut into pieces is found piece by piece; the reply after it stays."""
    right = [piece("我这边是江", 1, 2.1), piece("信用卡中心", 2.9, 4), piece("哦，你好", 4.6, 5.5)]
    assert echoes([piece(LONG, 1, 4)], right, Measured(-20, -35)) == [set(), {0, 1}]


@pytest.mark.parametrize(
    ("text", "start", "end", "levels"),
    [
        (LONG, 1, 4, Measured(-20, -21)),
        (LONG, 1, 4, Measured(-20, -20)),
        (LONG, 5, 8, Measured(-20, -40)),
        ("我没有信用卡啊你打错了", 1, 4, Measured(-20, -40)),
        ("喂", 1, 1.4, Measured(-20, -40)),
        ("嗯好", 2, 3, Measured(-20, -40)),
        ("不是不是", 2, 3, Measured(-20, -30)),
        ("哦", 2, 2.5, Measured(-20, -50, 0.2)),
    ],
)
def test_other_words_other_times_or_equal_loudness_are_no_echo(text, start, end, levels, piece):
    """Repeating the bank's name, answering at once, or a quiet line are not cross-talk."""
    left, right = [piece(LONG, 1, 4)], [piece(text, start, end)]
    assert echoes(left, right, levels) == [set(), set()]


def test_both_sides_saying_hello_at_once_are_kept(piece):
    """Short equal words need a large difference in loudness."""
    assert echoes([piece("喂", 1, 1.5)], [piece("喂", 1.1, 1.6)], Measured(-20, -27)) == [
        set(),
        set(),
    ]
