"""``auditor diff``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import chosen_database
from auditor.errors import UsageError, printable
from auditor.settings import LANGUAGES, from_environment

if TYPE_CHECKING:
    from auditor.report.difference import Difference


@click.command()
@click.argument("first", metavar="RUN_A")
@click.argument("second", metavar="RUN_B")
@click.option("--db", metavar="DATABASE", help="SQLite file, or postgresql://user@host/name.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for diff.html and diff.json.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the page. [zh]")
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def diff(
    first: str,
    second: str,
    db: str | None,
    out: Path | None,
    lang: str | None,
    *,
    as_json: bool,
) -> None:
    """Show what flips from one run to another: findings, calls, agents, rules, clauses.

    RUN_A and RUN_B are output folders, or runs of the database: ids or parts of ids.
    """
    difference = _between(first, second, db)
    if out is not None:
        _write(difference, out, lang or from_environment().lang)
    if as_json:
        from auditor.report.difference_json import difference_to_json

        click.echo(json.dumps(difference_to_json(difference), ensure_ascii=False, indent=1))
        return
    from auditor.report.difference_json import difference_to_text

    for line in difference_to_text(difference):
        click.echo(printable(line))
    if out is not None:
        click.echo(f"\nPage: {(out / 'diff.html').resolve()}")


def _between(first: str, second: str, db: str | None) -> Difference:
    from auditor.report.comparing import compare
    from auditor.report.folder import OutputFolder

    folders = [OutputFolder(Path(name)) for name in (first, second)]
    if db is None and all(folder.path.is_dir() for folder in folders):
        one, other = folders
        return compare(one.info, one, other.info, other)
    if db is None and from_environment().db is None:
        missing = next(folder.path for folder in folders if not folder.path.is_dir())
        raise UsageError(f"{missing} is no output folder; for ids of runs name the database: --db")
    from auditor.store.store import open_store

    with open_store(chosen_database(db)) as store:
        runs = [store.finished_run(name) for name in (first, second)]
        records = [store.records(run.run_id) for run in runs]
        return compare(runs[0].info, records[0], runs[1].info, records[1])


def _write(difference: Difference, out: Path, lang: str) -> None:
    from auditor.report.difference_json import difference_to_json
    from auditor.report.difference_page import render_difference
    from auditor.report.i18n import Words
    from auditor.store.atomic import make_folder, write_text

    make_folder(out)
    data = json.dumps(difference_to_json(difference), ensure_ascii=False, indent=1)
    write_text(out / "diff.json", data + "\n")
    write_text(out / "diff.html", render_difference(difference, Words(lang)))
