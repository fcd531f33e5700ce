"""What is the same of a rule in every call, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from auditor.conditions.sieve import Sieve
from auditor.detect.signals import WEIGHED, asks_model
from auditor.domain.findings import Kind, Outcome, RuleOutcome
from auditor.policy.model import Policy, Rule


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that judges calls.

    Args:
        rule: The rule.
        needs: Masks of the sieve of which each must meet something said for the rule to find
            anything; nothing where it must be asked in any case.
        only_words: Nothing but its words decides whether it finds anything: a violation without
            premises.
        asks_model: It has nothing but the classifier's word, which is weighed with all others.
        settled: The weighing leaves it alone unless it found something.
        outcomes: Its answers as the call's record keeps them.
    """

    rule: Rule
    needs: tuple[int, ...]
    only_words: bool
    asks_model: bool
    settled: bool
    outcomes: Mapping[Outcome, RuleOutcome]

    @classmethod
    def of(cls, rule: Rule, sieve: Sieve | None) -> Check:
        """Look at a rule."""
        violation = rule.kind is Kind.VIOLATION
        weighed = rule.weighed and rule.category in WEIGHED
        asks = violation and weighed and asks_model(rule)
        return cls(
            rule=rule,
            needs=() if sieve is None else sieve.needs(rule.find) or (),
            only_words=violation and rule.applies is None,
            asks_model=asks,
            settled=violation and not asks,
            outcomes=MappingProxyType({outcome: _recorded(rule, outcome) for outcome in Outcome}),
        )


def _recorded(rule: Rule, outcome: Outcome) -> RuleOutcome:
    return RuleOutcome(
        rule_id=rule.rule_id,
        outcome=outcome,
        disclosure=rule.disclosure,
        category=rule.category,
        status=rule.status,
    )


class PolicySieve:
    """The sieve of a policy, made when the first call is judged: that takes a quarter second."""

    __slots__ = ("_made", "_policy")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._made: Sieve | None = None

    def get(self) -> Sieve:
        """Return the sieve."""
        if self._made is None:
            rules = [rule for rule in self._policy.rules if not rule.across]
            roots = [
                root
                for rule in rules
                for root in (rule.find, rule.applies, rule.before, rule.nearest, *rule.unless)
            ]
            signals = {name: signal.condition for name, signal in self._policy.signals.items()}
            terms = {name: lexicon.terms for name, lexicon in self._policy.lexicons.items()}
            self._made = Sieve(roots, signals, terms)
        return self._made


class Checks:
    """The checks of a policy; kept as long as its rules are the same."""

    __slots__ = ("_checks", "_rules", "_sieve")

    def __init__(self, sieve: PolicySieve | None) -> None:
        self._sieve = sieve
        self._rules: tuple[object, ...] = ()
        self._checks: tuple[Check, ...] = ()

    def of(self, rules: tuple[Rule, ...]) -> tuple[Check, ...]:
        """Return those rules that judge single calls."""
        if self._rules is not rules:
            sieve = None if self._sieve is None else self._sieve.get()
            self._checks = tuple(
                Check.of(rule, sieve) for rule in rules if rule.status.judges and not rule.across
            )
            self._rules = rules
        return self._checks
