"""Who is on the line, whether they were verified, and how far the talk got."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.conditions.scene import DialogueState, Person
from auditor.detect.engine import Detector
from auditor.domain.calls import Call, Callee, Speaker
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.pipeline.judging import build_detector

POLICY = Path(__file__).parents[2] / "lexicons"
_SPEAKERS = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER}


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped policy, ready to judge."""
    return build_detector(POLICY)


def state(detector: Detector, talk: str, callee: Callee | None = Callee.DEBTOR) -> DialogueState:
    """Read a talk written as ``A …`` and ``C …`` lines."""
    turns = []
    at = 0
    for index, line in enumerate(talk.strip().splitlines()):
        speaker, text = line.strip().split(" ", 1)
        end = at + 300 + 220 * len(text)
        turns.append(
            Turn(index=index, speaker=_SPEAKERS[speaker], text=text, time=TimeSpan(at, end))
        )
        at = end + 300
    call = Call(call_id="c", agent_id="a", callee=callee)
    return detector.scene(Transcript(call=call, turns=tuple(turns), duration=at / 1000)).state


DEBTOR = """
A 您好，请问是鲁志远先生吗？
C 是我，你哪里？
A 我是澄湖银行的，请您报一下身份证后四位。
C 三三一七。
A 您的卡欠四千二百块，逾期二十天了。
C 我知道，下个月发工资就还。
"""

TALKS = [
    ("the debtor confirms and proves", DEBTOR, Callee.DEBTOR, Person.DEBTOR),
    ("the dialler knew nothing, the talk does", DEBTOR, Callee.UNKNOWN, Person.DEBTOR),
    (
        "a wife answers",
        """
A 您好，请问鲁志远先生在吗？
C 他手机忘家里了，我是他媳妇儿。
A 那麻烦您转告他回个电话。
C 什么事啊，跟我说就行。
A 这个只能跟他本人说。
C 好吧。
""",
        Callee.DEBTOR,
        Person.THIRD_PARTY,
    ),
    (
        "a wrong number",
        """
A 您好，请问是鲁志远先生吗？
C 你打错了，我姓毛，这号码上个月刚办的。
A 打扰您了，我把号码删掉。
C 好的。
""",
        Callee.DEBTOR,
        Person.THIRD_PARTY,
    ),
    (
        "a colleague at the number the dialler calls a third party's",
        """
A 您好，您是鲁志远的同事吧？
C 对，我跟他一个办公室。
A 请您让他有空给我们回个电话。
C 行，我转告他。
""",
        Callee.THIRD_PARTY,
        Person.THIRD_PARTY,
    ),
    (
        "a child",
        """
A 您好，请问鲁志远先生在吗？
C 爸爸去买菜了。
A 小朋友，你几岁啦？
C 我上二年级。
A 那等爸爸回来再说，再见。
""",
        Callee.DEBTOR,
        Person.MINOR,
    ),
    (
        "a guarantor",
        """
A 您好，请问是温国栋先生吗？
C 是我。
A 您是鲁志远那笔贷款的担保人，对吧？
C 对，我给他担的保。
A 他欠四千二百块，逾期二十天了。
""",
        Callee.GUARANTOR,
        Person.GUARANTOR,
    ),
    (
        "a call assistant",
        """
C 您好，我是来电助理，机主正在忙，请问您有什么事？
A 请他本人方便时回电。
C 好的，已经为您记录，再见。
""",
        Callee.DEBTOR,
        Person.MACHINE,
    ),
    (
        "a debtor who speaks of relatives",
        """
A 您好，请问是鲁志远先生吗？
C 是我，你说。
A 请您报一下身份证后四位。
C 三三一七。
A 您的卡欠四千二百块。
C 我爸在医院躺着，我老婆也没工作，真还不上。
A 您可以申请延期。
C 我妈也不知道这事，别告诉她。
""",
        Callee.DEBTOR,
        Person.DEBTOR,
    ),
    (
        "a debtor whose papers somebody else used",
        """
A 您好，请问您是不是鲁志远鲁先生？
C 是我，什么贷款？我没办过。
A 您名下有一笔车贷，四千二百块，逾期二十天。
C 我身份证借给过别人，怕是他拿去办的。
A 不是本人签的，就有不是本人的办法，您先别怪他。
C 那我要去问问他。
A 您让他本人也联系我们。
C 好。
""",
        Callee.DEBTOR,
        Person.DEBTOR,
    ),
    (
        "a relative who first answers to the name",
        """
A 您好，请问是鲁志远先生吗？
C 嗯，我是他媳妇，你说。
A 那麻烦您转告他回个电话。
C 他跑长途去了。
A 那让他有空打给我们。
C 好。
""",
        Callee.DEBTOR,
        Person.THIRD_PARTY,
    ),
    (
        "nobody of that name in the shop",
        """
A 您好，我找鲁志远先生。
C 这里是公用电话，我们这儿没得叫鲁志远的。
A 打扰您了，那是登记得不准。
C 没事。
""",
        Callee.DEBTOR,
        Person.THIRD_PARTY,
    ),
    (
        "a machine that minds missed calls",
        """
C 您好，我是来电提醒机器人，请说您的单位和事情。
A 请机主自己回个电话。
C 登记完成，机主方便时会回复您。
""",
        Callee.DEBTOR,
        Person.MACHINE,
    ),
]


@pytest.mark.parametrize(("case", "talk", "callee", "person"), TALKS, ids=[t[0] for t in TALKS])
def test_who_is_on_the_line(
    detector: Detector, case: str, talk: str, callee: Callee, person: Person
) -> None:
    """The talk decides who is on the line, surely enough to judge by."""
    read = state(detector, talk, callee)
    assert set(read.person) == {person}, case
    assert min(read.person_confidence) >= 0.6


def test_nothing_said_about_the_person_stays_unknown(detector: Detector) -> None:
    """Without a dialler's word or a hint in the talk nobody is assumed."""
    read = state(detector, "A 喂。\nC 喂，什么？\nA 信号不好。\nC 听不清。", None)
    assert set(read.person) == {Person.UNKNOWN}
    assert max(read.person_confidence) < 0.6


def test_a_handed_over_phone_starts_a_new_stretch(detector: Detector) -> None:
    """The relative stays a third party, the debtor who comes to the phone is the debtor."""
    read = state(
        detector,
        """
A 您好，请问鲁志远先生在吗？
C 他在院子里，我是他妈，我去叫他。
A 好的，谢谢。
C 喂，我是鲁志远。
A 请您报一下身份证后四位。
C 三三一七。
A 您的卡欠四千二百块。
""",
    )
    assert read.person[:3] == (Person.THIRD_PARTY,) * 3
    assert read.person[3:] == (Person.DEBTOR,) * 4


def test_a_pretended_relative_who_proves_to_be_the_debtor(detector: Detector) -> None:
    """Whoever gives the identifying element is the debtor from the question on."""
    read = state(
        detector,
        """
A 您好，请问是鲁志远先生吗？
C 不是，我是他哥，他出国了。
A 那他什么时候回来？
C 好吧，我就是鲁志远。
A 那请您报一下身份证后四位。
C 三三一七。
A 您的卡欠四千二百块。
""",
    )
    assert read.person[1] is Person.THIRD_PARTY
    assert read.person[-1] is Person.DEBTOR


def test_verification_and_the_debt_are_placed(detector: Detector) -> None:
    """The turns of the confirmation and of the first naming of the debt are kept."""
    read = state(detector, DEBTOR)
    assert (read.verified_at, read.debt_named_at) == (1, 4)
    assert not read.ended_early
    assert read.reached_person


EARLY = [
    ("hung up at once", "A 您好，我是澄湖银行的，请问是鲁志远吗？\nC 不需要，别打了。", True),
    (
        "asks for another time and gets it",
        """
A 您好，请问是鲁志远先生吗？
C 是我，我在开会，你晚上七点以后打。
A 好的，我是澄湖银行的，晚上再打给您。
C 行。
A 您先忙。
""",
        True,
    ),
    ("came to the debt", DEBTOR, False),
    ("a machine only", "C 您拨打的用户暂时无法接听，请在提示音后留言。\nA 请回电。", True),
]


@pytest.mark.parametrize(("case", "talk", "early"), EARLY, ids=[e[0] for e in EARLY])
def test_talks_that_got_nowhere(detector: Detector, case: str, talk: str, early: bool) -> None:
    """A talk that ended before the debt owes no full set of disclosures."""
    assert state(detector, talk).ended_early is early, case


def test_a_machine_is_no_person(detector: Detector) -> None:
    """Speaking to a voicemail reaches nobody."""
    talk = "C 您好，机主不方便接听，请在嘀声后留言。\nA 您好，请回电，谢谢。"
    assert not state(detector, talk).reached_person


def test_an_empty_talk_reaches_nobody(detector: Detector) -> None:
    """No turns, no person, no debt."""
    call = Call(call_id="c", agent_id="a", callee=Callee.DEBTOR)
    read = detector.scene(Transcript(call=call, turns=(), duration=3.0)).state
    assert read.person == ()
    assert not read.reached_person
    assert read.debt_named_at is None
