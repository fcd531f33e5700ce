"""All turns or sentences of a speaker."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import OPEN, Bench, words

from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
YOU = {"speaker": "agent", "pattern": "您"}
RUDE = {"speaker": "agent", "pattern": "你"}


def every(holds: Any, speaker: str = "agent", **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"speaker": speaker, "every": {"holds": holds, **told}}


SENTENCES: dict[str, Any] = {"unit": "sentence"}


@pytest.mark.parametrize(
    ("told", "lines", "truth"),
    [
        (every(YOU), ("A 您好", "C 喂", "A 请您还款"), H),
        (every(YOU, **SENTENCES), ("A 您好。请您还款。",), H),
        (every({"not": RUDE}, **SENTENCES), ("A 您好。请还款。",), H),
        (every({"not": RUDE}), ("A 您好", "A 好"), H),
        (every(YOU, shortest=2), ("A 您好", "A 嗯"), H),
        (every(YOU), ("A 您好，好的。嗯。",), H),
        (every({"all": [YOU, OPEN]}), ("A 您好", "A 请您"), U),
        (every({"not": OPEN}), ("A 您好",), U),
        (every(OPEN, **SENTENCES), ("A 您好",), U),
        (every(YOU), ("A 您好", "A 请还款"), M),
        (every(YOU, **SENTENCES), ("A 您好。请还款。",), M),
        (every({"not": RUDE}, **SENTENCES), ("A 您好。你还款。",), M),
        (every({"all": [YOU, OPEN]}), ("A 您好", "A 嗯"), M),
        (every(YOU), ("C 您好",), M),
        (every(YOU), (), M),
        (every(YOU, shortest=3), ("A 您好",), M),
    ],
)
def test_all_must_satisfy(told: dict[str, Any], lines: tuple[str, ...], truth: Truth) -> None:
    """One that does not decides; short ones are left out where the rule says so."""
    assert Bench().answer(told, *lines).truth is truth


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("turn", ["好。你还款。", "快点"]), ("sentence", ["好", "你还款", "快点"])],
)
def test_a_not_points_at_those_that_fail(unit: str, expected: list[str]) -> None:
    """What does not satisfy it is quoted."""
    bench = Bench()
    scene = bench.scene("A 您好。请您还款", "A 好。你还款。", "C 你", "A 快点")
    answer = bench.condition({"not": every(YOU, unit=unit)}).find(scene)
    assert answer.truth is H
    assert words(scene, answer) == [text.rstrip("。") for text in expected]


def test_a_not_that_does_not_hold_points_at_nothing() -> None:
    """Where all satisfy it there is nothing to quote."""
    answer = Bench().answer({"not": every(YOU)}, "A 您好")
    assert (answer.truth, answer.hits) == (M, ())


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (every(YOU, unit="word"), "unknown_word"),
        (every(YOU, shortest=0), "out_of_range"),
        (every(None), "no_operator"),
        (every(YOU, of=3), "unknown_key"),
        ({"every": {"holds": YOU}}, "no_speaker"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Unit, condition and speaker are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """The unit is named."""
    assert "每句话都符合" in Bench().condition(every(YOU, **SENTENCES)).describe()


def test_what_was_not_heard_satisfies_nothing() -> None:
    """One turn that cannot be judged leaves all open, unless another fails."""
    bench = Bench()
    condition = bench.condition(every(YOU))
    assert condition.find(bench.scene("A 您好", "A 唔", marked=(1,))).truth is U
    assert condition.find(bench.scene("A 好", "A 唔", marked=(1,))).truth is M
