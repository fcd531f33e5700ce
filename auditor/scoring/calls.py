"""The score of one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from auditor.domain.findings import CallAudit, Category, Disclosure, Outcome, Severity, Status
from auditor.domain.runs import CallScore, Deduction
from auditor.policy.model import Rule, Scoring

_JUDGED = (Outcome.PASS, Outcome.FAIL)


def score_call(audit: CallAudit, rules: Iterable[Rule], scoring: Scoring) -> CallScore:
    """Score one call: base minus the weight of every failed stable rule, each once.

    Undetermined and not applicable checks neither give nor take points. A critical failure is
    fatal (一票否决): the score falls to the policy's fatal score, while ``weighted`` keeps the
    points that would be left, so that the breach is shown apart and not averaged away. A
    dimension keeps the base minus the deductions in it, as a share of the base; it is ``None``
    where no stable rule of it gave an answer.
    """
    places = dimension_of(scoring)
    stable = {rule.rule_id for rule in rules if rule.status is Status.STABLE}
    deductions = _deductions(audit, places)
    weighted = max(0.0, scoring.base - sum(item.points for item in deductions))
    fatal = any(item.fatal for item in deductions)
    kinds = {
        (outcome.category, outcome.disclosure)
        for outcome in audit.rules
        if outcome.outcome in _JUDGED and outcome.rule_id in stable
    }
    judged = {place for kind in kinds if (place := place_of(*kind, places)) is not None}
    judged |= {item.dimension for item in deductions if item.dimension is not None}
    return CallScore(
        score=min(weighted, scoring.fatal_score) if fatal else weighted,
        weighted=weighted,
        fatal=fatal,
        dimensions=MappingProxyType(
            {
                name: _kept(name, deductions, scoring.base) if name in judged else None
                for name in scoring.dimensions
            }
        ),
        deductions=deductions,
    )


def dimension_of(scoring: Scoring) -> Mapping[str, str]:
    """Return category or disclosure -> dimension."""
    return {member: name for name, members in scoring.dimensions.items() for member in members}


def place_of(
    category: Category | None, disclosure: Disclosure | None, places: Mapping[str, str]
) -> str | None:
    """Return the dimension a category or disclosure belongs to."""
    if category is not None and category.value in places:
        return places[category.value]
    return None if disclosure is None else places.get(disclosure.value)


def _deductions(audit: CallAudit, places: Mapping[str, str]) -> tuple[Deduction, ...]:
    failed: dict[str, Deduction] = {}
    for finding in audit.findings:
        if not finding.counts:
            continue
        earlier = failed.get(finding.rule_id)
        failed[finding.rule_id] = Deduction(
            rule_id=finding.rule_id,
            title=finding.title,
            points=max(finding.weight, earlier.points if earlier else 0.0),
            dimension=place_of(finding.category, finding.disclosure, places),
            fatal=finding.severity is Severity.CRITICAL or (earlier is not None and earlier.fatal),
        )
    return tuple(failed.values())


def _kept(name: str, deductions: tuple[Deduction, ...], base: float) -> float | None:
    if base <= 0:
        return None
    lost = sum(item.points for item in deductions if item.dimension == name)
    return 100.0 * max(0.0, base - lost) / base
