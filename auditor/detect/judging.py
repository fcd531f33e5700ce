"""Judge one call by one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby

from auditor.conditions.base import Hit, span_of
from auditor.conditions.modifiers import SURE_SPEAKER as SURE_SPEAKER
from auditor.conditions.nearest import attempt_at
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.detect.checks import Check
from auditor.detect.explain import Excused, explain_omission, explain_violation
from auditor.detect.grounds import omission_grounds, violation_grounds
from auditor.domain.calls import Speaker
from auditor.domain.findings import (
    Evidence,
    Finding,
    How,
    Kind,
    Match,
    Outcome,
)
from auditor.domain.spans import TimeSpan
from auditor.policy.model import Rule

_SOUND_DISCOUNT = 0.85


class Judged:
    """What one rule says about one call; its findings are put into words when they are wanted."""

    __slots__ = ("_found", "_tell", "made_at", "outcome")

    def __init__(
        self,
        outcome: Outcome,
        findings: tuple[Finding, ...] = (),
        made_at: int | None = None,
        *,
        tell: Callable[[], tuple[Finding, ...]] | None = None,
    ) -> None:
        """Take the answer.

        Args:
            outcome: The answer.
            findings: What it found.
            made_at: Turn at which a disclosure was made.
            tell: Puts findings into words, in place of ``findings``.
        """
        self.outcome = outcome
        self.made_at = made_at
        self._found = findings
        self._tell = tell

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rule found."""
        if self._tell is not None:
            self._found, self._tell = self._tell(), None
        return self._found


PASSED = Judged(Outcome.PASS)
NOT_APPLICABLE = Judged(Outcome.NOT_APPLICABLE)
UNDETERMINED = Judged(Outcome.UNDETERMINED)


def judge_alone(check: Check, scene: Scene, *, weighed: bool) -> Judged:
    """Judge by a rule, without asking it where none of its words are said.

    Args:
        check: The rule.
        scene: The call.
        weighed: All answers will be weighed together: what only asks the classifier is left open.
    """
    if weighed and check.asks_model:
        applies = check.rule.applies
        missing = applies is not None and scene.answer(applies).truth is Truth.MISS
        return NOT_APPLICABLE if missing else UNDETERMINED
    if check.only_words and scene.sifted is not None and scene.sifted.closed(check.needs):
        health = scene.transcript.health
        return PASSED if health is None or health.usable else UNDETERMINED
    return judge(check.rule, scene)


def judge(rule: Rule, scene: Scene) -> Judged:
    """Judge one call by one rule."""
    health = scene.transcript.health
    applies = scene.answer(rule.applies).truth if rule.applies is not None else Truth.HIT
    if applies is Truth.MISS:
        return NOT_APPLICABLE
    doubtful = applies is Truth.UNDETERMINED or (health is not None and not health.usable)
    if rule.kind is Kind.VIOLATION:
        return _violation(rule, scene, doubtful)
    return _omission(rule, scene, doubtful)


def _violation(rule: Rule, scene: Scene, doubtful: bool) -> Judged:  # noqa: FBT001 - internal
    answer = scene.answer(rule.find)
    kept: list[Hit] = []
    excused: list[Excused] = []
    unsure: set[Hit] = set()
    open_ = answer.truth is Truth.UNDETERMINED
    for hit in answer.hits:
        excuse, reason = _excuse(rule, scene, hit)
        if excuse is Truth.HIT:
            excused.append(Excused(hit, reason))
            continue
        kept.append(hit)
        if excuse is Truth.UNDETERMINED:
            unsure.add(hit)
    if not answer.hits and answer.truth is Truth.HIT:
        return _wordless(rule, scene, doubtful)
    if not kept:
        if answer.truth is Truth.UNDETERMINED and not answer.hits:
            return UNDETERMINED
        return UNDETERMINED if doubtful else PASSED
    findings = tuple(_findings(rule, scene, kept, excused, unsure, doubtful or open_))
    failed = any(finding.outcome is Outcome.FAIL for finding in findings)
    return Judged(Outcome.FAIL if failed else Outcome.UNDETERMINED, findings)


def _wordless(rule: Rule, scene: Scene, doubtful: bool) -> Judged:  # noqa: FBT001 - internal
    """A violation that shows in what is known of the call, not in words of it."""
    outcome = Outcome.UNDETERMINED if doubtful else Outcome.FAIL
    zh, en = explain_violation(rule, scene, (), (), unsure_speaker=False, doubtful=doubtful)
    finding = _finding(rule, scene, outcome, rule.confidence, zh, en, None)
    return Judged(outcome, (replace(finding, grounds=violation_grounds(rule, scene, (), ())),))


def _excuse(rule: Rule, scene: Scene, hit: Hit) -> tuple[Truth, str]:
    """Whether anything excuses a hit, and what; open where that cannot be known."""
    open_ = (Truth.MISS, "")
    for exemption in rule.unless:
        excuse = exemption.excuses(scene, hit)
        if excuse is Truth.HIT:
            return excuse, exemption.describe()
        if excuse is Truth.UNDETERMINED:
            open_ = excuse, exemption.describe()
    return open_


def _findings(
    rule: Rule,
    scene: Scene,
    kept: list[Hit],
    excused: list[Excused],
    open_: set[Hit],
    doubtful: bool,  # noqa: FBT001 - internal
) -> Iterator[Finding]:
    for index, group in groupby(sorted(kept), key=lambda hit: hit.turn):
        everything = tuple(group)
        # What may be excused is no evidence beside what is not.
        hits = tuple(hit for hit in everything if hit not in open_) or everything
        turn = scene.views[index].turn
        unsure = turn.speaker_confidence < SURE_SPEAKER or turn.speaker is Speaker.UNKNOWN
        in_doubt = doubtful or hits[0] in open_
        outcome = Outcome.UNDETERMINED if in_doubt or unsure else Outcome.FAIL
        evidence = _evidence(scene, hits)
        zh, en = explain_violation(
            rule,
            scene,
            hits,
            tuple(excused),
            unsure_speaker=unsure,
            doubtful=in_doubt,
            open_excuse=hits[0] in open_,
        )
        by_sound = all(hit.how is How.PINYIN for hit in hits)
        chance = max(hit.chance for hit in hits)
        confidence = rule.confidence * chance * (_SOUND_DISCOUNT if by_sound else 1.0)
        grounds = violation_grounds(rule, scene, hits, tuple(excused))
        finding = _finding(rule, scene, outcome, confidence, zh, en, evidence)
        yield replace(finding, grounds=grounds)


def _evidence(scene: Scene, hits: tuple[Hit, ...]) -> Evidence:
    view = scene.views[hits[0].turn]
    turn = view.turn
    matches = tuple(
        Match(span.of(turn.text), span, hit.how, hit.source)
        for hit in _widest(hits)
        for span in (span_of(scene, hit),)
    )
    times = [turn.time_of(match.span) for match in matches]
    time = (
        TimeSpan(min(t.start_ms for t in times), max(t.end_ms for t in times))
        if times
        else turn.time
    )
    return Evidence(turn.index, time, turn.speaker, turn.text, matches)


def _widest(hits: tuple[Hit, ...]) -> list[Hit]:
    """Drop hits that lie inside another hit."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def _omission(rule: Rule, scene: Scene, doubtful: bool) -> Judged:  # noqa: FBT001 - internal
    answer = scene.answer(rule.find)
    excuses = {hit: _excuse(rule, scene, hit)[0] for hit in answer.hits}
    made = [hit for hit, excuse in excuses.items() if excuse is Truth.MISS]
    uncertain = any(excuse is Truth.UNDETERMINED for excuse in excuses.values())
    late: list[Hit] = []
    if rule.before is not None:
        limit = scene.answer(rule.before)
        first = (limit.hits[0].turn, limit.hits[0].start) if limit.hits else None
        if first is not None:
            late = [hit for hit in made if (hit.turn, hit.start) > first]
            made = [hit for hit in made if hit not in late]
        # Whether it came too late is open where it is open what it had to precede.
        unknown = limit.truth is Truth.UNDETERMINED
        uncertain = uncertain or (unknown and bool(late or (made and first is None)))
        if unknown and first is None:
            made = []
    if answer.truth is Truth.HIT and (made or not answer.hits):
        outcome = Outcome.UNDETERMINED if doubtful else Outcome.PASS
        return Judged(outcome, made_at=made[0].turn if made else None)
    unheard = _unheard(scene)
    open_ = doubtful or unheard or uncertain or answer.truth is Truth.UNDETERMINED
    outcome = Outcome.UNDETERMINED if open_ else Outcome.FAIL

    def tell() -> tuple[Finding, ...]:
        return (_lacking(rule, scene, outcome, made, late, unheard=unheard),)

    return Judged(outcome, tell=tell)


def _lacking(
    rule: Rule,
    scene: Scene,
    outcome: Outcome,
    made: list[Hit],
    late: list[Hit],
    *,
    unheard: bool,
) -> Finding:
    """Put an omission into words: what came nearest, and what that lacks."""
    nearest = (
        made or late or list(scene.answer(rule.nearest).hits if rule.nearest is not None else ())
    )
    evidence = (
        _evidence(scene, tuple(h for h in nearest if h.turn == nearest[0].turn))
        if nearest
        else None
    )
    attempt = attempt_at(rule.find, scene) if not made and not late else None
    zh, en = explain_omission(
        rule,
        scene,
        tuple(nearest),
        late=bool(late),
        unheard=unheard,
        doubtful=outcome is Outcome.UNDETERMINED,
        missing=attempt.missing if attempt is not None and attempt.hits else (),
    )
    finding = _finding(rule, scene, outcome, rule.confidence, zh, en, evidence)
    grounds = omission_grounds(rule, scene, tuple(nearest))
    return replace(finding, grounds=grounds)


def _unheard(scene: Scene) -> bool:
    return any(
        not view.turn.usable
        or view.turn.speaker is Speaker.UNKNOWN
        or view.turn.speaker_confidence < SURE_SPEAKER
        for view in scene.views
    )


def _finding(
    rule: Rule,
    scene: Scene,
    outcome: Outcome,
    confidence: float,
    explanation: str,
    explanation_en: str,
    evidence: Evidence | None,
) -> Finding:
    call = scene.transcript.call
    return Finding(
        call_id=call.call_id,
        agent_id=call.agent_id,
        kind=rule.kind,
        category=rule.category,
        disclosure=rule.disclosure,
        rule_id=rule.rule_id,
        rule_version=rule.version,
        title=rule.title,
        title_en=rule.title_en,
        status=rule.status,
        outcome=outcome,
        severity=rule.severity,
        weight=rule.weight,
        clauses=tuple(dict.fromkeys(clause.ref for clause in rule.clauses)),
        confidence=round(confidence, 4),
        explanation=explanation,
        explanation_en=explanation_en,
        evidence=evidence,
    )


def finding_of(rule: Rule, scene: Scene, hit: Hit, *, confidence: float) -> Finding:
    """Make a finding of a violation rule from words found elsewhere.

    It is undetermined when the speaker is not sure or the sound not usable.
    """
    turn = scene.views[hit.turn].turn
    health = scene.transcript.health
    unsure = turn.speaker_confidence < SURE_SPEAKER or turn.speaker is Speaker.UNKNOWN
    doubtful = health is not None and not health.usable
    outcome = Outcome.UNDETERMINED if doubtful or unsure else Outcome.FAIL
    zh, en = explain_violation(rule, scene, (hit,), (), unsure_speaker=unsure, doubtful=doubtful)
    finding = _finding(rule, scene, outcome, confidence, zh, en, _evidence(scene, (hit,)))
    return replace(finding, grounds=violation_grounds(rule, scene, (hit,), ()))


def found_omission(rule: Rule, scene: Scene) -> Finding:
    """Make the finding of an omission rule whose own words did not decide it.

    It is undetermined where the sound is not usable or turns are of unsure speakers.
    """
    health = scene.transcript.health
    unheard = _unheard(scene)
    doubtful = health is not None and not health.usable
    outcome = Outcome.UNDETERMINED if doubtful or unheard else Outcome.FAIL
    zh, en = explain_omission(
        rule, scene, (), late=False, unheard=unheard, doubtful=outcome is Outcome.UNDETERMINED
    )
    finding = _finding(rule, scene, outcome, rule.confidence, zh, en, None)
    return replace(finding, grounds=omission_grounds(rule, scene, ()))
