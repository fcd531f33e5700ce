"""What a check says of one contact."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.contacts.facts import surely_outbound
from auditor.domain.contacts import Contact
from auditor.domain.findings import Outcome
from auditor.policy.contactrules import Limits

MOST_LISTED = 11
"""Earlier contacts that a finding lists; a debtor called a hundred times needs no hundred rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of one check for one contact.

    Args:
        outcome: A ``FAIL`` or ``UNDETERMINED`` with a text is a finding; without one it is not.
        limit: What the policy allows.
        measured: What was found.
        earlier: Earlier contacts it rests on, by time; at most ``MOST_LISTED``.
        left_out: Further ones.
        zh: Why, in Chinese.
        en: The same in English.
    """

    outcome: Outcome
    limit: str = ""
    measured: str = ""
    earlier: tuple[Contact, ...] = ()
    left_out: int = 0
    zh: str = ""
    en: str = ""

    @property
    def found(self) -> bool:
        """Whether it makes a finding."""
        return bool(self.zh)


PASSED = Answer(outcome=Outcome.PASS)
OPEN = Answer(outcome=Outcome.UNDETERMINED)
DOES_NOT_APPLY = Answer(outcome=Outcome.NOT_APPLICABLE)


def doubted(answer: Answer, zh: str, en: str) -> Answer:
    """Send an answer to review, saying why it is not sure."""
    return replace(
        answer,
        outcome=Outcome.UNDETERMINED,
        zh=f"{answer.zh}{zh}，转人工复核，不计分。",
        en=f"{answer.en} {en}: goes to review, not to the score.",
    )


def settled(answer: Answer, contact: Contact, limits: Limits) -> Answer:
    """Let an answer count only where we surely called and the rule does not ask for a person."""
    if not surely_outbound(contact):
        return doubted(answer, "清单没有说明是呼出", "The manifest does not say who called")
    if limits.review:
        return doubted(answer, "按规则须由人判断", "The rule leaves this to a person")
    return answer
