"""Sums, dates, times, shares and codes that are said, and what they compare with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_bench import OPEN, Bench, words

from auditor.conditions.quantities import KINDS, Span, known_quantity, quantity_of
from auditor.conditions.truth import Truth
from auditor.domain.calls import Call
from auditor.text.numbers import find_entities

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
CALL = Call(
    call_id="c",
    agent_id="a",
    started_at=datetime.fromisoformat("2026-03-05T10:15:00+08:00"),
    amount_due=3240.0,
    attributes={
        "overdue_amount": "3,240.50元",
        "due_date": "2026-03-20",
        "card_no": "6222021234567890128",
        "rate": "24",
        "remark": "无",
    },
)


def value(kind: str = "amount", speaker: str = "agent", **told: Any) -> dict[str, Any]:
    """The condition under test."""
    return {"speaker": speaker, "value": {"kind": kind, **told}}


def field(name: str, **told: Any) -> dict[str, Any]:
    """A field to compare with."""
    return {"field": name, **told}


OWING = {"of": {"speaker": "agent", "pattern": "欠"}, "chars": 3}
BY_CUSTOMER = {"said": {"kind": "amount", "speaker": "customer"}}


@pytest.mark.parametrize(
    ("told", "lines", "expected"),
    [
        (value(), ("A 您欠三千二百四十元",), ["三千二百四十元"]),
        (value(), ("A 您欠3,240.50元，先还500块",), ["3,240.50元", "500块"]),
        (value(with_unit=True), ("A 三千五，就是三千五百块",), ["三千五百块"]),
        (value(near=OWING), ("A 欠三千元，今天转五百元",), ["三千元"]),
        (value(near={**OWING, "side": "before"}), ("A 五百元，欠三千元",), ["三千元"]),
        (value("date"), ("A 请在三月二十号前还",), ["三月二十号前"]),
        (value("time"), ("A 下午五点前",), ["下午五点前"]),
        (value("duration"), ("A 逾期十七天了",), ["十七天"]),
        (value("percent"), ("A 年化百分之二十四",), ["百分之二十四"]),
        (value("phone"), ("A 打13912345678",), ["13912345678"]),
        (value("id"), ("A 证件号110101199003078515",), ["110101199003078515"]),
        (value("card"), ("A 卡号6222 0212 3456 7890 128",), ["6222 0212 3456 7890 128"]),
        (value("code", digits={"at_least": 4, "at_most": 6}), ("A 尾号七七一二",), ["七七一二"]),
        (value("code", speaker="any"), ("C 验证码八八二三零一",), ["八八二三零一"]),
        (value(), ("A 您好",), []),
        (value(), ("C 我欠三千元",), []),
        (value(near=OWING), ("A 今天转五百元",), []),
        (value("date"), ("A 三千元",), []),
        (value("phone"), ("A 尾号七七一二",), []),
        (value("card"), ("A 打13912345678",), []),
        (value("code", digits={"at_least": 6}), ("A 尾号七七一二",), []),
        (value("percent"), ("A 三千元",), []),
    ],
)
def test_values_of_a_kind(
    told: dict[str, Any], lines: tuple[str, ...], expected: list[str]
) -> None:
    """Values are found in every way of writing and saying them, near their cue."""
    bench = Bench()
    scene = bench.scene(*lines)
    answer = bench.condition(told).find(scene)
    assert bench.reasons == []
    assert words(scene, answer) == expected
    assert answer.truth is (H if expected else M)


DUE, OWED = field("due_date"), field("overdue_amount", tolerance=1)


@pytest.mark.parametrize(
    ("told", "lines", "truth"),
    [
        (value(differs_from=OWED), ("A 您欠四千元",), H),
        (value(differs_from=OWED), ("A 欠三千二百四十元", "A 不对，四千元"), H),
        (value(equals=OWED), ("A 您欠三千二百四",), H),
        (value(equals=field("amount_due")), ("A 您欠三千多块",), H),
        (value(more_than=1000), ("A 收您两千元手续费",), H),
        (value(less_than=field("amount_due", tolerance_percent=10)), ("A 还一千元",), H),
        (value("date", later_than=DUE), ("A 三月二十五号前还",), H),
        (value("date", later_than=DUE), ("A 月底前还",), H),
        (value("date", earlier_than=DUE), ("A 明天还",), H),
        (value("date", equals="2026-03-20"), ("A 三月二十号",), H),
        (value("time", later_than="22:00"), ("A 晚上十一点打给您",), H),
        (value("percent", more_than=field("rate")), ("A 年化百分之三十六",), H),
        (value("duration", more_than=10), ("A 给您两个月",), H),
        (value("code", tail_of=field("card_no")), ("A 尾号零一二八的卡",), H),
        (value("card", ends_with="0128"), ("A 卡号6222021234567890128",), H),
        (value(differs_from=BY_CUSTOMER), ("A 欠四千元", "C 我欠三千元"), H),
        (
            value(differs_from={"said": {"kind": "amount", "near": OWING}}),
            ("A 欠三千元", "A 四千元"),
            H,
        ),
        (value(equals={**BY_CUSTOMER, "mention": "last"}), ("C 三千元", "C 四千元", "A 四千元"), H),
        (value(equals={**BY_CUSTOMER, "mention": "any"}), ("C 三千元", "C 四千元", "A 四千元"), H),
        (value(more_than=3500), ("A 大概三千多块",), U),
        (value(differs_from=field("nowhere")), ("A 欠四千元",), U),
        (value(differs_from=field("remark")), ("A 欠四千元",), U),
        (value("date", equals=field("amount_due")), ("A 三月二十号",), U),
        (value(differs_from=OWED), ("A 您欠三千二百四十元",), M),
        (value(differs_from=OWED), ("A 您欠三千多块",), M),
        (value(differs_from=OWED), ("A 您欠了钱",), M),
        (value(differs_from=OWED), ("C 我欠四千元",), M),
        (value(differs_from=field("nowhere")), ("A 您好",), M),
        (value(differs_from=field("nowhere"), if_missing="miss"), ("A 欠四千元",), M),
        (value(equals=OWED), ("A 您欠四千元",), M),
        (value(more_than=1000), ("A 收您五百元",), M),
        (value(less_than=field("amount_due", tolerance_percent=10)), ("A 还三千元",), M),
        (value("date", later_than=DUE), ("A 三月二十号前还",), M),
        (value("date", later_than=DUE), ("A 明天还",), M),
        (value("time", later_than="22:00"), ("A 晚上八点打给您",), M),
        (value("code", tail_of=field("card_no")), ("A 尾号七七一二的卡",), M),
        (value(differs_from=BY_CUSTOMER), ("A 欠三千元", "C 我欠三千元"), M),
        (value(differs_from=BY_CUSTOMER), ("A 欠三千元", "C 没有"), M),
        (
            value(equals={**BY_CUSTOMER, "mention": "every"}),
            ("C 三千元", "C 四千元", "A 四千元"),
            M,
        ),
        (value(equals=BY_CUSTOMER), ("C 三千元", "C 四千元", "A 四千元"), M),
    ],
)
def test_comparisons(told: dict[str, Any], lines: tuple[str, ...], truth: Truth) -> None:
    """With numbers, fields and other mentions; what is not known or too rough stays open."""
    bench = Bench()
    answer = bench.answer(told, *lines, call=CALL)
    assert answer.truth is truth
    assert bool(answer.hits) is (truth is not M)


@pytest.mark.parametrize(("text", "truth"), [("A 明天还", U), ("A 二零二六年四月一号还", H)])
def test_relative_days_need_the_day_of_the_call(text: str, truth: Truth) -> None:
    """Without it only dates with their year can be compared."""
    told = value("date", later_than="2026-03-20")
    assert Bench().answer(told, text).truth is truth


def test_what_was_compared_is_noted() -> None:
    """A hit says both figures, in Chinese and in English."""
    (hit,) = Bench().answer(value(differs_from=OWED), "A 欠四千元", call=CALL).hits
    assert "4000" in hit.note
    assert "3240.5" in hit.note
    assert "overdue_amount" in hit.note
    assert "4000" in hit.note_en


def test_an_open_cue_leaves_the_value_open() -> None:
    """Where it is open whether the cue is there, so is the answer."""
    cue = {"of": {"all": [OWING["of"], OPEN]}, "chars": 3}
    assert Bench().answer(value(near=cue), "A 欠三千元").truth is U


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (value("sum"), "unknown_word"),
        (value(equals=1, more_than=2), "two_comparisons"),
        (value("code", more_than=3), "not_comparable"),
        (value(ends_with="12"), "not_comparable"),
        (value(digits={"at_least": 2}), "not_comparable"),
        (value(equals="many"), "not_a_value"),
        (value("date", later_than="soon"), "not_a_value"),
        (value(equals={}), "no_comparison"),
        (value(equals={"field": "x", "said": {"kind": "amount"}}), "no_comparison"),
        (value(equals={"said": {"kind": "date"}}), "not_comparable"),
        (value(equals={"said": {"kind": "amount", "equals": 3}}), "not_comparable"),
        (value(equals={"field": "x", "tolerance": -1}), "out_of_range"),
        (value(near={"of": {"pattern": "欠"}, "chars": 501}), "out_of_range"),
        (value(near={"chars": 3}), "no_operator"),
        (value(if_missing="pass"), "unknown_word"),
        (value(about=3), "unknown_key"),
        ({"value": {"kind": "amount"}}, "no_speaker"),
    ],
)
def test_mistakes_are_reported(told: dict[str, Any], reason: str) -> None:
    """Kinds, comparisons and what they compare with are checked when the file is read."""
    bench = Bench()
    bench.condition(told)
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Kind, cue and comparison are named."""
    said = Bench().condition(value(near=OWING, differs_from=OWED)).describe()
    for part in ("金额", "3字内有", "不同于", "overdue_amount"):
        assert part in said


@pytest.mark.parametrize(
    ("kind", "value_"),
    [
        ("amount", "1e999999"),
        ("amount", "NaN"),
        ("amount", "-"),
        ("percent", "inf"),
        ("time", "²:30"),
        ("time", "9" * 5000 + ":30"),
        ("date", "2026-02-30"),
        ("code", "none"),
    ],
)
def test_what_a_manifest_holds_by_mistake_is_unknown(kind: str, value_: str) -> None:
    """Never an error, never a figure that fills pages."""
    assert known_quantity(kind, value_) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("两三千块", 2000, 3000),
        ("七八天", 7, 8),
        ("两三个月", 60, 90),
        ("三千多块", 2700, 4000),
        ("三千块", 3000, 3000),
        ("零元", 0, 0),
    ],
)
def test_rough_figures_are_ranges(text: str, low: int, high: int) -> None:
    """Both ends in one unit."""
    (entity,) = find_entities(text)
    quantity = quantity_of(entity, None)
    assert isinstance(quantity, Span)
    assert (quantity.low, quantity.high) == (low, high)


SPOKEN = "零一二两三五十百千万亿几多来半0123456789.,:%年月日号周天点分块元毛前后内底百分之明下欠 "
COMPARABLE = {"code": "equals", "card": "ends_with", "id": "tail_of", "phone": "differs_from"}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.sampled_from(sorted(KINDS)),
    st.text(SPOKEN, min_size=1, max_size=16),
    st.text(SPOKEN + "-+eEX", max_size=12),
    st.booleans(),
)
def test_nothing_said_and_nothing_recorded_is_an_error(
    kind: str, said: str, recorded: str, dated: bool
) -> None:
    """Whatever is heard and whatever a manifest holds, the answer is one of three."""
    started = CALL.started_at if dated else None
    call = Call(call_id="c", agent_id="a", started_at=started, attributes={"f": recorded})
    how = COMPARABLE.get(kind, "differs_from" if kind == "account" else "more_than")
    told = value(kind, **{how: {"field": "f", "tolerance_percent": 5}})
    answer = Bench().answer(told, f"A {said}", call=call)
    assert all(len(hit.note) < 200 for hit in answer.hits)
