"""``auditor export``."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.options import chosen_database
from auditor.errors import counted

FORMATS = ("jsonl", "csv", "parquet")


@click.command()
@click.option("--db", metavar="DATABASE", help="SQLite file, or postgresql://user@host/name.")
@click.option("--run", "run_id", help="Id of the run, or a part of it; the newest if absent.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("export"),
    show_default=True,
    help="Folder for findings, calls and run.json.",
)
def export(db: str | None, run_id: str | None, form: str, out: Path) -> None:
    """Write a run of a database as files for other programs."""
    from auditor.report.export import export_run
    from auditor.store.store import open_store

    with open_store(chosen_database(db)) as store:
        run = store.finished_run(run_id)
        export_run(out, run.info, store.records(run.run_id), form)
    click.echo(f"run {run.run_id}: {counted(run.rows, 'call')} in {out}")
