"""Apply a policy to a transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditor.conditions.risk import CallRisk
from auditor.conditions.scene import DialogueState, Scene, TermFinder
from auditor.conditions.termindex import build_finder
from auditor.detect.checks import Check, Checks, PolicySieve
from auditor.detect.cues import read_cues
from auditor.detect.dialogue import SIGNALS, read_dialogue
from auditor.detect.judging import Judged, judge_alone
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
class _Case:
    """A call while it is being judged: the rules in force on its day, and what each says."""

    scene: Scene
    day: date | None
    checks: list[Check] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)


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
        checks: What is the same of each rule in every call.
        wordings: What has been put into other words for calls before.
    """

    policy: Policy
    builder: ViewBuilder
    find_terms: TermFinder
    classifier: TurnRisk | None = None
    judgement: Judgement | None = None
    follow: Follow = read_dialogue
    sieve: PolicySieve | None = None
    checks: Checks = field(init=False, repr=False, compare=False)
    wordings: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", Checks(self.sieve))

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
            policy,
            builder,
            build_finder(terms),
            classifier,
            judgement,
            sieve=PolicySieve(policy),
        )

    def scene(self, transcript: Transcript) -> Scene:
        """Lay out a transcript and read the dialogue in it."""
        (scene,) = self.scenes([transcript])
        return scene

    def scenes(self, transcripts: Sequence[Transcript]) -> list[Scene]:
        """Lay out several transcripts; together that takes less time than one by one.

        The classifier is asked when something wants to know, or for all at once where its word
        weighs in every call.
        """
        signals: dict[str, object] = {n: s.condition for n, s in self.policy.signals.items()}
        views = self.builder.views_of(transcripts)
        scenes = [
            Scene(transcript, own, self.find_terms, signals, wordings=self.wordings)
            for transcript, own in zip(transcripts, views, strict=True)
        ]
        if self.classifier is not None:
            many = len(transcripts) > 1 and self.judgement is not None
            risks = (
                CallRisk.together(self.classifier, transcripts)
                if many
                else [CallRisk(self.classifier, transcript) for transcript in transcripts]
            )
            for scene, risk in zip(scenes, risks, strict=True):
                scene.risk = risk
        if self.sieve is not None:
            for scene in scenes:
                scene.sifted = self.sieve.get().sift(scene.views)
            if self.follow is read_dialogue:
                self._ask_ahead(scenes)
        for scene in scenes:
            scene.follow(self.follow(scene, self.policy))
        return scenes

    def _ask_ahead(self, scenes: Sequence[Scene]) -> None:
        """Ask all calls for what following them needs, signal by signal: answers are kept.

        What a pattern's automaton has worked out stays in the processor's cache from call to call.
        """
        for name in SIGNALS:
            signal = self.policy.signals.get(name)
            if signal is not None:
                for scene in scenes:
                    scene.answer(signal.condition)

    def audit(self, transcript: Transcript) -> CallAudit:
        """Judge one call by the rules in force when it started."""
        (audit,) = self.audit_many([transcript])
        return audit

    def audit_many(self, transcripts: Sequence[Transcript]) -> list[CallAudit]:
        """Judge several calls, each as it would be judged alone.

        What is known of all of them is held at once: give some dozens at a time, not a night.
        """
        cases = [_Case(scene, _day(scene.transcript)) for scene in self.scenes(transcripts)]
        # Rule by rule, not call by call, for the sake of the processor's cache.
        for check in self.checks.of(self.policy.rules):
            for case in cases:
                if check.rule.in_force(case.day):
                    weighed = self._weighs(case.scene)
                    case.checks.append(check)
                    case.judged.append(judge_alone(check, case.scene, weighed=weighed))
        return [self._audited(case) for case in cases]

    def _weighs(self, scene: Scene) -> bool:
        """Whether rules and classifier decide together: not where every check is left open."""
        health = scene.transcript.health
        known = self.judgement is not None and scene.risk is not None
        return known and (health is None or health.usable)

    def _audited(self, case: _Case) -> CallAudit:
        scene, checks, judged = case.scene, case.checks, case.judged
        transcript = scene.transcript
        if self.judgement is not None and scene.risk is not None and self._weighs(scene):
            judged = Weighing(scene, scene.risk, self.judgement).weigh(checks, judged)
        findings = [finding for one in judged for finding in one.findings]
        findings.sort(key=lambda f: (-1 if f.evidence is None else f.evidence.turn, f.rule_id))
        made: dict[Disclosure, int] = {}
        for check, one in zip(checks, judged, strict=True):
            disclosure = check.rule.disclosure
            if disclosure is not None and one.made_at is not None:
                # Several rules may hear one disclosure: the first words count, not the first rule.
                made[disclosure] = min(one.made_at, made.get(disclosure, one.made_at))
        return CallAudit(
            call_id=transcript.call.call_id,
            agent_id=transcript.call.agent_id,
            findings=tuple(findings),
            rules=tuple(
                [check.outcomes[one.outcome] for check, one in zip(checks, judged, strict=True)]
            ),
            made=made,
            cues=read_cues(scene, self.policy, made),
        )


def _day(transcript: Transcript) -> date | None:
    started = transcript.call.started_at
    return None if started is None else started.astimezone(_CHINA).date()
