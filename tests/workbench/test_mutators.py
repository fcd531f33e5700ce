"""Small changes of Chinese sentences that take their force away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.workbench.mutators import Mutation, Words, frame, mutate, reported, stretch
from auditor.workbench.negation import negate

NEGATIONS = ("不", "没", "别")

DENIED = [
    # What can be denied stands before the words.
    ("我们就去你单位找你领导", 3, "我们也不会去你单位找你领导"),
    ("我明天要上门", 3, "我明天不要上门"),
    ("你是老赖", 0, "你不是老赖"),
    ("我是法院的", 0, "我不是法院的"),
    ("法院已经立案了", 2, "法院没有立案了"),
    ("今天必须到账", 4, "今天不用到账"),
    ("他家里有金条", 4, "他家里没有金条"),
    # The subject is what the denial follows.
    ("你把验证码念给我", 2, "你不用把验证码念给我"),
    ("你给我闭嘴", 0, "你不用给我闭嘴"),
    ("他欠了三万", 1, "他没有欠了三万"),
    ("我同事下午来", 1, "我同事不会下午来"),
    ("我打断你的腿", 1, "我不会打断你的腿"),
    ("银行冻结你的卡", 2, "银行不会冻结你的卡"),
    # An order, and a bare noun.
    ("把密码报一下", 0, "不用把密码报一下"),
    ("转到这张卡上", 0, "不用转到这张卡上"),
    ("骗子", 0, "不是骗子"),
    # Nothing that a denial could follow: it is not what is said.
    ("你爱人欠了三万", 0, "不是说你爱人欠了三万"),
    ("三岁孩子都知道", 0, "不是说三岁孩子都知道"),
    ("你收摊那条巷子挺黑", 0, "不是说你收摊那条巷子挺黑"),
    # Words that only look like a modal.
    ("会员先开一个", 0, "不是说会员先开一个"),
    ("要么还钱", 0, "不是要么还钱"),
]


@pytest.mark.parametrize(("clause", "at", "denied"), DENIED, ids=[d[0] for d in DENIED])
def test_a_clause_is_denied_at_its_predicate(clause: str, at: int, denied: str) -> None:
    """Modal, adverb, copula, subject, order, noun: the first that fits."""
    assert negate(clause, at) == denied


@given(st.text("我你他就要会是有把钱还给不没了的家人", min_size=1, max_size=20), st.integers(0, 20))
def test_a_denied_clause_has_a_negation_and_all_its_nouns(clause: str, at: int) -> None:
    """Nothing but the denied word itself is lost."""
    denied = negate(clause, min(at, len(clause) - 1))
    assert any(word in denied for word in NEGATIONS)
    assert sum(denied.count(char) for char in "钱家人") == sum(
        clause.count(char) for char in "钱家人"
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("我去你家找你", "他去您家找您"),
        ("我们天天给你打", "他们天天给您打"),
        ("你们家谁还", "您家家谁还"),
        ("您今天还", "您今天还"),
        ("他不还", "他不还"),
    ],
)
def test_reported_speech_turns_persons(said: str, told: str) -> None:
    """What one said to the customer is told the customer as another's."""
    assert reported(said) == told


@pytest.mark.parametrize("mutation", [Mutation.WARNED, Mutation.QUOTED, Mutation.CONDITIONAL])
@pytest.mark.parametrize("key", ["a", "b", "c", "d"])
def test_a_frame_holds_the_sentence_and_is_the_same_for_the_same_key(
    mutation: Mutation, key: str
) -> None:
    """The words stay as they are inside, apart from the persons of reported speech."""
    said = frame("转到这张卡上", mutation, key)
    assert "转到这张卡上" in said
    assert said != "转到这张卡上"
    assert frame("转到这张卡上", mutation, key) == said


def test_only_the_sentence_of_the_words_is_framed() -> None:
    """What was said before and after stands as it was; the question mark goes with the words."""
    words = Words("您好。我就打断你的腿，懂吗？再见。", 4, 10)
    said = mutate(words, Mutation.CONDITIONAL, "k")
    assert said.startswith("您好。")
    assert said.endswith("。再见。")
    assert "我就打断你的腿，懂吗" in said
    assert "？" not in said


def test_every_clause_the_words_touch_is_denied() -> None:
    """A conjunct left as it is would still be said."""
    said = mutate(Words("你是骗子，我就去你家。您慢慢想", 1, 10), Mutation.NEGATED)
    assert said == "你不是骗子，我也不会去你家。您慢慢想"


def test_many_clauses_are_denied_as_a_whole() -> None:
    """One by one they would hardly be Chinese."""
    words = Words("听着。你不还，我就打你，打你全家，等着。再见。", 3, 18)
    said = mutate(words, Mutation.NEGATED)
    assert said == "听着。我没有说你不还，我就打你，打你全家，等着。再见。"


def test_in_the_customers_mouth_the_words_are_the_same() -> None:
    """Only the speaker changes."""
    assert mutate(Words("你是骗子", 0, 4), Mutation.CUSTOMER) == "你是骗子"


@given(st.text("我你就是，。？骗子", max_size=30), st.data())
def test_a_stretch_only_grows_and_holds_no_end_before_it(text: str, data: st.DataObject) -> None:
    """It reaches to the marks around it, not across them."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    wide = stretch(Words(text, start, end), "，。？")
    assert wide.start <= start <= end <= wide.end
    assert not set(text[wide.start : start]) & set("，。？")
    assert not set(text[end : wide.end]) & set("，。？")


@given(st.text("我你就是会，。？骗子", min_size=1, max_size=30), st.data())
def test_any_stretch_can_be_mutated(text: str, data: st.DataObject) -> None:
    """Wherever the words are, each change ends and gives a text."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    for mutation in Mutation:
        assert mutate(Words(text, start, end), mutation, "k")
