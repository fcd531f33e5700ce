"""Scorecards of agents: one pass over the calls, a few numbers kept for each agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from auditor.domain.calls import Call
from auditor.domain.findings import (
    CallAudit,
    CallOutcome,
    Category,
    Disclosure,
    Outcome,
    RuleOutcome,
    Severity,
    Status,
)
from auditor.domain.runs import CallRecord, Rate, Scorecard
from auditor.policy.model import Scoring
from auditor.scoring.stats import Mean, wilson

Topic = TypeVar("Topic", Category, Disclosure)


@dataclass(slots=True)
class _Agent:
    """What is counted for one agent; its size does not grow with the calls."""

    agent_id: str
    agent_name: str | None = None
    team: str | None = None
    calls: int = 0
    talk_seconds: float = 0.0
    fatal_calls: int = 0
    undetermined: int = 0
    score: Mean = field(default_factory=Mean)
    dimensions: dict[str, Mean] = field(default_factory=dict)
    severities: Counter[Severity] = field(default_factory=Counter)
    answered: Counter[tuple[Category | Disclosure, bool]] = field(default_factory=Counter)

    def meet(self, call: Call) -> None:
        self.agent_name = self.agent_name or call.agent_name
        self.team = self.team or call.team

    def add(self, record: CallRecord) -> None:
        self.calls += 1
        self.talk_seconds += record.duration or 0.0
        if record.score is not None:
            self.score.add(record.score.score)
            self.fatal_calls += record.score.fatal
            for name, value in record.score.dimensions.items():
                mean = self.dimensions.setdefault(name, Mean())
                if value is not None:
                    mean.add(value)
        if record.audit is not None:
            self._count(record.audit)

    def count_unheard(self, audit: CallAudit) -> None:
        """Count what times and counts show of a call that nobody listened to: no points."""
        for topic, failed in topic_answers(audit):
            self.answered[topic, failed] += 1

    def _count(self, audit: CallAudit) -> None:
        for finding in audit.findings:
            if finding.counts:
                self.severities[finding.severity] += 1
            self.undetermined += finding.outcome is Outcome.UNDETERMINED
        self.count_unheard(audit)


def scorecards(records: Iterable[CallRecord], scoring: Scoring) -> tuple[Scorecard, ...]:
    """Sum up the calls of every agent.

    Agents with fewer than ``scoring.min_calls`` audited calls are marked and not ranked; the
    others are ranked by mean score, equal scores sharing a rank. Ranked agents come first, by
    rank; then the rest by id. An agent whose calls were all skipped or failed has a card with 0
    calls and no score; attempts and calls without a recording enter the rates of the categories
    that times show, and nothing else.

    Args:
        records: One for every call, in any order; read once.
        scoring: Constants of the policy.
    """
    agents: dict[str, _Agent] = {}
    for record in records:
        if record.call is None:
            continue
        agent = agents.setdefault(record.call.agent_id, _Agent(record.call.agent_id))
        agent.meet(record.call)
        if record.outcome is CallOutcome.AUDITED:
            agent.add(record)
        elif record.audit is not None:
            agent.count_unheard(record.audit)
    return _ranked([_card(agent, scoring) for agent in agents.values()])


def topic_answers(audit: CallAudit) -> Iterator[tuple[Category | Disclosure, bool]]:
    """Yield every category and disclosure that the call answers, with whether it failed.

    One answer a call and topic, however many rules it has: failed where a stable rule failed;
    left out where a rule is undetermined or none applied; else passed.
    """
    seen: dict[Category | Disclosure, set[Outcome]] = {}
    for outcome in audit.rules:
        if outcome.status is not Status.STABLE:
            continue
        topic = _topic(outcome)
        if topic is not None:
            seen.setdefault(topic, set()).add(outcome.outcome)
    for topic, outcomes in seen.items():
        if Outcome.FAIL in outcomes:
            yield topic, True
        elif Outcome.UNDETERMINED not in outcomes and Outcome.PASS in outcomes:
            yield topic, False


def _topic(outcome: RuleOutcome) -> Category | Disclosure | None:
    return outcome.category if outcome.category is not None else outcome.disclosure


def _card(agent: _Agent, scoring: Scoring) -> Scorecard:
    low, high = agent.score.interval(min(0.0, scoring.fatal_score), scoring.base)
    dimensions = {name: agent.dimensions.get(name, Mean()).value for name in scoring.dimensions}
    return Scorecard(
        agent_id=agent.agent_id,
        agent_name=agent.agent_name,
        team=agent.team,
        calls=agent.calls,
        talk_seconds=agent.talk_seconds,
        score=agent.score.value,
        score_low=low,
        score_high=high,
        fatal_calls=agent.fatal_calls,
        categories=_rates(agent, Category, counted=True),
        severities=MappingProxyType({level: agent.severities[level] for level in Severity}),
        disclosures=_rates(agent, Disclosure, counted=False),
        dimensions=MappingProxyType(dimensions),
        undetermined=agent.undetermined,
        ranked=agent.score.count >= max(1, scoring.min_calls),
        rank=None,
    )


def _rates(agent: _Agent, topics: type[Topic], *, counted: bool) -> Mapping[Topic, Rate]:
    """Share of calls that failed (``counted=True``) or passed, of those that gave an answer."""
    return MappingProxyType(
        {
            topic: wilson(
                agent.answered[topic, counted],
                agent.answered[topic, True] + agent.answered[topic, False],
            )
            for topic in topics
        }
    )


def _ranked(cards: list[Scorecard]) -> tuple[Scorecard, ...]:
    first: list[Scorecard] = []
    cards.sort(key=lambda card: card.agent_id)
    for place, card in enumerate(
        sorted((c for c in cards if c.ranked), key=lambda c: -_value(c)), start=1
    ):
        same = bool(first) and _value(first[-1]) == _value(card)
        first.append(replace(card, rank=first[-1].rank if same else place))
    return (*first, *(card for card in cards if not card.ranked))


def _value(card: Scorecard) -> float:
    return 0.0 if card.score is None else card.score
