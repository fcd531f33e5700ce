"""Mistakes in rule files name their file and line, however deep they are."""

from __future__ import annotations

import pytest
from rule_bench import Bench

from auditor.conditions.node import Node, Source
from auditor.policy.strictyaml import read_text

FLOW = """find:
  flow:
    when: {speaker: customer, pattern: 困难}
    then:
      - name: 方案
        says: {speaker: agent, pattern: '('}
        within: {turns: 2}
        end: kept
      - name: 拒绝
        says: {speaker: agent, lexicon: nothing}
        within: {turns: 2}
        end: perhaps
"""
VALUE = """find:
  speaker: agent
  value:
    kind: amount
    near: {of: {pattern: 欠}, chars: 6}
    more_than:
      field: fee
      tolerance: much
"""
WHERE = """find:
  any:
    - speaker: agent
      keywords: {words: [法院], which: 3}
      where:
        after:
          of: {speaker: customer, pattern: 投诉}
          hit: second
"""
NOT = """find:
  not: {speaker: agent, pattern: 录音}
  where: {first_turns: 3}
"""


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            FLOW,
            {
                "rule.yaml:6": "pattern_syntax",
                "rule.yaml:10": "unknown_lexicon",
                "rule.yaml:12": "unknown_word",
            },
        ),
        (VALUE, {"rule.yaml:8": "not_a_number"}),
        (WHERE, {"rule.yaml:4": "out_of_range", "rule.yaml:8": "unknown_word"}),
        (NOT, {"rule.yaml:3": "no_words"}),
    ],
)
def test_every_mistake_has_its_line(text: str, places: dict[str, str]) -> None:
    """All mistakes of a file are found at once."""
    bench = Bench()
    source = Source("rule.yaml", {})
    value = read_text(text, source)
    bench.reading.condition(Node(value, source).child("find"))
    assert {problem.where: problem.reason for problem in source.problems} == places


@pytest.mark.parametrize("kind", ["not", "metadata", "calendar", "state", "measure"])
@pytest.mark.parametrize("key", ["where", "person", "min"])
def test_what_has_no_words_lies_nowhere(kind: str, key: str) -> None:
    """A place, a person or a count beside such a condition would never hold: that is a mistake."""
    conditions = {
        "not": {"speaker": "agent", "pattern": "录音"},
        "metadata": {"field": "seat", "is": "own"},
        "calendar": {"day": "sunday"},
        "state": "verified",
        "measure": {"of": "duration", "above": 3},
    }
    modifiers = {"where": {"first_turns": 1}, "person": "debtor", "min": 2}
    bench = Bench()
    bench.condition({kind: conditions[kind], key: modifiers[key]})
    assert bench.reasons == ["no_words"]
