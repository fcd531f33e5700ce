"""Rebuild the sample recordings and their manifest: ``python -m auditor.voice.samples``."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click
import numpy as np

from auditor.ingest.scripts import Script, read_scripts
from auditor.resources import samples_folder
from auditor.store.atomic import make_folder, write_bytes
from auditor.voice.recordings import FORMATS, Cast, VoicedCall, encode_recording, leak, voice_script
from auditor.voice.synth import Audio, Voice
from auditor.voice.telephone import LINE_RATE, ring_back

COLUMNS = (
    "call_id",
    "path",
    "agent_id",
    "agent_name",
    "team",
    "customer_id",
    "started_at",
    "direction",
    "callee",
    "overdue_days",
    "agent_channel",
    "seat",
    "answered",
    "synthetic",
)

_AGENTS = {
    "A01": Voice("f2", 182, 52),
    "A02": Voice("m3", 190, 42),
    "A03": Voice("f4", 178, 50),
    "A04": Voice("m1", 186, 46),
}
_CUSTOMERS = (Voice("m7", 184, 44), Voice("f5", 180, 56), Voice("", 188, 48), Voice("m8", 176, 40))
_AGENT_ON_RIGHT = frozenset({"S05", "S09", "S14"})
_DECLARED = frozenset({"S01", "S05", "S08"})
_LEAKING = frozenset({"S03", "S10"})
_LEAK_DB = -32.0
_KEPT_SHARE = 0.55
_BROKEN_ROW = {
    "call_id": "S15",
    "path": "recordings/S15.wav",
    "agent_id": "A04",
    "agent_name": "孙浩",
    "team": "委外二组",
    "customer_id": "C1015",
    "started_at": "2026-11-18T16:20:00+08:00",
    "direction": "outbound",
    "callee": "debtor",
    "overdue_days": "28",
    "seat": "agency",
    "answered": "true",
    "synthetic": "true",
}


def build_samples(folder: Path) -> int:
    """Voice ``scripts.txt`` of a folder into recordings beside it and write the manifest.

    The same scripts and the same espeak-ng give the same files.

    Returns:
        Bytes written.

    Raises:
        SynthesisError: espeak-ng is missing.
        TranscriptError: The scripts cannot be read.
        OutputError: The folder cannot be written.
    """
    make_folder(folder / "recordings")
    rows = []
    total = 0
    for number, script in enumerate(read_scripts(folder / "scripts.txt")):
        data, name = _recording(script, number)
        write_bytes(folder / "recordings" / name, data)
        rows.append(_row(script, f"recordings/{name}"))
        total += len(data)
    # A copy that broke off at once: the run has to say so and go on.
    write_bytes(folder / "recordings" / "S15.wav", b"")
    rows.append(_BROKEN_ROW)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(folder / "manifest.csv", text.getvalue().encode("utf-8"))
    return total


def _recording(script: Script, number: int) -> tuple[bytes, str]:
    codec = script.headers["codec"]
    suffix = FORMATS[codec][0]
    data = encode_recording(_tracks(script, number), codec)
    if script.headers.get("sound") == "truncated":
        data = data[: int(len(data) * _KEPT_SHARE)]
    return data, f"{script.call_id}{suffix}"


def _tracks(script: Script, number: int) -> list[Audio]:
    if script.headers.get("sound") == "silent":
        ringing = ring_back(12 * LINE_RATE)
        return [np.zeros_like(ringing), ringing]
    cast = Cast(_AGENTS[script.headers["agent_id"]], _CUSTOMERS[number % len(_CUSTOMERS)])
    call: VoicedCall = voice_script(script, cast, seed=number)
    if script.call_id in _LEAKING:
        call = leak(call, _LEAK_DB)
    agent, customer = call.sides
    if script.headers.get("sound") == "mono":
        return [np.clip(agent + customer, -1, 1)]
    return [customer, agent] if script.call_id in _AGENT_ON_RIGHT else [agent, customer]


def _row(script: Script, path: str) -> dict[str, str]:
    head = script.headers
    channel = ""
    if script.call_id in _DECLARED:
        channel = "right" if script.call_id in _AGENT_ON_RIGHT else "left"
    return {
        "call_id": script.call_id,
        "path": path,
        "agent_id": head["agent_id"],
        "agent_name": head["agent"],
        "team": head["team"],
        "customer_id": head["customer"],
        "started_at": head["started"],
        "direction": head["direction"],
        "callee": head["callee"],
        "overdue_days": head["overdue"],
        "agent_channel": channel,
        "seat": "own" if head["floor"] == "bank" else "agency",
        "answered": "true",
        "synthetic": "true",
    }


@click.command()
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with scripts.txt; the shipped samples if absent.",
)
def main(folder: Path | None) -> None:
    """Rebuild the sample recordings and their manifest from the scripts (needs espeak-ng)."""
    where = folder or samples_folder()
    click.echo(f"{build_samples(where) / 1e6:.2f} MB of recordings in {where / 'recordings'}")


if __name__ == "__main__":
    main()
