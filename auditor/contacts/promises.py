"""Contact before the time agreed for the next call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from auditor.contacts.answers import DOES_NOT_APPLY, PASSED, Answer, doubted, settled
from auditor.contacts.facts import addressee, began, ended, inbound, moment, party
from auditor.contacts.gaps import gap
from auditor.domain.contacts import Contact, Party
from auditor.domain.findings import Outcome
from auditor.policy.contactrules import Limits


@dataclass(slots=True)
class BeforeAgreedTime:
    """Judges contacts that come before the time named for the next call.

    A time that the agent took up counts; one only asked for, and words such as 晚点再打, go to
    review, the latter within ``minutes``. The debtor's own call ends the waiting.
    """

    limits: Limits
    promise: Contact | None = None

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact of the debtor, in order of time."""
        answer = self._answer(contact)
        if addressee(contact) is Party.THIRD_PARTY:
            return answer
        if inbound(contact):
            self.promise = None
        named = contact.cues is not None and contact.cues.later is not None
        if named and party(contact) is not Party.THIRD_PARTY:
            self.promise = contact
        return answer

    def _answer(self, contact: Contact) -> Answer:
        if inbound(contact) or addressee(contact) is Party.THIRD_PARTY:
            return DOES_NOT_APPLY
        promise = self.promise
        later = None if promise is None or promise.cues is None else promise.cues.later
        since, start = gap(promise, contact), began(contact)
        asked = None if promise is None else ended(promise)
        if promise is None or later is None or since is None or start is None or asked is None:
            return PASSED
        due = later.not_before or asked + timedelta(minutes=self.limits.minutes)
        if start >= due or not since.apart:
            return PASSED
        at = moment(promise, self.limits.timezone)
        zone = None if at is None else at.local.tzinfo
        shown = f"{due.astimezone(zone):%Y-%m-%d %H:%M}"
        answer = Answer(
            outcome=Outcome.FAIL,
            limit=shown,
            measured=f"{start.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            earlier=(promise,),
            zh=f"之前的通话里约定 {shown} 以后再联系，{since.zh}后就又主动联系。",
            en=f"The next call was agreed for {shown}; contacted again {since.en} after that talk.",
        )
        if later.not_before is None:
            return doubted(answer, "当时说的时间不明确", "The time named is not clear")
        if not later.agreed:
            return doubted(
                answer, "坐席当时没有明确答应", "The agent did not clearly agree to the time"
            )
        return settled(answer, contact, self.limits)
