"""Options of the checks across calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def contact_options(command: CommandT) -> CommandT:
    """What is known of contacts besides the run."""
    history = click.option(
        "--history",
        type=click.Path(exists=True, path_type=Path),
        multiple=True,
        help="Contacts of earlier nights or other agencies, for the checks across calls: an output "
        "folder, CSV, Parquet or JSON lines; may be given several times.",
    )
    consents = click.option(
        "--consents",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Table of debtors who agreed to be called at other hours: customer_id, from, until, "
        "hours.",
    )
    return history(consents(command))
