"""Turns and calls that were copied are found, also when a few characters were changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.evaluate.corpus import Batch, read_batches
from auditor.evaluate.duplicates import duplicate_calls, duplicate_turns, main

from .conftest import plain_call, write_corpus

SENTENCE = "您这张卡上个月的账单一千八百六十三块四毛还没有还进来。"


def batches(tmp_path: Path, one: str, other: str) -> tuple[Batch, ...]:
    """Two calls in two splits, each of one turn."""
    return read_batches(
        write_corpus(
            tmp_path,
            {
                "b001": ("training", plain_call("b001-01", one)),
                "b002": ("test", plain_call("b002-01", other)),
            },
        )
    )


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (SENTENCE, True),
        ("您这张卡上个月的账单，一千八百六十三块四毛，还没有还进来", True),
        ("您這張卡上個月的賬單一千八百六十三塊四毛還沒有還進來", True),
        ("您这张卡上个月的账单两千八百六十三块五毛还没有还进来哦", True),
        ("您这张卡还没有还进来。", False),
        ("我上个月住院花了一万多，哪还有钱还卡。", False),
        ("张先生，尾号四四零八这张卡逾期五天了。", False),
    ],
)
def test_alike_is_what_shares_most_character_pairs(
    tmp_path: Path, other: str, *, found: bool
) -> None:
    """Punctuation, script and a few other characters do not hide a copy; a topic is no copy."""
    pairs = duplicate_turns(batches(tmp_path, SENTENCE, other))
    assert bool(pairs) is found
    assert all(pair.across for pair in pairs)


def test_short_turns_are_not_compared(tmp_path: Path) -> None:
    """Everybody says hello; under eight characters nothing is a copy."""
    assert (
        duplicate_turns(batches(tmp_path, "嗯，你接着说，我听着呢", "嗯你接着说我听着呢啊")) != ()
    )
    (tmp_path / "short").mkdir()
    assert (
        duplicate_turns(batches(tmp_path / "short", "嗯，你说，我听着", "嗯，你说，我听着")) == ()
    )


def test_what_one_call_repeats_is_its_own_affair(tmp_path: Path) -> None:
    """A customer who says the same thing twice makes no duplicate."""
    corpus = write_corpus(
        tmp_path, {"b001": ("training", plain_call("b001-01", SENTENCE, "啊？", SENTENCE))}
    )
    assert duplicate_turns(read_batches(corpus)) == ()


def test_a_copied_call_is_found_with_its_splits(tmp_path: Path) -> None:
    """Also where every turn was cut differently."""
    lines = ("您好，海岱银行信用卡中心。", "什么事啊，我在开车。", SENTENCE, "周五发了工资我就还。")
    corpus = write_corpus(
        tmp_path,
        {
            "b001": ("training", plain_call("b001-01", *lines)),
            "b002": ("development", plain_call("b002-01", lines[0] + lines[1], lines[2])),
            "b003": ("development", plain_call("b003-01", "喂，请问是哪里？", "你打错了吧。")),
        },
    )
    (pair,) = duplicate_calls(read_batches(corpus))
    assert (pair.call, pair.other_call, pair.splits) == (
        "b001-01",
        "b002-01",
        ("training", "development"),
    )


@pytest.mark.parametrize(("split", "status"), [("test", 1), ("training", 0)])
def test_the_command_fails_for_copies_across_splits_and_prints_ids_only(
    tmp_path: Path, split: str, status: int
) -> None:
    """A copy inside one split is counted; one across splits spoils the measurement."""
    corpus = write_corpus(
        tmp_path,
        {
            "b001": ("training", plain_call("b001-01", "喂？", SENTENCE)),
            "b002": (split, plain_call("b002-01", "喂？", "在吗？", SENTENCE)),
        },
    )
    done = CliRunner().invoke(main, [str(corpus)])
    assert done.exit_code == status
    assert f"b001-01 turn 1 (training) ~ b002-01 turn 2 ({split}): 1.00" in done.output
    assert "账单" not in done.output
