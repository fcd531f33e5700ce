"""Sums, codes, dates, times, lengths and shares are found with their values, words are not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.text.codes import is_bank_card, is_identity_number
from auditor.text.normalise import Normaliser
from auditor.text.numbers import find_entities
from auditor.text.values import Amount, Bound, Day, Digits, Duration, Entity, Rate, TimeOfDay

NORMALISER = Normaliser()
NAMES = "零一二三四五六七八九"


def _four(number: int, *, two: str) -> str:
    words = ""
    gap = False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit == 0:
            gap = gap or bool(words)
            continue
        if gap:
            words += "零"
            gap = False
        words += (two if digit == 2 and power >= 100 else NAMES[digit]) + unit
    return words


def spoken(number: int, *, two: str = "二") -> str:
    """Say 0 to 99,999,999 in full; ``two`` is how 2 sounds before 百, 千 and 万."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    words = ""
    if high:
        words = (two if high == 2 else _four(high, two=two)) + "万"
        # 零 where a place between 万 and the rest is empty.
        if low and (low < 1000):
            words += "零"
    words += _four(low, two=two)
    return words.removeprefix("一") if 10 <= number < 20 else words


def found(text: str) -> tuple[Entity, ...]:
    """Entities of a text as a caller gets them: folded first."""
    return find_entities(NORMALISER.fold(text))


def brief(text: str) -> list[str]:
    """One word an entity: kind, words and the value in short."""
    return [f"{entity.kind.value}:{entity.text}={_value(entity)}" for entity in found(text)]


def _value(entity: Entity) -> str:
    value = entity.value
    if isinstance(value, Amount):
        return f"{value.value.normalize():f}{'~' if value.approx else ''}"
    if isinstance(value, Digits):
        return value.text
    if isinstance(value, Rate):
        return f"{value.value.normalize():f}{'/' + value.per if value.per else ''}"
    if isinstance(value, Duration):
        bound = "" if value.bound is Bound.AT else " " + value.bound.value
        return f"{value.count.normalize():f} {value.unit}{'~' if value.approx else ''}{bound}"
    if isinstance(value, TimeOfDay):
        return f"{value.hour:02}:{value.minute:02}"
    return str(value.resolve(date(2026, 3, 20)))  # a Friday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三千五", "三千五=3500"),
        ("3500", "3500=3500"),
        ("3,500", "3,500=3500"),
        ("\uff13\uff15\uff10\uff10元", "3500元=3500"),
        ("三千五百元整", "三千五百元整=3500"),
        ("叁仟伍佰圆整", "叁仟伍佰圆整=3500"),
        ("两万一", "两万一=21000"),
        ("三萬五", "三万五=35000"),
        ("一万二千三百四十五块六毛七", "一万二千三百四十五块六毛七=12345.67"),
        ("2045.7元", "2045.7元=2045.7"),
        ("一千八百六十三块四", "一千八百六十三块四=1863.4"),
        ("三百块零五毛", "三百块零五毛=300.5"),
        ("十二块五毛", "十二块五毛=12.5"),
        ("五分钱", "五分钱=0.05"),
        ("三千来块", "三千来块=3000~"),
        ("大概三千块", "三千块=3000~"),
        ("三千块左右", "三千块左右=3000~"),
        ("两三千块", "两三千块=2000~"),
        ("十几万", "十几万=100000~"),
        ("一万三四千", "一万三四千=13000~"),
        ("3.5万", "3.5万=35000"),
        ("三点五万", "三点五万=35000"),
        ("1万2", "1万2=12000"),
        ("3万5000", "3万5000=35000"),
        ("¥3500", "¥3500=3500"),
        ("一千万", "一千万=10000000"),
        ("账单一千八", "一千八=1800"),
    ],
)
def test_sums_of_money(text: str, expected: str) -> None:
    """Every written and spoken form gives its value in yuan."""
    assert brief(text) == ["amount:" + expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三千五一直没还", ["amount:三千五=3500"]),
        ("三千一直没还", ["amount:三千=3000"]),
        ("三万一个月", ["amount:三万=30000", "duration:一个月=1 month"]),
        ("三百块一次", ["amount:三百块=300"]),
        ("两万一104天", ["amount:两万一=21000", "duration:104天=104 day"]),
        ("3万15号", ["amount:3万=30000", "date:15号=2026-03-15"]),
        ("尾号三三零六三千五", ["digits:三三零六=3306", "amount:三千五=3500"]),
        ("13800121234,3500元", ["phone:13800121234=13800121234", "amount:3500元=3500"]),
    ],
)
def test_neighbours_do_not_run_together(text: str, expected: list[str]) -> None:
    """A digit that begins something else stays out of the number before it."""
    assert brief(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("尾号九幺四", "digits:九幺四=914"),
        ("尾号3306的卡", "digits:3306=3306"),
        ("员工号三一六二", "digits:三一六二=3162"),
        ("工号0231", "digits:0231=0231"),
        ("工号H0892", "digits:h0892=H0892"),
        ("身份证后四位一二三X", "digits:一二三x=123X"),
        ("2 0 4 6", "digits:2 0 4 6=2046"),
        ("四,零,九", "digits:四,零,九=409"),
        ("尾号九腰四", "digits:九腰四=914"),
        ("手机号1 3 8 0 0 1 2 1 2 3 4", "phone:1 3 8 0 0 1 2 1 2 3 4=13800121234"),
        ("138-0012-1234", "phone:138-0012-1234=13800121234"),
        ("幺三八,零零幺二,幺二三四", "phone:幺三八,零零幺二,幺二三四=13800121234"),
        ("打12378投诉", "phone:12378=12378"),
        ("拨打95588", "phone:95588=95588"),
        ("400-820-8820", "phone:400-820-8820=4008208820"),
        ("110101199003077512", "id_card:110101199003077512=110101199003077512"),
        ("6222021234567890128", "bank_card:6222021234567890128=6222021234567890128"),
        ("6222 0212 3456 7890 128", "bank_card:6222 0212 3456 7890 128=6222021234567890128"),
    ],
)
def test_codes(text: str, expected: str) -> None:
    """Digits said one by one, in groups or written become one code with its kind."""
    assert brief(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("四月五号", "date:四月五号=2026-04-05"),
        ("4月5日", "date:4月5日=2026-04-05"),
        ("2026年4月5日", "date:2026年4月5日=2026-04-05"),
        ("二零二六年四月五号", "date:二零二六年四月五号=2026-04-05"),
        ("2026-04-05", "date:2026-04-05=2026-04-05"),
        ("去年三月十五号", "date:去年三月十五号=2025-03-15"),
        ("十二月三十一号", "date:十二月三十一号=2025-12-31"),
        ("这个月15号", "date:这个月15号=2026-03-15"),
        ("下个月十号", "date:下个月十号=2026-04-10"),
        ("十五号", "date:十五号=2026-03-15"),
        ("七月十九", "date:七月十九=2026-07-19"),
        ("下周五", "date:下周五=2026-03-27"),
        ("礼拜天", "date:礼拜天=2026-03-22"),
        ("月底之前", "date:月底之前=2026-03-31"),
        ("三月底", "date:三月底=2026-03-31"),
        ("年底", "date:年底=2026-12-31"),
        ("今天", "date:今天=2026-03-20"),
        ("大后天", "date:大后天=2026-03-23"),
        ("明天上午", "date:明天上午=2026-03-21"),
        ("三月", "date:三月=None"),
        ("下午3点", "time:下午3点=15:00"),
        ("十点半", "time:十点半=10:30"),
        ("三点十分", "time:三点十分=03:10"),
        ("晚上八点一刻", "time:晚上八点一刻=20:15"),
        ("17:30", "time:17:30=17:30"),
        ("中午十二点前", "time:中午十二点前=12:00"),
        ("晚上十二点", "time:晚上十二点=00:00"),
        ("十七天", "duration:十七天=17 day"),
        ("两个月", "duration:两个月=2 month"),
        ("半年", "duration:半年=0.5 year"),
        ("一个半月", "duration:一个半月=1.5 month"),
        ("两年半", "duration:两年半=2.5 year"),
        ("七八天", "duration:七八天=7 day~"),
        ("二十来天", "duration:二十来天=20 day~"),
        ("一百五十九日", "duration:一百五十九日=159 day"),
        ("三日内", "duration:三日内=3 day within"),
        ("十五日", "date:十五日=2026-03-15"),
        ("三天内", "duration:三天内=3 day within"),
        ("15个工作日内", "duration:15个工作日内=15 day within"),
        ("三天之后", "duration:三天之后=3 day after"),
        ("万分之五", "percent:万分之五=0.0005"),
        ("百分之三点六", "percent:百分之三点六=0.036"),
        ("0.05%", "percent:0.05%=0.0005"),
        ("八折", "percent:八折=0.8"),
        ("三个点", "percent:三个点=0.03"),
    ],
)
def test_dates_times_lengths_and_shares(text: str, expected: str) -> None:
    """Absolute and relative days resolve against the day of the call."""
    assert brief(text) == [expected]


def test_a_limit_is_part_of_the_day_and_of_the_time() -> None:
    """The limit goes to what stands beside it, and day and time stay two entities."""
    day, time = found("明天下午五点前")
    assert day.value == Day(day_offset=1)
    assert isinstance(time.value, TimeOfDay)
    assert (time.text, time.value.hour, time.value.bound) == ("下午五点前", 17, Bound.BEFORE)


def test_a_rate_knows_its_period() -> None:
    """日息万分之五 is a share a day."""
    assert [brief(text)[-1] for text in ("日息万分之五", "年化百分之十五", "月息三分")] == [
        "percent:万分之五=0.0005/day",
        "percent:百分之十五=0.15/year",
        "percent:三分=0.03/month",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "一下 一些 一直 一定 一般 一样 一起 一会儿 一点 一共 万一 千万别 统一 第一 唯一 之一",
        "三番五次",
        "乱七八糟",
        "三天两头打电话",
        "一天到晚",
        "七上八下",
        "十分抱歉",
        "千万不要",
        "万一出事",
        "第三天",
        "第十八条",
        "第二期",
        "我们第三方",
        "张三李四",
        "百分百",
        "一百个不愿意",
        "你这个二百五",
        "五百次",
        "三百个客户",
        "几十块钱",
        "四十多岁",
        "十二岁六年级",
        "分十二期",
        "十五号楼",
        "3号线",
        "您有三点需要注意",
        "早一点还",
        "晚一点给你",
        "一块去",
        "4S店",
        "5G网络",
        "打成功了",
        "周转不开",
        "半夜",
        "上千万",
        "月供",
        "三个",
        "身份证后四位",
        "明白",
        "今后",
        "每次",
    ],
)
def test_ordinary_words_are_no_numbers(text: str) -> None:
    """Number characters inside words, counts and ordinals give nothing."""
    assert brief(text) == []


@pytest.mark.parametrize(
    "digits", ["110101199003077513", "110101199013077512", "11010119900307751"]
)
def test_identity_numbers_need_their_check_character(digits: str) -> None:
    """A wrong check digit, an impossible month or a missing digit is no identity number."""
    assert not is_identity_number(digits)
    assert [entity.kind.value for entity in found(digits)] == ["digits"]


def test_cards_need_the_luhn_digit() -> None:
    """One digit changed and the card is a row of digits."""
    assert is_bank_card("6222021234567890128")
    assert not is_bank_card("6222021234567890129")
    assert brief("6222021234567890129") == ["digits:6222021234567890129=6222021234567890129"]


@given(st.integers(0, 99_999_999), st.sampled_from("二两"))
@example(10_010, "两")
@example(20_002_000, "两")
@example(10_000_001, "二")
@example(110_000, "二")
def test_spoken_and_written_numbers_are_equal(number: int, two: str) -> None:
    """Any whole sum said in full equals the same sum in digits, plain and with separators."""
    forms = (f"{spoken(number, two=two)}元", f"{number}元", f"{number:,}元")
    amounts = [found(form) for form in forms]
    assert [len(entities) for entities in amounts] == [1, 1, 1]
    assert {entities[0].value for entities in amounts} == {Amount(Decimal(number))}
    assert [entities[0].text for entities in amounts] == list(forms)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from((100, 1000, 10_000)))
def test_short_tails_count_the_next_lower_place(head: int, tail: int, unit: int) -> None:
    """三千五 is 3,500 and 两万一 is 21,000 for every head, tail and unit."""
    name = {100: "百", 1000: "千", 10_000: "万"}[unit]
    text = f"欠{spoken(head)}{name}{spoken(tail)}块"
    assert [entity.value for entity in found(text)] == [
        Amount(Decimal(head * unit + tail * unit // 10))
    ]


TALK = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "零一二两三五十百千万亿幺点块元毛分天月号日年周半个前底第尾之%x 1350,.-:¥+您"
        ),
        st.characters(),
    ),
    max_size=40,
)


@given(TALK)
@example("工号幺x0")
@example("+" * 30)
@example("0" * 400)
@example("一" * 400)
@example("0,0," * 200)
def test_any_text_gives_ordered_entities_inside_it(text: str) -> None:
    """Entities never overlap, stay in the text and quote it."""
    folded = NORMALISER.fold(text)
    end = 0
    for entity in find_entities(folded):
        assert entity.span.start >= end
        assert entity.span.start < entity.span.end <= len(text)
        assert entity.text == folded[entity.span.start : entity.span.end]
        end = entity.span.end


@given(TALK, st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_days_resolve_or_stay_open(text: str, today: date) -> None:
    """Whatever day is read, resolving it gives a date or nothing."""
    for entity in found(text):
        if isinstance(entity.value, Day):
            day = entity.value.resolve(today)
            assert day is None or abs((day - today).days) < 366 * 1000
