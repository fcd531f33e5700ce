"""Calling hours at the debtor's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from auditor.contacts.answers import DOES_NOT_APPLY, OPEN, PASSED, Answer, doubted
from auditor.contacts.consents import Consents
from auditor.contacts.facts import Moment, ended, inbound, moment, reached, surely_outbound
from auditor.domain.contacts import Contact
from auditor.domain.findings import Outcome
from auditor.policy.contactrules import Limits


@dataclass(frozen=True, slots=True)
class CallingHours:
    """Judges each contact by its own clock; calls are allowed from ``opens`` to ``closes``.

    The first moment of ``closes`` is no longer allowed. A call that began in time and ran past
    it goes to review: the books name the time of calling, not that of hanging up. So does an
    attempt that nobody answered: nothing was collected. The debtor's consent excuses the
    moments that it covers.
    """

    limits: Limits
    consents: Consents

    def see(self, contact: Contact) -> Answer:
        """Answer for one contact."""
        if inbound(contact):
            return DOES_NOT_APPLY
        at = moment(contact, self.limits.timezone)
        if at is None:
            return OPEN
        agreed = self.consents.cover(contact.call.customer_id, at.local)
        if self._allowed(at.local) or agreed:
            return self._crossing(contact, at)
        answer = Answer(
            outcome=Outcome.FAIL,
            limit=self._limit,
            measured=f"{at.local:%H:%M:%S}",
            zh=f"主叫时间是债务人当地（{at.zone}）{at.local:%H:%M:%S}，"
            f"不在允许的 {self._limit} 之内，也没有这个时段的同意记录。",
            en=f"Called at {at.local:%H:%M:%S} at the debtor's place ({at.zone}), outside "
            f"{self._limit}, and no consent covers it.",
        )
        if not at.sure:
            return doubted(answer, "清单里的时区无法识别", "The zone in the manifest is unknown")
        if not surely_outbound(contact):
            return doubted(answer, "清单没有说明是呼出", "The manifest does not say who called")
        if reached(contact) is False:
            return doubted(answer, "电话没有接通", "Nobody answered")
        return answer

    @property
    def _limit(self) -> str:
        return f"{self.limits.opens:%H:%M}-{self.limits.closes:%H:%M}"

    def _allowed(self, local: datetime) -> bool:
        return self.limits.opens <= local.time() < self.limits.closes

    def _crossing(self, contact: Contact, at: Moment) -> Answer:
        end = ended(contact)
        closing = datetime.combine(at.local.date(), self.limits.closes, at.local.tzinfo)
        if end is None or not self._allowed(at.local) or end <= closing.astimezone(UTC):
            return PASSED if at.sure else OPEN
        if self.consents.cover(contact.call.customer_id, closing):
            return PASSED if at.sure else OPEN
        local = end.astimezone(at.local.tzinfo)
        answer = Answer(
            outcome=Outcome.UNDETERMINED,
            limit=self._limit,
            measured=f"{at.local:%H:%M:%S}-{local:%H:%M:%S}",
            zh=f"通话在债务人当地（{at.zone}）{at.local:%H:%M:%S} 开始，跨过 "
            f"{self.limits.closes:%H:%M}，到 {local:%H:%M:%S} 才结束",
            en=f"The call began at {at.local:%H:%M:%S} at the debtor's place ({at.zone}) and ran "
            f"past {self.limits.closes:%H:%M} to {local:%H:%M:%S}:",
        )
        return doubted(answer, "，是否应当提前结束", "whether it should have ended earlier")
