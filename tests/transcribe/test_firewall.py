"""Each layer of the firewall on inventions, and on genuine speech that looks like them."""

import pytest

from auditor.domain.transcripts import Mark
from auditor.transcribe.firewall import FirewallLimits, Inventions, screen

PROMPT = "以下是普通话的电话录音，请使用简体中文。"
HOTWORDS = "逾期 减免 分期 征信 催收 江州银行信用卡中心"


@pytest.fixture(scope="module")
def inventions(fold):
    """The shipped list."""
    return Inventions.shipped(fold)


@pytest.fixture
def marks(inventions, fold):
    """Screen pieces of one channel and return the marks of each."""

    def run(*pieces, voiced=((0.0, 1e6),)):
        screened = screen(
            pieces,
            voiced=voiced,
            inventions=inventions,
            fold=fold,
            prompt=PROMPT,
            hotwords=HOTWORDS,
        )
        return [one.marks for one in screened]

    return run


@pytest.mark.parametrize(
    "text",
    [
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
        "打賞支持明鏡與點點欄目",
        "字幕由Amara.org社区提供",
        "小編字幕由 Amara.org 社區提供",
        "中文字幕志愿者 杨茜茜",
        "字幕志願者 李宗盛",
        "字幕：某某字幕组",
        "谢谢观看！",
        "感谢观看，下期再见。",
        "谢谢大家收看，我们下期再见",
        "优优独播剧场——YoYo Television Series Exclusive",
        "Thank you for watching!",
        "ＴＨＡＮＫＳ ＦＯＲ ＷＡＴＣＨＩＮＧ",  # noqa: RUF001 # full width on purpose
        "ご視聴ありがとうございました",
        "시청해주셔서 감사합니다",
    ],
)
def test_credits_and_endings_of_videos_are_inventions(text, marks, piece):
    """Nobody says them on a collection call."""
    assert marks(piece(text)) == [(Mark.INVENTION,)]


@pytest.mark.parametrize(
    "text",
    [
        "谢谢 再见",
        "谢谢",
        "谢谢您，再见。",
        "好的，谢谢，拜拜",
        "感谢您的配合",
        "感谢您的接听，再见",
        "喂",
        "喂，你好",
        "喂喂喂",
        "好的好的",
        "对对对对",
        "嗯",
        "那下期账单再见分晓",
        "您下期账单是八百块",
        "这个字幕公司欠了你们多少",
        "我在优优超市上班",
        "你给我点赞也没用，没钱",
        "转发给我看一下短信",
        "您订阅的会员扣了二十五块",
        "谢谢您观看了还款说明，那么今天方便处理吗",
        "我做字幕制作的，这个月工资还没发",
    ],
)
def test_what_callers_say_is_no_invention(text, marks, piece):
    """A genuine 谢谢 再见 ends most calls and stays."""
    assert marks(piece(text)) == [()]


@pytest.mark.parametrize(
    "text",
    [
        PROMPT,
        "以下是普通话的电话录音 请使用简体中文",
        "以下是普通话的电话录音,请使用简体",
        "逾期 减免 分期",
        "逾期减免分期征信催收",
        "分期征信催收江州银行信用卡中心",
    ],
)
def test_the_prompt_read_back_is_marked(text, marks, piece):
    """Prompt and hot words come back verbatim on silence and music."""
    assert Mark.PROMPT_ECHO in marks(piece(text))[0]


@pytest.mark.parametrize(
    "text",
    [
        "逾期",
        "江州银行信用卡中心",
        "您好，我是江州银行信用卡中心的",
        "可以减免吗",
        "减免分期都可以谈",
        "分期，征信，你说的这些我都不懂",
        "逾期会上征信的",
        "催收",
        "普通话",
        "请使用普通话",
        "这是电话录音",
        "以下是",
    ],
)
def test_using_the_primed_words_is_no_echo(text, marks, piece):
    """They were chosen because callers use them."""
    assert marks(piece(text)) == [()]


@pytest.mark.parametrize(
    ("text", "seconds", "expected"),
    [
        ("我们已经把您的案件移交给法务部门了请尽快还款", 1.0, True),
        ("请您今天下午五点之前还款", 0.5, True),
        ("字", 6.0, True),
        ("好的", 20.0, True),
        ("谢谢观看再见再见", 0.0, True),
        ("您好，我这边是江州银行信用卡中心的", 2.0, False),
        ("一二三四五六七八九十", 1.0, False),
        ("好的", 0.15, False),
        ("喂", 0.1, False),
        ("嗯", 1.0, False),
        ("嗯", 3.9, False),
        ("那个……我想想", 6.0, False),
        ("application", 1.0, False),
        ("https www example com", 1.6, False),
    ],
)
def test_impossible_speed(text, seconds, expected, marks, piece):
    """Mandarin has three to nine characters a second; short pieces are timed too roughly."""
    found = marks(piece(text, 1.0, 1.0 + seconds))[0]
    assert (Mark.IMPOSSIBLE_RATE in found) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"avg_logprob": -1.6}, True),
        ({"avg_logprob": -0.9, "no_speech_prob": 0.8}, True),
        ({"probability": 0.1}, True),
        ({"avg_logprob": -1.1}, False),
        ({"avg_logprob": -0.3, "no_speech_prob": 0.9}, False),
        ({"avg_logprob": -0.9, "no_speech_prob": 0.2}, False),
        ({"probability": 0.3}, False),
        ({"probability": [0.05, 0.9, 0.8, 0.7, 0.9]}, False),
        ({"probability": 0.0}, False),
    ],
)
def test_what_the_recogniser_did_not_believe(changes, expected, marks, piece):
    """Low probability alone must be very low; together with "no speech" less is enough."""
    found = marks(piece("我是他爱人", **changes))[0]
    assert (Mark.LOW_PROBABILITY in found) is expected


@pytest.mark.parametrize(
    ("voiced", "expected"),
    [
        ((), True),
        (((0.0, 4.9), (9.0, 12.0)), True),
        (((5.0, 5.04),), True),
        (((5.0, 5.2),), False),
        (((4.0, 5.3), (6.5, 9.0)), False),
        (((0.0, 100.0),), False),
    ],
)
def test_text_needs_voice_energy(voiced, expected, marks, piece):
    """Text over silence is invented, however likely it looks."""
    found = marks(piece("好的，谢谢。", 5.0, 6.5), voiced=voiced)[0]
    assert (Mark.NO_VOICE in found) is expected


def test_without_measured_energy_the_layer_says_nothing(marks, piece):
    """No measurement is no evidence."""
    assert marks(piece("好的"), voiced=None) == [()]


def test_a_neighbour_equal_to_the_last_probability_is_marked(marks, piece):
    """Two sounds are never heard alike to four digits; a stuck decoder writes them so."""
    probability = [0.91, 0.83, 0.77, 0.95, 0.64]
    pieces = [piece("我没有收到", start, probability=probability) for start in (0.0, 3.0, 6.0)]
    assert marks(*pieces) == [(), (Mark.REPEATED_NEIGHBOUR,), (Mark.REPEATED_NEIGHBOUR,)]


def test_people_who_repeat_themselves_are_not_marked(marks, piece):
    """The same words with other probabilities, short words, and words with others between."""
    one, two = [0.91, 0.83, 0.77, 0.95], [0.88, 0.83, 0.71, 0.96]
    assert marks(piece("我没收到", probability=one), piece("我没收到", 2, probability=two)) == [
        (),
        (),
    ]
    assert marks(piece("喂"), piece("喂", 2), piece("喂", 4)) == [(), (), ()]
    between = [piece("我没收到"), piece("嗯嗯", 2), piece("我没收到", 4)]
    assert marks(*between) == [(), (), ()]


def test_a_loop_is_collapsed_and_marked(inventions, fold, piece):
    """The marked text is short enough to read; other pieces stay as they are."""
    pieces = [piece("您好"), piece("请还款，" * 30, 2.0, 20.0)]
    first, second = screen(pieces, voiced=None, inventions=inventions, fold=fold)
    assert (first.piece, first.marks) == (pieces[0], ())
    assert (second.piece.text, second.marks) == ("请还款，请还款，", (Mark.LOOP,))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "好的，再见。请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
            [
                ("好的，再见。", ()),
                ("请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", (Mark.INVENTION,)),
            ],
        ),
        (
            "字幕由Amara.org社区提供。喂，你好",
            [("字幕由Amara.org社区提供。", (Mark.INVENTION,)), ("喂，你好", ())],
        ),
        (f"我知道了{PROMPT}", [("我知道了", ()), (PROMPT, (Mark.PROMPT_ECHO,))]),
        ("好的谢谢大家收看", [("好的谢谢大家收看", ())]),
        ("嗯嗯，明天还。", [("嗯嗯，明天还。", ())]),
    ],
)
def test_an_invention_is_cut_off_the_speech_it_hangs_on(text, parts, inventions, fold, piece):
    """The genuine half stays usable; short phrases are left where they are."""
    screened = screen([piece(text)], voiced=None, inventions=inventions, fold=fold, prompt=PROMPT)
    assert [(one.piece.text, one.marks) for one in screened] == parts


def test_limits_can_be_set(inventions, fold, piece):
    """Another recogniser has other numbers."""
    lenient = FirewallLimits(lowest_logprob=-9.0)
    (one,) = screen(
        [piece("我是", avg_logprob=-5.0)],
        voiced=None,
        inventions=inventions,
        fold=fold,
        limits=lenient,
    )
    assert one.marks == ()
