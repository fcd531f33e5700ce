"""Hold ordered contacts against the rules about contacts, one debtor at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Protocol

from auditor.contacts.answers import DOES_NOT_APPLY, OPEN, Answer
from auditor.contacts.consents import Consents
from auditor.contacts.counts import EffectiveCalls, UnansweredAttempts
from auditor.contacts.facts import began, inbound, moment, number
from auditor.contacts.findings import finding_of
from auditor.contacts.hours import CallingHours
from auditor.contacts.matters import PressedAgain, ThirdPartyWhileReached
from auditor.contacts.order import Sorter
from auditor.contacts.promises import BeforeAgreedTime
from auditor.contacts.refusals import AfterStop, AfterThirdPartyRefusal
from auditor.domain.contacts import Contact
from auditor.domain.findings import Finding, Outcome, RuleOutcome
from auditor.policy.contactrules import Check, ContactRule


class Watcher(Protocol):
    """One check following the contacts of one debtor, or of one number."""

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact, in order of time."""
        ...


_WATCHERS: Mapping[Check, Callable[[ContactRule, Consents], Watcher]] = MappingProxyType(
    {
        Check.CALLING_HOURS: lambda rule, consents: CallingHours(rule.limits, consents),
        Check.EFFECTIVE_CALLS: lambda rule, _: EffectiveCalls(rule.limits),
        Check.UNANSWERED_ATTEMPTS: lambda rule, _: UnansweredAttempts(rule.limits),
        Check.AFTER_STOP: lambda rule, _: AfterStop(rule.limits),
        Check.AFTER_THIRD_PARTY_REFUSAL: lambda rule, _: AfterThirdPartyRefusal(rule.limits),
        Check.BEFORE_AGREED_TIME: lambda rule, _: BeforeAgreedTime(rule.limits),
        Check.PRESSED_AGAIN: lambda rule, _: PressedAgain(rule.limits),
        Check.THIRD_PARTY_WHILE_REACHED: lambda rule, _: ThirdPartyWhileReached(rule.limits),
    }
)


@dataclass(slots=True)
class Verdict:
    """What all rules say of one contact of the run."""

    outcomes: list[RuleOutcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def check_contacts(
    contacts: Iterable[Contact], rules: Iterable[ContactRule], consents: Consents
) -> dict[int, Verdict]:
    """Judge the contacts of a run, looking back at those of earlier nights.

    Contacts come in any order; what is held in memory is what is known of one debtor, and the
    verdicts. A call given twice counts once. A contact without a time, or, where it is needed,
    without a customer, is open: neither passed nor failed.

    Args:
        contacts: Of the run (with ``place``) and of earlier nights (without).
        rules: Those that judge are applied, each to the days on which it is in force.
        consents: Debtors who agreed to other hours.

    Returns:
        The verdict on every contact of the run, by its place.
    """
    judging = [_Judge(rule) for rule in rules if rule.status.judges]
    verdicts: dict[int, Verdict] = {}
    with Sorter(_by_debtor) as debtors, Sorter(_by_number) as numbers:
        for contact in contacts:
            if contact.place is not None:
                verdicts[contact.place] = Verdict()
            debtors.add(contact)
            numbers.add(contact)
        for rules_here, sorter in (
            ([j for j in judging if j.rule.check is not Check.UNANSWERED_ATTEMPTS], debtors),
            ([j for j in judging if j.rule.check is Check.UNANSWERED_ATTEMPTS], numbers),
        ):
            if rules_here:
                for key, group in groupby(sorter.ordered(), key=sorter.group):
                    _follow(key, _once(group), rules_here, consents, verdicts)
    for verdict in verdicts.values():
        verdict.findings.sort(key=lambda finding: finding.rule_id)
    return verdicts


@dataclass(slots=True)
class _Judge:
    """A rule with its answers, made once and shared by all calls."""

    rule: ContactRule
    shared: dict[Outcome, RuleOutcome] = field(default_factory=dict)

    def outcome(self, outcome: Outcome) -> RuleOutcome:
        if outcome not in self.shared:
            rule = self.rule
            self.shared[outcome] = RuleOutcome(
                rule_id=rule.rule_id, outcome=outcome, category=rule.category, status=rule.status
            )
        return self.shared[outcome]


def _follow(
    key: str,
    group: Iterable[Contact],
    judging: list[_Judge],
    consents: Consents,
    verdicts: dict[int, Verdict],
) -> None:
    watchers = [(judge, _WATCHERS[judge.rule.check](judge.rule, consents)) for judge in judging]
    for contact in group:
        timeless = began(contact) is None
        days: dict[str, date | None] = {}
        for judge, watcher in watchers:
            rule = judge.rule
            answer = _open(rule, contact, timeless=timeless, known=bool(key))
            answer = answer or watcher.see(contact)
            if contact.place is None or not rule.in_force(_day(rule, contact, days)):
                continue
            verdict = verdicts[contact.place]
            verdict.outcomes.append(judge.outcome(answer.outcome))
            if answer.found:
                verdict.findings.append(finding_of(rule, contact, answer))


def _open(rule: ContactRule, contact: Contact, *, timeless: bool, known: bool) -> Answer | None:
    """What nobody knows the time of, or whose it was, cannot be put beside other calls."""
    if timeless:
        return DOES_NOT_APPLY if inbound(contact) else OPEN
    return None if known or rule.check is Check.CALLING_HOURS else OPEN


def _day(rule: ContactRule, contact: Contact, days: dict[str, date | None]) -> date | None:
    """The day at the debtor's place, worked out once for all rules of a zone."""
    zone = rule.limits.timezone
    if zone not in days:
        at = moment(contact, zone)
        days[zone] = None if at is None else at.local.date()
    return days[zone]


def _once(group: Iterable[Contact]) -> Iterator[Contact]:
    """Leave out a call given again; that of the run goes before that of an earlier night."""
    last: tuple[str, object] | None = None
    for contact in group:
        name = (contact.call.call_id, began(contact))
        if name == last and contact.place is None:
            continue
        last = name
        yield contact


def _by_debtor(contact: Contact) -> str:
    customer = contact.call.customer_id
    return "" if customer is None else f"c{customer}"


def _by_number(contact: Contact) -> str:
    dialled = number(contact)
    return _by_debtor(contact) if dialled is None else f"n{dialled}"
