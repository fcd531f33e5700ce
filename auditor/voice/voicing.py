"""Voice labelled calls as recordings with a manifest, to measure the way from sound to finding.

``python -m auditor.voice.voicing models/corpus/calls/b019.txt --out FOLDER``
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from auditor.domain.calls import Call
from auditor.ingest.scripts import Script, read_scripts
from auditor.store.atomic import make_folder, write_bytes
from auditor.voice.recordings import Cast, encode_recording, voice_script
from auditor.voice.synth import TRAINING_SPEEDS, TRAINING_VARIANTS, Voice

_COLUMNS = ("call_id", "path", "agent_id", "agent_name", "callee", "overdue_days", "synthetic")
_PITCHES = (30, 70)
_FORMATS = ("wav-alaw", "wav-mulaw", "wav-pcm16", "mp3")


def spoken_scripts(paths: Sequence[Path]) -> Iterator[Script]:
    """Yield the calls that are written as they were said, not as a recogniser heard them."""
    for path in paths:
        for script in read_scripts(path):
            if script.headers.get("style") != "asr":
                yield script


def voice_calls(scripts: Sequence[Script], folder: Path, seed: int) -> int:
    """Voice calls into ``folder`` with a manifest; equal scripts and seed give equal files.

    Returns:
        Seconds of sound.

    Raises:
        SynthesisError: espeak-ng is missing.
        OutputError: The folder cannot be written.
    """
    make_folder(folder / "recordings")
    rows = []
    seconds = 0.0
    for script in scripts:
        rng = random.Random(f"{seed}-{script.call_id}")
        first, second = rng.sample(TRAINING_VARIANTS, 2)
        voices = [
            Voice(variant, rng.randint(*TRAINING_SPEEDS), rng.randint(*_PITCHES))
            for variant in (first, second)
        ]
        call = voice_script(script, Cast(*voices), seed=rng.randrange(2**32))
        name = f"{script.call_id}.{'mp3' if (kind := rng.choice(_FORMATS)) == 'mp3' else 'wav'}"
        sides = call.sides if rng.random() < 0.5 else call.sides[::-1]
        write_bytes(folder / "recordings" / name, encode_recording(sides, kind))
        rows.append(_row(script.call(), f"recordings/{name}"))
        seconds += call.seconds
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(folder / "manifest.csv", text.getvalue().encode("utf-8"))
    return round(seconds)


def _row(call: Call, path: str) -> dict[str, str]:
    return {
        "call_id": call.call_id,
        "path": path,
        "agent_id": call.agent_id,
        "agent_name": call.agent_name or "",
        "callee": "" if call.callee is None else call.callee.value,
        "overdue_days": "" if call.overdue_days is None else str(call.overdue_days),
        "synthetic": "true",
    }


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--every", type=click.IntRange(1), default=1, help="Only every so many calls.")
def main(paths: tuple[Path, ...], out: Path, seed: int, every: int) -> None:
    """Voice the labelled calls in PATHS into recordings and a manifest (needs espeak-ng)."""
    scripts = list(spoken_scripts(paths))[::every]
    seconds = voice_calls(scripts, out, seed)
    click.echo(f"{len(scripts)} calls, {seconds / 60:.0f} minutes, in {out}")


if __name__ == "__main__":
    main()
