"""Contact after somebody asked not to be called again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from auditor.contacts.answers import DOES_NOT_APPLY, OPEN, PASSED, Answer, doubted, settled
from auditor.contacts.facts import addressee, inbound, number, party
from auditor.contacts.gaps import gap
from auditor.domain.contacts import Contact, Party
from auditor.domain.findings import Outcome
from auditor.policy.contactrules import Limits

_MOST_REFUSALS = 50
"""Third parties of one debtor whose refusal is kept."""


@dataclass(slots=True)
class AfterStop:
    """Judges contacts after the debtor asked not to be called again.

    No text gives a debtor the right to end all calls, so a request counts for ``hours`` and is
    shown to a reviewer for ``days``. One that names another time instead is a matter of that
    time.
    """

    limits: Limits
    request: Contact | None = None

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact of the debtor, in order of time."""
        answer = self._answer(contact)
        cues = contact.cues
        asked = cues is not None and cues.stop and cues.later is None
        if asked and party(contact) is not Party.THIRD_PARTY:
            self.request = contact
        return answer

    def _answer(self, contact: Contact) -> Answer:
        if inbound(contact) or addressee(contact) is Party.THIRD_PARTY:
            return DOES_NOT_APPLY
        since = gap(self.request, contact)
        if self.request is None or since is None or not since.apart:
            return PASSED
        counts = since.length < timedelta(hours=self.limits.hours)
        if not counts and since.length >= timedelta(days=self.limits.days):
            return PASSED
        answer = Answer(
            outcome=Outcome.FAIL,
            limit=f"{self.limits.hours:g} h",
            measured=since.en,
            earlier=(self.request,),
            zh=f"对方在之前的通话里明确要求不要再联系，{since.zh}后又主动联系。",
            en=f"Asked in an earlier call not to call again, contacted again {since.en} later.",
        )
        if not counts:
            return doubted(answer, "间隔已超过计分的时限", "The time that counts is over")
        return settled(answer, contact, self.limits)


@dataclass(slots=True)
class AfterThirdPartyRefusal:
    """Judges contacts to a third party who asked not to be called again.

    The same third party is the same number. Where numbers are missing it may have been another
    one, and a person looks. Who refuses on a number that was dialled as the debtor's may be a
    stranger with a wrong number or a relative who picked up: for ``days`` a person looks at
    further calls to it, unless the debtor answers there.
    """

    limits: Limits
    refusals: deque[Contact] = field(default_factory=lambda: deque(maxlen=_MOST_REFUSALS))

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact about the debtor, in order of time."""
        answer = self._answer(contact)
        cues = contact.cues
        if cues is not None and cues.stop and party(contact) is Party.THIRD_PARTY:
            self.refusals.append(contact)
        elif cues is not None and cues.talked and cues.party is Party.DEBTOR:
            mine = number(contact)
            kept = [one for one in self.refusals if _clear(one) or number(one) != mine]
            self.refusals = deque(kept, maxlen=_MOST_REFUSALS)
        return answer

    def _answer(self, contact: Contact) -> Answer:
        to = addressee(contact)
        if inbound(contact) or to is Party.GUARANTOR:
            return DOES_NOT_APPLY
        mine = number(contact)
        earlier = [one for one in self.refusals if _over(one, contact)]
        same = [one for one in earlier if mine is not None and number(one) == mine]
        if to is Party.DEBTOR:
            near = [one for one in same if _within(one, contact, self.limits.days)]
            return self._doubtful(near[-1], contact) if near else DOES_NOT_APPLY
        if same:
            surely = [one for one in same if _clear(one)]
            if surely:
                return settled(_again(surely[-1], contact), contact, self.limits)
            return self._doubtful(same[-1], contact)
        perhaps = [one for one in earlier if _clear(one) and None in (mine, number(one))]
        if not perhaps:
            return PASSED if to is Party.THIRD_PARTY else DOES_NOT_APPLY
        if to is not Party.THIRD_PARTY:
            return OPEN
        zh, en = "清单没有号码，可能是另一位第三人", "Without numbers it may be another one"
        return doubted(_again(perhaps[-1], contact), zh, en)

    def _doubtful(self, refusal: Contact, contact: Contact) -> Answer:
        return doubted(
            _again(refusal, contact),
            "该号码登记为债务人的号码，是否确属债务人有疑问",
            "The number is listed as the debtor's, and whether it is his is in doubt",
        )


def _clear(refusal: Contact) -> bool:
    """Whether a refusal came from somebody who was called as a third party."""
    return addressee(refusal) in (Party.THIRD_PARTY, Party.UNKNOWN)


def _over(earlier: Contact, contact: Contact) -> bool:
    since = gap(earlier, contact)
    return since is not None and since.apart


def _within(earlier: Contact, contact: Contact, days: float) -> bool:
    since = gap(earlier, contact)
    return since is not None and since.length <= timedelta(days=days)


def _again(refusal: Contact, contact: Contact) -> Answer:
    since = gap(refusal, contact)
    if since is None:
        raise ValueError("contacts of a stream have times")
    return Answer(
        outcome=Outcome.FAIL,
        limit="0",
        measured=since.en,
        earlier=(refusal,),
        zh=f"第三人在之前的通话里明确要求不要再联系，{since.zh}后又联系。",
        en=f"A third party asked not to be called again and was contacted {since.en} later.",
    )
