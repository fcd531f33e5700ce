"""What is heard in a talk that binds later calls, and when "tomorrow at three" is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from contact_bench import CHINA

from auditor.detect.engine import Detector
from auditor.detect.examples import as_transcript
from auditor.detect.later import instant_meant
from auditor.domain.contacts import Cues, Party
from auditor.domain.transcripts import Health, HealthIssue
from auditor.pipeline.judging import build_detector
from auditor.policy.model import Example, Line

MORNING = datetime(2026, 3, 5, 10, 15, tzinfo=CHINA)  # a Thursday


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("下午三点再打", "2026-03-05 15:00"),
        ("三点再打", "2026-03-05 15:00"),
        ("八点再打", "2026-03-05 20:00"),
        ("十一点再打", "2026-03-05 11:00"),
        ("十点再打", "2026-03-06 10:00"),
        ("晚上八点半打给我", "2026-03-05 20:30"),
        ("明天再说", "2026-03-06 00:00"),
        ("明天下午再打", "2026-03-06 12:00"),
        ("明天下午三点半打给我", "2026-03-06 15:30"),
        ("明天三点打给我", "2026-03-06 15:00"),
        ("明天上午九点打给我", "2026-03-06 09:00"),
        ("后天再联系", "2026-03-07 00:00"),
        ("下午再打", "2026-03-05 12:00"),
        ("晚上再打", "2026-03-05 18:00"),
        ("过一个钟头再打", "2026-03-05 11:09"),
        ("半小时后打来", "2026-03-05 10:42"),
        ("过两天再打", "2026-03-07 00:00"),
        ("下周二再打", "2026-03-10 00:00"),
        ("15号再打", "2026-03-15 00:00"),
        ("15号以后再打", "2026-03-16 00:00"),
        ("17:30再打", "2026-03-05 17:30"),
        ("早上再打", None),
        ("上午八点再打", "2026-03-06 08:00"),
        ("等会儿再打", None),
        ("改天再说", None),
        ("昨天打过", None),
        ("明天前再打", None),
        ("下个月再打", None),
    ],
)
def test_the_earliest_instant_that_words_can_mean(words: str, meant: str | None) -> None:
    """Relative to the call; what the words leave open is nothing."""
    found = instant_meant(words, 0, len(words), MORNING)
    assert (None if found is None else f"{found:%Y-%m-%d %H:%M}") == meant


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped policy, by its rules alone."""
    return build_detector(weighed=False)


OPENING = (
    "您好，请问是王小明先生本人吗？",
    "我是，你哪里？",
    "我是东湖银行信用卡中心的周敏，您的信用卡逾期了一千二百元，今天能还吗？",
)


def heard(
    detector: Detector, *lines: str, callee: str = "debtor", **changes: object
) -> Cues | None:
    """Cues of a call in which agent and customer speak in turn."""
    dialogue = tuple(
        Line("customer" if place % 2 else "agent", line) for place, line in enumerate(lines)
    )
    example = Example(name="x", expect="none", dialogue=dialogue, call={"callee": callee})
    transcript = as_transcript(example)
    call = replace(transcript.call, started_at=MORNING)
    return detector.audit(replace(transcript, call=call, **changes)).cues  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("customer", "agent", "meant", "agreed"),
    [
        ("我在开会，你下午三点再打。", "好的，那我下午三点再联系您。", "15:00", True),
        ("我在开会，你下午三点再打。", "不行，必须现在说。", "15:00", False),
        ("等会儿再打吧。", "好的，那我下午四点再给您打。", "16:00", True),
        ("等会儿再打吧。", "好的。", None, True),
        ("现在不方便。", "就说两句，耽误您一分钟。", None, False),
    ],
)
def test_another_time_is_agreed_or_only_asked_for(
    detector: Detector, customer: str, agent: str, meant: str | None, agreed: bool
) -> None:
    """The agent's answer decides, and the time he names himself counts."""
    cues = heard(detector, *OPENING, customer, agent)
    assert cues is not None
    assert cues.later is not None
    at = cues.later.not_before
    assert (None if at is None else f"{at:%H:%M}") == meant
    assert cues.later.agreed is agreed


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("你们不要再给我打电话了。", "好的。"), {"stop": True}),
        (("我上个月被裁了，没收入，还不上。", "今天必须还。"), {"hardship": True}),
        (
            ("我上个月被裁了，没收入，还不上。", "您的情况我帮您登记，申请分期。"),
            {"hardship": True, "taken_up": True},
        ),
        (("这笔不是我刷的，我不认。", "不认也得还。"), {"dispute": True}),
        (("好的，我晚上就还。", "谢谢您。"), {}),
        (("我明天还。", "好的。"), {}),
    ],
)
def test_what_binds_later_calls_is_heard(
    detector: Detector, lines: tuple[str, ...], expected: dict[str, bool]
) -> None:
    """Refusals, difficulties, disputes, and whether they were taken up."""
    cues = heard(detector, *OPENING, *lines)
    assert cues is not None
    flags = {name: getattr(cues, name) for name in ("stop", "hardship", "dispute", "taken_up")}
    assert (
        flags == {"stop": False, "hardship": False, "dispute": False, "taken_up": False} | expected
    )
    assert cues.talked
    assert cues.party is Party.DEBTOR
    assert cues.later is None


def test_a_relative_who_refuses_is_a_third_party(detector: Detector) -> None:
    """Whose refusal it was is kept with it."""
    cues = heard(
        detector,
        "您好，请问是王小明先生吗？",
        "我不是，你打错了，我是他哥，你别再打这个号了。",
        "好的，打扰了。",
        callee="third_party",
    )
    assert cues is not None
    assert cues.stop
    assert cues.party is Party.THIRD_PARTY


def test_a_voice_box_is_nobody(detector: Detector) -> None:
    """A machine's voice is neither a talk nor a party."""
    cues = heard(detector, "您好。", "您好，您拨打的电话暂时无法接通，请稍后再拨。", "喂？")
    assert cues is not None
    assert not cues.talked
    assert cues.party is Party.MACHINE


def test_bad_sound_tells_nothing(detector: Detector) -> None:
    """A recording too bad to judge binds nobody."""
    health = Health(usable=False, issues=(HealthIssue.TOO_QUIET,))
    assert heard(detector, *OPENING, "你们不要再打了。", "好的。", health=health) is None


def test_a_time_long_past_is_none() -> None:
    """An instant is never before the words that name it."""
    late = MORNING + timedelta(hours=11)
    for words in ("下午三点再打", "晚上再打", "今天再打"):
        found = instant_meant(words, 0, len(words), late)
        assert found is None or found > late
