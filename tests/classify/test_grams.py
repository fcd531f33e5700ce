"""Views and n-grams: what is counted and where it stands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.classify.grams import LONGEST_TURN, Viewer, char_grams, sound_grams, term_of

VIEWER = Viewer()


def seen(*texts: str) -> list[str]:
    """The counted characters of each text."""
    view = VIEWER.view(texts)
    return [
        "".join(map(chr, view.chars[view.turns == turn].tolist())) for turn in range(len(texts))
    ]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("您好，请问", "^您好请问^"),
        ("請問", "^请问^"),
        ("", "^^"),
        ("。！？", "^^"),
        ("尾号３３２１", "^尾号#^"),
        ("还两千零四十五块七", "^还#块七^"),
        ("一下", "^一下^"),
        ("7", "^#^"),
        ("App", "^app^"),
        ("a\nb", "^ab^"),
        ("好😀好", "^好好^"),
        ("\ud800好", "^好^"),
    ],
)
def test_what_is_counted(text: str, counted: str) -> None:
    """No marks, one character for a row of numerals, simplified, with the ends marked."""
    assert seen(text, "您") == [counted, "^您^"]


@given(st.lists(st.text(max_size=30), max_size=6))
def test_turns_do_not_touch(texts: list[str]) -> None:
    """A turn is seen the same alone and among others."""
    assert seen(*texts) == [seen(text)[0] for text in texts]


@given(st.text(max_size=60))
def test_places_lie_in_the_text(text: str) -> None:
    """Every counted character stands for a stretch of the text; stretches do not go back."""
    view = VIEWER.view([text])
    assert (view.starts >= 0).all()
    assert (view.ends <= len(text)).all()
    assert (view.starts <= view.ends).all()
    assert (np.diff(view.starts[1:-1]) > 0).all()


def test_long_turn() -> None:
    """Of an endless turn the first and the last part count, at their places."""
    text = "甲" * LONGEST_TURN + "还" * 5 * LONGEST_TURN + "乙" * LONGEST_TURN
    view = VIEWER.view([text])
    assert len(view.chars) == LONGEST_TURN + 2
    assert view.ends[-2] == len(text)
    assert chr(view.chars[-2]) == "乙"


def test_grams_stay_inside_turns() -> None:
    """No n-gram reaches over the end of a turn, and the marks make no unigram."""
    view = VIEWER.view(["还钱", "好"])
    found = [
        term_of(view, int(first), g.order) for g in char_grams(view, (1, 2)) for first in g.first
    ]
    assert found == ["还", "钱", "好", "^还", "还钱", "钱^", "^好", "好^"]


def test_sounds_hear_homophones_alike() -> None:
    """Wrong characters of equal or near sound give equal n-grams of sound, others do not."""
    same, near, other = (
        sound_grams(VIEWER.view([text]), (2,))[0].hashes for text in ("逾期", "预期", "分期")
    )
    assert (same == near).all()
    assert (same != other).any()


def test_orders_and_kinds_do_not_collide() -> None:
    """N-grams of other length or kind have other hashes."""
    view = VIEWER.view(["催收人员请您尽快还款"])
    hashes = [g.hashes for g in (*char_grams(view, (1, 2, 3)), *sound_grams(view, (1, 2, 3)))]
    together = np.concatenate(hashes)
    distinct = sum(len(np.unique(part)) for part in hashes)
    assert len(np.unique(together)) == distinct
