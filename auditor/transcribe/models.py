"""Finding the recogniser's model: a local folder, a known name, or the shipped demo."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.domain.calls import Call
from auditor.errors import Problem, RecogniserError
from auditor.resources import model_folder

DEMO_NAME = "demo"
DEMO_NOTICE = (
    "Demo recogniser: trained on machine speech only. It invents fluent sentences from real "
    "voices and is used for synthetic recordings alone."
)
DEMO_REFUSAL = "demo_model_needs_synthetic"

NAMES = {
    "tiny": "Systran/faster-whisper-tiny",
    "base": "Systran/faster-whisper-base",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}

WAYS = (
    "Ways to get a model: "
    "(1) give a folder with a CTranslate2 Whisper model: --model /path/to/folder; "
    "(2) on a machine with network run the same command once with --model large-v3 "
    "(or another name or Hugging Face id) and copy the folder it downloads here; "
    "(3) convert a Mandarin fine-tune with ct2-transformers-converter and give its folder; "
    "(4) for synthetic recordings only: --model demo."
)

_NEEDED = ("model.bin", "config.json", "tokenizer.json")
_DEMO_NEEDED = (*_NEEDED, "vocabulary.json", "preprocessor_config.json", "card.json")
_WHOLE_FILE_LIMIT = 64 * 1024 * 1024
_EDGE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that is on this machine and complete.

    Args:
        name: As asked for.
        path: Folder with the CTranslate2 files.
        digest: Hex digest of the files.
        is_demo: The shipped model for synthetic recordings.
        notice: What a report made with it has to say; empty for ordinary models.
    """

    name: str
    path: Path
    digest: str
    is_demo: bool = False
    notice: str = ""


def resolve_model(name: str, *, download: bool = True, demo_dir: Path | None = None) -> Model:
    """Find the model called ``name``.

    A folder never touches the network. A name is looked up in the local Hugging Face cache
    first and downloaded otherwise.

    Args:
        name: ``demo``, a folder, one of ``NAMES``, or a Hugging Face id ``owner/name``.
        download: Whether the network may be used for names.
        demo_dir: Where the demo model lies, for tests; found beside the package otherwise.

    Raises:
        RecogniserError: No such model here, files missing, or files changed.
    """
    if name == DEMO_NAME:
        return _demo(demo_dir or model_folder("asr-demo"))
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return _local(name, folder.resolve())
    repository = NAMES.get(name)
    if repository is None and not _looks_like_hub_id(name):
        raise RecogniserError(
            f"There is no model folder and no known model called {name!r} "
            f"(known names: {', '.join(NAMES)}, demo). {WAYS}",
            Problem(name, "model_unknown", "not a folder and not a known name"),
        )
    return _local(name, _from_hub(name, repository or name, download=download))


def demo_refusal(call: Call) -> str | None:
    """Return why the demo model must not hear ``call``, or ``None`` when it may.

    The reason is machine-readable, for the call's outcome.
    """
    return None if call.synthetic else DEMO_REFUSAL


def model_digest(folder: Path) -> str:
    """Return a hex digest over the files of a model folder that change what it writes.

    Files up to 64 MB are hashed whole; of larger ones the size and the first and last megabyte.
    """
    total = hashlib.sha256()
    names = ("config.json", "model.bin", "preprocessor_config.json", "tokenizer.json")
    vocabularies = tuple(sorted(path.name for path in folder.glob("vocabulary.*")))
    for name in (*names, *vocabularies):
        path = folder / name
        if path.is_file():
            total.update(f"{name}\0{_file_digest(path)}\n".encode())
    return total.hexdigest()


def _file_digest(path: Path) -> str:
    digest = hashlib.sha256()
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _WHOLE_FILE_LIMIT:
            for block in iter(lambda: file.read(_EDGE_BYTES), b""):
                digest.update(block)
        else:
            digest.update(f"{size}\0".encode())
            digest.update(file.read(_EDGE_BYTES))
            file.seek(size - _EDGE_BYTES)
            digest.update(file.read(_EDGE_BYTES))
    return digest.hexdigest()


def _missing(folder: Path, needed: tuple[str, ...]) -> tuple[Problem, ...]:
    problems = [
        Problem(str(folder / name), "model_file_missing", "the file is not there")
        for name in needed
        if not (folder / name).is_file()
    ]
    if not any(folder.glob("vocabulary.*")) and "vocabulary.json" not in needed:
        problems.append(
            Problem(str(folder / "vocabulary.json"), "model_file_missing", "no vocabulary file")
        )
    return tuple(problems)


def _local(name: str, folder: Path) -> Model:
    problems = _missing(folder, _NEEDED)
    if problems:
        raise RecogniserError(f"The model folder {folder} is incomplete. {WAYS}", *problems)
    try:
        digest = model_digest(folder)
    except OSError as err:
        raise RecogniserError(f"The model folder {folder} cannot be read: {err}. {WAYS}") from err
    return Model(name=name, path=folder, digest=digest)


def _demo(folder: Path) -> Model:
    problems = _missing(folder, _DEMO_NEEDED)
    if problems:
        raise RecogniserError(
            f"The demo model is not complete at {folder}; reinstall the package.", *problems
        )
    hashes = _card_hashes(folder / "card.json")
    changed = tuple(
        Problem(str(folder / name), "model_file_changed", "differs from the model card's hash")
        for name in _DEMO_NEEDED[:-1]
        if hashes.get(name) != hashlib.sha256((folder / name).read_bytes()).hexdigest()
    )
    if changed:
        raise RecogniserError("The demo model was changed; reinstall the package.", *changed)
    return Model(
        name=DEMO_NAME,
        path=folder,
        digest=model_digest(folder),
        is_demo=True,
        notice=DEMO_NOTICE,
    )


def _card_hashes(path: Path) -> dict[str, str]:
    """Return file name -> sha256 from a card, written flat or below ``sha256``/``files``."""
    try:
        card: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise RecogniserError(f"The model card {path} cannot be read: {err}") from err
    for key in ("sha256", "files"):
        table = card.get(key) if isinstance(card, dict) else None
        if isinstance(table, dict):
            return {
                str(name): str(entry.get("sha256") if isinstance(entry, dict) else entry)
                for name, entry in table.items()
            }
    raise RecogniserError(f"The model card {path} lists no file hashes.")


def _looks_like_hub_id(name: str) -> bool:
    owner, _, model = name.partition("/")
    return bool(owner and model) and "/" not in model and not name.startswith((".", "~"))


def _from_hub(name: str, repository: str, *, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    wanted = [*_NEEDED, "preprocessor_config.json", "vocabulary.*"]
    foreign = (OSError, HfHubHTTPError, HFValidationError, ValueError)
    try:
        cached = Path(snapshot_download(repository, allow_patterns=wanted, local_files_only=True))
        # A download that was interrupted leaves a snapshot with files missing.
        if not download or not _missing(cached, _NEEDED):
            return cached
    except foreign as err:
        if not download:
            raise RecogniserError(f"The model {name} is not on this machine. {WAYS}") from err
    try:
        return Path(snapshot_download(repository, allow_patterns=wanted))
    except foreign as err:
        raise RecogniserError(
            f"The model {name} is not on this machine and could not be downloaded "
            f"({type(err).__name__}). {WAYS}",
            Problem(name, "model_not_available", "neither in the local cache nor downloadable"),
        ) from err
