"""The error rate is Levenshtein's over hanzi and digits, whatever the script."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.noise.measure import ErrorRate, counted, distance, error_rate
from auditor.text.normalise import Normaliser

TEXT = st.text("一二三四五", max_size=70)


def naive(said: str, heard: str) -> int:
    """Levenshtein's table, row by row."""
    row = list(range(len(heard) + 1))
    for i, char in enumerate(said, 1):
        new = [i]
        for j, ((above_left, above), other) in enumerate(zip(pairwise(row), heard, strict=True), 1):
            new.append(min(above + 1, new[j - 1] + 1, above_left + (char != other)))
        row = new
    return row[-1]


@given(said=TEXT, heard=TEXT)
def test_distance_is_levenshteins(said: str, heard: str) -> None:
    """Bit by bit gives what the table gives."""
    assert distance(said, heard) == naive(said, heard)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("欠3,500元。", "欠3500元"),
        ("APP里，点 OK", "里点"),
        ("……", ""),
        ("", ""),
        ("“您好”", "您好"),
    ],
)
def test_marks_and_letters_do_not_count(text: str, kept: str) -> None:
    """Hanzi and digits do."""
    assert counted(text) == kept


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        (["还钱吗？"], ["還錢嗎"], 0),
        (["还钱", "吗"], ["还钱吗"], 0),
        (["还钱"], ["还前"], 1),
        (["欠３５元"], ["欠35元"], 0),
        (["还钱"], [], 2),
        ([], ["字幕"], 2),
    ],
)
def test_script_width_and_turns_do_not_count(
    said: list[str], heard: list[str], errors: int
) -> None:
    """Only what stands in another place or is another character does."""
    assert error_rate(said, heard, Normaliser().fold).errors == errors


def test_without_characters_there_is_no_rate() -> None:
    """0 / 0 is not 0."""
    assert ErrorRate().rate is None
    assert (ErrorRate(1, 4) + ErrorRate(1, 4)).rate == 1 / 4
