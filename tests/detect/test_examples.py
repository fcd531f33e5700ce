"""Dialogues kept beside rules, as calls."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.conditions.node import Node, Source
from auditor.detect.examples import as_transcript
from auditor.policy.examples import read_examples
from auditor.policy.model import Example

LINES = [
    {"agent": "您好"},
    {"customer": "喂", "after": 8},
    {"agent": "嗯", "after": -1, "lasts": 3},
]


def example(**told: Any) -> tuple[tuple[Example, ...], list[str]]:
    """The example as read, and what is wrong with it."""
    source = Source("rule.yaml", {})
    value = [{"name": "x", "expect": "none", "dialogue": LINES, **told}]
    return read_examples(Node(value, source)), [problem.reason for problem in source.problems]


def test_lines_follow_each_other_with_pauses_and_lengths() -> None:
    """``after`` puts silence before a line, or lets it begin before the last one ends."""
    (read,), problems = example()
    first, second, third = (turn.time for turn in as_transcript(read).turns)
    assert problems == []
    assert second.start_ms - first.end_ms == 8000
    assert third.start_ms - second.end_ms == -1000
    assert third.seconds == 3


def test_the_call_of_an_example() -> None:
    """Its start and further columns of the manifest can be given."""
    call = {"started_at": "2026-03-05T22:30:00+08:00", "attributes": {"fee": 12.5}}
    (read,), problems = example(call=call)
    built = as_transcript(read).call
    assert problems == []
    assert built.started_at is not None
    assert built.started_at.isoformat() == call["started_at"]
    assert built.attributes == {"fee": "12.5"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"dialogue": [{"agent": "好", "customer": "好"}]}, "bad_line"),
        ({"dialogue": [{"after": 3}]}, "bad_line"),
        ({"dialogue": [{"agent": "好", "before": 3}]}, "unknown_key"),
        ({"dialogue": [{"agent": "好", "after": "long"}]}, "not_a_number"),
        ({"dialogue": [{"agent": "好", "lasts": 0}]}, "out_of_range"),
        ({"call": {"started_at": "2026-03-05T22:30:00"}}, "not_an_instant"),
        ({"call": {"started_at": "tonight"}}, "not_an_instant"),
        ({"call": {"attributes": "fee"}}, "not_a_mapping"),
        ({"call": {"mood": "good"}}, "unknown_key"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Lines and circumstances are checked when the file is read."""
    _, problems = example(**told)
    assert reason in problems
