"""The card of the demo model: what it is, how it was made, its hashes and its figures."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auditor.voice.clips import ClipStore
from auditor.voice.corpus import training_files
from auditor.voice.export import MODEL_FILES
from auditor.voice.tokens import CHUNK_SECONDS

_LIBRARIES = ("ctranslate2", "faster-whisper", "jieba", "numpy", "pypinyin", "torch")


def file_hash(path: Path) -> str:
    """Return the sha256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def data_hash(paths: Iterable[Path]) -> str:
    """Return one sha256 over the names and contents of files, in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        total.update(f"{path.name} {file_hash(path)}\n".encode())
    return total.hexdigest()


def training_facts(
    corpus: Path, clips: Path, parameters: int, size: Mapping[str, Any], characters: int
) -> dict[str, Any]:
    """What every card says about the text, the clips and the network.

    Args:
        corpus: Folder of the texts; those of other splits than training are no part of the hash.
        clips: Folder of the clips.
        parameters: Number of trained weights.
        size: Dimensions of the network.
        characters: Text tokens of the vocabulary.
    """
    written = [corpus / "frames.txt", corpus / "sentences.txt", *training_files(corpus)]
    return {
        "corpus_sha256": data_hash(path for path in written if path.is_file()),
        "clips": len(ClipStore(clips).clips),
        "clips_sha256": data_hash(clips.glob("*.jsonl")),
        "parameters": parameters,
        "architecture": ", ".join(f"{key} {value}" for key, value in size.items()),
        "vocabulary": f"{characters} characters",
    }


def write_card(model: Path, training: Mapping[str, Any]) -> None:
    """Write ``card.json`` and ``card.md`` for a freshly exported model.

    Args:
        model: Folder with the five files.
        training: Facts of the run: data hashes, size, seed, time, progress.
    """
    card = {
        "name": "asr-demo",
        "purpose": "demonstrations and tests on synthetic calls only",
        "sha256": {name: file_hash(model / name) for name in MODEL_FILES},
        "bytes": sum((model / name).stat().st_size for name in MODEL_FILES),
        "training": dict(training),
        "versions": {"python": platform.python_version()}
        | {library: version(library) for library in _LIBRARIES},
        "figures": {},
    }
    _save(model, card)


def add_figures(model: Path, figures: Mapping[str, Any]) -> None:
    """Put measured figures into an existing card, in place of former ones of the same name."""
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    card["figures"] = {**card["figures"], **figures}
    _save(model, card)


def _save(model: Path, card: Mapping[str, Any]) -> None:
    text = json.dumps(card, ensure_ascii=False, indent=1) + "\n"
    (model / "card.json").write_text(text, encoding="utf-8")
    (model / "card.md").write_text(render(card), encoding="utf-8")


def _verdict(row: Mapping[str, Any]) -> str:
    return "met" if row["met"] else "missed"


def render(card: Mapping[str, Any]) -> str:
    """Return the card as Markdown."""
    training, figures = card["training"], card["figures"]
    lines = [
        "# Demo recogniser `asr-demo`",
        "",
        "A small Whisper-architecture model in CTranslate2 int8 format, trained from scratch on "
        "Mandarin speech",
        "made by `espeak-ng`. It exists so that the product can be shown and tested without a "
        "network.",
        "",
        "**It invents fluent debt talk from real voices.** Never use it on recordings of people. "
        "The product",
        "runs it only when asked for by name, and only on calls whose manifest says "
        "`synthetic=true`.",
        "",
        "## Measured",
        "",
        "`python -m auditor.voice.evaluate`: two-channel calls in the telephone band, each channel "
        "by itself.",
        "Known and unknown voices say the sentences of one held-out batch that the training text "
        "does not hold;",
        "the whole calls of the test split (`--whole-calls test`) also hold the greetings that "
        "every call has.",
        "",
        "| | sentences | character error | at most | | toneless pinyin error |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in figures.items():
        if "character_error" in row:
            lines.append(
                f"| {name} | {row['sentences']} | {row['character_error']:.1%} "
                f"| {row['target']:.0%} | {_verdict(row)} | {row['toneless_pinyin_error']:.1%} |"
            )
    lines.append("")
    for name, row in figures.items():
        if "written_on" in row:
            lines.append(
                f"- {name}: text on {row['written_on']} of {row['clips']} clips "
                f"(at most {row['target']}: {_verdict(row)})"
            )
    lines += [
        "",
        "## Limits",
        "",
        "- Voices: `espeak-ng` only. Real speech gives fluent sentences that nobody said.",
        "- Vocabulary: Mandarin hanzi and ，。？！. Numbers come out as spoken hanzi; Latin "
        "letters are unknown.",
        f"- Windows: {CHUNK_SECONDS} s. faster-whisper pads to 30 s; cut the features back to the "
        "model's window "
        "(the product does).",
        "",
        "## Made by",
        "",
        *(f"- {key.replace('_', ' ')}: {value}" for key, value in training.items()),
        f"- size of the five files: {card['bytes'] / 1e6:.1f} MB",
        "- libraries: " + ", ".join(f"{name} {v}" for name, v in card["versions"].items()),
        "",
        "```",
        "python -m auditor.voice.clips --corpus models/corpus --out CLIPS &",
        "python -m auditor.voice.train --corpus models/corpus --clips CLIPS --work WORK \\",
        "    --out models/asr-demo",
        "python -m auditor.voice.evaluate --card",
        "python -m auditor.voice.evaluate --whole-calls test --card",
        "```",
        "",
    ]
    return "\n".join(lines)
