"""From records of a run to contacts, and back from verdicts to records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from auditor.contacts.consents import Consents
from auditor.contacts.engine import Verdict, check_contacts
from auditor.contacts.facts import number
from auditor.contacts.history import ContactHistory
from auditor.contacts.rows import NOT_A_CONTACT
from auditor.domain.contacts import Contact, Cues
from auditor.domain.findings import CallAudit
from auditor.domain.runs import CallRecord
from auditor.policy.contactrules import ContactRule
from auditor.policy.model import Rule

Placed = Iterable[tuple[int, CallRecord]]
"""Records with their places in the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """What the checks across calls look at besides the run itself.

    Args:
        histories: Contacts of earlier nights and of other agencies.
        consents: Debtors who agreed to other hours.
        durations: Declared seconds by call id, for calls that nobody could listen to.
    """

    histories: tuple[ContactHistory, ...] = ()
    consents: Consents = field(default_factory=Consents)
    durations: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


def contact_of(place: int, record: CallRecord, durations: Mapping[str, float]) -> Contact | None:
    """Return the contact that a record is; ``None`` for repeated rows and rows without a call."""
    if record.call is None or record.reason in NOT_A_CONTACT:
        return None
    duration = record.duration
    if duration is None:
        duration = durations.get(record.call_id)
    cues = None if record.audit is None else record.audit.cues
    if cues is None and record.reason == "no_speech":
        cues = Cues()
    return Contact(call=record.call, duration=duration, cues=cues, place=place)


def look_across(
    records: Callable[[], Placed], rules: Iterable[Rule], besides: Besides
) -> Iterator[tuple[int, CallRecord]]:
    """Yield the records that the checks across calls have something to say of, in new form.

    Their audit has the answers of the rules about contacts besides its own; a record without an
    audit, such as an attempt that nobody answered, gets one. Scores are not touched.

    Args:
        records: Gives the run's records; called twice, so that they need not be held.
        rules: Of the policy; those about one call's words are passed over.
        besides: History and consents.

    Raises:
        UsageError: A history is damaged.
        OutputError: There is no room for contacts that wait to be sorted.
    """
    judging = [r for r in rules if isinstance(r, ContactRule) and r.status.judges]
    if not judging:
        return
    verdicts = check_contacts(_contacts(records(), besides), judging, besides.consents)
    names = {rule.rule_id for rule in judging}
    for place, record in records():
        verdict = verdicts.pop(place, None)
        if verdict is not None and (verdict.outcomes or verdict.findings):
            yield place, _with_verdict(record, verdict, names)


def _contacts(records: Placed, besides: Besides) -> Iterator[Contact]:
    customers: set[str] = set()
    numbers: set[str] = set()
    own: set[tuple[str, str | None]] = set()
    for place, record in records:
        contact = contact_of(place, record, besides.durations)
        if contact is None:
            continue
        own.add((contact.call.call_id, contact.call.customer_id))
        if contact.call.customer_id is not None:
            customers.add(contact.call.customer_id)
        dialled = number(contact)
        if dialled is not None:
            numbers.add(dialled)
        yield contact
    for history in besides.histories:
        for contact in history.contacts(customers):
            # What the run itself says of a call goes before what somebody said earlier.
            if (contact.call.call_id, contact.call.customer_id) in own:
                continue
            if contact.call.customer_id in customers or number(contact) in numbers:
                yield contact


def _with_verdict(record: CallRecord, verdict: Verdict, names: set[str]) -> CallRecord:
    if record.call is None:
        raise ValueError("a verdict is about a call")
    audit = record.audit
    if audit is None or record.score is None:
        # Nobody listened: whatever it had was the word of another policy on the same times.
        audit = CallAudit(
            call_id=record.call_id, agent_id=record.call.agent_id, findings=(), rules=()
        )
    return replace(
        record,
        audit=replace(
            audit,
            findings=(
                *(f for f in audit.findings if f.rule_id not in names),
                *verdict.findings,
            ),
            rules=(*(r for r in audit.rules if r.rule_id not in names), *verdict.outcomes),
        ),
    )
