"""Training windows and batches, built from a few real clips."""

from __future__ import annotations

import random
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from auditor.voice import tokens
from auditor.voice.batches import CTC_FRAMES, MAX_FRAMES, BatchMaker, Sounds
from auditor.voice.clips import ClipStore, write_shard
from auditor.voice.synth import SAMPLE_RATE
from auditor.voice.targets import IGNORED
from auditor.voice.windows import WindowMaker, stretch

TEXTS = ("您好。", "请问是王先生吗？", "欠两千零四十五块七。", "好的，我明天下午三点之前还。")
CHARACTERS = tuple(sorted(set("".join(TEXTS))))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ClipStore:
    """Sixteen clips in one shard."""
    folder = tmp_path_factory.mktemp("clips")
    texts = cycle([("call", text) for text in TEXTS])
    write_shard(folder, "s1-0000", texts, random.Random(4), count=16)
    return ClipStore(folder)


def test_a_shard_keeps_texts_and_samples(store: ClipStore) -> None:
    """Every clip is there with its own samples, none silent."""
    assert [clip.text for clip in store.clips] == list(TEXTS) * 4
    assert (
        sum(clip.length for clip in store.clips) * 2
        == (store.folder / "s1-0000.i16").stat().st_size
    )
    for clip in store.clips:
        samples = store.samples(clip)
        assert len(samples) == clip.length
        assert np.abs(samples).max() == pytest.approx(0.6, abs=0.001)


def test_new_shards_are_taken_in_once(store: ClipStore, tmp_path: Path) -> None:
    """A store looks again without doubling what it has; unfinished shards do not count."""
    texts = cycle([("call", TEXTS[0])])
    write_shard(tmp_path, "a", texts, random.Random(1), count=2)
    growing = ClipStore(tmp_path)
    (tmp_path / "b.i16").write_bytes(b"\0\0")
    growing.refresh()
    assert len(growing.clips) == 2
    write_shard(tmp_path, "b", texts, random.Random(2), count=3)
    growing.refresh()
    assert len(growing.clips) == 5


@pytest.mark.parametrize("progress", [0.0, 0.6, 0.9])
def test_windows_fit_the_model_and_know_when_what_is_said(
    store: ClipStore, progress: float
) -> None:
    """Never above 12 s, spans in order inside the window, full scale never exceeded."""
    maker = WindowMaker(store, seed=3)
    drawn = [maker.draw(progress) for _ in range(60)]
    for window in drawn:
        seconds = len(window.samples) / SAMPLE_RATE
        assert 0 < seconds <= tokens.CHUNK_SECONDS
        assert np.abs(window.samples).max() <= 1
        assert len(window.texts) == len(window.spans)
        edges = [edge for span in window.spans for edge in span]
        assert edges == sorted(edges)
        assert not edges or edges[-1] <= seconds + 0.01
    silent = sum(not window.texts for window in drawn)
    assert 0 < silent < 20
    assert (max(len(window.texts) for window in drawn) > 1) is (progress > 0)


@pytest.mark.parametrize("percent", [93, 100, 107, 200])
def test_stretching_moves_pitch_and_length_together(percent: int) -> None:
    """At 200 percent a tone of 700 Hz becomes 350 Hz and twice as long."""
    rate = 8_000
    wave = np.sin(2 * np.pi * 700 * np.arange(rate * 2) / rate).astype(np.float32)
    longer = stretch(wave, percent)
    assert len(longer) == len(wave) * percent // 100
    hertz = np.fft.rfftfreq(len(longer), 1 / rate)[np.argmax(np.abs(np.fft.rfft(longer)))]
    assert hertz == pytest.approx(700 * 100 / percent, abs=1)


@pytest.fixture(scope="module")
def batch_maker(store: ClipStore) -> BatchMaker:
    """Batches of about 20 s of sound."""
    vocabulary = tokens.build(CHARACTERS)
    return BatchMaker(WindowMaker(store, 5), vocabulary, Sounds(CHARACTERS), frames=2400)


def test_batches_hold_what_training_needs(batch_maker: BatchMaker) -> None:
    """Shapes agree, widths suit the CTC head, targets are the inputs moved by one."""
    ids = batch_maker.vocabulary.ids
    for batch in batch_maker.batches(0.9):
        rows, bands, frames = batch.features.shape
        assert bands == 80
        assert frames <= MAX_FRAMES
        assert frames % CTC_FRAMES == 0
        assert batch.inputs.shape == batch.targets.shape
        assert len(batch.inputs) == len(batch.steps) == len(batch.sound_counts) == rows
        assert batch.sound_counts.sum() == len(batch.sounds)
        assert (batch.steps * CTC_FRAMES <= frames + CTC_FRAMES).all()
        for given, wanted in zip(batch.inputs, batch.targets, strict=True):
            learned = [token for token in wanted if token != IGNORED]
            assert learned[-1] == ids["<|endoftext|>"]
            said = learned[1:-1]
            if learned[0] == ids["<|nospeech|>"]:
                assert said == [ids["<|0.00|>"]]
            else:
                assert learned[0] == ids["<|zh|>"]
                start = list(given).index(ids["<|transcribe|>"]) + 1
                assert said == list(given[start : start + len(said)])


def test_sounds_are_initials_and_toned_finals() -> None:
    """Punctuation has no sound; a syllable without initial is its final alone."""
    sounds = Sounds(tuple("您好银行"))
    names = [sounds.names[number] for number in sounds.encode("您好，银行。")]
    assert names == ["n", "in2", "h", "ao3", "in2", "h", "ang2"]


def test_vocabulary_is_laid_out_as_faster_whisper_expects() -> None:
    """Characters first, then the special block in its fixed order, then times of 20 ms."""
    vocabulary = tokens.build("好您好")
    text = vocabulary.tokens[: vocabulary.text_count]
    assert text == ("", "<unk>", " ", "好", "您")
    assert vocabulary.tokens[len(text)] == "<|endoftext|>"
    assert vocabulary.tokens[-1] == f"<|{tokens.CHUNK_SECONDS:.2f}|>"
    assert vocabulary.tokens[vocabulary.timestamp(1.5)] == "<|1.50|>"
    assert vocabulary.decode(vocabulary.encode("您好") or []) == "您好"
    assert vocabulary.encode("您早") is None


def test_a_vocabulary_is_saved_and_read_back(tmp_path: Path) -> None:
    """Training resumes with the very same ids."""
    vocabulary = tokens.build("甲乙丙")
    tokens.save_vocabulary(vocabulary, tmp_path / "v.json")
    assert tokens.load_vocabulary(tmp_path / "v.json") == vocabulary


def test_the_tokenizer_cuts_characters_and_joins_them_without_blanks(tmp_path: Path) -> None:
    """The written tokenizer agrees with the vocabulary and knows the special tokens."""
    from tokenizers import Tokenizer

    vocabulary = tokens.build("您好，王")
    tokens.save_tokenizer(vocabulary, tmp_path / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    ids = tokenizer.encode("您好，王", add_special_tokens=False).ids
    assert ids == vocabulary.encode("您好，王")
    assert tokenizer.decode(ids) == "您好，王"
    assert tokenizer.token_to_id("<|nospeech|>") == vocabulary.ids["<|nospeech|>"]
