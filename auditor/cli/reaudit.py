"""``auditor reaudit``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from auditor.cli.contacts import contact_options
from auditor.cli.options import (
    chosen_database,
    output_options,
    policy_option,
    settings_from,
    store_options,
)
from auditor.cli.run import fail_on_option, make_recipe, tell_summary
from auditor.cli.streams import perhaps_unread
from auditor.domain.findings import Severity
from auditor.errors import UsageError

CHINA = "Asia/Shanghai"


@click.command()
@output_options
@store_options
@contact_options
@policy_option
@fail_on_option
@click.option("--run", "run_id", help="Calls of this run only, by its id or a part of it.")
@click.option("--since", help="Calls from this day or instant on, e.g. 2026-09-01.")
@click.option("--until", help="Calls before this day or instant.")
@click.option("--agents", help="Calls of these agents only, ids with commas between.")
@click.option("--timezone", default=CHINA, show_default=True, help="Zone of --since and --until.")
def reaudit(**options: Any) -> int:
    """Judge stored transcripts again, as a new run; no recording and no recogniser is needed.

    Takes the calls of all finished runs of the database, the newest outcome of each. Compare
    what comes out with an earlier run by 'auditor diff'.
    """
    from auditor.cli.progress import showing
    from auditor.pipeline.again import plan_again
    from auditor.pipeline.run import run as run_plan
    from auditor.store.selection import Selection
    from auditor.store.store import open_store

    out, fail_on, as_json = options.pop("out"), options.pop("fail_on"), options.pop("as_json")
    previous = options.pop("previous")
    histories, consents = tuple(options.pop("history")), options.pop("consents")
    zone = options.pop("timezone")
    selection = {
        "run_id": options.pop("run_id"),
        "since": _instant("--since", options.pop("since"), zone),
        "until": _instant("--until", options.pop("until"), zone),
        "agents": tuple(filter(None, (options.pop("agents") or "").split(","))),
    }
    options["db"] = chosen_database(options["db"])
    settings = settings_from(options)
    with open_store(options["db"]) as store:
        if selection["run_id"] is not None:
            selection["run_id"] = store.finished_run(selection["run_id"]).run_id
        plan = plan_again(store, Selection(**selection))
    recipe = replace(
        make_recipe(settings, out, judge=True),
        previous=previous,
        histories=histories,
        consents=consents,
    )
    with showing(plan.rows) as progress:
        result = run_plan(plan, recipe, progress)
    with perhaps_unread():
        tell_summary(result.told(), out, (), result.damaged, as_json=as_json)
        if not as_json:
            click.echo(f"Run: {result.info.run_id}")
    return result.exit_code(None if fail_on is None else Severity[fail_on.upper()])


def _instant(option: str, given: str | None, zone: str) -> datetime | None:
    if given is None:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        read = datetime.fromisoformat(given)
        return read if read.tzinfo is not None else read.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise UsageError(f"{option} is a day such as 2026-09-01, or an instant") from error
