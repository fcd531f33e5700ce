"""One damager for all tests of the folder, and a call to damage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from auditor.domain.calls import Call, Speaker
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.noise.damage import Damager, Line
from auditor.noise.homophones import Homophones
from auditor.text.prob import WordFrequencies

A, C = Speaker.AGENT, Speaker.CUSTOMER

CALL: tuple[Line, ...] = (
    (A, "您好，请问是王小明先生本人吗？"),
    (C, "我是，你哪里？"),
    (A, "我是东湖银行信用卡中心的周敏，工号四一一八，本次通话会录音。"),
    (C, "哦，你说。"),
    (A, "您的信用卡逾期六天，欠款一千二百三十元，请您今晚十点前用手机银行还款。"),
    (C, "我最近失业了，实在没有钱，能不能分期啊？"),
    (A, "可以申请个性化分期。"),
    (A, "您把身份证号和收入证明准备好，我帮您登记，后面有专人联系您，不会打扰您的家人和单位。"),
    (C, "那利息怎么算，你给我发个明细吧。"),
    (A, "明细可以在掌上银行查，违约金按合同约定收取，有疑问您打客服电话95588核实。"),
    (C, "好的，谢谢。"),
    (A, "不客气，再见。"),
)


@pytest.fixture(scope="session")
def frequencies() -> WordFrequencies:
    """Jieba's dictionary, read once."""
    return WordFrequencies()


@pytest.fixture(scope="session")
def homophones(frequencies: WordFrequencies) -> Homophones:
    """Which words sound alike."""
    return Homophones(frequencies)


@pytest.fixture(scope="session")
def damager(frequencies: WordFrequencies) -> Damager:
    """Everything needed to damage calls."""
    return Damager(frequencies)


def transcript_of(lines: Sequence[Line], call_id: str = "C1") -> Transcript:
    """A transcript with a turn every four seconds, each three and a half long."""
    turns = tuple(
        Turn(index=i, speaker=who, text=text, time=TimeSpan(4000 * i, 4000 * i + 3500))
        for i, (who, text) in enumerate(lines)
    )
    return Transcript(call=Call(call_id=call_id, agent_id="A1"), turns=turns)


def constant(value: float) -> Callable[[], float]:
    """Chances that always come out alike."""
    return lambda: value
