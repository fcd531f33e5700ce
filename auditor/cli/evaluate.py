"""``auditor evaluate``: hold findings against labelled calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor.cli.options import policy_option, settings_from
from auditor.settings import LANGUAGES

_EXISTING = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("labels", type=_EXISTING)
@click.argument("calls", type=_EXISTING, required=False)
@click.option("--split", "splits", multiple=True, help="Split of a folder with splits.csv.")
@click.option("--against", type=_EXISTING, help="Output folder of an earlier run to compare with.")
@click.option("--with-trial", is_flag=True, help="Count findings of rules on trial as well.")
@click.option("--noise", "shares", help="Also with damaged transcripts, e.g. 0.05,0.1,0.2,0.3.")
@click.option("--seed", type=int, default=1, show_default=True, help="Decides the damage.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Output folder.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the page. [zh]")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@policy_option
@click.option("--model", help="Recogniser, where CALLS are recordings; as for 'auditor run'.")
def evaluate(
    labels: Path,
    calls: Path | None,
    out: Path | None,
    shares: str | None,
    *,
    as_json: bool,
    with_trial: bool,
    **options: Any,
) -> int:
    """Hold findings against labelled calls: how many are right, how many are missing.

    LABELS is a table of labels (JSON lines), a file of labelled calls, or a folder of them. CALLS
    is the output folder of a run, or a folder of transcripts or recordings, which is audited first;
    without CALLS the text of the labelled calls is audited.

    Prints a table. With --out writes evaluation.json and evaluation.html, and every error with
    what was said around it as errors.txt and errors.jsonl: these quote calls.
    """
    from auditor.cli.progress import showing
    from auditor.evaluate.session import (
        Request,
        check_out,
        evaluated,
        exit_code,
        json_text,
        shares_from,
        write_evaluation,
    )
    from auditor.evaluate.text import table
    from auditor.evaluate.written import evaluation_to_json

    settings = settings_from({name: options[name] for name in ("lang", "policy", "model")})
    request = Request(
        labels=labels,
        splits=options["splits"],
        calls=calls,
        against=options["against"],
        trial=with_trial,
        shares=() if shares is None else shares_from(shares),
        seed=options["seed"],
        out=out,
        settings=settings,
    )
    check_out(request)
    made, heard = evaluated(request, showing)
    for call_id in made.unheard:
        click.echo(f"not judged, what is labelled there counts as missed: {call_id}", err=True)
    click.echo(json_text(evaluation_to_json(made)) if as_json else "\n".join(table(made)))
    if out is not None:
        write_evaluation(made, heard, request, out)
        if not as_json:
            click.echo(f"Page: {(out / 'evaluation.html').resolve()}")
    return exit_code(made)
