"""``auditor policy lint``: conditions no example needs, shadowed terms, overlaps, vague rules."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import chosen_policy, policy_option
from auditor.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from auditor.workbench.notices import Notice

_SHOWN = 5
"""Parts of a notice that are printed; ``--json`` has all."""


@click.command()
@policy_option
@click.argument("names", nargs=-1, metavar="[RULE]...")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--fail-on",
    type=click.Choice(["note", "warning"]),
    help="Exit with 1 when anything of this level or worse is found. [never]",
)
def lint(policy: Path | None, names: tuple[str, ...], *, as_json: bool, fail_on: str | None) -> int:
    """Look a policy over: what is idle, hidden, double, vague or bare in its rules and signals.

    Conditions, patterns and alternatives are taken away one at a time: where all examples still
    come out the same, no example needs them. Terms and alternatives that another always matches
    first are named, rules that hit the examples of other rules, rules whose conditions hit what
    other rules call innocent, very short patterns, rules without a clause that a call can show and
    rules with few negative examples.

    A RULE may be a signal or a family such as 'threat'; without any, all are looked over (one to
    three minutes). Exits with 0 whatever is found, unless --fail-on asks for 1.
    """
    from auditor.pipeline.judging import build_detector
    from auditor.resources import data_folder
    from auditor.text.normalise import Normaliser
    from auditor.workbench.lint import lint as look_over
    from auditor.workbench.lint import steps
    from auditor.workbench.notices import Level
    from auditor.workbench.subjects import open_workshop

    chosen = chosen_policy(policy)
    detector = build_detector(chosen, weighed=False)
    folder = chosen if chosen is not None else data_folder("lexicons")
    workshop = open_workshop(folder, detector, Normaliser(), names)
    if not workshop.subjects:
        raise UsageError(f"no rule or signal is called {' or '.join(names)}")
    with click.progressbar(length=steps(workshop), label="Parts", file=sys.stderr) as bar:
        notices = list(look_over(workshop, lambda: bar.update(1)))
    notices.sort(key=lambda n: (-n.level.rank, n.check, n.subject, n.where))
    if as_json:
        click.echo(json.dumps([asdict(n) for n in notices], ensure_ascii=False, indent=1))
    else:
        _print(notices)
    worst = max((notice.level.rank for notice in notices), default=-1)
    failed = fail_on is not None and worst >= Level(fail_on).rank
    return ExitCode.FINDINGS if failed else ExitCode.DONE


def _print(notices: Sequence[Notice]) -> None:
    for notice in notices:
        click.echo(
            f"{notice.level.value:7} {notice.check.value:9} {notice.where}: "
            f"{notice.subject}: {notice.message}"
        )
        for part in notice.parts[:_SHOWN]:
            click.echo(f"          {part}")
        if len(notice.parts) > _SHOWN:
            click.echo(f"          … and {len(notice.parts) - _SHOWN} more (--json has all)")
    for level in ("warning", "note"):
        counts = Counter(n.check.value for n in notices if n.level.value == level)
        told = ", ".join(f"{number} {check}" for check, number in sorted(counts.items()))
        click.echo(f"{counts.total()} {level}s" + (f": {told}" if told else ""))
