"""A model on disk: arrays, terms, labels and a card that knows the hash of each; no pickle."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.classify.calls import EXTRAS, Slot
from auditor.classify.labels import AGENT_LABELS, CATEGORIES, CUSTOMER_LABELS, LABELS
from auditor.classify.linear import Linear
from auditor.classify.second import CALL_WIDTH, TURN_WIDTH, Judge
from auditor.classify.terms import Terms
from auditor.errors import AuditorError, Problem

FORMAT = 2
ARRAYS_FILE, CHARS_FILE, SOUNDS_FILE = "weights.npz", "chars.txt", "sounds.txt"
LABELS_FILE, CARD_FILE = "labels.txt", "card.json"
MAX_BYTES = 12 * 1024 * 1024
"""Of all files of a model together."""

_MAX_UNPACKED = 64 * 1024 * 1024
_FILES = (ARRAYS_FILE, CHARS_FILE, SOUNDS_FILE, LABELS_FILE)
_LINEAR = {"chars": np.int8, "sounds": np.int8, "context": np.int8, "char_scale": np.float32}
_LINEAR |= {"whole": np.int8, "whole_scale": np.float32}
_LINEAR |= {"sound_scale": np.float32, "context_scale": np.float32}
_LINEAR |= {"extras": np.float32, "bias": np.float32}
_JUDGE = dict.fromkeys(("weights", "bias", "slope", "offset"), np.float32)
_TERMS = {"keys": np.uint64, "rarity": np.uint16}


class ModelError(AuditorError):
    """The classifier's model cannot be used: train it again or reinstall."""


@dataclass(frozen=True, slots=True)
class Stored:
    """All arrays of a model."""

    chars: Terms
    sounds: Terms
    agent: Linear
    customer: Linear
    agent_judge: Judge
    customer_judge: Judge
    call_judge: Judge


def write_model(
    folder: Path,
    stored: Stored,
    names: Mapping[str, list[str]],
    card: Mapping[str, object],
) -> int:
    """Write a model; equal input gives equal bytes.

    Args:
        folder: Made if it is not there.
        stored: The arrays.
        names: Under ``chars`` and ``sounds`` the terms as people read them, in order.
        card: What to say of it; format and hashes are added.

    Returns:
        Bytes of all files.

    Raises:
        ModelError: It would be larger than ``MAX_BYTES``.
    """
    packed = io.BytesIO()
    arrays: dict[str, Any] = _arrays(stored)
    np.savez_compressed(packed, **arrays)
    contents = {
        ARRAYS_FILE: packed.getvalue(),
        CHARS_FILE: "".join(f"{name}\n" for name in names["chars"]).encode(),
        SOUNDS_FILE: "".join(f"{name}\n" for name in names["sounds"]).encode(),
        LABELS_FILE: "".join(f"{name}\n" for name in LABELS).encode(),
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    whole = {**card, "format": FORMAT, "sha256": hashes}
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    contents[CARD_FILE] = text.encode()
    size = sum(map(len, contents.values()))
    if size > MAX_BYTES:
        raise ModelError(f"the model has {size} bytes, more than {MAX_BYTES}; keep fewer terms")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return size


def read_model(folder: Path) -> tuple[Stored, dict[str, object]]:
    """Read a model and its card.

    Raises:
        ModelError: Files are missing, changed since the card was written, or inconsistent.
    """
    try:
        card = json.loads(_read(folder / CARD_FILE))
        hashes = dict(card["sha256"])
        version = card["format"]
        data = {name: _read(folder / name) for name in _FILES}
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise ModelError(f"the classifier at {folder} cannot be read: {err}") from err
    if version != FORMAT:
        raise ModelError(f"the classifier at {folder} has format {version!r}, not {FORMAT}")
    changed = tuple(
        Problem(str(folder / name), "model_file_changed", "differs from the model card's hash")
        for name, content in data.items()
        if hashes.get(name) != hashlib.sha256(content).hexdigest()
    )
    if changed:
        raise ModelError("the classifier was changed; train it again or reinstall", *changed)
    if data[LABELS_FILE].decode("utf-8").split() != list(LABELS):
        raise ModelError(f"the classifier at {folder} knows other labels; train it again")
    try:
        arrays = _unpack(data[ARRAYS_FILE])
        stored = _stored(arrays)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as err:
        raise ModelError(f"the classifier at {folder} is inconsistent: {err}") from err
    return stored, card


def _arrays(stored: Stored) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name, keys in _LAYOUT.items():
        part = getattr(stored, name)
        arrays.update({f"{name}.{key}": np.asarray(getattr(part, key)) for key in keys})
    return arrays


def _unpack(data: bytes) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
            raise ValueError("the arrays are too large")
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _stored(arrays: Mapping[str, NDArray[Any]]) -> Stored:
    for name, keys in _LAYOUT.items():
        for key, dtype in keys.items():
            array = arrays[f"{name}.{key}"]
            if array.dtype != dtype:
                raise ValueError(f"{name}.{key} is {array.dtype}")
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ValueError(f"{name}.{key} is not finite")
    parts = {
        name: kind(**{key: arrays[f"{name}.{key}"] for key in _LAYOUT[name]})
        for name, kind in _KINDS.items()
    }
    stored = Stored(**parts)
    _check(stored)
    return stored


def _check(stored: Stored) -> None:
    sizes = {"chars": len(stored.chars.keys), "sounds": len(stored.sounds.keys)}
    for linear, labels in ((stored.agent, AGENT_LABELS), (stored.customer, CUSTOMER_LABELS)):
        width = len(labels)
        _shaped(linear.chars, (sizes["chars"], width))
        _shaped(linear.sounds, (sizes["sounds"], width))
        _shaped(linear.context, (len(Slot), linear.context.shape[1], width))
        _shaped(linear.context_scale, (len(Slot), width))
        _shaped(linear.whole, (2, linear.context.shape[1], width))
        _shaped(linear.whole_scale, (2, width))
        _shaped(linear.extras, (len(EXTRAS), width))
        for array in (linear.char_scale, linear.sound_scale, linear.bias):
            _shaped(array, (width,))
        if linear.context.shape[1] > sizes["chars"]:
            raise ValueError("more terms of context than terms")
    for judge, rows, labels in (
        (stored.agent_judge, TURN_WIDTH, AGENT_LABELS),
        (stored.customer_judge, TURN_WIDTH, CUSTOMER_LABELS),
        (stored.call_judge, CALL_WIDTH, CATEGORIES),
    ):
        _shaped(judge.weights, (rows, len(labels)))
        for array in (judge.bias, judge.slope, judge.offset):
            _shaped(array, (len(labels),))
    for terms in (stored.chars, stored.sounds):
        _shaped(terms.rarity, terms.keys.shape)
        _shaped(terms.keys, (len(terms.keys),))


def _shaped(array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"an array has the shape {array.shape}, not {shape}")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"{path.name} is too large")
    return content


_LAYOUT: dict[str, dict[str, Any]] = {
    "chars": _TERMS,
    "sounds": _TERMS,
    "agent": _LINEAR,
    "customer": _LINEAR,
    "agent_judge": _JUDGE,
    "customer_judge": _JUDGE,
    "call_judge": _JUDGE,
}
_KINDS: dict[str, Any] = {
    "chars": Terms,
    "sounds": Terms,
    "agent": Linear,
    "customer": Linear,
    "agent_judge": Judge,
    "customer_judge": Judge,
    "call_judge": Judge,
}
