"""Read one file of a rule about contacts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.conditions.node import Node
from auditor.domain.findings import Category, Kind, Severity, Status
from auditor.policy.contactcases import read_cases
from auditor.policy.contactrules import (
    DEFAULT_ZONE,
    LIMIT_KEYS,
    AcrossCalls,
    Check,
    ContactCase,
    ContactRule,
    Limits,
    describe,
)
from auditor.policy.model import Clause
from auditor.policy.rulefile import RULE_ID, cited, effective

KEYS = {
    "id": "category.name; equals the file's place",
    "version": "whole number, raised when the meaning changes",
    "title": "Chinese, as reports print it",
    "title_en": "the same in English",
    "category": "calling_hours, call_frequency or contact_after_refusal",
    "clauses": "ids of clauses in clauses/",
    "severity": "minor, major or critical",
    "weight": "points deducted, once a call",
    "status": "draft, trial, stable or retired; only stable counts",
    "confidence": "0..1",
    "effective": "{from: date, to: date}: calls of which days it judges",
    "rationale": "why the rule exists, Chinese",
    "rationale_en": "the same in English",
    "check": "what is looked at",
    "limits": "what is allowed",
    "examples": "lists of contacts with the answer expected for the last one",
}
CATEGORIES = (
    Category.CALLING_HOURS,
    Category.CALL_FREQUENCY,
    Category.CONTACT_AFTER_REFUSAL,
)
"""What times and counts of calls can break; the other categories are about words."""

MIN_POSITIVE = 2
MIN_NEGATIVE = 3

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\Z")


def read_contact_rule(node: Node, clauses: Mapping[str, Clause], stem: str) -> ContactRule:
    """Read a rule about contacts; problems go to the node's source.

    Args:
        node: The whole file.
        clauses: Clauses the rule may cite.
        stem: ``family.name`` as the file's place says.
    """
    node.only(KEYS)
    rule_id = node.child("id").text()
    if not RULE_ID.match(rule_id):
        node.child("id").problem("bad_id", "ids look like family.name in lower case")
    elif rule_id != stem:
        node.child("id").problem(
            "id_not_place", f"id {rule_id!r} does not match its place {stem!r}"
        )
    check = Check(node.child("check").choice([*Check]))
    status = Status(node.child("status").choice([*Status]))
    severity = node.child("severity").choice([s.label for s in Severity])
    first, last = effective(node.child("effective"))
    limits = _limits(node.child("limits"), check)
    cases = read_cases(node.child("examples"), limits)
    if status.judges:
        _enough(node, cases)
    return ContactRule(
        rule_id=rule_id,
        version=node.child("version").integer(low=1),
        title=node.child("title").text(),
        title_en=node.child("title_en").text(""),
        kind=Kind.VIOLATION,
        category=Category(node.child("category").choice(CATEGORIES)),
        disclosure=None,
        clauses=cited(node.child("clauses"), clauses),
        severity=Severity[severity.upper()],
        weight=node.child("weight").number(low=0, high=1000),
        status=status,
        find=AcrossCalls(describe(check, limits)),
        rationale=node.child("rationale").text(""),
        rationale_en=node.child("rationale_en").text(""),
        confidence=node.child("confidence").number(1.0, low=0, high=1),
        effective_from=first,
        effective_to=last,
        file=node.source.name,
        check=check,
        limits=limits,
        cases=cases,
    )


def _limits(node: Node, check: Check) -> Limits:
    if node.value is None:
        node.problem("no_limits", "'limits' is missing: say what is allowed")
        return Limits()
    node.only({*LIMIT_KEYS[check], "answer"})
    for key in ("most", "hours", "minutes"):
        if key in LIMIT_KEYS[check] and not node.has(key):
            node.problem("no_limits", f"{key!r} is missing")
    opens, closes = _clock(node.child("opens"), time(8)), _clock(node.child("closes"), time(22))
    if opens >= closes:
        node.problem("never_open", "'opens' must come before 'closes'")
    return Limits(
        timezone=_zone(node.child("timezone")),
        opens=opens,
        closes=closes,
        most=node.child("most").integer(0, low=0, high=10_000),
        warn_at=node.child("warn_at").integer(0, low=0, high=10_000),
        shortest=node.child("shortest").number(0.0, low=0, high=3600),
        hours=node.child("hours").number(0.0, low=0, high=24 * 3660),
        days=node.child("days").number(0.0, low=0, high=3660),
        minutes=node.child("minutes").number(0.0, low=0, high=24 * 60),
        review=node.child("answer").choice(("fail", "review"), "fail") == "review",
    )


def _clock(node: Node, default: time) -> time:
    if node.value is None:
        return default
    found = _CLOCK.match(node.text())
    if found is None or (found[1] == "24" and found[2] != "00"):
        node.problem("not_a_time", "expected a time like 08:00 on the 24-hour clock")
        return default
    return time.max if found[1] == "24" else time(int(found[1]), int(found[2]))


def _zone(node: Node) -> str:
    name = node.text(DEFAULT_ZONE)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        node.problem("unknown_timezone", "no such zone; e.g. Asia/Shanghai")
        return DEFAULT_ZONE
    return name


def _enough(node: Node, cases: tuple[ContactCase, ...]) -> None:
    positive = sum(case.expect in ("finding", "undetermined") for case in cases)
    negative = len(cases) - positive
    if positive < MIN_POSITIVE or negative < MIN_NEGATIVE:
        node.child("examples").problem(
            "too_few_examples",
            f"has {positive} positive and {negative} negative examples; "
            f"needs {MIN_POSITIVE} and {MIN_NEGATIVE}",
        )
