"""Scenes and conditions for the tests of operators and exemptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from auditor.conditions.base import Answer, Condition, Exemption, span_of
from auditor.conditions.node import Node, Source
from auditor.conditions.reading import Reading, Vocabulary
from auditor.conditions.scene import DialogueState, Person, Scene
from auditor.conditions.termindex import build_finder
from auditor.detect.engine import Detector
from auditor.detect.repairs import repair_finder
from auditor.detect.views import ViewBuilder, no_repairs
from auditor.domain.calls import Call, Speaker
from auditor.domain.findings import Category, Disclosure, Kind, Severity, Status
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Mark, Transcript, Turn
from auditor.policy.model import Clause, Lexicon, Policy, Rule, Signal
from auditor.text.compact import compact
from auditor.text.normalise import Normaliser

_SPEAKERS = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER, "U": Speaker.UNKNOWN}
Lexicons = Mapping[str, tuple[str, ...]]
NORMALISER = Normaliser()
"""Built once: it reads tables."""

NOTHING: Mapping[str, Any] = MappingProxyType({})

OPEN = {"metadata": {"field": "case_status", "is": "x"}}
"""A condition that nobody can answer: the scenes' calls have no case status."""
YES = {"metadata": {"field": "call_id", "is": "c"}}
"""A condition that holds in every scene without pointing at words."""
NO = {"metadata": {"field": "call_id", "is": "other"}}
"""A condition that holds in no scene."""

CLAUSE = Clause(
    clause_id="law-1", document="《某法》", section="第1条", grade="V1", summary="不得如何。"
)


def turns(*lines: str, marked: Sequence[int] = (), confidence: float = 1.0) -> tuple[Turn, ...]:
    """Turns of lines such as ``A 您好``, two seconds each and one of silence between."""
    return tuple(
        Turn(
            index=index,
            speaker=_SPEAKERS[line[0]],
            text=line[2:],
            time=TimeSpan(index * 3000, index * 3000 + 2000),
            speaker_confidence=confidence,
            marks=(Mark.INVENTION,) if index in marked else (),
        )
        for index, line in enumerate(lines)
    )


def talk(*lines: str, call: Call | None = None, **told: Any) -> Transcript:
    """A transcript of such lines; see ``turns``."""
    said = turns(*lines, **told)
    call = call or Call(call_id="c", agent_id="a")
    return Transcript(call=call, turns=said, duration=3.0 * len(said))


def timed(*lines: str, duration: float | None = None, marked: Sequence[int] = ()) -> Transcript:
    """A transcript of lines such as ``A 0 2.5 您好``: who, from, to, what."""
    said = []
    for index, line in enumerate(lines):
        who, start, end, text = line.split(" ", 3)
        said.append(
            Turn(
                index=index,
                speaker=_SPEAKERS[who],
                text=text,
                time=TimeSpan.from_seconds(float(start), float(end)),
                marks=(Mark.NO_VOICE,) if index in marked else (),
            )
        )
    return Transcript(call=Call(call_id="c", agent_id="a"), turns=tuple(said), duration=duration)


def on_line(*persons: tuple[Person, float]) -> DialogueState:
    """A reading of the talk with a person and a confidence for every turn."""
    return DialogueState(tuple(p for p, _ in persons), tuple(c for _, c in persons))


def words(scene: Scene, answer: Answer) -> list[str]:
    """The words of an answer as they are written in the turns."""
    return [span_of(scene, hit).of(scene.views[hit.turn].turn.text) for hit in answer.hits]


class Bench:
    """Reads conditions over some lexicons and lays out talks for them."""

    def __init__(
        self,
        lexicons: Lexicons | None = None,
        signals: Mapping[str, object] = NOTHING,
        classifier: str = "",
    ) -> None:
        self.lexicons = dict(lexicons or {})
        self.normaliser = NORMALISER
        self.source = Source("rule.yaml", {}, [])
        vocabulary = Vocabulary.build(
            self.lexicons, tuple(signals), self._fold, self.normaliser.fold_pattern, classifier
        )
        self.reading = Reading(vocabulary)
        self.signals = {name: self.condition(told) for name, told in signals.items()}

    def _fold(self, text: str) -> str:
        return compact(self.normaliser.fold(text)).text

    def condition(self, told: object) -> Condition:
        """Read a condition as a rule file has it."""
        return self.reading.condition(Node(told, self.source))

    def exemption(self, told: object) -> Exemption:
        """Read an exemption as a rule file has it."""
        found = self.reading.exemption(Node(told, self.source))
        assert found is not None, self.source.problems
        return found

    @property
    def reasons(self) -> list[str]:
        """Reasons of the problems found while reading."""
        return [problem.reason for problem in self.source.problems]

    def scene(
        self,
        *lines: str,
        call: Call | None = None,
        state: DialogueState | None = None,
        marked: Sequence[int] = (),
    ) -> Scene:
        """Lay out lines such as ``A 您好``, two seconds each."""
        scene = self.laid_out(talk(*lines, call=call, marked=marked))
        if state is not None:
            scene.state = state
        return scene

    def laid_out(self, transcript: Transcript) -> Scene:
        """Lay out a transcript."""
        views = ViewBuilder(self.normaliser).views(transcript)
        return Scene(transcript, views, build_finder(self.lexicons), self.signals)

    def answer(self, told: object, *lines: str, **scene: Any) -> Answer:
        """Read a condition, which must be sound, and look for it in a talk."""
        condition = self.condition(told)
        assert self.source.problems == []
        return condition.find(self.scene(*lines, **scene))

    def rule(self, find: object, *, rule_id: str = "test.rule", **told: Any) -> Rule:
        """A rule of conditions as a rule file has them; a disclosure makes it an omission."""
        disclosure: Disclosure | None = told.pop("disclosure", None)
        category = Category.THREAT if disclosure is None else None
        unless = tuple(self.exemption(item) for item in told.pop("unless", ()))
        parts: dict[str, Any] = {
            key: self.condition(told.pop(key))
            for key in ("applies", "before", "nearest")
            if key in told
        }
        defaults: dict[str, Any] = {
            "version": 1,
            "title": "标题",
            "title_en": "Title",
            "clauses": (CLAUSE,),
            "severity": Severity.MAJOR,
            "weight": 10.0,
            "status": Status.STABLE,
        }
        rule = Rule(
            rule_id=rule_id,
            kind=Kind.VIOLATION if disclosure is None else Kind.OMISSION,
            category=category,
            disclosure=disclosure,
            find=self.condition(find),
            unless=unless,
            **parts,
            **{**defaults, **told},
        )
        assert self.source.problems == []
        return rule

    def detector(self, *rules: Rule, by_sound: Sequence[str] = ()) -> Detector:
        """A policy of some rules, ready to judge; some lexicons may count by sound."""
        policy = Policy(
            policy_id="test",
            version="1",
            title="测试",
            fingerprint="",
            clauses={CLAUSE.clause_id: CLAUSE},
            lexicons={n: Lexicon(n, n, terms, n in by_sound) for n, terms in self.lexicons.items()},
            signals={n: Signal(n, n, condition) for n, condition in self.signals.items()},
            rules=rules,
        )
        repairs = repair_finder(policy) if by_sound else no_repairs
        return Detector.build(policy, ViewBuilder(self.normaliser, repairs))
