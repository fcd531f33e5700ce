"""Training on a small corpus, start to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.classify.calls import ABSENT, Dialogue, Slot, lay_out
from auditor.classify.corpus import damaged, read_part
from auditor.classify.labels import CATEGORIES, LABELS
from auditor.classify.measure import (
    NEVER,
    average_precision,
    counts,
    recall_at,
    threshold,
    wrongly_accused,
)
from auditor.classify.model import load_model
from auditor.classify.train import main
from auditor.domain.calls import Speaker
from auditor.errors import UsageError
from auditor.ingest.scripts import ACTS, CUES
from auditor.ingest.splits import DEVELOPMENT, TRAINING
from auditor.noise.damage import Damager


@pytest.fixture(scope="module")
def trained(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained on the small corpus."""
    out = tmp_path_factory.mktemp("trained") / "model"
    assert main(["--corpus", str(small_corpus), "--out", str(out), "--seed", "3"]) == 0
    return out


def test_card_tells_where_it_comes_from(trained: Path, small_corpus: Path) -> None:
    """Data hash, batches, versions, thresholds and figures stand on the card."""
    card = load_model(trained).card
    assert card["data_sha256"] == read_part(small_corpus, TRAINING).sha256
    assert card["training_batches"] == ["b001", "b002", "b003", "b004", "b005"]
    assert set(card) >= {"versions", "thresholds", "held_out_training", "development"}
    development = card["development"]
    assert isinstance(development, dict)
    assert set(development) == {"clean", "damaged 0.1", "damaged 0.2"}


def test_same_seed_same_bytes(trained: Path, small_corpus: Path, tmp_path: Path) -> None:
    """Training again gives the same files to the byte."""
    assert main(["--corpus", str(small_corpus), "--out", str(tmp_path), "--seed", "3"]) == 0
    for path in sorted(trained.iterdir()):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_it_learns(trained: Path, small_corpus: Path) -> None:
    """Even 40 calls teach it the commonest disclosures."""
    part = read_part(small_corpus, DEVELOPMENT)
    judged = load_model(trained).predict([call.dialogue for call in part.calls])
    truths = np.concatenate([call.truths for call in part.calls])
    column = LABELS.index("institution_identity")
    assert average_precision(truths[:, column], judged.turns[:, column]) > 0.6


def test_no_calls_no_model(tmp_path: Path) -> None:
    """A folder without calls is an error with a message, not a model."""
    (tmp_path / "calls").mkdir()
    assert main(["--corpus", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_other_splits_stay_closed(small_corpus: Path) -> None:
    """Files of other splits are not opened: one of them is broken."""
    assert len(read_part(small_corpus, TRAINING).calls) == 40
    assert read_part(small_corpus, DEVELOPMENT).batches == ("b006",)
    with pytest.raises(UsageError):
        read_part(small_corpus, "validation")


def test_without_splits_all_is_training(small_corpus: Path, tmp_path: Path) -> None:
    """Any folder of call scripts will do."""
    (tmp_path / "calls").mkdir()
    text = (small_corpus / "calls" / "b001.txt").read_text("utf-8")
    (tmp_path / "calls" / "mine.txt").write_text(text, "utf-8")
    assert len(read_part(tmp_path, TRAINING).calls) == 8


def test_damage_keeps_turns_and_labels(small_corpus: Path) -> None:
    """A damaged copy has the same turns and speakers with other text."""
    calls = read_part(small_corpus, DEVELOPMENT).calls
    copies = damaged(calls, 0.2, 5, Damager())
    changed = 0
    for call, copy in zip(calls, copies, strict=True):
        assert [s for s, _ in copy.dialogue.turns] == [s for s, _ in call.dialogue.turns]
        assert copy.truths is call.truths
        changed += copy.dialogue != call.dialogue
    assert changed > len(calls) / 2


def test_every_script_label_is_known() -> None:
    """No label that a call script can carry is lost."""
    assert {*CATEGORIES, *ACTS, *(f"cue:{cue}" for cue in CUES)} <= set(LABELS)


def test_neighbours() -> None:
    """Neighbours are the nearest turns of a side in the same call; unknown speakers are none."""
    a, c, u = Speaker.AGENT, Speaker.CUSTOMER, Speaker.UNKNOWN
    calls = [
        Dialogue(tuple((who, "") for who in (a, c, u, a, a))),
        Dialogue(()),
        Dialogue(tuple((who, "") for who in (c, a))),
    ]
    found = lay_out(calls).neighbours
    no = ABSENT
    assert found[Slot.CUSTOMER_BEFORE].tolist() == [no, no, 1, 1, 1, no, 5]
    assert found[Slot.AGENT_BEFORE].tolist() == [no, 0, 0, 0, 3, no, no]
    assert found[Slot.CUSTOMER_AFTER].tolist() == [1, no, no, no, no, no, no]
    assert found[Slot.AGENT_AFTER].tolist() == [3, 3, 3, 4, no, 6, no]


@pytest.mark.parametrize(
    ("truth", "scores", "level"),
    [
        ([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.6], 0.7),
        ([1, 1, 1, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5], 0.7),
        ([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.6], NEVER),
        ([1, 1, 0, 0], [0.9, 0.8, 0.7, 0.6], NEVER),
        ([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.7], NEVER),
        ([], [], NEVER),
    ],
)
def test_threshold(truth: list[int], scores: list[float], level: float) -> None:
    """Precise enough, three found at least, and never between equal scores."""
    truths, values = np.array(truth, bool), np.array(scores, np.float32)
    assert threshold(truths, values) == pytest.approx(level)
    found = values >= level
    assert recall_at(truths, values) == counts(truths, found).recall


def test_wrongly_accused() -> None:
    """Only calls without any violation can be wrongly accused."""
    truths = np.array([[True, False], [False, False], [False, False]])
    found = np.array([[True, True], [False, True], [False, False]])
    assert wrongly_accused(truths, found) == 0.5
