"""Encoder states on disk and the lessons made of them."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tiny_model

from auditor.voice import tokens
from auditor.voice.batches import Sounds, log_mel
from auditor.voice.lessons import LessonMaker, alike
from auditor.voice.states import POSITIONS, Ear, Spoken, StateStore, write_states
from auditor.voice.synth import SAMPLE_RATE, Voice, speak
from auditor.voice.targets import IGNORED

TEXTS = ("您好。", "请问是王先生吗？", "他和她，都还了。")
SOUNDS = Sounds(tuple("".join(TEXTS)))
WIDTH = tiny_model.WIDTH


@pytest.fixture(scope="module")
def ear(tmp_path_factory: pytest.TempPathFactory) -> Ear:
    """A real encoder with random weights."""
    folder = tmp_path_factory.mktemp("encoder")
    model = tiny_model.build_model(folder / "model")
    rng = np.random.default_rng(2)
    head = folder / "head.npz"
    weight = rng.normal(0, 0.3, (len(SOUNDS.names), 2 * WIDTH)).astype(np.float32)
    np.savez(head, weight=weight, bias=np.zeros(len(SOUNDS.names), np.float32))
    return Ear(model, head, SOUNDS)


def windows() -> list[Spoken]:
    """Three spoken texts, one of two texts, and one in which nobody speaks."""
    said = [(text,) for text in TEXTS] + [TEXTS[:2]]
    made = []
    for texts in said:
        parts = [speak(text, Voice("f2", 190, 50), rate=SAMPLE_RATE) for text in texts]
        edges = np.cumsum([0, *map(len, parts)]) / SAMPLE_RATE
        mel = log_mel(np.concatenate(parts))
        made.append(Spoken(mel, texts, tuple(pairwise(edges.tolist()))))
    return [*made, Spoken(log_mel(np.zeros(SAMPLE_RATE, np.float32)), (), ())]


@pytest.fixture(scope="module")
def store(ear: Ear, tmp_path_factory: pytest.TempPathFactory) -> StateStore:
    """One shard in the width of the speech and one in the width of the window."""
    folder = tmp_path_factory.mktemp("states")
    assert write_states(folder, "a", ear, windows(), [False]) == 5
    write_states(folder, "b", ear, windows(), [True])
    kept = StateStore(folder, WIDTH)
    kept.refresh()
    return kept


def test_states_are_kept_with_what_is_said(store: StateStore, ear: Ear) -> None:
    """Every window comes back with its texts and the states that the encoder gives."""
    assert {window.texts for window in store.windows} == {*((t,) for t in TEXTS), TEXTS[:2], ()}
    assert store.count() == len(store.windows) == 10
    for window in store.windows:
        assert store.rows(window).shape == (window.length, WIDTH)
        assert window.length == POSITIONS if window.shard == "b" else window.length < POSITIONS
    source = max(windows(), key=lambda window: window.mel.shape[1])
    again = ear.states([source.mel], 2 * POSITIONS)[0]
    window = next(w for w in store.windows if w.shard == "b" and w.texts == source.texts)
    assert np.allclose(store.rows(window), again, atol=0.01)


def test_every_character_that_sounds_has_its_place(store: StateStore) -> None:
    """Edges rise inside the speech, one more than characters; silence has none."""
    for window in store.windows:
        sounding = [units for units in window.sounds if units]
        assert len(window.sounds) == len("".join(window.texts))
        assert len(window.edges) == (len(sounding) + 1 if sounding else 0)
        assert list(window.edges) == sorted(window.edges)
        assert not window.edges or window.edges[-1] <= window.length


def test_text_that_does_not_fit_has_no_places(ear: Ear, tmp_path: Path) -> None:
    """Fifty characters in a fifth of a second are not aligned."""
    mel = log_mel(np.zeros(SAMPLE_RATE // 5, np.float32))
    write_states(tmp_path, "a", ear, [Spoken(mel, ("王" * 50,), ((0.0, 0.2),))], [False])
    kept = StateStore(tmp_path, WIDTH)
    assert [window.edges for window in kept.refresh()] == [()]


def test_only_finished_shards_are_read_and_only_once(ear: Ear, tmp_path: Path) -> None:
    """A shard without its index does not count yet."""
    kept = StateStore(tmp_path, WIDTH)
    (tmp_path / "b.f16").write_bytes(b"\0\0")
    assert kept.refresh() == []
    write_states(tmp_path, "a", ear, windows()[:2], [False])
    assert len(kept.refresh()) == 2
    assert kept.refresh() == []


@pytest.fixture(scope="module")
def lessons(store: StateStore) -> LessonMaker:
    """Lessons of a few hundred rows."""
    folder = store.folder
    vocabulary = tokens.build("".join(TEXTS))
    maker = LessonMaker(StateStore(folder, WIDTH), vocabulary, SOUNDS, rows=900, seed=4)
    maker.refresh()
    return maker


def test_lessons_hold_what_the_decoder_needs(lessons: LessonMaker) -> None:
    """Shapes agree, targets end with the end, centres lie inside the states in order."""
    end = lessons.vocabulary.ids["<|endoftext|>"]
    seen = 0
    for lesson in [*lessons.lessons(), *lessons.lessons()]:
        rows, width, _ = lesson.states.shape
        assert width <= POSITIONS
        assert lesson.inputs.shape == lesson.targets.shape == lesson.centres.shape
        assert len(lesson.inputs) == rows
        seen += rows
        for targets, centres in zip(lesson.targets, lesson.centres, strict=True):
            assert [token for token in targets if token != IGNORED][-1] == end
            known = centres[centres >= 0]
            assert list(known) == sorted(known)
            assert len(known) == 0 or known[-1] < width
    assert seen > 20


def test_a_wider_batch_is_filled_with_silence(lessons: LessonMaker) -> None:
    """No row of states is left empty when silence was recorded."""
    for lesson in lessons.lessons():
        assert np.abs(lesson.states).max(axis=-1).min() > 0


def test_only_characters_of_the_same_sound_are_exchanged(lessons: LessonMaker) -> None:
    """他 may stand for 她, never for 还."""
    vocabulary = lessons.vocabulary
    same = alike(vocabulary, SOUNDS)
    ids = vocabulary.ids
    assert set(same[ids["他"]]) == {ids["他"], ids["她"]}
    assert ids["还"] not in same
    rng = random.Random(1)
    for token, group in same.items():
        sound = SOUNDS.encode(vocabulary.tokens[token])
        assert SOUNDS.encode(vocabulary.tokens[rng.choice(group)]) == sound
