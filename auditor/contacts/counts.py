"""Calls a day: effective ones for each debtor, unanswered attempts for each number."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date

from auditor.contacts.answers import DOES_NOT_APPLY, MOST_LISTED, OPEN, PASSED, Answer, doubted
from auditor.contacts.facts import (
    Moment,
    effective,
    inbound,
    moment,
    number,
    party,
    reached,
    surely_outbound,
)
from auditor.domain.contacts import Contact, Party
from auditor.domain.findings import Outcome
from auditor.policy.contactrules import Limits

_DAYS_KEPT = 3
"""Days that may be open at once: contacts come by time, but zones of one debtor may differ."""


@dataclass(slots=True)
class _Tally:
    """One day: how many counted for sure, how many perhaps, and the last of them."""

    sure: int = 0
    perhaps: int = 0
    last: deque[Contact] = field(default_factory=lambda: deque(maxlen=MOST_LISTED))

    @property
    def all(self) -> int:
        return self.sure + self.perhaps

    def add(self, contact: Contact, *, sure: bool) -> tuple[Contact, ...]:
        """Count a contact and return those before it that are still known."""
        before = tuple(self.last)
        self.sure += sure
        self.perhaps += not sure
        self.last.append(contact)
        return before


@dataclass(slots=True)
class _Days:
    """The tallies of the last days."""

    tallies: dict[date, _Tally] = field(default_factory=dict)

    def of(self, day: date) -> _Tally:
        tally = self.tallies.get(day)
        if tally is None:
            tally = self.tallies[day] = _Tally()
            while len(self.tallies) > _DAYS_KEPT:
                del self.tallies[min(self.tallies)]
        return tally


@dataclass(slots=True)
class EffectiveCalls:
    """Counts the talks with one debtor in a day, of all agents and agencies together.

    A guarantor is counted apart; calls to others are no calls to the debtor. What may have been
    a talk, and what may have been the debtor's own call, counts as "perhaps": with it a limit
    is passed for review only.
    """

    limits: Limits
    days: dict[Party, _Days] = field(default_factory=dict)

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact of the debtor, in order of time."""
        who = party(contact)
        counted = effective(contact, self.limits.shortest)
        if who is Party.THIRD_PARTY or inbound(contact) or counted is False:
            return DOES_NOT_APPLY
        at = moment(contact, self.limits.timezone)
        if at is None:
            return OPEN
        role = Party.GUARANTOR if who is Party.GUARANTOR else Party.DEBTOR
        tally = self.days.setdefault(role, _Days()).of(at.local.date())
        sure = bool(counted) and at.sure and surely_outbound(contact)
        before = tally.add(contact, sure=sure)
        return _held(tally, before, self.limits, at, _TALKS, sure=sure)


@dataclass(slots=True)
class UnansweredAttempts:
    """Counts the attempts at one number in a day that nobody answered.

    Where the manifest has no numbers, all attempts at one debtor are taken together and may at
    most go to review: they may have gone to different numbers. So do attempts that pass the
    limit only together with those for another debtor of the same number.
    """

    limits: Limits
    everybody: _Days = field(default_factory=_Days)
    own: dict[str | None, _Days] = field(default_factory=dict)

    def see(self, contact: Contact) -> Answer:
        """Answer for the next contact at the number, in order of time."""
        answered = reached(contact)
        if inbound(contact) or answered is True:
            return DOES_NOT_APPLY
        at = moment(contact, self.limits.timezone)
        if at is None:
            return OPEN
        known = number(contact) is not None
        sure = answered is False and at.sure and surely_outbound(contact) and known
        day = at.local.date()
        together = self.everybody.of(day)
        before_all = together.add(contact, sure=sure)
        tally = self.own.setdefault(contact.call.customer_id, _Days()).of(day)
        before = tally.add(contact, sure=sure)
        answer = _held(tally, before, self.limits, at, _ATTEMPTS, sure=sure)
        if answer.outcome is Outcome.FAIL or tally.all == together.all:
            return answer
        shared = _held(together, before_all, self.limits, at, _ATTEMPTS, sure=sure)
        if shared.outcome is not Outcome.FAIL:
            return shared if shared.found and not answer.found else answer
        return doubted(
            shared,
            "其中有其他债务人名下的拨打",
            "Some of them were for another debtor of this number",
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """What is counted, in both languages."""

    zh: str
    en: str


_TALKS = _Names("同一债务人当天的主动有效通话", "effective calls to the debtor on this day")
_ATTEMPTS = _Names("同一号码当天未接通的拨打", "unanswered attempts at the number on this day")


def _held(
    tally: _Tally,
    before: tuple[Contact, ...],
    limits: Limits,
    at: Moment,
    names: _Names,
    *,
    sure: bool,
) -> Answer:
    """Hold a tally against the limit."""
    most = limits.most
    if tally.all < (limits.warn_at or most + 1):
        return PASSED
    measured = f"{tally.sure}" if not tally.perhaps else f"{tally.sure}-{tally.all}"
    answer = Answer(
        outcome=Outcome.FAIL,
        limit=str(most),
        measured=measured,
        earlier=before,
        left_out=tally.all - 1 - len(before),
        zh=f"{names.zh}（{at.local:%Y-%m-%d}，{at.zone}）到这一通为止共 {measured} 次，"
        f"上限 {most} 次，各坐席和机构合并计算。",
        en=f"{measured} {names.en} ({at.local:%Y-%m-%d}, {at.zone}) up to this one, {most} "
        "allowed, all agents and agencies together.",
    )
    if sure and tally.sure > most:
        return answer
    if tally.all > most:
        return doubted(
            answer,
            "其中有的不能确定是否应当计入",
            "Whether some of them count is not sure",
        )
    if tally.sure < limits.warn_at or not sure:
        return PASSED
    return doubted(
        answer, "尚未超过上限，再有一次即超过", "The limit is reached and not passed yet"
    )
