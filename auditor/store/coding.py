"""Records as rows of the store, and rows as records.

Every row of content is named by the digest of what it says, so that writing it twice changes
nothing. Columns beside ``body`` are for searching; what is read back comes from ``body``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.domain.calls import Call
from auditor.domain.findings import (
    CallAudit,
    Category,
    Disclosure,
    Finding,
    Outcome,
    RuleOutcome,
    Status,
)
from auditor.domain.jsonform import call_to_json, finding_to_json, record_to_json
from auditor.domain.jsonread import finding_from_json, record_from_json
from auditor.domain.runs import CallRecord
from auditor.errors import OutputError
from auditor.store.tables import KEY

Row = dict[str, Any]
Named = tuple[str, str | None, str | None, str]
"""A rule of a rulebook: id, category, disclosure, status."""

_LETTERS = {
    Outcome.PASS: "p",
    Outcome.FAIL: "f",
    Outcome.UNDETERMINED: "u",
    Outcome.NOT_APPLICABLE: "n",
}
_ANSWERS = {letter: outcome for outcome, letter in _LETTERS.items()}
_APART = ("agent_id", "row", "seconds", "findings", "rules", "call")
"""Keys of a record's JSON that do not stand in a result's body: kept elsewhere, or counted."""

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Rows:
    """What one record becomes, table by table."""

    result: Row
    call: Row | None
    rulebook: Row | None
    findings: tuple[Row, ...]
    links: tuple[Row, ...]
    disclosures: tuple[Row, ...]


def plain(data: object, *, ordered: bool = False) -> str:
    """Return JSON in one spelling: equal values give equal text.

    Args:
        data: What JSON can say.
        ordered: Keys stay in the order they have, which then makes a difference.
    """
    options: Any = {"sort_keys": not ordered, "separators": (",", ":"), "allow_nan": False}
    text = json.dumps(data, ensure_ascii=False, **options)
    # Names of files may hold halves of surrogate pairs, which no database takes.
    return json.dumps(data, **options) if _UNFIT.search(text) else text


def digest(*parts: str) -> str:
    """Return the key of content."""
    packed = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(packed).hexdigest()[:KEY]


def fit(text: str | None) -> str | None:
    """Return text that every database takes in a column."""
    return None if text is None else _UNFIT.sub("\ufffd", text)


@dataclass(slots=True)
class Encoder:
    """Turns records into rows.

    Args:
        books: Rulebooks met so far, with their rows.
    """

    books: dict[tuple[Named, ...], Row] = field(default_factory=dict)

    def rows(self, record: CallRecord) -> Rows:
        """Return the rows of a record."""
        written = record_to_json(record)
        body = plain({key: value for key, value in written.items() if key not in _APART})
        call = None if record.call is None else _call_row(record.call)
        findings = () if record.audit is None else tuple(map(_finding_row, record.audit.findings))
        book, answers = self._answers(record.audit)
        key = digest(
            body,
            "" if call is None else call["key"],
            "" if book is None else book["key"],
            answers or "",
            *(row["key"] for row in findings),
        )
        score = record.score
        counted = [] if record.audit is None else [f.counts for f in record.audit.findings]
        result = {
            "key": key,
            "call": None if call is None else call["key"],
            "call_id": fit(record.call_id),
            "outcome": record.outcome.value,
            "reason": fit(record.reason),
            "duration": record.duration,
            "score": None if score is None else score.score,
            "weighted_score": None if score is None else score.weighted,
            "fatal": None if score is None else score.fatal,
            "counted": sum(counted),
            "undetermined": 0
            if record.audit is None
            else sum(f.outcome is Outcome.UNDETERMINED for f in record.audit.findings),
            "transcript": record.transcript,
            "synthetic": record.synthetic_model,
            "rulebook": None if book is None else book["key"],
            "answers": answers,
            "body": body,
        }
        return Rows(
            result=result,
            call=call,
            rulebook=book,
            findings=findings,
            links=tuple(
                {"result": key, "number": number, "finding": row["key"]}
                for number, row in enumerate(findings)
            ),
            disclosures=() if record.audit is None else tuple(_disclosures(key, record.audit)),
        )

    def _answers(self, audit: CallAudit | None) -> tuple[Row | None, str | None]:
        if audit is None:
            return None, None
        book = tuple(
            (rule.rule_id, rule.category, rule.disclosure, rule.status) for rule in audit.rules
        )
        row = self.books.get(book)
        if row is None:
            body = plain(book)
            row = self.books[book] = {"key": digest(body), "body": body}
        return row, "".join(_LETTERS[rule.outcome] for rule in audit.rules)


def _call_row(call: Call) -> Row:
    body = plain(call_to_json(call))
    return {
        "key": digest(body),
        "call_id": fit(call.call_id),
        "agent_id": fit(call.agent_id),
        "team": fit(call.team),
        "customer_id": fit(call.customer_id),
        "started_at": call.started_at,
        "body": body,
    }


def _finding_row(finding: Finding) -> Row:
    written = finding_to_json(finding)
    # As long as everything else together, and wanted where the finding is shown only.
    grounds = plain(written.pop("grounds"))
    body = plain(written)
    return {
        "key": digest(body, grounds),
        "finding_id": finding.finding_id,
        "call_id": fit(finding.call_id),
        "agent_id": fit(finding.agent_id),
        "rule_id": fit(finding.rule_id),
        "rule_version": finding.rule_version,
        "kind": finding.kind.value,
        "category": None if finding.category is None else finding.category.value,
        "disclosure": None if finding.disclosure is None else finding.disclosure.value,
        "status": finding.status.value,
        "outcome": finding.outcome.value,
        "severity": finding.severity.label,
        "confidence": finding.confidence,
        "body": body,
        "grounds": grounds,
    }


def _disclosures(key: str, audit: CallAudit) -> Iterable[Row]:
    """One row a disclosure that applied: made, missed or undetermined."""
    heard: dict[Disclosure, set[Outcome]] = {}
    for rule in audit.rules:
        if rule.disclosure is not None and rule.status is Status.STABLE:
            heard.setdefault(rule.disclosure, set()).add(rule.outcome)
    for disclosure in Disclosure:
        answers = heard.get(disclosure, set())
        turn = audit.made.get(disclosure)
        if Outcome.FAIL in answers:
            answer = "missed"
        elif Outcome.UNDETERMINED in answers:
            answer = "undetermined"
        elif Outcome.PASS in answers or turn is not None:
            answer = "made"
        else:
            continue
        yield {"result": key, "disclosure": disclosure.value, "answer": answer, "turn": turn}


@dataclass(slots=True)
class Decoder:
    """Turns rows into records; remembers what recurs from call to call.

    Args:
        books: Rulebooks by key.
        answers: Answers of whole rulebooks, by key and letters.
    """

    books: dict[str, tuple[Named, ...]] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[RuleOutcome, ...]] = field(default_factory=dict)

    def learn(self, key: str, body: str) -> None:
        """Take in a rulebook."""
        self.books[key] = tuple(tuple(named) for named in _read(body))

    def record(
        self, row: Mapping[str, Any], findings: Iterable[tuple[str, str | None]]
    ) -> CallRecord:
        """Return the record of an outcome.

        Args:
            row: ``body``, ``call`` (the call's body), ``rulebook``, ``answers``, ``row`` and
                ``seconds``.
            findings: Body and grounds of its findings, in order; grounds may be left out.

        Raises:
            OutputError: The row is damaged.
        """
        data = _read(row["body"])
        call = None if row["call"] is None else _read(row["call"])
        judged = row["rulebook"] is not None
        data |= {
            "agent_id": None if call is None else call["agent_id"],
            "row": row["row"],
            "seconds": _read(row["seconds"]),
            "call": call,
            "rules": [] if judged else None,
        }
        record = record_from_json(data, [_finding(body, grounds) for body, grounds in findings])
        if record.audit is None:
            return record
        rules = self._rules(row["rulebook"], row["answers"])
        return replace(record, audit=replace(record.audit, rules=rules))

    def _rules(self, book: str, letters: str) -> tuple[RuleOutcome, ...]:
        known = self.answers.get((book, letters))
        if known is not None:
            return known
        if len(self.answers) >= _MOST_REMEMBERED:
            self.answers.clear()
        rules = tuple(
            RuleOutcome(
                rule_id=rule_id,
                outcome=_ANSWERS[letter],
                category=None if category is None else Category(category),
                disclosure=None if disclosure is None else Disclosure(disclosure),
                status=Status(status),
            )
            for (rule_id, category, disclosure, status), letter in zip(
                self.books[book], letters, strict=True
            )
        )
        self.answers[book, letters] = rules
        return rules


def _finding(body: str, grounds: str | None) -> Finding:
    data = _read(body)
    if grounds is not None:
        data["grounds"] = _read(grounds)
    return finding_from_json(data)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise OutputError("the database is damaged: a row holds no JSON") from error
