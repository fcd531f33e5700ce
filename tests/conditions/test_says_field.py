"""The agent says the name the manifest has."""

from __future__ import annotations

import pytest
from rule_bench import Bench

from auditor.conditions.base import MISS, UNDETERMINED, Answer
from auditor.conditions.truth import Truth
from auditor.domain.calls import Call
from auditor.domain.findings import How


def ask(text: str, name: str | None = "岳小满", **told: object) -> Answer:
    """Look for the agent's name in one turn of the agent."""
    bench = Bench()
    condition = bench.condition({"speaker": "agent", "says_field": {"field": "agent_name", **told}})
    assert bench.source.problems == []
    call = Call(call_id="c", agent_id="a", agent_name=name)
    return condition.find(bench.scene(text, call=call))


@pytest.mark.parametrize(
    ("text", "told", "truth"),
    [
        ("A 我是青禾银行的岳小满。", {}, Truth.HIT),
        ("A 岳、小满为您服务", {}, Truth.HIT),
        ("A 我是月小满", {"by_sound": True}, Truth.HIT),
        ("A 我是月小满", {}, Truth.MISS),
        ("A 我是越小蛮", {"by_sound": True}, Truth.HIT),
        ("A 我是青禾银行的工作人员", {"by_sound": True}, Truth.MISS),
        ("A 小满这个节气快到了", {"by_sound": True}, Truth.MISS),
        ("C 你是岳小满吗", {"by_sound": True}, Truth.MISS),
    ],
)
def test_finds_the_recorded_name(text: str, told: dict[str, object], truth: Truth) -> None:
    """The name itself counts, or the same sounds where the rule allows them."""
    assert ask(text, **told).truth is truth


@pytest.mark.parametrize(
    ("text", "truth"),
    [("A 我叫马晓", Truth.HIT), ("A 我叫马小", Truth.HIT), ("A 你骂消停点", Truth.MISS)],
)
def test_two_syllables_need_one_character_right(text: str, truth: Truth) -> None:
    """Short names meet other words by chance, so sound alone does not suffice for them."""
    assert ask(text, "马骁", by_sound=True).truth is truth


def test_a_hit_by_sound_says_so() -> None:
    """The explanation can tell what was heard from what was meant."""
    (hit,) = ask("A 我是月小满", by_sound=True).hits
    assert (hit.how, hit.start, hit.end) == (How.PINYIN, 2, 5)


@pytest.mark.parametrize("name", [None, "", "岳"])
def test_without_a_usable_name_the_check_stays_open(name: str | None) -> None:
    """Nobody is passed or failed on a name that was not recorded."""
    assert ask("A 我是岳小满", name) == UNDETERMINED
    assert ask("A 我是岳小满", name, if_missing="miss") == MISS


def test_attributes_of_the_manifest_count_as_fields() -> None:
    """Unknown manifest columns can be looked for, too."""
    bench = Bench()
    told = {"speaker": "agent", "says_field": {"field": "branch"}}
    call = Call(call_id="c", agent_id="a", attributes={"branch": "梅园支行"})
    scene = bench.scene("A 我们梅园支行", call=call)
    assert bench.condition(told).find(scene).truth is Truth.HIT


def test_unknown_keys_are_reported() -> None:
    """A misspelt key is a problem of the policy, not silently ignored."""
    bench = Bench()
    bench.condition({"speaker": "agent", "says_field": {"field": "agent_name", "sound": True}})
    assert [problem.reason for problem in bench.source.problems] == ["unknown_key"]


@pytest.mark.parametrize(
    ("text", "name", "told", "truth"),
    [
        ("A 青禾银行小满，您好", "岳小满", {"given_name": True}, Truth.HIT),
        ("A 我是月小满", "岳小满", {"given_name": True}, Truth.HIT),
        ("A 青禾银行小满，您好", "岳小满", {}, Truth.MISS),
        ("A 我是小蛮", "岳小满", {"given_name": True, "by_sound": True}, Truth.MISS),
        ("A 我姓岳", "岳小满", {"given_name": True}, Truth.MISS),
        ("A 今天破晓就来了", "马晓", {"given_name": True}, Truth.MISS),
        ("C 你是小满吧", "岳小满", {"given_name": True}, Truth.MISS),
    ],
)
def test_a_given_name_may_be_enough(
    text: str, name: str, told: dict[str, object], truth: Truth
) -> None:
    """Rare surnames are heard wrong or left out; one character alone never suffices."""
    assert ask(text, name, **told).truth is truth
