"""Copies of labelled calls without their labels, for somebody who labels them a second time.

``python -m auditor.evaluate.blind models/corpus --split test --count 60 --seed 1 --out DIR``
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import click

from auditor.domain.calls import Call, Callee, Speaker
from auditor.domain.transcripts import Transcript
from auditor.errors import AuditorError, Problem, UsageError
from auditor.evaluate.corpus import read_batches
from auditor.ingest.scripts import Script
from auditor.ingest.splits import SPLITS
from auditor.ingest.transcript_json import transcript_to_json
from auditor.store.atomic import make_folder, write_text
from auditor.store.names import file_name

_SPEAKER = {Speaker.AGENT: "坐席", Speaker.CUSTOMER: "客户", Speaker.UNKNOWN: "不明"}
_CALLEE = {
    Callee.DEBTOR: "债务人",
    Callee.GUARANTOR: "担保人",
    Callee.THIRD_PARTY: "第三人",
    Callee.UNKNOWN: "不明",
}


def choose(scripts: Sequence[Script], count: int, seed: int) -> tuple[Script, ...]:
    """Draw calls without replacement, in an order that tells nothing about them.

    A call's place follows from the hash of seed and id, so that a call written later moves no
    other one.

    Raises:
        UsageError: There are fewer calls.
    """
    if count > len(scripts):
        raise UsageError(f"{count} calls are asked for and {len(scripts)} are there")
    return tuple(sorted(scripts, key=lambda script: _lot(script.call_id, seed))[:count])


def _lot(call_id: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\x1f{call_id}".encode()).hexdigest()


def named(scripts: Sequence[Script], ids: Collection[str]) -> tuple[Script, ...]:
    """Return the calls of these ids.

    Raises:
        UsageError: An id is unknown.
    """
    known = {script.call_id: script for script in scripts}
    unknown = [
        Problem(one, "unknown_call", "is no call of this split") for one in ids - known.keys()
    ]
    if unknown:
        raise UsageError("some calls are not there", *sorted(unknown, key=str))
    return tuple(known[one] for one in sorted(ids))


def blind_transcript(script: Script) -> Transcript:
    """Return a call with nothing but whom the dialler called and what was said."""
    full = script.transcript()
    call = Call(call_id=script.call_id, agent_id="unknown", callee=full.call.callee)
    return replace(full, call=call)


def blind_text(transcript: Transcript) -> str:
    """Return a call to be read: one line a turn with the number a label refers to."""
    callee = _CALLEE[transcript.call.callee or Callee.UNKNOWN]
    lines = [f"=== {transcript.call.call_id}  外呼对象：{callee}"]
    lines += [f"{turn.index:3d} {_SPEAKER[turn.speaker]}：{turn.text}" for turn in transcript.turns]
    return "\n".join(lines) + "\n"


def write_blind(scripts: Sequence[Script], out: Path) -> None:
    """Write ``transcripts/<call_id>.json`` for programs and ``calls.txt`` for readers.

    Raises:
        OutputError: The folder cannot be written.
    """
    make_folder(out / "transcripts")
    texts: list[str] = []
    for script in scripts:
        transcript = blind_transcript(script)
        data = json.dumps(transcript_to_json(transcript), ensure_ascii=False, indent=1)
        write_text(out / "transcripts" / file_name(script.call_id, ".json"), data + "\n")
        texts.append(blind_text(transcript))
    write_text(out / "calls.txt", "\n".join(texts))


@click.command()
@click.argument("corpus", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--split", type=click.Choice(SPLITS), help="Calls of this split only.")
@click.option("--count", type=click.IntRange(min=1), help="Draw so many calls.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which ones are drawn.")
@click.option("--call", "calls", multiple=True, help="Take this call; may be given repeatedly.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(
    corpus: Path,
    split: str | None,
    count: int | None,
    seed: int,
    calls: tuple[str, ...],
    out: Path,
) -> None:
    """Write calls of CORPUS without labels and titles, for a second labelling."""
    try:
        if (count is None) is not bool(calls):
            raise UsageError("name calls with --call, or draw some with --count")
        scripts = [script for batch in read_batches(corpus, split) for script in batch.scripts]
        chosen = named(scripts, set(calls)) if count is None else choose(scripts, count, seed)
        write_blind(chosen, out)
    except AuditorError as error:
        click.echo(f"blind: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    click.echo(f"{len(chosen)} calls in {out}: calls.txt to read, transcripts/ for programs")


if __name__ == "__main__":
    main()
