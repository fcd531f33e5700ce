"""The clause map: what the rule books ask for, which rules show it, and how often they did.

A rule cites the clauses it was written for. Where several rule books ask for one thing, the
policy says so (``requirements``), and a rule that cites one of them covers all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.domain.findings import Finding, Outcome
from auditor.policy.contactrules import ContactRule
from auditor.policy.model import Clause, Policy, Requirement, Rule

Found = Mapping[str, "Tally"]
"""Findings of a run by rule id."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of findings.

    Args:
        counted: Enter scores.
        trial: Shown, of rules on trial.
        review: Undetermined, left to a person.
    """

    counted: int = 0
    trial: int = 0
    review: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.counted + self.trial + self.review

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.counted + other.counted, self.trial + other.trial, self.review + other.review
        )


class Covered(StrEnum):
    """How a clause or requirement is covered."""

    RULE = "rule"
    REQUIREMENT = "requirement"
    NOT_CHECKABLE = "not_checkable"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One clause or requirement of the map.

    Args:
        rules: Rules that show it, those that cite it first.
        cited_by: How many of them cite it themselves.
        positive: Examples of these rules with a finding.
        negative: Their examples without.
        found: Findings of these rules in the run.
        reasons: Why no call can show it, for what is not checkable.
    """

    covered: Covered
    rules: tuple[Rule, ...]
    cited_by: int
    positive: int
    negative: int
    found: Tally
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """The clause map of a policy.

    Args:
        requirements: Rows of what clauses ask for in common.
        clauses: Rows of all clauses.
        unplaced: Rules that cite no clause a call can show.
        unknown: Rule ids in the run that the policy does not have.
    """

    requirements: tuple[tuple[Requirement, Row], ...]
    clauses: tuple[tuple[Clause, Row], ...]
    unplaced: tuple[Rule, ...]
    unknown: tuple[str, ...]

    def count(self, covered: Covered) -> int:
        """How many clauses are covered that way."""
        return sum(row.covered is covered for _, row in self.clauses)


def tally(findings: Iterable[Finding]) -> Found:
    """Count findings by rule."""
    return tally_marks((f.rule_id, f.counts, f.outcome is Outcome.UNDETERMINED) for f in findings)


def tally_marks(marks: Iterable[tuple[str, bool, bool]]) -> Found:
    """Count findings given as rule id, whether it counts, whether it is undetermined."""
    found: dict[str, Tally] = {}
    for rule_id, counts, undetermined in marks:
        one = Tally(review=1) if undetermined else Tally(counted=1) if counts else Tally(trial=1)
        found[rule_id] = found.get(rule_id, Tally()) + one
    return found


def cover(policy: Policy, found: Found) -> Coverage:
    """Map every clause to the rules that show it.

    Args:
        policy: Clauses, requirements and rules; drafts and retired rules show nothing.
        found: Findings of a run by rule id; empty without a run.
    """
    rules = [rule for rule in policy.rules if rule.status.judges]
    citing = {
        name: [rule for rule in rules if clause in rule.clauses]
        for name, clause in policy.clauses.items()
    }
    homes: dict[str, list[Requirement]] = {name: [] for name in policy.clauses}
    for requirement in policy.requirements.values():
        for clause in (*requirement.clauses, *requirement.also):
            homes[clause.clause_id].append(requirement)

    def shown(clause: Clause) -> list[Rule]:
        through = [
            rule
            for requirement in homes[clause.clause_id]
            for near in requirement.clauses
            for rule in citing[near.clause_id]
        ]
        return _once([*citing[clause.clause_id], *through])

    return Coverage(
        requirements=tuple(
            (requirement, _row(requirement.clauses, citing, shown, found))
            for requirement in policy.requirements.values()
        ),
        clauses=tuple(
            (clause, _row((clause,), citing, shown, found)) for clause in policy.clauses.values()
        ),
        unplaced=tuple(r for r in rules if not any(clause.checkable for clause in r.clauses)),
        unknown=tuple(sorted(set(found) - {rule.rule_id for rule in policy.rules})),
    )


def _row(
    clauses: tuple[Clause, ...],
    citing: Mapping[str, list[Rule]],
    shown: Callable[[Clause], list[Rule]],
    found: Found,
) -> Row:
    cited = _once(rule for clause in clauses for rule in citing[clause.clause_id])
    rules = _once([*cited, *(rule for clause in clauses for rule in shown(clause))])
    reasons = tuple(dict.fromkeys(c.reason for c in clauses if not c.checkable))
    checkable = any(clause.checkable for clause in clauses)
    if cited:
        covered = Covered.RULE
    elif not checkable:
        covered, rules = Covered.NOT_CHECKABLE, []
    else:
        covered = Covered.REQUIREMENT if rules else Covered.OPEN
    expected = [answer for rule in rules for answer in _expected(rule)]
    positive = sum(answer in ("finding", "undetermined") for answer in expected)
    return Row(
        covered=covered,
        rules=tuple(rules),
        cited_by=len(cited),
        positive=positive,
        negative=len(expected) - positive,
        found=sum((found.get(rule.rule_id, Tally()) for rule in rules), Tally()),
        reasons=reasons if covered is Covered.NOT_CHECKABLE else (),
    )


def _expected(rule: Rule) -> Iterable[str]:
    """Answers that the rule's examples expect; rules about contacts have cases instead."""
    examples = rule.cases if isinstance(rule, ContactRule) else rule.examples
    return (example.expect for example in examples)


def _once(rules: Iterable[Rule]) -> list[Rule]:
    return list({rule.rule_id: rule for rule in rules}.values())
