"""Loops of the recogniser are found; repetitions people make are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.transcribe.firewall import collapse_loops
from auditor.transcribe.loops import find_loop, spoken


@pytest.mark.parametrize(
    ("text", "collapsed"),
    [
        ("我现在没有钱，" * 6, "我现在没有钱，我现在没有钱，"),
        ("好的好的好的好的好的好的", "好的好的"),
        ("请您尽快还款。" * 5 + "再见", "请您尽快还款。请您尽快还款。再见"),
        ("喂" + "谢谢观看 " * 9, "喂谢谢观看 谢谢观看 "),
        ("啊" * 40, "啊啊啊啊"),
        ("没有，没有。没有 没有没有", "没有，没有。"),
        ("一二三" * 9, "一二三一二三"),
    ],
)
def test_a_loop_is_cut_to_two_copies(text, collapsed, piece):
    """Two copies stay to show what went round; words still spell the text."""
    assert collapse_loops(piece(text)).text == collapsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "喂喂喂",
        "对对对对",
        "对对对对对对对对",
        "好的好的",
        "好的好的好的好的",
        "嗯嗯嗯嗯嗯嗯",
        "是是是是是",
        "哈哈哈哈哈哈哈哈哈",
        "不不不不，不是我",
        "没有没有没有",
        "谢谢谢谢再见再见",
        "幺幺幺幺零零零零幺幺幺幺",
        "尾号八八八八八八八八",
        "卡号六二六二六二六二六二六二",
        "10101010101010",
        "我没钱我真没钱我就是没钱",
        "等一下等一下，你等一下等一下",
    ],
)
def test_repetition_that_people_make_stays(text, piece):
    """Nodding, stammering, laughing and reading out digits are no loops."""
    assert find_loop(text) is None
    assert collapse_loops(piece(text)).text == text


@given(st.text("好的您，。0 ", max_size=60))
def test_a_loop_lies_inside_the_text(text):
    """Whatever is found is a range of the text as written."""
    loop = find_loop(text)
    if loop is not None:
        assert 0 <= loop.start < loop.keep < loop.end <= len(text)
        assert loop.copies >= 5


@given(st.text("好的您啊，", max_size=80))
def test_collapsing_leaves_no_loop(piece, text):
    """Loops inside loops go too."""
    assert find_loop(collapse_loops(piece(text)).text) is None


@given(st.text(max_size=30))
def test_spoken_characters_know_where_they_stood(text):
    """The compact view and its map belong together."""
    compact, places = spoken(text)
    assert "".join(text[k] for k in places) == compact
