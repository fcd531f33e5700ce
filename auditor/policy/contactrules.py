"""Rules about times and counts of calls, as values.

Such a rule looks at the contacts with a debtor over many calls, so it has limits in place of a
condition on words, and lists of contacts in place of example dialogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from auditor.conditions.base import MISS, Answer
from auditor.conditions.scene import Scene
from auditor.domain.contacts import Contact
from auditor.policy.model import Rule

DEFAULT_ZONE = "Asia/Shanghai"


class Check(StrEnum):
    """What is looked at."""

    CALLING_HOURS = "calling_hours"
    EFFECTIVE_CALLS = "effective_calls"
    UNANSWERED_ATTEMPTS = "unanswered_attempts"
    AFTER_STOP = "after_stop"
    AFTER_THIRD_PARTY_REFUSAL = "after_third_party_refusal"
    BEFORE_AGREED_TIME = "before_agreed_time"
    PRESSED_AGAIN = "pressed_again"
    THIRD_PARTY_WHILE_REACHED = "third_party_while_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a check allows; each check reads its own few.

    Args:
        timezone: Zone of debtors of whom nothing else is said.
        opens: First moment of the day at which calls are allowed.
        closes: First moment at which they no longer are.
        most: Most calls a day.
        warn_at: Count from which a person is told, without a score; 0 never.
        shortest: Seconds of an answered call below which it may not have been a talk.
        hours: Hours during which a further contact counts.
        days: Days during which a further contact goes to review, or the look back.
        minutes: Minutes that an unclear "later" is taken to mean.
        review: Whatever is found goes to review, never to a score.
    """

    timezone: str = DEFAULT_ZONE
    opens: time = time(8)
    closes: time = time(22)
    most: int = 0
    warn_at: int = 0
    shortest: float = 0.0
    hours: float = 0.0
    days: float = 0.0
    minutes: float = 0.0
    review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCase:
    """Contacts kept beside a rule with the answer for the last one.

    Args:
        expect: ``finding``, ``undetermined``, ``none`` or ``not_applicable``.
        contacts: By time.
        consent: Hours that the debtor consented to, as ``HH:MM-HH:MM``; empty for none.
        known_wrong: The rule is known to answer differently today.
    """

    name: str
    expect: str
    contacts: tuple[Contact, ...]
    consent: str = ""
    known_wrong: bool = False
    line: int = 1


@dataclass(frozen=True, slots=True)
class AcrossCalls:
    """Stands where other rules have their condition: in one call's words there is nothing."""

    text: str

    def find(self, scene: Scene) -> Answer:  # noqa: ARG002 - the protocol's argument
        """Never hits."""
        return MISS

    def describe(self) -> str:
        """Say in Chinese what is looked at."""
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRule(Rule):
    """A declarative check of contacts.

    Args:
        check: What is looked at.
        limits: What is allowed.
        cases: Examples.
    """

    across: ClassVar[bool] = True

    check: Check
    limits: Limits
    cases: tuple[ContactCase, ...] = ()


LIMIT_KEYS: Mapping[Check, frozenset[str]] = MappingProxyType(
    {
        Check.CALLING_HOURS: frozenset({"timezone", "opens", "closes"}),
        Check.EFFECTIVE_CALLS: frozenset({"timezone", "most", "warn_at", "shortest"}),
        Check.UNANSWERED_ATTEMPTS: frozenset({"timezone", "most", "warn_at"}),
        Check.AFTER_STOP: frozenset({"timezone", "hours", "days"}),
        Check.AFTER_THIRD_PARTY_REFUSAL: frozenset({"timezone", "days"}),
        Check.BEFORE_AGREED_TIME: frozenset({"timezone", "minutes"}),
        Check.PRESSED_AGAIN: frozenset({"timezone", "days"}),
        Check.THIRD_PARTY_WHILE_REACHED: frozenset({"timezone", "days"}),
    }
)
"""The limits that each check reads; ``answer`` goes with all."""


def describe(check: Check, limits: Limits) -> str:
    """Say in Chinese what a check looks at and what it allows."""
    texts = {
        Check.CALLING_HOURS: f"主叫时间不在当地 {limits.opens:%H:%M}-{limits.closes:%H:%M} 之内",
        Check.EFFECTIVE_CALLS: f"同一债务人当天的有效通话超过 {limits.most} 次",
        Check.UNANSWERED_ATTEMPTS: f"同一号码当天未接通的拨打超过 {limits.most} 次",
        Check.AFTER_STOP: f"要求停止联系之后 {limits.hours:g} 小时之内又主动联系",
        Check.AFTER_THIRD_PARTY_REFUSAL: "第三人拒绝之后又联系该第三人",
        Check.BEFORE_AGREED_TIME: "早于约定的时间又主动联系",
        Check.PRESSED_AGAIN: f"{limits.days:g} 天之内同一困难或异议没有处理又催",
        Check.THIRD_PARTY_WHILE_REACHED: f"{limits.days:g} 天之内联系得上本人却联系第三人",
    }
    return texts[check]
