"""What a run found, as far as it is held against labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from auditor.domain.findings import Category, Disclosure, Finding, Kind, Outcome, Status
from auditor.errors import Problem
from auditor.evaluate.lines import MAX_ITEMS, read_lines
from auditor.ingest.fields import MAX_NAME, Fields
from auditor.ingest.transcripts import MAX_TEXT

Topic = Category | Disclosure


@dataclass(frozen=True, slots=True)
class Found:
    """One finding.

    Args:
        topic: Category of a violation, disclosure of an omission.
        segment: Turn it points at.
        rule: Id of the rule; nothing where another program found it.
        matched: The words that hit.
    """

    call_id: str
    topic: Topic
    segment: int | None = None
    status: Status = Status.STABLE
    undetermined: bool = False
    confidence: float | None = None
    rule: str = ""
    matched: tuple[str, ...] = ()

    def counts(self, *, trial: bool = False) -> bool:
        """Whether it is held against the labels.

        Args:
            trial: Count findings of rules on trial as well.
        """
        wanted = (Status.STABLE, Status.TRIAL) if trial else (Status.STABLE,)
        return self.status in wanted and not self.undetermined


def of_findings(findings: Iterable[Finding]) -> tuple[Found, ...]:
    """Return the findings of audits made in this process."""
    return tuple(_of(finding) for finding in findings)


def _of(finding: Finding) -> Found:
    topic = finding.category if finding.kind is Kind.VIOLATION else finding.disclosure
    if topic is None:
        raise ValueError("a finding without category and disclosure")
    evidence = finding.evidence
    return Found(
        finding.call_id,
        topic,
        None if evidence is None else evidence.turn,
        finding.status,
        finding.outcome is Outcome.UNDETERMINED,
        finding.confidence,
        finding.rule_id,
        () if evidence is None else tuple(match.text for match in evidence.matches),
    )


def read_findings(path: Path) -> tuple[Found, ...]:
    """Read ``findings.jsonl`` of this or another program.

    ``call_id``, ``kind`` and ``category`` or ``disclosure`` are needed, all else is optional.

    Raises:
        UsageError: The file cannot be read or lines are wrong; each is named, none quoted.
    """
    return tuple(found for found in read_lines(path, _row) if found is not None)


def _row(fields: Fields) -> Found | None:
    call_id = fields.text("call_id", required=True)
    fields.text("kind", required=True)
    kind = fields.choice("kind", Kind)
    outcome = fields.text("outcome")
    topic: Topic | None = None
    if kind is not None:
        violation = kind is Kind.VIOLATION
        fields.text("category" if violation else "disclosure", required=True)
        topic = (
            fields.choice("category", Category)
            if violation
            else fields.choice("disclosure", Disclosure)
        )
    status = fields.choice("status", Status)
    segment = fields.whole("segment")
    confidence = fields.number("confidence", high=1.0)
    rule = fields.text("rule_id") or ""
    matched = _matched(fields)
    if call_id is None or topic is None:
        return None
    return Found(
        call_id,
        topic,
        segment,
        status or Status.STABLE,
        outcome == Outcome.UNDETERMINED,
        confidence,
        rule,
        matched,
    )


def _matched(fields: Fields) -> tuple[str, ...]:
    words: list[str] = []
    for place, value in enumerate(fields.items("matched", most=MAX_ITEMS) or []):
        where = f"{fields.where}, match {place}"
        if not isinstance(value, dict):
            fields.problems.append(Problem(where, "wrong_type", "must be an object"))
            continue
        inner = Fields(where, value, fields.problems)
        word = inner.text("text", required=True, longest=max(MAX_NAME, MAX_TEXT))
        if word is not None:
            words.append(word)
    return tuple(words)
