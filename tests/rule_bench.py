"""Scenes and conditions for the tests of operators and exemptions."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.conditions.base import Condition, Exemption
from auditor.conditions.node import Node, Source
from auditor.conditions.reading import Reading, Vocabulary
from auditor.conditions.scene import Scene
from auditor.conditions.termindex import build_finder
from auditor.detect.views import ViewBuilder
from auditor.domain.calls import Call, Speaker
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.text.compact import compact
from auditor.text.normalise import Normaliser

_SPEAKERS = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER}
Lexicons = Mapping[str, tuple[str, ...]]


class Bench:
    """Reads conditions over some lexicons and lays out talks for them."""

    def __init__(self, lexicons: Lexicons | None = None) -> None:
        self.lexicons = dict(lexicons or {})
        self.normaliser = Normaliser()
        self.source = Source("rule.yaml", {}, [])
        vocabulary = Vocabulary.build(self.lexicons, (), self._fold, self.normaliser.fold_pattern)
        self.reading = Reading(vocabulary)

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

    def scene(self, *lines: str, call: Call | None = None) -> Scene:
        """Lay out lines such as ``A 您好``, two seconds each."""
        turns = tuple(
            Turn(
                index=index,
                speaker=_SPEAKERS[line[0]],
                text=line[2:],
                time=TimeSpan(index * 3000, index * 3000 + 2000),
            )
            for index, line in enumerate(lines)
        )
        transcript = Transcript(
            call=call or Call(call_id="c", agent_id="a"), turns=turns, duration=3.0 * len(turns)
        )
        views = ViewBuilder(self.normaliser).views(transcript)
        return Scene(transcript, views, build_finder(self.lexicons), {})
