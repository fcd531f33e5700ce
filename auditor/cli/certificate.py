"""``auditor certificate``: check that a run accounts for every call."""

from __future__ import annotations

import json
from pathlib import Path

import click

from auditor.errors import CertificateError, ExitCode


@click.group()
def certificate() -> None:
    """Coverage certificates: every row of every run accounted for."""


@certificate.command()
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(paths: tuple[Path, ...], as_json: bool) -> int:  # noqa: FBT001 - click's way
    """Check seals, sums, chain and files of certificates.

    PATH is the output folder of a run or a certificate. Give the folders of several runs together
    to check the chain from one to the next. Ends with 2 when anything is wrong.
    """
    from auditor.pipeline.attest import attest

    checked = attest(paths)
    problems = [problem for one in checked for problem in one.problems]
    if as_json:
        told = [
            {
                "path": str(one.path),
                "run_id": one.body.get("run_id"),
                "sequence": one.body.get("sequence"),
                "seal": one.body.get("seal"),
                "problems": [str(problem) for problem in one.problems],
                "notes": list(one.notes),
            }
            for one in checked
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for one in checked:
            click.echo(_line(one.path, dict(one.body), good=not one.problems))
            for note in one.notes:
                click.echo(f"  {note}")
    if problems:
        raise CertificateError("certificates do not hold", *problems)
    return ExitCode.DONE


def _line(path: Path, body: dict[str, object], *, good: bool) -> str:
    counts = body.get("counts")
    verdict = "holds" if good else "DOES NOT HOLD"
    if not isinstance(counts, dict):
        return f"{verdict}: {path}"
    numbers = ", ".join(
        f"{counts.get(name)} {name.replace('_', ' ')}"
        for name in ("rows", "audited", "skipped", "failed")
    )
    return f"{verdict}: {path}: {body.get('run_id')}, no. {body.get('sequence')}: {numbers}"
