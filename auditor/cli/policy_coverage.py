"""``auditor policy coverage``: which clause is shown by which rules, and how often it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.options import chosen_policy, policy_option
from auditor.errors import ExitCode, UsageError, counted

if TYPE_CHECKING:
    from auditor.policy.coverage import Coverage, Found, Row


@click.command()
@policy_option
@click.option(
    "--run",
    "run_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Output folder of a run, to count its findings by clause.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the map as JSON.")
def coverage(policy: Path | None, run_folder: Path | None, *, as_json: bool) -> int:
    """Map clauses to rules, their examples and the findings of a run.

    Clauses that a call could show but no rule does stand out (!!), as do rules that cite no
    clause a call can show. Clauses that no call can show are listed with the reason (--).
    """
    from auditor.policy.coverage import cover
    from auditor.policy.loader import load_policy
    from auditor.resources import data_folder
    from auditor.text.normalise import Normaliser

    folder = chosen_policy(policy)
    found = load_policy(folder if folder is not None else data_folder("lexicons"), Normaliser())
    covered = cover(found, _findings(run_folder))
    if as_json:
        click.echo(json.dumps(_as_json(covered), ensure_ascii=False, indent=1))
    else:
        for line in _lines(covered):
            click.echo(line)
    return ExitCode.DONE


def _findings(folder: Path | None) -> Found:
    from auditor.policy.coverage import tally_marks

    if folder is None:
        return {}
    path = folder / "findings.jsonl"
    if not path.is_file():
        raise UsageError(f"{folder} is not the output folder of a run: it has no findings.jsonl")
    return tally_marks(_marks(path))


def _marks(path: Path) -> Iterator[tuple[str, bool, bool]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                told = json.loads(line)
                name, undetermined = told["rule_id"], told["outcome"] == "undetermined"
                counts = told["status"] == "stable" and told["outcome"] == "fail"
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(f"{path}: line {number} is not a finding") from error
            yield str(name), counts, undetermined


def _as_json(covered: Coverage) -> dict[str, Any]:
    from auditor.policy.coverage import Covered

    return {
        "counts": {
            "clauses": len(covered.clauses),
            "requirements": len(covered.requirements),
            **{state.value: covered.count(state) for state in Covered},
        },
        "requirements": [
            {
                "requirement": requirement.requirement_id,
                "title": requirement.title,
                "title_en": requirement.title_en,
                "clauses": [clause.clause_id for clause in requirement.clauses],
                "also": [clause.clause_id for clause in requirement.also],
                **_row(row),
            }
            for requirement, row in covered.requirements
        ],
        "clauses": [
            {
                "clause": clause.clause_id,
                "document": clause.document,
                "section": clause.section,
                "grade": clause.grade,
                "summary": clause.summary,
                **_row(row),
            }
            for clause, row in covered.clauses
        ],
        "rules_without_clause": [rule.rule_id for rule in covered.unplaced],
        "unknown_rules": list(covered.unknown),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "covered": row.covered.value,
        "rules": [rule.rule_id for rule in row.rules],
        "cited_by": [rule.rule_id for rule in row.rules[: row.cited_by]],
        "examples": row.positive + row.negative,
        "positive": row.positive,
        "negative": row.negative,
        "findings": row.found.total,
        "counted": row.found.counted,
        "on_trial": row.found.trial,
        "for_review": row.found.review,
        "reason": _reason(row),
    }


def _reason(row: Row) -> str:
    return "；".join(reason.rstrip("。") for reason in row.reasons)


def _lines(covered: Coverage) -> Iterator[str]:
    from auditor.policy.coverage import Covered

    rows = {clause.clause_id: (clause, row) for clause, row in covered.clauses}
    placed: set[str] = set()
    for requirement, row in covered.requirements:
        names = [clause.clause_id for clause in requirement.clauses]
        placed.update(names)
        yield f"{_mark(row)}{requirement.requirement_id}  {requirement.title}  {_figures(row)}"
        if row.rules:
            yield f"     {', '.join(rule.rule_id for rule in row.rules)}"
        for name in names:
            yield f"     {_clause(*rows[name])}"
    for name, (clause, row) in rows.items():
        if name not in placed:
            yield f"{_mark(row)}{_clause(clause, row)}  {_figures(row)}"
    for rule in covered.unplaced:
        yield f"!! {rule.rule_id}: cites no clause that a call can show"
    for name in covered.unknown:
        yield f"!! {name}: has findings in the run but is no rule of the policy"
    yield (
        f"{counted(len(covered.clauses), 'clause')} in "
        f"{counted(len(covered.requirements), 'requirement')}: "
        f"{covered.count(Covered.RULE)} cited by rules, "
        f"{covered.count(Covered.REQUIREMENT)} shown by rules for the same requirement, "
        f"{covered.count(Covered.OPEN)} without a rule, "
        f"{covered.count(Covered.NOT_CHECKABLE)} that a call cannot show; "
        f"{counted(len(covered.unplaced), 'rule')} without a clause"
    )


def _mark(row: Row) -> str:
    return {"open": "!! ", "not_checkable": "-- "}.get(row.covered.value, "   ")


def _figures(row: Row) -> str:
    if row.reasons:
        return f"→ {_reason(row)}"
    if not row.rules:
        return "→ no rule"
    found = row.found
    return (
        f"→ {counted(len(row.rules), 'rule')}, {row.positive}+{row.negative} examples, "
        f"{counted(found.counted, 'finding')}, {found.trial} on trial, {found.review} for review"
    )


def _clause(clause: Any, row: Row) -> str:
    via = {"open": "no rule", "requirement": "for the same requirement", "not_checkable": "—"}
    cited = ", ".join(rule.rule_id for rule in row.rules[: row.cited_by])
    shown = via.get(row.covered.value) or cited
    return f"{clause.clause_id:28} {clause.grade:3} {clause.section}: {shown}"
