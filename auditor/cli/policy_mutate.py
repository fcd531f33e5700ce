"""``auditor policy mutate``: what still fires when the words are denied, quoted, supposed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.options import chosen_policy, policy_option
from auditor.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from auditor.workbench.mutation import RuleMutants
    from auditor.workbench.mutators import Mutation


@click.command()
@policy_option
@click.argument("names", nargs=-1, metavar="[RULE]...")
@click.option("--json", "as_json", is_flag=True, help="Print every mutant as JSON.")
@click.option("--survivors", is_flag=True, help="List the mutants that still fire, too.")
def mutate(policy: Path | None, names: tuple[str, ...], *, as_json: bool, survivors: bool) -> int:
    """Say the examples of violations so that nobody is wronged: which rules still fire?

    Every example that must give a finding is negated, warned against, quoted, put in the
    customer's mouth and made conditional. A cell reads "mutants that the rule by itself still
    finds / that everything together still charges / of how many". A RULE may be a family such
    as 'threat'; without any, all rules are run (about a minute).
    """
    from auditor.pipeline.judging import build_detector
    from auditor.workbench.mutation import mutate_rules

    detector = build_detector(chosen_policy(policy))
    rules = [
        rule
        for rule in detector.policy.rules
        if not names or any(rule.rule_id == n or rule.rule_id.startswith(f"{n}.") for n in names)
    ]
    if not rules:
        raise UsageError(f"no rule is called {' or '.join(names)}")
    rows: list[RuleMutants] = []
    with click.progressbar(
        mutate_rules(detector, rules), length=len(rules), label="Rules", file=sys.stderr
    ) as bar:
        rows.extend(bar)
    if as_json:
        click.echo(json.dumps(_as_json(rows), ensure_ascii=False, indent=1))
        return ExitCode.DONE
    for line in _table(rows):
        click.echo(line)
    if survivors:
        for line in _survivors(rows):
            click.echo(line)
    return ExitCode.DONE


def _table(rows: Sequence[RuleMutants]) -> Iterator[str]:
    from auditor.workbench.mutators import Mutation

    kinds = "".join(f"{kind.value:>14}" for kind in Mutation)
    yield f"{'rule':38} {'examples':>8} {'charged':>7}{kinds}"
    for row in rows:
        if row.examples:
            cells = "".join(f"{_cell(*row.count(kind)):>14}" for kind in Mutation)
            charged = "-" if row.charged is None else str(row.charged)
            yield f"{row.rule_id:38} {row.examples:8} {charged:>7}{cells}"
    totals = "".join(f"{_cell(*_total(rows, kind)):>14}" for kind in Mutation)
    examples = sum(row.examples for row in rows)
    charges = sum(row.charged or 0 for row in rows)
    yield f"{'all':38} {examples:8} {charges:7}{totals}"
    left_out = sum(row.left_out for row in rows)
    yield (
        "cell: still found by the rule alone / still charged by everything together / mutants; "
        f"charged: examples as they are that everything together charges; {left_out} examples "
        "left out, whose violation is not in the words quoted"
    )


def _total(rows: Sequence[RuleMutants], kind: Mutation) -> tuple[int, int, int]:
    counts = [row.count(kind) for row in rows]
    return sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)


def _cell(mutants: int, fires: int, charged: int) -> str:
    return f"{fires}/{charged}/{mutants}"


def _survivors(rows: Sequence[RuleMutants]) -> Iterator[str]:
    for row in rows:
        for mutant in row.mutants:
            if mutant.fires or mutant.charged:
                by = "rule" if mutant.fires else ""
                together = "charged" if mutant.charged else ""
                how = "+".join(filter(None, (by, together)))
                yield (
                    f"{mutant.rule_id} {mutant.example!r} {mutant.mutation.value} [{how}]: "
                    f"{mutant.said}"
                )


def _as_json(rows: Sequence[RuleMutants]) -> list[dict[str, Any]]:
    from auditor.workbench.mutators import Mutation

    return [
        {
            "rule": row.rule_id,
            "examples": row.examples,
            "charged": row.charged,
            "left_out": row.left_out,
            "mutations": {
                kind.value: dict(zip(("mutants", "fires", "charged"), row.count(kind), strict=True))
                for kind in Mutation
            },
            "mutants": [
                {
                    "example": mutant.example,
                    "mutation": mutant.mutation.value,
                    "said": mutant.said,
                    "fires": mutant.fires,
                    "charged": mutant.charged,
                }
                for mutant in row.mutants
            ],
        }
        for row in rows
    ]
