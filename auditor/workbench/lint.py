"""Look over a policy as a careful colleague would: what is idle, hidden, double, vague, bare."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from auditor.policy.model import Rule
from auditor.workbench.notices import Check, Level, Notice
from auditor.workbench.overlaps import check_overlaps
from auditor.workbench.subjects import Subject, Workshop
from auditor.workbench.unneeded import find_unneeded
from auditor.workbench.wording import check_lexicons, check_patterns

Tell = Callable[[], None]


def steps(workshop: Workshop) -> int:
    """How often ``lint`` tells that it got on."""
    return 2 * len(workshop.subjects)


def lint(workshop: Workshop, tell: Tell = lambda: None) -> Iterator[Notice]:
    """Check every rule and signal, and the word lists where the whole policy is at hand.

    Args:
        workshop: What to check.
        tell: Called now and then, ``steps`` times at most.
    """
    shortest = {
        name: min(map(len, lexicon.terms), default=1)
        for name, lexicon in workshop.policy.lexicons.items()
    }
    for subject in workshop.subjects:
        yield from _unneeded(subject)
        yield from check_patterns(subject, shortest)
        if subject.rule is not None:
            yield from _bare(subject, subject.rule)
        tell()
    yield from check_overlaps(workshop.subjects, tell)
    every = len(workshop.policy.signals) + len(workshop.policy.rules)
    if len(workshop.subjects) * 2 > every:  # of a few rules most terms are unsaid
        yield from check_lexicons(workshop)


def _unneeded(subject: Subject) -> Iterator[Notice]:
    tried = find_unneeded(subject)
    for kind, number in tried.parts.items():
        parts = tuple(f"{p.where}: {p.text}" for p in tried.unneeded if p.kind == kind)
        if parts:
            yield Notice(
                Check.UNNEEDED,
                Level.WARNING if kind == "condition" else Level.NOTE,
                subject.name,
                subject.file,
                f"no example needs {len(parts)} of {number} {kind}s",
                parts,
            )


def _bare(subject: Subject, rule: Rule) -> Iterator[Notice]:
    """What a rule rests on: clauses and examples."""
    file = subject.file
    if not rule.clauses:
        yield Notice(Check.CLAUSE, Level.WARNING, rule.rule_id, file, "cites no clause")
    elif not any(clause.checkable for clause in rule.clauses):
        yield Notice(
            Check.CLAUSE,
            Level.WARNING,
            rule.rule_id,
            file,
            "cites no clause that a call can show",
        )
    elif all(clause.grade == "M" for clause in rule.clauses):
        yield Notice(
            Check.CLAUSE, Level.NOTE, rule.rule_id, file, "every clause is cited from memory only"
        )
    positive = sum(example.expect in ("finding", "undetermined") for example in rule.examples)
    negative = len(rule.examples) - positive
    if not negative:
        yield Notice(Check.EXAMPLES, Level.WARNING, rule.rule_id, file, "has no negative example")
    elif negative < positive:
        yield Notice(
            Check.EXAMPLES,
            Level.NOTE,
            rule.rule_id,
            file,
            f"has {positive} examples with a finding and only {negative} without",
        )
