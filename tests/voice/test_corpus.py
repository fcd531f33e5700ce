"""The training text and what must stay out of it."""

from __future__ import annotations

import random
import re
from itertools import islice
from pathlib import Path

import pytest

from auditor.voice import corpus
from auditor.voice.clips import training_texts
from auditor.voice.measure import spoken
from auditor.voice.slots import SLOTS

FOLDER = Path(__file__).parents[2] / "models" / "corpus"

CALL = """=== x-01
style: clean
omitted: recording_notice
A: {institution_identity, !threat~} 您好，“江州银行”的，工号3162……
C: 好的
A: 请打开APP还款。
===
=== x-02
style: asr
C: 我的征新怎么办
===
"""


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("您好！", "您好！"),
        ("欠3500块——真的？", "欠三千五百块，真的？"),
        ("首页有个“还信用卡”，点进去", "首页有个还信用卡，点进去"),
        ("等等……别挂。", "等等，别挂。"),
        ("嗯。。。", "嗯。"),
    ],
)
def test_written_text_becomes_spoken_text(written: str, cleaned: str) -> None:
    """Only hanzi and four marks are left, numbers are spelled out."""
    assert corpus.clean(written) == cleaned


@pytest.mark.parametrize("written", ["打开APP", "", "……", "ok", "，。"])
def test_text_the_voice_cannot_say_is_left_out(written: str) -> None:
    """Latin letters and bare punctuation give nothing."""
    assert corpus.clean(written) is None


def test_calls_are_read_without_their_labels(tmp_path: Path) -> None:
    """Labels in braces go, unspeakable turns go, recogniser-style calls are marked."""
    path = tmp_path / "b900.txt"
    path.write_text(CALL, encoding="utf-8")
    first, second = corpus.read_calls(path)
    assert [(t.speaker, t.text) for t in first.turns] == [
        ("A", "您好，江州银行的，工号三幺六二"),
        ("C", "好的"),
    ]
    assert first.faithful
    assert not second.faithful


def test_held_out_calls_are_never_training_text() -> None:
    """No sentence of b008 longer than a greeting is among 3,000 drawn training texts."""
    held = {
        spoken(sentence)
        for call in corpus.held_out_calls(FOLDER)
        for turn in call.turns
        for sentence in corpus.sentences(turn.text)
        if len(spoken(sentence)) > 6
    }
    assert len(held) >= 300
    drawn = islice(training_texts(FOLDER, random.Random(5)), 3000)
    heard = {spoken(sentence) for _, text in drawn for sentence in corpus.sentences(text)}
    assert not held & heard


@pytest.fixture
def split_corpus(tmp_path: Path) -> Path:
    """Four batches of which one is not written and one is in no split."""
    (tmp_path / "calls").mkdir()
    (tmp_path / "splits.csv").write_text(
        "batch,split,more\nb901,training,x\nb902,test,\nb903,training,\n", encoding="utf-8"
    )
    for batch in ("b901", "b902", "b904"):
        path = tmp_path / "calls" / f"{batch}.txt"
        path.write_text(CALL.replace("x-", f"{batch}-"), encoding="utf-8")
    return tmp_path


def test_only_the_training_split_is_trained_on(split_corpus: Path) -> None:
    """Batches of other splits, of none, and yet to be written stay out; b008 is held out."""
    assert [call.call_id for call in corpus.training_calls(split_corpus)] == ["b901-01"]
    assert [call.call_id for call in corpus.held_out_calls(split_corpus)] == ["b902-01"]
    assert corpus.read_splits(FOLDER)["b008"] != corpus.TRAINING


@pytest.mark.parametrize("name", ["test", "b902"])
def test_calls_are_found_by_split_and_by_batch(split_corpus: Path, name: str) -> None:
    """A split and a batch are both names to measure on."""
    assert [call.call_id for call in corpus.calls_of(split_corpus, name)] == ["b902-01"]


@pytest.mark.parametrize("name", ["development", "b903", "b904"])
def test_a_name_without_calls_is_an_error(split_corpus: Path, name: str) -> None:
    """Measuring on nothing is refused."""
    with pytest.raises(corpus.CorpusError, match=name):
        corpus.calls_of(split_corpus, name)


@pytest.mark.parametrize(
    "content", ["", "b001,training\n", "batch,split\nb001\n", "batch,split\nb1,test\nb1,test\n"]
)
def test_a_broken_list_of_splits_is_an_error(tmp_path: Path, content: str) -> None:
    """Without knowing what to hold out there is no training."""
    (tmp_path / "splits.csv").write_text(content, encoding="utf-8")
    with pytest.raises(corpus.CorpusError, match=r"splits\.csv"):
        corpus.read_splits(tmp_path)


def test_watched_calls_are_not_trained_on() -> None:
    """The calls that watch the training are not in it."""
    trained = {call.call_id for call in corpus.training_calls(FOLDER)}
    watched = {call.call_id for call in corpus.watched_calls(FOLDER)}
    assert watched
    assert not trained & watched


def test_clips_keep_all_text_and_break_at_pauses() -> None:
    """Cutting a turn loses nothing, and every piece but the last ends in a mark."""
    for call in corpus.training_calls(FOLDER)[:40]:
        for turn in call.turns:
            pieces = corpus.clips(turn.text)
            assert "".join(pieces) == turn.text
            assert all(piece[-1] in "，。？！" for piece in pieces[:-1])


def test_frames_fill_to_speakable_text() -> None:
    """Every frame, whatever fills it, is text the voice can say."""
    rng = random.Random(3)
    for frame in corpus.read_lines(FOLDER / "frames.txt"):
        for _ in range(5):
            filled = corpus.fill(frame, rng)
            assert corpus.clean(filled) == filled


@pytest.mark.parametrize("slot", sorted(SLOTS))
def test_slots_give_hanzi(slot: str) -> None:
    """A slot never gives digits, blanks or nothing."""
    rng = random.Random(8)
    for _ in range(300):
        assert re.fullmatch(r"[\u4e00-\u9fff]+", SLOTS[slot](rng))


def test_an_unknown_slot_is_an_error() -> None:
    """A typing error in a frame is named."""
    with pytest.raises(corpus.CorpusError, match="nosuch"):
        corpus.fill("欠{nosuch}", random.Random(1))


def test_an_empty_corpus_is_an_error(tmp_path: Path) -> None:
    """Training on nothing says where text was expected."""
    with pytest.raises(corpus.CorpusError, match="splits"):
        corpus.training_calls(tmp_path)


def test_random_words_bring_common_characters() -> None:
    """Random words hold characters the written texts lack."""
    words = corpus.word_frequencies()
    drawn = "".join(islice(corpus.random_words(words, random.Random(2)), 400))
    common = corpus.frequent_characters(words, 500)
    assert sum(character in drawn for character in common) > 400
