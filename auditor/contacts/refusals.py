"""Contact after somebody asked not to be called, or before the time agreed for the next call."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from auditor.contacts.answers import DOES_NOT_APPLY, OPEN, PASSED, Answer, doubted
from auditor.contacts.facts import (
    addressee,
    began,
    ended,
    inbound,
    moment,
    number,
    party,
    surely_outbound,
)
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
        start = began(contact)
        asked = None if self.request is None else ended(self.request)
        if self.request is None or asked is None:
            return PASSED
        if start is None:
            return OPEN
        since = start - asked
        if since < timedelta(0):
            return PASSED  # both were on the line at once: nothing was known yet
        counts = since < timedelta(hours=self.limits.hours)
        if not counts and since >= timedelta(days=self.limits.days):
            return PASSED
        found = _since(self.request, contact, f"{self.limits.hours:g} h")
        answer = Answer(
            outcome=Outcome.FAIL,
            limit=found.limit,
            measured=found.measured,
            earlier=found.earlier,
            zh=f"对方在之前的通话里明确要求不要再联系，{found.zh}后又主动联系。",
            en=f"Asked in an earlier call not to call again, contacted again {found.en} later.",
        )
        if not counts:
            return doubted(answer, "间隔已超过计分的时限", "The time that counts is over")
        if not surely_outbound(contact):
            return doubted(answer, "清单没有说明是呼出", "The manifest does not say who called")
        return _reviewed(answer, self.limits)


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
        if began(contact) is None:
            return OPEN
        mine = number(contact)
        earlier = [one for one in self.refusals if _over(one, contact)]
        same = [one for one in earlier if mine is not None and number(one) == mine]
        if to is Party.DEBTOR:
            near = [one for one in same if _within(one, contact, self.limits.days)]
            return self._doubtful(near[-1], contact) if near else DOES_NOT_APPLY
        if same:
            surely = [one for one in same if _clear(one)]
            return (
                self._refused(surely[-1], contact) if surely else self._doubtful(same[-1], contact)
            )
        perhaps = [one for one in earlier if _clear(one) and None in (mine, number(one))]
        if not perhaps:
            return PASSED if to is Party.THIRD_PARTY else DOES_NOT_APPLY
        if to is not Party.THIRD_PARTY:
            return OPEN
        zh, en = "清单没有号码，可能是另一位第三人", "Without numbers it may be another one"
        return doubted(_again(perhaps[-1], contact), zh, en)

    def _refused(self, refusal: Contact, contact: Contact) -> Answer:
        answer = _again(refusal, contact)
        if not surely_outbound(contact):
            return doubted(answer, "清单没有说明是呼出", "The manifest does not say who called")
        return _reviewed(answer, self.limits)

    def _doubtful(self, refusal: Contact, contact: Contact) -> Answer:
        return doubted(
            _again(refusal, contact),
            "该号码登记为债务人的号码，是否确属债务人有疑问",
            "The number is listed as the debtor's, and whether it is his is in doubt",
        )


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
        if inbound(contact) and began(contact) is not None:
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
        if promise is None or later is None:
            return PASSED
        start, asked = began(contact), ended(promise)
        if start is None or asked is None:
            return OPEN
        due = later.not_before or asked + timedelta(minutes=self.limits.minutes)
        if start >= due or start < asked:
            return PASSED
        at = moment(promise, self.limits.timezone)
        zone = None if at is None else at.local.tzinfo
        shown = f"{due.astimezone(zone):%Y-%m-%d %H:%M}"
        found = _since(promise, contact, shown)
        answer = Answer(
            outcome=Outcome.FAIL,
            limit=shown,
            measured=f"{start.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            earlier=found.earlier,
            zh=f"之前的通话里约定 {shown} 以后再联系，{found.zh}后就又主动联系。",
            en=f"The next call was agreed for {shown}; contacted again {found.en} after that talk.",
        )
        if later.not_before is None:
            return doubted(answer, "当时说的时间不明确", "The time named is not clear")
        if not later.agreed:
            return doubted(
                answer, "坐席当时没有明确答应", "The agent did not clearly agree to the time"
            )
        if not surely_outbound(contact):
            return doubted(answer, "清单没有说明是呼出", "The manifest does not say who called")
        return _reviewed(answer, self.limits)


def _clear(refusal: Contact) -> bool:
    """Whether a refusal came from somebody who was called as a third party."""
    return addressee(refusal) in (Party.THIRD_PARTY, Party.UNKNOWN)


def _within(earlier: Contact, contact: Contact, days: float) -> bool:
    end, start = ended(earlier), began(contact)
    return end is not None and start is not None and start - end <= timedelta(days=days)


def _again(refusal: Contact, contact: Contact) -> Answer:
    found = _since(refusal, contact, "0")
    return Answer(
        outcome=Outcome.FAIL,
        limit=found.limit,
        measured=found.measured,
        earlier=found.earlier,
        zh=f"第三人在之前的通话里明确要求不要再联系，{found.zh}后又联系。",
        en=f"A third party asked not to be called again and was contacted {found.en} later.",
    )


def _over(earlier: Contact, contact: Contact) -> bool:
    """Whether a contact had ended when another one began, as far as times are known."""
    end, start = ended(earlier), began(contact)
    return end is None or start is None or end <= start


def _since(earlier: Contact, contact: Contact, limit: str) -> Answer:
    """How long after an earlier contact another one came, in words of both languages."""
    asked, start = ended(earlier), began(contact)
    if asked is None or start is None:
        raise ValueError("contacts of a stream have times")
    seconds = max(0.0, (start - asked).total_seconds())
    zh, en = spoken(seconds)
    return Answer(outcome=Outcome.FAIL, limit=limit, measured=en, earlier=(earlier,), zh=zh, en=en)


def spoken(seconds: float) -> tuple[str, str]:
    """A length of time in words, Chinese and English, rounded down."""
    for size, zh, en in ((86_400, "天", "days"), (3_600, "小时", "hours"), (60, "分钟", "minutes")):
        if seconds >= size:
            return f"{int(seconds // size)}{zh}", f"{int(seconds // size)} {en}"
    return f"{int(seconds)}秒", f"{int(seconds)} seconds"


def _reviewed(answer: Answer, limits: Limits) -> Answer:
    if not limits.review:
        return answer
    return doubted(answer, "按规则须由人判断", "The rule leaves this to a person")
