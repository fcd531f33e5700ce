"""Terms of a lexicon, whoever says them and whatever stands between the characters."""

from __future__ import annotations

import pytest
from rule_bench import Bench, words

from auditor.conditions.truth import Truth

LEXICONS = {"codes": ("短信验证码", "验证码", "密码", "cvv"), "kin": ("妈妈", "密码")}
SAID = {"speaker": "agent", "lexicon": "codes"}


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        (SAID, ("A 报一下密码",), ["密码"]),
        (SAID, ("A 密码，还有验证码",), ["密码", "验证码"]),
        (SAID, ("A 您的短信验证码",), ["短信验证码"]),
        (SAID, ("A 验，证 码！",), ["验，证 码"]),
        (SAID, ("A 驗證碼",), ["驗證碼"]),
        (SAID, ("A ＣＶＶ和cVv",), ["ＣＶＶ", "cVv"]),  # noqa: RUF001
        (SAID, ("A 密码", "C 嗯", "A 密码"), ["密码", "密码"]),
        ({**SAID, "speaker": "any"}, ("C 密码", "U 密码"), ["密码", "密码"]),
        ({**SAID, "lexicon": ["codes", "kin"]}, ("A 密码",), ["密码"]),
        ({**SAID, "lexicon": ["codes", "kin"]}, ("A 妈妈的密码",), ["妈妈", "密码"]),
        (SAID, ("C 密码",), []),
        (SAID, ("U 密码",), []),
        ({**SAID, "speaker": "customer"}, ("A 密码",), []),
        (SAID, ("A 您好",), []),
        (SAID, ("A 密", "A 码"), []),
        (SAID, ("A 密", "C 嗯", "A 码"), []),
        (SAID, ("A 码密",), []),
        (SAID, ("A 密的码",), []),
        (SAID, ("A 妈妈",), []),
        (SAID, ("A ，。！",), []),
        (SAID, ("A ",), []),
        (SAID, (), []),
    ],
)
def test_terms(told: dict[str, object], lines: tuple[str, ...], expected: list[str]) -> None:
    """Every place a term is said by the speaker, quoted as written; never across turns."""
    bench = Bench(LEXICONS)
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert words(scene, answer) == expected
    assert answer.truth is (Truth.HIT if expected else Truth.MISS)


def test_a_marked_turn_is_not_searched() -> None:
    """What the recogniser may have invented says nothing, and joins nothing."""
    assert Bench(LEXICONS).answer(SAID, "A 密码", marked=[0]).truth is Truth.MISS
    answer = Bench(LEXICONS).answer(SAID, "A 密", "A 密码", "A 码", marked=[1])
    assert answer.truth is Truth.MISS


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"speaker": "agent", "lexicon": "cods"}, "unknown_lexicon"),
        ({"speaker": "agent", "lexicon": []}, "empty_list"),
        ({"speaker": "agent", "lexicon": None}, "empty_list"),
        ({"speaker": "agent", "lexicon": [1]}, "not_text"),
        ({"speaker": "agent", "lexicon": {"codes": 1}}, "not_text"),
        ({"lexicon": "codes"}, "no_speaker"),
        ({"speaker": "agent", "lexicon": "codes", "except": "密"}, "unknown_key"),
        ({"speaker": "agent", "lexicon": "codes", "pattern": "密"}, "no_operator"),
    ],
)
def test_mistakes_are_reported(told: dict[str, object], reason: str) -> None:
    """A lexicon that does not exist, none at all, or no speaker is a problem of the file."""
    bench = Bench(LEXICONS)
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """The names of the lexicons are in the explanation."""
    assert (
        "codes、kin" in Bench(LEXICONS).condition({**SAID, "lexicon": ["codes", "kin"]}).describe()
    )
