"""``auditor case``: the contacts with one debtor, by time, with what was found in them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from auditor.errors import ExitCode, UsageError
from auditor.settings import LANGUAGES


@click.command()
@click.argument("customer_id", metavar="CUSTOMER_ID")
@click.option(
    "--out",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that a run wrote; it is read. [audit-out]",
)
@click.option(
    "--db", metavar="DATABASE", help="Database of a run instead: an SQLite file or postgresql://…"
)
@click.option("--run", "run_id", help="Which run of the database. [the newest finished one]")
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", help="Language. [zh]")
@click.option("--json", "as_json", is_flag=True, help="Print the time line as JSON.")
def case(
    customer_id: str,
    out: Path | None,
    db: str | None,
    run_id: str | None,
    lang: str,
    *,
    as_json: bool,
) -> int:
    """Print the time line of one debtor's contacts with the findings across calls.

    Times are the debtor's own. Calls of earlier nights that a finding rests on are listed, too.
    Nothing is written: --out names the folder that a run wrote, and standard error says what was
    read.
    """
    from auditor.contacts.case import case_of
    from auditor.report.case_text import case_lines, case_to_json
    from auditor.report.i18n import Words

    if out is not None and db is not None:
        raise UsageError("name either an output folder or a database")
    if db is not None:
        from auditor.contacts.stored import records_of
        from auditor.store.store import open_store

        with open_store(db) as store:
            source = f"run {store.run(run_id).run_id} of {store.name}"
            records = records_of(store, store.run(run_id).run_id, customer_id)
    else:
        from auditor.contacts.folder import records_in

        folder = out or Path("audit-out")
        source = f"{folder}; the whole report: {(folder / 'report.html').resolve()}"
        records = records_in(folder, customer_id)
    found = case_of(customer_id, records)
    if found is None:
        raise UsageError(f"no call of this run has the customer id {customer_id!r}")
    if as_json:
        click.echo(json.dumps(case_to_json(found), ensure_ascii=False, indent=1))
    else:
        for line in case_lines(found, Words(lang)):
            click.echo(line)
    click.echo(f"read from {source}; nothing was written", err=True)
    return ExitCode.DONE
