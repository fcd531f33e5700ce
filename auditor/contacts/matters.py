"""The same unresolved matter pressed again; others contacted while the debtor answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from auditor.contacts.answers import DOES_NOT_APPLY, PASSED, Answer, settled
from auditor.contacts.facts import addressee, inbound, party, reached
from auditor.contacts.gaps import gap
from auditor.domain.contacts import Contact, Cues, Party
from auditor.domain.findings import Outcome
from auditor.policy.contactrules import Limits

_Matter = Literal["hardship", "dispute"]
_MATTERS: tuple[_Matter, ...] = ("hardship", "dispute")
_NAMES = {"hardship": ("困难", "hardship"), "dispute": ("异议", "dispute")}


@dataclass(slots=True)
class PressedAgain:
    """Judges talks in which a matter comes up again that was left open in an earlier one.

    A matter is open when the customer raised it and the agent offered neither help nor a check;
    an agent who does so closes it. Talks that nobody listened to say nothing either way.
    """

    limits: Limits
    open: dict[_Matter, Contact] = field(default_factory=dict)

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact of the debtor, in order of time."""
        cues = contact.cues
        if cues is None or not cues.talked or party(contact) is Party.THIRD_PARTY:
            return DOES_NOT_APPLY
        if cues.taken_up:
            self.open.clear()
            return PASSED
        answer = DOES_NOT_APPLY if inbound(contact) else PASSED
        for matter in _MATTERS:
            if not getattr(cues, matter):
                continue
            earlier = self.open.get(matter)
            if earlier is not None and not answer.found and not inbound(contact):
                answer = self._again(matter, earlier, contact) or answer
            self.open[matter] = contact
        return answer

    def _again(self, matter: _Matter, earlier: Contact, contact: Contact) -> Answer | None:
        since = gap(earlier, contact)
        if since is None or not timedelta(0) <= since.length <= timedelta(days=self.limits.days):
            return None
        zh, en = _NAMES[matter]
        answer = Answer(
            outcome=Outcome.FAIL,
            limit=f"{self.limits.days:g} d",
            measured=since.en,
            earlier=(earlier,),
            zh=f"客户{since.zh}前提出的{zh}没有得到处理，这一通里再次提出，仍然没有受理。",
            en=f"The customer's {en}, raised {since.en} before and left open, came up again and "
            "was again not taken up.",
        )
        return settled(answer, contact, self.limits)


@dataclass(slots=True)
class ThirdPartyWhileReached:
    """Judges contacts to third parties when the debtor was on the line not long ago.

    Others may be contacted only where the debtor cannot be reached; whether he counts as lost
    is for a person to see.
    """

    limits: Limits
    talk: Contact | None = None

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact about the debtor, in order of time."""
        answer = self._answer(contact)
        if _with_debtor(contact):
            self.talk = contact
        return answer

    def _answer(self, contact: Contact) -> Answer:
        other = party(contact) is Party.THIRD_PARTY and addressee(contact) is Party.THIRD_PARTY
        if inbound(contact) or not other:
            return DOES_NOT_APPLY
        since = gap(self.talk, contact)
        if self.talk is None or since is None:
            return PASSED
        if not timedelta(0) <= since.length <= timedelta(days=self.limits.days):
            return PASSED
        answer = Answer(
            outcome=Outcome.FAIL,
            limit=f"{self.limits.days:g} d",
            measured=since.en,
            earlier=(self.talk,),
            zh=f"{since.zh}前刚与本人通过话，仍然联系第三人。",
            en=f"A third party was contacted {since.en} after a talk with the debtor himself.",
        )
        return settled(answer, contact, self.limits)


def _with_debtor(contact: Contact) -> bool:
    cues: Cues | None = contact.cues
    if cues is not None:
        return cues.talked and cues.party is Party.DEBTOR
    return addressee(contact) is Party.DEBTOR and reached(contact) is True
