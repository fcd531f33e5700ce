"""Labelled calls are read split by split, and nothing is used that belongs to none."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import TranscriptError, UsageError
from auditor.evaluate.corpus import read_batches

from .conftest import INNOCENT, plain_call, write_corpus


def test_a_batch_listed_and_not_written_is_left_out(tmp_path: Path) -> None:
    """The others are read, in the order of splits.csv, each with its split."""
    corpus = write_corpus(
        tmp_path,
        {
            "b002": ("test", plain_call("b002-01", *INNOCENT)),
            "b003": ("training", ""),
            "b001": ("training", plain_call("b001-01", *INNOCENT)),
        },
    )
    assert [(b.name, b.split, len(b.scripts)) for b in read_batches(corpus)] == [
        ("b002", "test", 1),
        ("b001", "training", 1),
    ]
    assert [b.name for b in read_batches(corpus, "training")] == ["b001"]


def test_a_split_without_calls_is_an_error(tmp_path: Path) -> None:
    """Figures over nothing would be mistaken for figures."""
    corpus = write_corpus(tmp_path, {"b001": ("training", plain_call("b001-01", *INNOCENT))})
    with pytest.raises(UsageError, match="'test'"):
        read_batches(corpus, "test")


def test_a_batch_without_split_is_named(tmp_path: Path) -> None:
    """Nobody knows what it may be used for."""
    corpus = write_corpus(tmp_path, {"b001": ("training", plain_call("b001-01", *INNOCENT))})
    (corpus / "calls" / "b009.txt").write_text(plain_call("b009-01", *INNOCENT), encoding="utf-8")
    with pytest.raises(UsageError, match=r"b009\.txt"):
        read_batches(corpus)


def test_an_id_used_twice_is_named(tmp_path: Path) -> None:
    """Labels of one call must not be counted for another."""
    text = plain_call("b001-01", *INNOCENT)
    corpus = write_corpus(tmp_path, {"b001": ("training", text), "b002": ("test", text)})
    with pytest.raises(UsageError, match="b001-01"):
        read_batches(corpus)


@pytest.mark.parametrize(
    "table",
    [
        "batch,split\nb001,train\n",
        "batch,split\nb001,training\nb001,test\n",
        "batch,part\nb001,training\n",
        "batch,split\nb001\n",
        "",
    ],
)
def test_a_wrong_table_of_splits_is_refused(tmp_path: Path, table: str) -> None:
    """A typing error must not move calls from one split to another."""
    corpus = write_corpus(tmp_path, {"b001": ("training", plain_call("b001-01", *INNOCENT))})
    (corpus / "splits.csv").write_text(table, encoding="utf-8")
    with pytest.raises(UsageError):
        read_batches(corpus)


def test_a_bad_line_of_a_batch_is_named_without_its_text(tmp_path: Path) -> None:
    """File and line say where; what was said stays out of the message."""
    corpus = write_corpus(tmp_path, {"b001": ("training", plain_call("b001-01", *INNOCENT))})
    with (corpus / "calls" / "b001.txt").open("a", encoding="utf-8") as file:
        file.write("=== b001-02\nA: 您好。\nX 我家住在这里\n")
    with pytest.raises(TranscriptError) as caught:
        read_batches(corpus)
    assert "b001.txt:18" in str(caught.value)
    assert "我家" not in str(caught.value)


def test_a_half_written_batch_may_be_left_out_by_name(tmp_path: Path) -> None:
    """Whoever asks to be told reads the others."""
    whole, half = plain_call("b001-01", *INNOCENT), plain_call("b002-01", *INNOCENT) + "=== b\nX"
    corpus = write_corpus(tmp_path, {"b001": ("training", whole), "b002": ("training", half)})
    told: list[TranscriptError] = []
    assert [batch.name for batch in read_batches(corpus, on_broken=told.append)] == ["b001"]
    assert ["b002.txt" in str(one) for one in told] == [True]
