"""Named pieces of meaning shared by rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from rule_bench import OPEN, Bench, words

from auditor.conditions.operators.signal import SignalGiven
from auditor.conditions.truth import Truth
from auditor.pipeline.judging import build_detector

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED

SIGNALS: Mapping[str, object] = {
    "asks": {"speaker": "agent", "pattern": "密码"},
    "poor": {"speaker": "customer", "pattern": "没钱"},
    "open": {"all": [{"speaker": "agent", "pattern": "法院"}, OPEN]},
}


@pytest.mark.parametrize(
    ("told", "lines", "truth", "expected"),
    [
        ({"signal": "asks"}, ("A 报密码",), H, ["密码"]),
        ({"signal": ["asks", "poor"]}, ("C 没钱", "A 密码"), H, ["没钱", "密码"]),
        ({"signal": ["asks", "open"]}, ("A 密码，法院",), H, ["密码"]),
        ({"signal": "open"}, ("A 法院",), U, ["法院"]),
        ({"signal": ["poor", "open"]}, ("A 法院",), U, ["法院"]),
        ({"signal": "asks"}, ("C 报密码",), M, []),
        ({"signal": "asks"}, ("A 密", "A 码"), M, []),
        ({"signal": "poor"}, ("A 没钱",), M, []),
        ({"signal": ["asks", "poor"]}, ("A 您好",), M, []),
        ({"signal": "asks", "speaker": "customer"}, ("C 密码",), M, []),
        ({"signal": "open"}, ("A 您好",), M, []),
        ({"signal": "asks", "where": {"first_turns": 1}}, ("A 嗯", "A 密码"), M, []),
    ],
)
def test_signals(
    told: dict[str, object], lines: tuple[str, ...], truth: Truth, expected: list[str]
) -> None:
    """A signal is found as its own condition says, whoever asks for it."""
    bench = Bench(signals=SIGNALS)
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert (answer.truth, words(scene, answer)) == (truth, expected)


def test_an_answer_belongs_to_one_call() -> None:
    """What one call answered is not remembered for the next."""
    bench = Bench(signals=SIGNALS)
    condition = bench.condition({"signal": "asks"})
    assert condition.find(bench.scene("A 密码")).truth is H
    assert condition.find(bench.scene("A 您好")).truth is M


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"signal": "ask"}, "unknown_signal"),
        ({"signal": ["asks", "ask"]}, "unknown_signal"),
        ({"signal": []}, "empty_list"),
        ({"signal": None}, "empty_list"),
        ({"signal": 1}, "not_text"),
    ],
)
def test_mistakes_are_reported(told: dict[str, object], reason: str) -> None:
    """A signal that does not exist, or none, is a problem of the file."""
    bench = Bench(signals=SIGNALS)
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """The name is in the explanation."""
    assert "信号〔asks〕" in Bench(signals=SIGNALS).condition({"signal": "asks"}).describe()


def test_a_signal_of_a_policy_says_its_title_with_the_name_in_brackets() -> None:
    """Readers of reports know the title, writers of rules the name."""
    given = SignalGiven(("asks", "bare"), ("索要验证码", ""))
    assert given.describe() == "信号〔索要验证码（asks）、bare〕"
    policy = build_detector(weighed=False).policy
    told = [rule.find.describe() for rule in policy.rules if not rule.across]
    named = [name for text in told for name in re.findall("信号〔([^〕]*)〕", text)]
    assert named
    assert all(re.match(r"[^a-z]", name) for name in named)
