"""What a speaker does with words."""

from __future__ import annotations

from typing import Any

import pytest
from rule_bench import NORMALISER, OPEN, Bench

from auditor.conditions.truth import Truth
from auditor.policy.loader import load_policy
from auditor.resources import data_folder

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
TERMS = {
    "asking": ("告诉我", "报一下", "把您的"),
    "asking-after": ("告诉我", "是多少"),
    "giving": ("告诉您",),
    "giving-after": ("发给您",),
    "offering": ("可以给您", "帮您申请"),
    "offering-after": ("行吗",),
    "negation": ("不", "没"),
    "warning": ("千万别", "别把"),
    "quoting": ("听说",),
    "refusing": ("不接受",),
    "hypothesis": ("如果",),
}
CODE = {"speaker": "agent", "pattern": "验证码"}


def act(does: Any, of: Any = CODE, **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"act": {"does": does, "of": of, **told}}


TABLE = [
    ("asks_for", "A 验证码告诉我", H),
    ("asks_for", "A 请报一下验证码", H),
    ("asks_for", "A 您的验证码是多少", H),
    ("asks_for", "A 如果收到验证码就告诉我", H),
    ("gives", "A 验证码发给您了", H),
    ("gives", "A 我告诉您验证码", H),
    ("offers", "A 可以给您重发验证码", H),
    ("refuses", "A 我们不接受验证码", H),
    ("warns_against", "A 千万别给验证码", H),
    ("reports", "A 您是听说要验证码", H),
    ("conditional", "A 如果要验证码", H),
    ("negated", "A 我们不要验证码", H),
    ("says_plainly", "A 验证码有六位", H),
    (["warns_against", "negated"], "A 不要验证码", H),
    ("asks_for", "A 别把验证码告诉我", M),
    ("asks_for", "A 我们不会让您报一下验证码", M),
    ("asks_for", "A 听说有人让您报一下验证码", M),
    ("asks_for", "A 验证码有六位", M),
    ("asks_for", "A 报一下姓名，验证码有六位", M),
    ("asks_for", "C 验证码告诉我", M),
    ("gives", "A 验证码告诉我", M),
    ("asks_for", "A 验证码不要告诉我", M),
    ("gives", "A 验证码不会发给您", M),
    ("offers", "A 不可以给您验证码", M),
    ("offers", "A 验证码有六位", M),
    ("refuses", "A 验证码有六位", M),
    ("warns_against", "A 验证码告诉我", M),
    ("reports", "A 验证码告诉我", M),
    ("conditional", "A 验证码告诉我", M),
    ("negated", "A 验证码告诉我", M),
    ("says_plainly", "A 不要验证码", M),
    ("says_plainly", "A 如果要验证码", M),
    ("says_plainly", "A 您好", M),
]


@pytest.mark.parametrize(("does", "line", "truth"), TABLE)
def test_acts(does: Any, line: str, truth: Truth) -> None:
    """Beside the words in their clause stands what shows the act."""
    answer = Bench(TERMS).answer(act(does), line)
    assert answer.truth is truth
    assert bool(answer.hits) is (truth is H)


@pytest.mark.parametrize(
    ("told", "line", "truth"),
    [
        (act("asks_for", chars=2), "A 报一下您收到的那个验证码", M),
        (act("asks_for", chars=12), "A 报一下您收到的那个验证码", H),
        (act("asks_for", same_clause=False), "A 报一下，验证码", H),
        (act("asks_for", {"all": [CODE, OPEN]}), "A 报一下验证码", U),
        (act("asks_for", OPEN), "A 报一下验证码", U),
        (act("asks_for", {"all": [CODE, OPEN]}), "A 您好", M),
    ],
)
def test_reach_and_open_words(told: dict[str, Any], line: str, truth: Truth) -> None:
    """How far to look can be said; open words leave the act open."""
    assert Bench(TERMS).answer(told, line).truth is truth


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (act("begs"), "unknown_word"),
        (act([]), "empty_list"),
        (act(["says_plainly", "asks_for"]), "two_meanings"),
        (act("asks_for", chars=0), "out_of_range"),
        (act("asks_for", None), "no_operator"),
        (act("asks_for", to="us"), "unknown_key"),
        (act("asks_for", {"pattern": "验证码"}), "no_speaker"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Acts, words and reach are checked when the file is read."""
    bench = Bench(TERMS)
    bench.condition(told)
    assert reason in bench.reasons


def test_acts_need_their_lexicons() -> None:
    """A policy without the words of an act cannot tell it."""
    bench = Bench()
    bench.condition(act("asks_for"))
    assert bench.reasons == ["unknown_lexicon"]


def test_the_shipped_policy_has_the_words_of_every_act() -> None:
    """Rules can name any act."""
    lexicons = load_policy(data_folder("lexicons"), NORMALISER).lexicons
    assert {*TERMS} <= {*lexicons}


def test_says_itself_in_chinese() -> None:
    """The act is named."""
    assert Bench(TERMS).condition(act(["asks_for", "offers"])).describe().startswith("索要或提出：")
