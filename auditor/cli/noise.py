"""``auditor noise``: transcripts as a telephone recogniser would have got them."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.errors import UsageError, counted

# Said here again so that the help loads nothing; a test holds both lists together.
KINDS = (
    *("same", "near", "drop", "double", "digits", "punctuation", "script", "speaker"),
    *("invention", "invented_turn", "split", "merge"),
)
MOST = 0.5


@click.command()
@click.argument("source", metavar="INPUT", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the damaged transcripts.",
)
@click.option(
    "--share",
    type=click.FloatRange(0, MOST),
    required=True,
    help="Share of characters damaged, e.g. 0.05, 0.10, 0.20 or 0.30.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another one, other damage.")
@click.option(
    "--kinds",
    metavar="KIND,...",
    help=f"Only these: {', '.join(KINDS)}. [all]",
)
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Labels of the calls (JSON lines); labels.jsonl in the output folder gets them with the "
    "segment numbers of the damaged calls.",
)
@click.option(
    "--timezone", help="Zone of times without an offset, e.g. Asia/Shanghai; else an error."
)
def noise(
    source: Path,
    out: Path,
    share: float,
    seed: int,
    kinds: str | None,
    labels: Path | None,
    timezone: str | None,
) -> int:
    """Damage transcripts as telephone recognisers do, to see what an audit still finds.

    INPUT is a folder of transcript JSON files or one of them. Words become others that sound
    alike and are frequent, characters are lost and doubled, marks, script, numbers, turns and
    speakers go wrong. Equal seeds give equal damage. Prints the measured character error rate.
    """
    from auditor.noise.files import damage_files
    from auditor.noise.recipe import ALL_KINDS, Kind, Recipe

    chosen = ALL_KINDS
    if kinds is not None:
        names = [name.strip() for name in kinds.split(",") if name.strip()]
        unknown = sorted(set(names) - set(KINDS))
        if unknown or not names:
            raise UsageError(
                f"no kind of damage is called {', '.join(unknown) or 'nothing'}; "
                f"there are {', '.join(KINDS)}"
            )
        chosen = frozenset(Kind(name) for name in names)
    recipe = Recipe(share, seed, chosen)
    outcome = damage_files(source, out, recipe, labels=labels, timezone=timezone)
    for problem in outcome.problems:
        click.echo(f"failed: {problem}", err=True)
    errors = outcome.errors
    rate = "n/a" if errors.rate is None else f"{errors.rate:.2%}"
    click.echo(
        f"{counted(outcome.calls, 'call')} in {out}: "
        f"{errors.errors} of {errors.characters} characters wrong, {rate} (asked for {share:.2%})"
    )
    if labels is not None:
        click.echo(
            f"labels of {counted(outcome.labelled, 'call')} in {out / 'labels.jsonl'}; "
            f"{counted(outcome.unused, 'row is', 'rows are')} of other calls"
        )
    return outcome.exit_code
