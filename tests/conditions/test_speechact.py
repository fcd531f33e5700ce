"""Words denied, warned against, quoted, refused or supposed do not count."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_bench import Bench

from auditor.conditions.truth import Truth
from auditor.pipeline.judging import build_detector

POLICY = Path(__file__).parents[2] / "lexicons"


@pytest.fixture(scope="module")
def bench() -> Bench:
    """The shipped speech-act lexicons."""
    lexicons = build_detector(POLICY).policy.lexicons
    names = ("negation", "warning", "quoting", "refusing", "hypothesis")
    wanted = [name for stem in names for name in (stem, f"{stem}-but")]
    wanted += [name for stem in names if (name := f"{stem}-after") in lexicons]
    return Bench({name: lexicons[name].terms for name in wanted})


def excused(bench: Bench, act: str, text: str, words: str) -> bool:
    """Whether the words in the agent's turn are excused by the act."""
    scene = bench.scene(f"A {text}")
    answer = bench.condition({"speaker": "agent", "pattern": words}).find(scene)
    assert answer.hits, "the example must hold the words"
    return bench.exemption({act: True}).excuses(scene, answer.hits[0]) is Truth.HIT


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("您别把验证码告诉我", "验证码", True),
        ("我们不会上门", "上门", True),
        ("绝不冻结您的卡", "冻结", True),
        ("我们从来不要密码", "密码", True),
        ("甭把密码发过来", "密码", True),
        ("侬覅讲密码", "密码", True),
        ("您把验证码告诉我", "验证码", False),
        ("不信我就上门", "上门", False),
        ("再不还我们就上门", "上门", False),
        ("难道不该坐牢吗", "坐牢", False),
        ("别人的密码我也有", "密码", False),
        ("差不多要坐牢了", "坐牢", False),
        ("您不处理，明天就上门", "上门", False),
        ("特别提醒，密码发我", "密码", False),
    ],
)
def test_negation(bench: Bench, text: str, words: str, expected: bool) -> None:
    """A denial shortly before the words excuses them, a threat's condition does not."""
    assert excused(bench, "negated", text, words) is expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("千万别把短信里的数念给人听", "念给人听", True),
        ("有人让您共享屏幕就是骗子", "共享屏幕", True),
        ("谨防有人要您转账", "转账", True),
        ("不管谁问您密码都挂掉", "密码", True),
        ("您把短信里的数念给我听", "念给我听", False),
        ("小心我带人上门", "上门", False),
        ("警告你，当心你的腿，打断", "打断", False),
        ("我现在就要您共享屏幕", "共享屏幕", False),
    ],
)
def test_warning(bench: Bench, text: str, words: str, expected: bool) -> None:
    """A warning mentions what it warns against; “小心我” is a threat."""
    assert excused(bench, "warned", text, words) is expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("您刚才说他骂您是老赖", "老赖", True),
        ("您担心我们上门是吧", "上门", True),
        ("网上讲的坐牢没有这回事", "坐牢", True),
        ("我跟你说你就是老赖", "老赖", False),
        ("你说你是不是老赖", "老赖", False),
        ("你就是个老赖", "老赖", False),
        ("我告诉你明天上门", "上门", False),
    ],
)
def test_quoting(bench: Bench, text: str, words: str, expected: bool) -> None:
    """Repeating the customer's words is no insult, “我跟你说” introduces the agent's own."""
    assert excused(bench, "quoted", text, words) is expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("我不能告诉您他欠多少", "欠多少", True),
        ("规定不让我讲他的账单", "账单", True),
        ("这个我无权透露他的贷款", "贷款", True),
        ("原则上不能说，不过他欠三万", "欠三万", False),
        ("他欠三万", "欠三万", False),
        ("没办法我只能告诉您他欠三万", "欠三万", False),
    ],
)
def test_refusing(bench: Bench, text: str, words: str, expected: bool) -> None:
    """A refusal names what it refuses; a courtesy before doing it anyway excuses nothing."""
    assert excused(bench, "refused", text, words) is expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("如果法院判了才会冻结账户", "冻结", True),
        ("比如说有的人去借新贷", "借新贷", True),
        ("要是不还明天就冻结", "冻结", False),
        ("你再拖下去就冻结", "冻结", False),
        ("明天就冻结", "冻结", False),
    ],
)
def test_hypothesis(bench: Bench, text: str, words: str, expected: bool) -> None:
    """A supposition excuses, a condition put to the debtor is a threat."""
    assert excused(bench, "hypothetical", text, words) is expected


def test_an_act_in_an_earlier_clause_does_not_reach(bench: Bench) -> None:
    """Where punctuation shows a clause the window ends there."""
    assert not excused(bench, "negated", "不，密码发我", "密码")
    assert excused(bench, "negated", "不密码发我", "密码")


@pytest.mark.parametrize(
    ("act", "text", "words", "expected"),
    [
        ("refused", "我们不收现金", "收现金", True),
        ("negated", "我哪敢骂您", "敢骂您", True),
        ("negated", "犯不着卖房子", "着卖房子", True),
        ("refused", "我们来收现金", "收现金", False),
        ("negated", "不还就上门", "不还就上门", False),
        ("negated", "卖房子犯不着拖", "卖房子犯", False),
    ],
)
def test_overlap(bench: Bench, act: str, text: str, words: str, expected: bool) -> None:
    """A term that runs into the hit counts, one that starts with it or inside it does not."""
    assert excused(bench, act, text, words) is expected


@pytest.mark.parametrize(
    ("act", "text", "words", "expected"),
    [
        ("warned", "让您扫个人码的您别理", "扫个人码", True),
        ("warned", "叫转到私人卡的都是骗子", "转到私人卡", True),
        ("quoted", "要坐牢这种说法不对", "坐牢", True),
        ("warned", "扫我的个人码，千万别告诉别人", "扫我的个人码", False),
        ("warned", "转到我卡里，别听他们的", "转到我卡里", False),
        ("warned", "扫个人码，然后过两天等我再打电话来，陌生的您别理", "扫个人码", False),
    ],
)
def test_behind(bench: Bench, act: str, text: str, words: str, expected: bool) -> None:
    """What the speaker thinks of the thing may come right after it."""
    assert excused(bench, act, text, words) is expected
