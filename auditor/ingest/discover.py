"""Find out what a folder, file or manifest offers to audit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.domain.runs import OUTPUT_FILES, OUTPUT_FOLDERS, OUTPUT_MARK
from auditor.errors import ManifestError, Problem, UsageError
from auditor.ingest.manifest import Manifest, ManifestOptions, Row, read_manifest

RECORDING_SUFFIXES = frozenset(
    {
        *(".wav", ".wave", ".mp3", ".m4a", ".mp4", ".mov", ".m4b", ".3gp", ".aac", ".adts"),
        *(".ogg", ".oga", ".opus", ".flac", ".amr", ".awb", ".3ga", ".alaw", ".al", ".ulaw"),
        *(".ul", ".mulaw", ".pcm", ".raw", ".g722", ".gsm"),
    }
)
"""Names of recordings, lower case with dot."""

MANIFEST_NAMES = ("manifest.csv", "manifest.parquet")
_MANIFEST_SUFFIXES = frozenset({".csv", ".parquet"})
_TRANSCRIPT_SUFFIX = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything one command has to account for.

    Args:
        root: Folder that paths are relative to.
        manifest: The file used, if any.
        rows: The manifest's rows; each ends in one outcome.
        transcripts: Transcript files that no row names, sorted; each is a call of its own.
        without_row: Recordings that no row names, sorted: skipped as ``no_manifest_row``.
        unreadable: Folders that could not be listed: whatever is in them is missing.
        ignored: Other files, among them links.
    """

    root: Path
    manifest: Path | None = None
    rows: tuple[Row, ...] = ()
    transcripts: tuple[Path, ...] = ()
    without_row: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()
    ignored: int = 0


def discover(
    source: Path,
    manifest: Path | None = None,
    options: ManifestOptions | None = None,
    exclude: Sequence[Path] = (),
) -> Inputs:
    """List recordings, transcripts and manifest rows of an input.

    Args:
        source: A folder (searched recursively; links and hidden files are left out), one
            recording or transcript, or a manifest.
        manifest: Manifest to use; else a folder's own ``manifest.csv`` or ``manifest.parquet``.
        options: How to read it.
        exclude: Folders left out, such as the output folder.

    Raises:
        UsageError: ``source`` is missing or of no known kind.
        ManifestError: The manifest cannot be used, or the folder has two.
    """
    if source.is_dir():
        return _folder(source, manifest, options, exclude)
    if not source.is_file():
        raise UsageError("the input does not exist", Problem(source.name, "missing", "not found"))
    suffix = source.suffix.lower()
    root = source.absolute().parent
    if suffix in _MANIFEST_SUFFIXES:
        read = read_manifest(source, root, options)
        return Inputs(root=Path(os.path.realpath(root)), manifest=source, rows=read.rows)
    if suffix == _TRANSCRIPT_SUFFIX:
        return Inputs(root=root, transcripts=(source,))
    if suffix in RECORDING_SUFFIXES:
        return _one_recording(source, root, manifest or _own_manifest(root), options)
    problem = Problem(source.name, "unsupported_format", "is no recording, transcript or manifest")
    raise UsageError("the input cannot be used", problem)


def _folder(
    source: Path,
    manifest: Path | None,
    options: ManifestOptions | None,
    exclude: Sequence[Path],
) -> Inputs:
    root = Path(os.path.realpath(source))
    used = manifest or _own_manifest(root)
    read: Manifest | None = None if used is None else read_manifest(used, root, options)
    rows = () if read is None else read.rows
    named = {str(row.recording.path) for row in rows if row.recording is not None}
    transcripts: list[Path] = []
    without_row: list[Path] = []
    unreadable: list[Path] = []
    ignored = 0
    own = None if used is None else os.path.realpath(used)
    outside = {os.path.realpath(folder) for folder in exclude}
    of_run = is_output(root)
    written = {root / name for name in OUTPUT_FILES} if of_run else set()
    outside |= {str(root / name) for name in OUTPUT_FOLDERS} if of_run else set()
    if of_run and str(root) in outside:
        outside.add(str(root / "transcripts"))
    for path, regular in _walk(root, outside, unreadable):
        suffix = path.suffix.lower()
        if str(path) in named or str(path) == own:
            continue
        if path in written:
            continue
        if regular and suffix == _TRANSCRIPT_SUFFIX:
            transcripts.append(path)
        elif regular and suffix in RECORDING_SUFFIXES:
            without_row.append(path)
        else:
            ignored += 1
    return Inputs(
        root=root,
        manifest=used,
        rows=rows,
        transcripts=tuple(transcripts),
        without_row=tuple(without_row),
        unreadable=tuple(unreadable),
        ignored=ignored,
    )


def _own_manifest(folder: Path) -> Path | None:
    present = [folder / name for name in MANIFEST_NAMES if (folder / name).is_file()]
    if len(present) > 1:
        problem = Problem(folder.name, "two_manifests", "keep one, or name the one to use")
        raise ManifestError("the folder has two manifests", problem)
    return present[0] if present else None


def _one_recording(
    source: Path, root: Path, manifest: Path | None, options: ManifestOptions | None
) -> Inputs:
    base = Path(os.path.realpath(root))
    if manifest is None:
        return Inputs(root=base, without_row=(source,))
    rows = read_manifest(manifest, base, options).rows
    wanted = base / source.name
    chosen = tuple(r for r in rows if r.recording is not None and r.recording.path == wanted)
    if not chosen:
        return Inputs(root=base, manifest=manifest, without_row=(source,))
    return Inputs(root=base, manifest=manifest, rows=chosen)


def _walk(root: Path, exclude: set[str], unreadable: list[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield all visible files below a folder in order, and whether they are regular.

    A folder inside it that cannot be listed is noted, and the rest goes on. Folders wait in a
    list, not on the call stack, so that depth is limited by the file system alone.

    Raises:
        UsageError: The root itself cannot be listed.
    """
    waiting: list[os.DirEntry[str]] = _listed(root)
    while waiting:
        entry = waiting.pop()
        path = Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            yield path, entry.is_file(follow_symlinks=False)
        elif entry.path not in exclude:
            try:
                waiting += () if is_output(path) else _listed(path)
            except (UsageError, OSError):  # the second where a path is too long to look at
                unreadable.append(path)


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """Visible entries of a folder, last name first."""
    try:
        with os.scandir(folder) as found:
            visible = [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        problem = Problem(folder.name, "unreadable", f"cannot be read: {error.strerror}")
        raise UsageError("the input folder cannot be read", problem) from error
    return sorted(visible, key=lambda entry: entry.name, reverse=True)


def is_output(folder: Path) -> bool:
    """Tell whether a folder is the output of an earlier run, whose transcripts are copies."""
    if (folder / OUTPUT_MARK).is_file():
        return True
    return (folder / "run.json").is_file() and (folder / "findings.jsonl").is_file()
