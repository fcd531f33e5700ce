"""A model on disk: what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from auditor.classify.labels import LABELS
from auditor.classify.model import load_model
from auditor.classify.store import MAX_BYTES, ModelError, read_model, write_model
from auditor.errors import AuditorError
from auditor.resources import model_folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped model to spoil."""
    return Path(shutil.copytree(model_folder("turn-risk"), tmp_path / "model"))


def resign(folder: Path) -> None:
    """Write the present hashes into the card."""
    card = json.loads((folder / "card.json").read_text("utf-8"))
    for name in card["sha256"]:
        card["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card), "utf-8")


def spoil(folder: Path, name: str, array: np.ndarray | None) -> None:
    """Replace one array and sign the files again."""
    with np.load(folder / "weights.npz", allow_pickle=False) as found:
        arrays = {key: found[key] for key in found.files}
    if array is None:
        del arrays[name]
    else:
        arrays[name] = array
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    (folder / "weights.npz").write_bytes(packed.getvalue())
    resign(folder)


def test_size_and_labels() -> None:
    """The shipped model is small enough and lists its labels in their order."""
    folder = model_folder("turn-risk")
    assert sum(path.stat().st_size for path in folder.iterdir()) <= MAX_BYTES
    assert (folder / "labels.txt").read_text("utf-8").split() == list(LABELS)


@pytest.mark.parametrize("name", ["weights.npz", "chars.txt", "sounds.txt", "labels.txt"])
def test_changed_file_is_refused(copy: Path, name: str) -> None:
    """One byte more in any file, and the model is refused by name of the file."""
    with (copy / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ModelError, match="changed") as caught:
        load_model(copy)
    assert name in str(caught.value)
    assert caught.value.problems[0].reason == "model_file_changed"


@pytest.mark.parametrize("name", ["weights.npz", "card.json", "labels.txt"])
def test_missing_file_is_refused(copy: Path, name: str) -> None:
    """A missing file is an error that the user can act on."""
    (copy / name).unlink()
    with pytest.raises(AuditorError, match="cannot be read"):
        load_model(copy)


@pytest.mark.parametrize("card", ["", "[]", "{}", '{"sha256": 3}', '{"format": 99, "sha256": {}}'])
def test_broken_card_is_refused(copy: Path, card: str) -> None:
    """So is a card that is none."""
    (copy / "card.json").write_text(card, "utf-8")
    with pytest.raises(ModelError):
        load_model(copy)


def test_other_labels_are_refused(copy: Path) -> None:
    """A model of other labels, or of another order, would be read wrongly."""
    (copy / "labels.txt").write_text("\n".join(LABELS[::-1]), "utf-8")
    resign(copy)
    with pytest.raises(ModelError, match="other labels"):
        load_model(copy)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("agent.bias", None),
        ("agent.bias", np.zeros(3, np.float32)),
        ("agent.bias", np.full(25, np.nan, np.float32)),
        ("agent.chars", np.zeros((2, 25), np.int8)),
        ("agent.chars", np.zeros((2, 25), np.float64)),
        ("chars.keys", np.array([object()], dtype=object)),
    ],
)
def test_inconsistent_arrays_are_refused(copy: Path, name: str, array: np.ndarray | None) -> None:
    """Signed or not: wrong shapes, types, missing arrays, no numbers and pickles are refused."""
    spoil(copy, name, array)
    with pytest.raises(ModelError, match="inconsistent"):
        load_model(copy)


def test_written_again_it_is_the_same(tmp_path: Path) -> None:
    """Reading and writing a model gives its bytes back."""
    folder = model_folder("turn-risk")
    stored, card = read_model(folder)
    names = {
        name: (folder / f"{name}.txt").read_text("utf-8").removesuffix("\n").split("\n")
        for name in ("chars", "sounds")
    }
    write_model(tmp_path, stored, names, card)
    for name in ("chars.txt", "sounds.txt", "labels.txt"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert read_model(tmp_path)[0].chars.keys.tolist() == stored.chars.keys.tolist()
