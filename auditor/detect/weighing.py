"""One judgement from many signals: rules, dialogue state and classifier decide together.

A rule that found words is one voice among others. Where the voices together make a violation
likely enough it counts, with that probability as its confidence; where they do not, it goes to a
person, never to a score. What only the classifier hears is reported by the category's rule that
asks the classifier, with that rule's status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.conditions.base import Hit
from auditor.conditions.risk import CallRisk
from auditor.conditions.scene import Scene
from auditor.detect.checks import Check
from auditor.detect.grounds import with_likeliest
from auditor.detect.judging import (
    NOT_APPLICABLE,
    PASSED,
    Judged,
    finding_of,
    found_omission,
)
from auditor.detect.signals import Signals, from_rules
from auditor.detect.weights import Judgement
from auditor.domain.findings import (
    Category,
    Disclosure,
    Finding,
    Grounds,
    How,
    Kind,
    Outcome,
    Voice,
)
from auditor.policy.model import Rule

_LIKELY_TURN = 0.5
"""Turns at least this likely are quoted beside the likeliest."""

Verdicts = tuple[tuple[Rule, Judged], ...]


def gather(scene: Scene, risk: CallRisk, verdicts: Sequence[tuple[Rule, Judged]]) -> Signals:
    """Collect what is known of a call; rules that stand by themselves say nothing here."""
    stable, trial, unsaid, not_owed = from_rules(
        (rule, judged.outcome) for rule, judged in verdicts if rule.weighed
    )
    return Signals(
        turns=len(scene.views),
        highest=risk.all_highest(),
        calls=risk.all_calls(),
        stable=stable,
        trial=trial,
        unsaid=unsaid,
        not_owed=not_owed,
    )


@dataclass(frozen=True, slots=True)
class Weighing:
    """The judgement of one call.

    Args:
        scene: The call.
        risk: What the classifier says of it.
        judgement: The weights.
    """

    scene: Scene
    risk: CallRisk
    judgement: Judgement

    def weigh(self, checks: Sequence[Check], judged: Sequence[Judged]) -> list[Judged]:
        """Return the answers of all rules after they have been weighed together.

        Args:
            checks: The rules.
            judged: What each says by itself.
        """
        rules = [check.rule for check in checks]
        signals = gather(self.scene, self.risk, tuple(zip(rules, judged, strict=True)))
        scales = self.judgement.scales
        chances, omitted = scales.violated(signals), scales.owed_and_unsaid(signals)
        return [
            one
            if check.settled and one.outcome is not Outcome.FAIL
            else self._weighed(check, one, signals, chances, omitted)
            for check, one in zip(checks, judged, strict=True)
        ]

    def _weighed(
        self,
        check: Check,
        judged: Judged,
        signals: Signals,
        chances: Mapping[Category, float],
        omitted: Mapping[Disclosure, tuple[float, float]],
    ) -> Judged:
        rule = check.rule
        if not rule.weighed:
            return judged
        if rule.kind is Kind.OMISSION and rule.disclosure is not None:
            return self._omission(rule, judged, signals, omitted[rule.disclosure])
        if rule.category is None or rule.category not in chances:
            return judged
        chance = chances[rule.category]
        if check.asks_model:
            return self._modelled(rule, judged, signals, rule.category, chance)
        return self._found(judged, signals, rule.category, chance)

    def _found(self, judged: Judged, signals: Signals, category: Category, chance: float) -> Judged:
        """Words that a rule found: they count when everything together makes them likely."""
        heavy = self.judgement.voices_for(signals, category)
        counts = chance >= self.judgement.accuse[category]
        findings = tuple(
            _told(finding, chance, heavy, counts=counts) for finding in judged.findings
        )
        outcome = Outcome.FAIL if counts else Outcome.UNDETERMINED
        return Judged(outcome, findings, judged.made_at)

    def _modelled(
        self, rule: Rule, judged: Judged, signals: Signals, category: Category, chance: float
    ) -> Judged:
        """What only the classifier hears; where words were found, they have been quoted."""
        if judged.outcome is Outcome.NOT_APPLICABLE:
            return judged
        if category in signals.stable or chance < self.judgement.review:
            return PASSED
        hits = tuple(self._likeliest(category.value))
        if not hits:
            return PASSED
        counts = chance >= self.judgement.accuse[category]
        heavy = self.judgement.voices_for(signals, category)
        found = (finding_of(rule, self.scene, hit, confidence=chance) for hit in hits)
        findings = tuple(_told(finding, chance, heavy, counts=counts) for finding in found)
        failed = any(finding.outcome is Outcome.FAIL for finding in findings)
        return Judged(Outcome.FAIL if failed else Outcome.UNDETERMINED, findings)

    def _likeliest(self, label: str) -> Iterator[Hit]:
        _, best = self.risk.highest(label)
        for view in self.scene.views:
            index = view.turn.index
            likely = view.turn.usable and self.risk.turn(index, label) >= _LIKELY_TURN
            if view.text and (index == best or likely):
                start, end = self.risk.stretch(view, label)
                yield Hit(index, start, end, How.CLASSIFIER, label, self.risk.turn(index, label))

    def _omission(
        self, rule: Rule, judged: Judged, signals: Signals, chances: tuple[float, float]
    ) -> Judged:
        disclosure = rule.disclosure
        if judged.outcome is Outcome.UNDETERMINED or disclosure is None:
            return judged  # for want of sound, which no weighing mends
        owed, unsaid = chances
        chance = owed * unsaid
        charged = chance >= self.judgement.omit
        if charged or (judged.outcome is Outcome.FAIL and chance >= self.judgement.review):
            heavy = self.judgement.voices_for_omission(signals, disclosure)
            if not charged:
                finding = replace(
                    self._omitted(rule, judged, chance, heavy), outcome=Outcome.UNDETERMINED
                )
                return Judged(Outcome.UNDETERMINED, (finding,))
            if judged.outcome is Outcome.PASS:
                return self._contested(rule, chance, heavy)
            finding = self._omitted(rule, judged, chance, heavy)
            return Judged(finding.outcome, (finding,))
        if owed < 0.5:
            return NOT_APPLICABLE
        made_at = judged.made_at
        if made_at is None:
            _, made_at = self.risk.highest(disclosure.value)
        return Judged(Outcome.PASS, made_at=made_at if made_at >= 0 else None)

    def _contested(self, rule: Rule, chance: float, heavy: tuple[Voice, ...]) -> Judged:
        """The rule heard words that the rest speaks against: it takes more to charge anybody."""
        counts = chance >= self.judgement.omit_heard
        found = found_omission(rule, self.scene)
        outcome = found.outcome if counts else Outcome.UNDETERMINED
        zh = "。" if counts else "，转人工复核，不计分。"
        en = "." if counts else ": goes to review, not to the score."
        finding = replace(
            found,
            outcome=outcome,
            confidence=round(chance, 4),
            grounds=self._grounds(found, heavy),
            explanation=f"{rule.title}：听到了近似告知的话，但合并规则、通话进程与模型判断，"
            f"未有效告知的可能性为{chance:.0%}{zh}",
            explanation_en=f"{rule.title_en or rule.rule_id}: words like it were heard, but rules, "
            f"talk and classifier together find it {chance:.0%} likely unsaid{en}",
        )
        return Judged(outcome, (finding,))

    def _grounds(self, finding: Finding, heavy: tuple[Voice, ...]) -> Grounds:
        """The grounds of an omission, with the classifier's nearest turn and all weights."""
        chance, turn = 0.0, -1
        if finding.disclosure is not None:
            chance, turn = self.risk.highest(finding.disclosure.value)
        return replace(with_likeliest(finding.grounds, self.scene, turn, chance), voices=heavy)

    def _omitted(
        self, rule: Rule, judged: Judged, chance: float, heavy: tuple[Voice, ...]
    ) -> Finding:
        finding = judged.findings[0] if judged.findings else found_omission(rule, self.scene)
        zh = f"合并规则、通话进程与模型判断，应告知而未告知的可能性为{chance:.0%}。"
        en = f" Rules, talk and classifier together: {chance:.0%} likely owed and unsaid."
        return replace(
            finding,
            confidence=round(chance, 4),
            grounds=self._grounds(finding, heavy),
            explanation=finding.explanation + zh,
            explanation_en=finding.explanation_en + en,
        )


def _told(finding: Finding, chance: float, heavy: tuple[Voice, ...], *, counts: bool) -> Finding:
    """Say how likely the finding is; what is not likely enough goes to review."""
    zh = f"规则、通话进程与模型合并判断，成立的可能性为{chance:.0%}"
    en = f" Rules, talk and classifier together: {chance:.0%} likely"
    return replace(
        finding,
        outcome=finding.outcome if counts else Outcome.UNDETERMINED,
        confidence=round(chance, 4),
        grounds=replace(finding.grounds, voices=heavy),
        explanation=finding.explanation + zh + ("。" if counts else "，不足以计分，转人工复核。"),
        explanation_en=finding.explanation_en
        + en
        + ("." if counts else ", too little to count: goes to review."),
    )
