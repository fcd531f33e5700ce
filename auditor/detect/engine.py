"""Apply a policy to a transcript."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditor.conditions.risk import CallRisk
from auditor.conditions.scene import DialogueState, Scene, TermFinder
from auditor.conditions.sieve import Sieve
from auditor.conditions.termindex import build_finder
from auditor.detect.cues import read_cues
from auditor.detect.dialogue import read_dialogue
from auditor.detect.judging import judge
from auditor.detect.views import ViewBuilder
from auditor.detect.weighing import Weighing
from auditor.detect.weights import Judgement
from auditor.domain.findings import CallAudit, Disclosure
from auditor.domain.transcripts import Transcript
from auditor.policy.model import Policy

if TYPE_CHECKING:
    from auditor.classify.model import TurnRisk

Follow = Callable[[Scene, Policy], DialogueState]
"""Tells who is on the line and how far the talk gets."""

_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Detector:
    """A policy ready to judge calls.

    Args:
        policy: Rules, lexicons, signals.
        builder: Folds and repairs texts.
        find_terms: Searches for all lexicon terms at once.
        sieve: Searches for the words of all conditions at once; ``None``: each by itself.
        classifier: Judges turns and calls; ``None`` when no rule of the policy asks for it.
        judgement: Weighs rules and classifier together; ``None``: each rule decides by itself.
        follow: Reads the state of the dialogue.
    """

    policy: Policy
    builder: ViewBuilder
    find_terms: TermFinder
    classifier: TurnRisk | None = None
    judgement: Judgement | None = None
    follow: Follow = read_dialogue
    sieve: Sieve | None = None

    @classmethod
    def build(
        cls,
        policy: Policy,
        builder: ViewBuilder,
        classifier: TurnRisk | None = None,
        judgement: Judgement | None = None,
    ) -> Detector:
        """Prepare a policy for judging."""
        terms = {name: lexicon.terms for name, lexicon in policy.lexicons.items()}
        return cls(
            policy, builder, build_finder(terms), classifier, judgement, sieve=_sieve(policy, terms)
        )

    def scene(self, transcript: Transcript) -> Scene:
        """Lay out a transcript and read the dialogue in it."""
        signals: dict[str, object] = {n: s.condition for n, s in self.policy.signals.items()}
        scene = Scene(transcript, self.builder.views(transcript), self.find_terms, signals)
        if self.sieve is not None:
            scene.sifted = self.sieve.sift(scene.views)
        if self.classifier is not None:
            scene.risk = CallRisk(self.classifier, transcript)
        scene.follow(self.follow(scene, self.policy))
        return scene

    def audit(self, transcript: Transcript) -> CallAudit:
        """Judge one call by the rules in force when it started."""
        scene = self.scene(transcript)
        call = transcript.call
        day = _day(transcript)
        in_force = [
            rule
            for rule in self.policy.rules
            if rule.status.judges and rule.in_force(day) and not rule.across
        ]
        together = (
            Weighing(scene, scene.risk, self.judgement)
            if self.judgement is not None and scene.risk is not None and _usable(transcript)
            else None
        )
        if together is None:
            verdicts = tuple((rule, judge(rule, scene)) for rule in in_force)
        else:
            verdicts = together.weigh(tuple((rule, together.judge(rule)) for rule in in_force))
        findings = [finding for _, judged in verdicts for finding in judged.findings]
        made: dict[Disclosure, int] = {}
        for rule, judged in verdicts:
            if rule.disclosure is not None and judged.made_at is not None:
                # Several rules may hear one disclosure: the first words count, not the first rule.
                made[rule.disclosure] = min(
                    judged.made_at, made.get(rule.disclosure, judged.made_at)
                )
        findings.sort(key=lambda f: (-1 if f.evidence is None else f.evidence.turn, f.rule_id))
        return CallAudit(
            call_id=call.call_id,
            agent_id=call.agent_id,
            findings=tuple(findings),
            rules=tuple(judged.outcome_of(rule) for rule, judged in verdicts),
            made=made,
            cues=read_cues(scene, self.policy, made),
        )


def _sieve(policy: Policy, terms: Mapping[str, tuple[str, ...]]) -> Sieve:
    roots = [
        root
        for rule in policy.rules
        if not rule.across
        for root in (rule.find, rule.applies, rule.before, rule.nearest, *rule.unless)
    ]
    signals = {name: signal.condition for name, signal in policy.signals.items()}
    return Sieve(roots, signals, terms)


def _usable(transcript: Transcript) -> bool:
    """Whether the recording can be judged: in one too bad every rule has left its check open."""
    return transcript.health is None or transcript.health.usable


def _day(transcript: Transcript) -> date | None:
    started = transcript.call.started_at
    return None if started is None else started.astimezone(_CHINA).date()
