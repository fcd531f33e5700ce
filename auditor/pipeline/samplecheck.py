"""Compare a run over scripted recordings with their scripts: what was heard, what was found.

``python -m auditor.pipeline.samplecheck OUT`` after ``auditor run auditor/samples --out OUT``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from auditor.domain.calls import Speaker
from auditor.ingest.scripts import Script, read_scripts
from auditor.ingest.transcripts import read_transcript
from auditor.resources import samples_folder
from auditor.store.names import file_name
from auditor.voice.measure import Errors


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """One scripted call after a run.

    Args:
        errors: Characters misheard, both sides together; ``None`` without a transcript.
        found: Scripted violations and omissions that were reported.
        missed: Those that were not.
        false: Reported ones that the script does not have.
        open: Reported as undetermined, for review.
    """

    call_id: str
    errors: Errors | None
    found: tuple[str, ...]
    missed: tuple[str, ...]
    false: tuple[str, ...]
    open: tuple[str, ...]


def check(script: Script, out: Path, findings: Sequence[dict[str, object]]) -> SampleCheck:
    """Compare one script with what a run wrote about it.

    Args:
        script: What was said.
        out: Output folder of the run.
        findings: All lines of its ``findings.jsonl``.
    """
    mine = [f for f in findings if f["call_id"] == script.call_id and f["status"] == "stable"]
    told = {_name(f) for f in mine if f["outcome"] == "fail"}
    wanted = {str(c) for c, _ in script.violations} | {str(d) for d in script.omitted}
    return SampleCheck(
        script.call_id,
        _errors(script, out / "transcripts" / file_name(script.call_id, ".json")),
        tuple(sorted(wanted & told)),
        tuple(sorted(wanted - told)),
        tuple(sorted(told - wanted)),
        tuple(sorted({_name(f) for f in mine if f["outcome"] != "fail"} - told)),
    )


def _name(finding: dict[str, object]) -> str:
    return str(finding["category"] or finding["disclosure"])


def _errors(script: Script, path: Path) -> Errors | None:
    if not path.is_file() or script.headers.get("sound") == "silent":
        return None
    turns = read_transcript(path).turns
    pairs = []
    for speaker in (Speaker.AGENT, Speaker.CUSTOMER):
        said = "".join(line.text for line in script.lines if line.speaker is speaker)
        heard = "".join(t.text for t in turns if t.usable and t.speaker is speaker)
        pairs.append((said, heard))
    return Errors.between(pairs)


def _rows(checks: Sequence[SampleCheck]) -> Iterator[str]:
    yield f"{'call':6} {'char error':>10}  found | missed | false | for review"
    for one in checks:
        rate = "n/a" if one.errors is None else f"{one.errors.rate:.1%}"
        groups = (one.found, one.missed, one.false, one.open)
        yield f"{one.call_id:6} {rate:>10}  " + " | ".join(", ".join(g) or "-" for g in groups)
    totals = [sum(len(getattr(c, name)) for c in checks) for name in ("found", "missed", "false")]
    yield f"scripted findings: {totals[0]} found, {totals[1]} missed, {totals[2]} false"


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--scripts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(out: Path, scripts: Path | None) -> None:
    """Print character error and findings of every scripted call of the run in OUT."""
    read = read_scripts(scripts or samples_folder() / "scripts.txt")
    lines = (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    findings = [json.loads(line) for line in lines]
    for row in _rows([check(script, out, findings) for script in read]):
        click.echo(row)


if __name__ == "__main__":
    main()
