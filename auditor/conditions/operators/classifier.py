"""``classifier``: the trained model finds a violation, act, disclosure or cue likely in a turn."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.classify.labels import CATEGORIES, LABELS
from auditor.conditions.base import MISS, UNDETERMINED, Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.risk import CallRisk
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.domain.findings import How

KEYS = ("classifier",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False

_PRECISE = "precise"
_FIELDS = ("label", "at_least", "review_from", "in_call")


@dataclass(frozen=True, slots=True)
class ClassifiedAs:
    """The classifier's probability of a label reaches a bound.

    Args:
        label: One of the model's labels.
        at_least: Bound of a hit; ``None`` takes the model card's, set for precision.
        review_from: Between this and the bound the answer stays open; ``None`` for no such band.
        in_call: For violations: judge the whole call's probability, and point at its likeliest
            turn, in place of each turn by itself.
    """

    label: str
    at_least: float | None = None
    review_from: float | None = None
    in_call: bool = False

    def find(self, scene: Scene) -> Answer:
        """The turns that reach the bound; undetermined without a model."""
        if scene.risk is None:
            return UNDETERMINED
        risk = scene.risk
        bound = self.at_least
        if bound is None:
            bound = risk.threshold(self.label, in_call=self.in_call)
        if self.in_call and risk.call(self.label) < self._least(bound):
            return MISS
        turns = risk.turns(self.label)
        likely = [(turns[v.turn.index], v.turn.index) for v in scene.said(None) if v.text]
        if self.in_call and likely:
            likely = [(risk.call(self.label), max(likely, key=lambda pair: (pair[0], -pair[1]))[1])]
        found = [(chance, index) for chance, index in likely if chance >= bound]
        if found:
            return self._answer(Truth.HIT, scene, risk, found)
        if self.review_from is None:
            return MISS
        open_ = [(chance, index) for chance, index in likely if chance >= self.review_from]
        return self._answer(Truth.UNDETERMINED, scene, risk, open_) if open_ else MISS

    def _least(self, bound: float) -> float:
        """The probability below which it is a plain miss."""
        return bound if self.review_from is None else min(bound, self.review_from)

    def _answer(
        self, truth: Truth, scene: Scene, risk: CallRisk, found: list[tuple[float, int]]
    ) -> Answer:
        hits = []
        for chance, index in sorted(found, key=lambda pair: pair[1]):
            start, end = risk.stretch(scene.views[index], self.label)
            hits.append(Hit(index, start, end, How.CLASSIFIER, self.label, round(chance, 4)))
        return Answer(truth, tuple(hits))

    def describe(self) -> str:
        """Say in Chinese."""
        bound = "模型卡的精确阈值" if self.at_least is None else f"{self.at_least:g}"
        where = "整通电话" if self.in_call else "该段话"
        return f"分类模型判断{where}为〔{self.label}〕的概率不低于{bound}"


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``classifier: label`` or ``classifier: {label, at_least, review_from, in_call}``."""
    given = node.child(key)
    if not reading.vocabulary.classifier:
        given.problem("no_classifier", "policy.yaml names no classifier to ask")
    if not given.is_mapping:
        return ClassifiedAs(given.choice(LABELS))
    given.only(_FIELDS)
    label = given.child("label").choice(LABELS)
    in_call = given.child("in_call").flag()
    if in_call and label not in CATEGORIES:
        given.child("in_call").problem(
            "not_of_calls", f"only violations are judged by call: {', '.join(CATEGORIES)}"
        )
    bound = given.child("at_least")
    at_least = None
    if bound.value not in (None, _PRECISE):
        at_least = bound.number(low=0, high=1)
    review_from = None
    if given.has("review_from"):
        review_from = given.child("review_from").number(low=0, high=1)
    return ClassifiedAs(label, at_least, review_from, in_call)
