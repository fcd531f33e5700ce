"""``auditor policy``: check, test, list, show and map the rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.options import chosen_policy, policy_option
from auditor.cli.policy_coverage import coverage
from auditor.cli.policy_lint import lint
from auditor.cli.policy_mutate import mutate
from auditor.errors import ExitCode, UsageError, counted

if TYPE_CHECKING:
    from auditor.contacts.cases import CaseResult
    from auditor.detect.engine import Detector
    from auditor.detect.examples import ExampleResult
    from auditor.policy.model import Policy


@click.group()
def policy() -> None:
    """Look at and check the rules an audit goes by."""


def _detector(folder: Path | None) -> Detector:
    from auditor.pipeline.judging import build_detector

    return build_detector(chosen_policy(folder))


def _policy(folder: Path | None) -> Policy:
    """The rules alone, without what judges by them."""
    from auditor.policy.loader import load_policy
    from auditor.resources import data_folder
    from auditor.text.normalise import Normaliser

    chosen = chosen_policy(folder)
    return load_policy(chosen if chosen is not None else data_folder("lexicons"), Normaliser())


@policy.command()
@policy_option
def check(policy: Path | None) -> int:
    """Read every file of a policy and list everything wrong, with file and line."""
    found = _detector(policy).policy
    click.echo(
        f"{found.policy_id} {found.version}: {counted(len(found.rules), 'rule')}, "
        f"{counted(len(found.signals), 'signal')}, {counted(len(found.lexicons), 'lexicon')}, "
        f"{counted(len(found.clauses), 'clause')}; no problems"
    )
    click.echo(f"fingerprint {found.fingerprint}")
    return ExitCode.DONE


@policy.command()
@policy_option
@click.argument("names", nargs=-1, metavar="[RULE]...")
@click.option("--json", "as_json", is_flag=True, help="Print results as JSON.")
def test(policy: Path | None, names: tuple[str, ...], *, as_json: bool) -> int:
    """Run the examples inside the rules and signals (all, or those named).

    A RULE may be a family such as 'threat'. Exits with 2 when an example comes out wrong.
    """
    from auditor.contacts.cases import run_cases
    from auditor.detect.examples import run_rule_examples, run_signal_examples

    detector = _detector(policy)
    rules = [rule for rule in detector.policy.rules if _chosen(rule.rule_id, names)]
    results: list[ExampleResult | CaseResult] = [
        result for rule in rules for result in run_rule_examples(detector, rule)
    ]
    results += [result for rule in rules for result in run_cases(rule)]
    results += [
        result
        for signal in detector.policy.signals.values()
        if _chosen(signal.name, names)
        for result in run_signal_examples(detector, signal)
    ]
    if not results:
        raise UsageError(f"no rule or signal is called {' or '.join(names)}")
    wrong = [result for result in results if not result.passed]
    known = sum(result.example.known_wrong for result in results)
    if as_json:
        rows = [
            {
                "subject": r.subject,
                "example": r.example.name,
                "line": r.example.line,
                "passed": r.passed,
                "message": r.message,
            }
            for r in results
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for result in wrong:
            click.echo(f"{result.subject}: example {result.example.name!r}: {result.message}")
        click.echo(
            f"{counted(len(results), 'example')}, {len(wrong)} wrong, {known} known to be wrong"
        )
    return ExitCode.USAGE if wrong else ExitCode.DONE


def _chosen(name: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(name == w or name.startswith(f"{w}.") for w in wanted)


@policy.command(name="list")
@policy_option
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
def list_(policy: Path | None, *, as_json: bool) -> int:
    """List the rules: id, version, status, severity, weight, title."""
    rules = _policy(policy).rules
    if as_json:
        rows = [
            {
                "id": r.rule_id,
                "version": r.version,
                "status": r.status.value,
                "kind": r.kind.value,
                "severity": r.severity.label,
                "weight": r.weight,
                "title": r.title,
                "title_en": r.title_en,
                "clauses": [c.clause_id for c in r.clauses],
            }
            for r in rules
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return ExitCode.DONE
    for rule in rules:
        click.echo(
            f"{rule.rule_id:40} v{rule.version:<3} {rule.status.value:7} "
            f"{rule.severity.label:8} {rule.weight:5g}  {rule.title}"
        )
    return ExitCode.DONE


@policy.command()
@policy_option
@click.argument("rule_id", metavar="RULE")
def show(policy: Path | None, rule_id: str) -> int:
    """Show one rule: what it looks for, its exemptions, clauses and examples."""
    from auditor.policy.contactrules import ContactRule

    found = _policy(policy)
    rule = found.rule(rule_id)
    if rule is None:
        known = ", ".join(r.rule_id for r in found.rules if r.rule_id.split(".")[0] in rule_id)
        raise UsageError(f"there is no rule {rule_id!r}" + (f"; near: {known}" if known else ""))
    click.echo(f"{rule.rule_id} v{rule.version} ({rule.status.value})  {rule.title}")
    click.echo(f"  {rule.title_en}")
    click.echo(
        f"  {rule.kind.value}: {rule.category or rule.disclosure}, "
        f"{rule.severity.label}, {rule.weight:g} points, file {rule.file}"
    )
    for clause in rule.clauses:
        click.echo(f"  依据：{clause.document} {clause.section}（{clause.grade}）{clause.summary}")
    if rule.rationale:
        click.echo(f"  理由：{rule.rationale}")
    if rule.applies is not None:
        click.echo(f"  适用：{rule.applies.describe()}")
    click.echo(f"  查找：{rule.find.describe()}")
    if rule.before is not None:
        click.echo(f"  应先于：{rule.before.describe()}")
    for exemption in rule.unless:
        click.echo(f"  不计：{exemption.describe()}")
    for example in rule.cases if isinstance(rule, ContactRule) else rule.examples:
        mark = "（已知有误）" if example.known_wrong else ""
        click.echo(f"  例〔{example.expect}〕{example.name}{mark}")
    return ExitCode.DONE


policy.add_command(coverage)
policy.add_command(mutate)
policy.add_command(lint)
