"""Say in English what a condition or exemption says of itself in Chinese.

Conditions describe themselves from a few dozen fixed phrases; each has its English here. The words,
patterns and names that a rule looks for stay as they are, in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

_INSIDE = "〔([^〕]*)〕?"
_WHO = "(坐席|客户|不明者)"

_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "坐席": "agent",
        "客户": "customer",
        "不明者": "unknown speaker",
        "债务人": "debtor",
        "担保人": "guarantor",
        "第三人": "third party",
        "未成年人": "minor",
        "语音信箱或助理": "voice mail or assistant",
        "身份不明者": "somebody unknown",
        "有人接听": "somebody answered",
        "债务人在线": "debtor on the line",
        "担保人在线": "guarantor on the line",
        "第三人在线": "third party on the line",
        "未成年人在线": "minor on the line",
        "谈话已经展开": "the talk got under way",
        "已提到欠款": "debt named",
        "已核实身份": "identity verified",
        "整通电话": "the call",
        "该段话": "the turn",
        "对方": "the other",
        "自己": "oneself",
        "之前": "before",
        "之后": "after",
        "前后": "before or after",
        "同一段中": "in the same turn",
        "通话中": "in the call",
        "最后": "last",
        "最先": "first",
        "结束": "the end",
        "秒": " s",
        "字": " characters",
        "段": " turns",
        "次": " times",
        "%": " %",
    }
)

_FIXED: Mapping[str, str] = MappingProxyType(
    {
        "流程〔": "after ",
        "，之后": ", then ",
        "，前提：": ", given ",
        "，除非": ", unless ",
        "，且没有（": ", and not (",
        "没有（": "not (",
        "，且": ", and ",
        "，或": ", or ",
        "，共": ", ",
        "每段话都符合：": "every turn: ",
        "每句话都符合：": "every sentence: ",
        "每一处": "each ",
        "（整段）内：": " as a whole: ",
        "打断对方": "interrupts the other ",
        "与对方同时说话": "speaks while the other does ",
        "静音": "silence ",
        "语速每分钟": "characters a minute ",
        "超过": "above ",
        "低于": "below ",
        "不少于": "at least ",
        "不多于": "at most ",
        "首次所说的": "the first said ",
        "末次所说的": "the last said ",
        "任一所说的": "any said ",
        "每次所说的": "every said ",
        "规定值": "a given value",
        "金额": "sum",
        "日期": "date",
        "时刻": "time",
        "时长": "length of time",
        "比例": "percentage",
        "电话号码": "telephone number",
        "证件号码": "identity number",
        "银行卡号": "card number",
        "号码或验证码": "number or code",
        "账号": "account number",
        "等于": " equals ",
        "不同于": " differs from ",
        "多于": " is more than ",
        "少于": " is less than ",
        "晚于": " is later than ",
        "早于": " is earlier than ",
        "末尾是": " ends with ",
        "是末尾数字：": " is the tail of ",
        "被否定": "denied",
        "属于提醒": "a warning",
        "属于转述": "somebody's words",
        "属于拒绝": "a refusal",
        "属于假设": "a supposition",
        "提醒防范": "warning",
        "否定": "negation",
        "转述": "quoting",
        "拒绝": "refusing",
        "索要": "asking",
        "告知": "giving",
        "提出": "offering",
        "假设": "supposing",
        "直接说": "plainly said",
        "通话时长": "length of the call ",
        "段数": "number of turns ",
        "说话时长": "time of speaking ",
        "说话占比": "share of speaking ",
        "静音占比": "share of silence ",
        "平均语速（字每分钟）": "mean characters a minute ",
        "接通后首次说话": "first words after the answer ",
        "最后说话到挂机": "from the last words to the end ",
        "不完整": "cut off",
        "削波失真": "clipped",
        "音量过低": "too quiet",
        "有声道无声": "a silent channel",
        "双声道内容相同": "both channels equal",
        "无人说话": "nobody speaks",
        "话语很少": "little speech",
        "时长与清单不符": "length differs from the manifest",
        "扩展名不符": "wrong file extension",
        "法定节假日": "holiday",
        "休息日": "day off",
        "工作日": "working day",
        "周一": "Monday",
        "周二": "Tuesday",
        "周三": "Wednesday",
        "周四": "Thursday",
        "周五": "Friday",
        "周六": "Saturday",
        "周日": "Sunday",
        "各部分没有按要求出现在一起": "the parts do not stand together as they must",
        "位置不合要求：": "not at the place: ",
        "说话对象不合要求": "not said to whom it must be",
        "不在规定的部分": "not in the part of the call where it must be",
        "有排除情形": "something excuses it",
        "（条件有误）": "(a faulty condition)",
        "（可省）": " (may be left out)",
        "录音〔": "recording: ",
        "通话时间〔": "time of the call: ",
        "是否": "whether ",
        "无法判断": "cannot be known ",
        "「": "[",
        "（": " (",
        "）": ")",
        "；": "; ",
        "，": ", ",
        "、": ", ",
        "：": ": ",
        "且": " and ",
        "或": " or ",
        "至": " to ",
        "〕": "",
    }
)


def _list(text: str) -> str:
    return ", ".join(_NAMES.get(item, item) for item in text.split("、"))


def _quoted(text: str) -> str:
    return ", ".join(f"“{item}”" for item in text.split("、"))


def _signals(found: re.Match[str]) -> str:
    names = re.sub("[^、（]*（([^）]*)）", r"\1", found[1])
    return f"signal {_quoted(names)}"


def _field(found: re.Match[str]) -> str:
    return f"the call's “{found[1]}”" + (f": {_quoted(found[2])}" if found[2] else "")


def _turns(found: re.Match[str], words: str) -> str:
    return words + (f" of the {_NAMES[found[1]]}" if found[1] else "")


def _anchor(found: re.Match[str]) -> str:
    which = {"最后一次": "the last of ", "某次": "one of ", "每次": "each of "}
    number = re.sub(r"\D", "", found[1] or "")
    return which.get(found[1] or "", f"no. {number} of " if number else "")


def _flow(found: re.Match[str]) -> str:
    steps = re.sub(
        "(?:([0-9]+)段内)?([^；，]+)(，再)?；?",
        lambda m: (
            (f"within {m[1]} turns " if m[1] else "") + f"“{m[2]}”" + (", then " if m[3] else "; ")
        ),
        found[2],
    ).removesuffix("; ")
    done = "" if found[3] is None else ", which is done"
    if found[3] == "没有做到":
        done = ", which is not done"
    return f"after {in_english(found[1])}, then {steps}{done}"


def _name(found: re.Match[str], number: int) -> str:
    return _NAMES[found[number]]


def _by_length(phrase: tuple[str, str]) -> int:
    return -len(phrase[0])


_Phrase = tuple[str, str | Callable[[re.Match[str]], str]]
_PHRASES: tuple[_Phrase, ...] = (
    ("“[^”]*”", lambda m: m[0]),
    ("流程〔(.*)，随后(.*?)(?:〕(没有做到|做到了)|$)", _flow),
    (f"信号{_INSIDE}", _signals),
    (f"关键词{_INSIDE}", lambda m: f"words {_quoted(m[1])}"),
    (f"没有说到{_INSIDE}", lambda m: f"not said {_quoted(m[1])}"),
    (f"词表{_INSIDE}", lambda m: f"word list {_quoted(m[1])}"),
    (f"句式{_INSIDE}", "pattern “\\1”"),
    (f"规定话术{_INSIDE}，相似度不低于", lambda m: f"script {_quoted(m[1])} alike by at least "),
    (f"规定话术{_INSIDE}", lambda m: f"script {_quoted(m[1])}"),
    (f"与{_INSIDE}相似度不低于([0-9.]+%)的话", "words at least \\2 like “\\1”"),
    (f"与{_INSIDE}", "words like “\\1”"),
    (f"说出通话信息中的{_INSIDE}", "says the call's “\\1”"),
    ("通话信息〔([^〕：]*)(?:：([^〕]*))?〕?", _field),
    (f"通话状态{_INSIDE}", lambda m: f"state of the call: {_list(m[1])}"),
    (
        f"分类模型判断(整通电话|该段话)为{_INSIDE}的概率不低于(?:模型卡的精确阈值|([0-9.]+))",
        lambda m: (
            f"the classifier finds “{m[2]}” in {_name(m, 1)} "
            f"as likely as {m[3] or 'the bound of its card'}"
        ),
    ),
    (
        "第([0-9]+)次重复(对方|自己)说过的话（相似度不低于([0-9.]+%)）",
        lambda m: f"says what {_name(m, 2)} said for the {m[1]}. time, alike by at least {m[3]}",
    ),
    ("对([^：，；。]*?)说：?", lambda m: f"said to {_list(m[1])}: "),
    ("至少([0-9]+)[次项]：", "at least \\1 of: "),
    ("其中([0-9]+)个词", ", \\1 of them"),
    ("不足([0-9]+)次", "fewer than \\1 times"),
    ("([0-9]+)字以内：", "within \\1 characters: "),
    ("([0-9]+)段以内依次：", "within \\1 turns, in order: "),
    ("([0-9]+)段(?:([0-9.]+)秒)?以内：", "within \\1 turns: "),
    ("([0-9.]+)秒以内依次：", "within \\1 s, in order: "),
    ("([0-9.]+)秒以内：", "within \\1 s: "),
    ("，([0-9]+)段以内接着", ", followed within \\1 turns by "),
    (f"{_WHO}(最后|最先)说话", lambda m: f"the {_name(m, 1)} speaks {_name(m, 2)}"),
    (f"{_WHO}?前([0-9]+)段", lambda m: _turns(m, f"the first {m[2]} turns")),
    (f"{_WHO}?后([0-9]+)段", lambda m: _turns(m, f"the last {m[2]} turns")),
    (f"{_WHO}?第([0-9]+)段起", lambda m: _turns(m, f"from turn {m[2]} on")),
    (f"{_WHO}?第([0-9]+)至([0-9]+)段", lambda m: _turns(m, f"turns {m[2]} to {m[3]}")),
    ("前([0-9.]+)(%|秒)", lambda m: f"the first {m[1]}{_name(m, 2)}"),
    ("后([0-9.]+)(%|秒)", lambda m: f"the last {m[1]}{_name(m, 2)}"),
    ("在(第[0-9]+次|最后一次|某次|每次)?(?=「)", _anchor),
    ("」(之前|之后|前后)", lambda m: f"] {_name(m, 1)} it "),
    ("([0-9.]+)(段|秒|字)内(?!有)", lambda m: f"within {m[1]}{_name(m, 2)} "),
    (
        "紧邻(之前|之后|前后)有改变含义的用语",
        lambda m: f"words right {_name(m, 1)} it that change its meaning",
    ),
    (
        "(同一段中|之前|之后|通话中)有使其成立或合规的说法",
        lambda m: f"words {_name(m, 1)} that bear it out or make it allowed",
    ),
    ("(之前|之后|前后)([0-9]+)字内有", lambda m: f"{m[2]} characters {_name(m, 1)}: "),
    ("（([0-9]+)字内有", " (within \\1 characters of "),
    ("(同一段中|之前|之后|通话中)有", lambda m: f"{_name(m, 1)}: "),
    ("([0-9.]+)(段|秒|字|次)", lambda m: f"{m[1]}{_name(m, 2)}"),
    ("整通电话", "the call"),
    (f"{_WHO}", lambda m: _name(m, 1)),
    ("([0-9:]+)", "\\1"),
)
_COMPILED: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    *((re.compile(pattern), told) for pattern, told in _PHRASES),
    *((re.compile(re.escape(zh)), en) for zh, en in sorted(_FIXED.items(), key=_by_length)),
)


def in_english(said: str) -> str:
    """Return a description in English; what is in no phrase stays as it is.

    Args:
        said: What a condition or an exemption says of itself, maybe cut off at its end.
    """
    if said.isascii():
        return said
    parts: list[str] = []
    at = 0
    while at < len(said):
        for pattern, told in _COMPILED:
            found = pattern.match(said, at)
            if found is not None and found.end() > at:
                parts.append(found.expand(told) if isinstance(told, str) else told(found))
                at = found.end()
                break
        else:
            parts.append(said[at])
            at += 1
    return re.sub(r"\s+([,;:)\]]|$)", r"\1", re.sub(" {2,}", " ", "".join(parts))).strip()


def parts_in_english(parts: Iterable[str]) -> str:
    """Return descriptions in English; names that somebody gave in Chinese are quoted."""
    told = ((part, in_english(part)) for part in parts)
    return "; ".join(f"“{en}”" if en == zh and not zh.isascii() else en for zh, en in told)
