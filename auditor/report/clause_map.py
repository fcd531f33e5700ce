"""The clause map of a run, ready to print: requirement, places, rules, examples, findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.domain.findings import Status
from auditor.domain.runs import CallRecord
from auditor.policy.coverage import Covered, Row, Tally, cover, tally
from auditor.policy.model import Clause, Policy, Rule
from auditor.report.i18n import Words


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a rule book, with how well it was verified."""

    document: str
    section: str
    grade: str


@dataclass(frozen=True, slots=True)
class RuleName:
    """A rule as the map names it."""

    rule_id: str
    title: str
    trial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """One requirement.

    Args:
        uncovered: A call could show it, and no rule does.
        reason: Why no call can show it.
        positive: Examples with a finding.
        negative: Examples without.
    """

    title: str
    places: tuple[Place, ...]
    rules: tuple[RuleName, ...]
    uncovered: bool
    reason: str
    positive: int
    negative: int
    found: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseMap:
    """The whole map.

    Args:
        rows: Requirements a call can show: those without a rule first, then in the policy's order.
        outside: Requirements no call can show.
        clauses: How many clauses there are.
        covered: How many of them rules show.
        uncovered: How many of them could be shown and are not.
        unplaced: Rules that cite no clause a call can show.
    """

    rows: tuple[MapRow, ...]
    outside: tuple[MapRow, ...]
    clauses: int
    covered: int
    uncovered: int
    unplaced: tuple[RuleName, ...]


def clause_map(policy: Policy, records: Iterable[CallRecord], words: Words) -> ClauseMap:
    """Map the policy's clauses to its rules and to what they found in the run.

    Args:
        policy: What the calls were judged by.
        records: The calls.
        words: Language.
    """
    findings = (f for r in records if r.audit is not None for f in r.audit.findings)
    covered = cover(policy, tally(findings))
    placed = {c.clause_id for requirement, _ in covered.requirements for c in requirement.clauses}
    rows = [
        _row(words, _title(words, requirement.title, requirement.title_en), clauses, row)
        for requirement, row in covered.requirements
        for clauses in (requirement.clauses,)
    ]
    rows += [
        _row(words, clause.summary, (clause,), row)
        for clause, row in covered.clauses
        if clause.clause_id not in placed
    ]
    inside = [row for row in rows if not row.reason]
    return ClauseMap(
        rows=tuple(sorted(inside, key=lambda row: not row.uncovered)),
        outside=tuple(row for row in rows if row.reason),
        clauses=len(covered.clauses),
        covered=covered.count(Covered.RULE) + covered.count(Covered.REQUIREMENT),
        uncovered=covered.count(Covered.OPEN),
        unplaced=tuple(_rule(words, rule) for rule in covered.unplaced),
    )


def _row(words: Words, title: str, clauses: tuple[Clause, ...], row: Row) -> MapRow:
    return MapRow(
        title=title,
        places=tuple(Place(c.document, c.section, c.grade) for c in clauses),
        rules=tuple(_rule(words, rule) for rule in row.rules),
        uncovered=row.covered is Covered.OPEN,
        reason=words("stop").strip().join(reason.rstrip("。") for reason in row.reasons),
        positive=row.positive,
        negative=row.negative,
        found=row.found,
    )


def _rule(words: Words, rule: Rule) -> RuleName:
    title = _title(words, rule.title, rule.title_en)
    return RuleName(rule.rule_id, title, rule.status is Status.TRIAL)


def _title(words: Words, chinese: str, english: str) -> str:
    return (english or chinese) if words.lang == "en" else chinese
