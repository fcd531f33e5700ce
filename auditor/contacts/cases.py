"""Run the examples kept beside rules about contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from auditor.contacts.consents import Consent, Consents, parse_hours
from auditor.contacts.engine import check_contacts
from auditor.domain.findings import Outcome, Status
from auditor.policy.contactrules import ContactCase, ContactRule
from auditor.policy.model import Rule

_EXPECTED = {
    "finding": Outcome.FAIL,
    "undetermined": Outcome.UNDETERMINED,
    "none": Outcome.PASS,
    "not_applicable": Outcome.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How an example came out.

    Args:
        subject: Rule id.
        passed: The answer for the last contact was the expected one.
        message: What differed.
    """

    subject: str
    example: ContactCase
    passed: bool
    message: str = ""


def run_cases(rule: Rule) -> Iterator[CaseResult]:
    """Judge every example of a rule by that rule alone, whatever its status and days.

    A rule about one call's words has none.
    """
    if not isinstance(rule, ContactRule):
        return
    judging = replace(rule, status=Status.TRIAL, effective_from=None, effective_to=None)
    for case in rule.cases:
        verdict = check_contacts(case.contacts, [judging], _consents(case))[len(case.contacts) - 1]
        outcome = verdict.outcomes[0].outcome
        right = outcome is _EXPECTED[case.expect]
        message = "" if right else f"expected {case.expect}, got {outcome.value}"
        if case.known_wrong:
            message = "is right now: remove known_wrong" if right else ""
        yield CaseResult(rule.rule_id, case, not message, message)


def _consents(case: ContactCase) -> Consents:
    hours = parse_hours(case.consent) if case.consent else None
    if hours is None:
        return Consents()
    customer = case.contacts[-1].call.customer_id or ""
    return Consents(MappingProxyType({customer: (Consent(hours),)}))
