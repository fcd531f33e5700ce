"""Deny a Chinese clause where its grammar lets it be denied.

Knows function words and no rules: modals, adverbs and copulas that a denial changes, subjects that
it follows, orders that it goes before. Where it finds none, the whole is said not to be said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_MODAL: Mapping[str, str] = MappingProxyType(
    {
        "就要": "也不会",
        "就会": "也不会",
        "就得": "也不用",
        "必须": "不用",
        "一定": "不一定",
        "肯定": "不一定",
        "应该": "不应该",
        "可以": "不可以",
        "已经": "没有",
        "早就": "没有",
        "马上": "不会马上",
        "立刻": "不会立刻",
        "直接": "不会直接",
        "准备": "不准备",
        "打算": "不打算",
        "总得": "不用",
        "只能": "不是只能",
        "就是": "不是",
        "要": "不要",
        "会": "不会",
        "能": "不能",
        "得": "不用",
        "是": "不是",
        "有": "没有",
        "就": "也不会",
        "让": "不让",
        "想": "不想",
    }
)
"""What stands before a predicate, and the same denied; longer words first."""

_NOT_MODAL = re.compile(
    "要么|要不|要是|会员|会所|能力|功能|是不是|有没有|有人|没有|不是|可是|还是|"
    "于是|但是|要求|需要|主要|得到|觉得|记得|懂得|舍得|值得|只有|所有|拥有|"
    "就业|成就|机会|社会|银行会|一会|等会|开会|会计|听得|算得|写得|说得|有限"
)
_DENIED = re.compile("不(?:会|用|是|能|要|可以|必|该|应该|让|许|准|想)?|没有?|别|甭|莫|未|无需")
_SUBJECT = re.compile(
    "(?:您|你|我|他|她|咱|俺)们?(?:家里|的|家)?(?:这边|这儿|自己|家里|单位|公司|爱人|老公|老婆|爸妈|父母|"
    "家人|孩子|儿子|女儿|闺女|爸爸|妈妈|爸|妈|同事|朋友|弟?兄弟?们?|领导|主管|手底下|那帮兄弟)?|"
    "这边|银行|法院|公司|同事|警察|(?:系统|客服)(?:里|那边)?"
)
_ORDER = re.compile(
    "请|快|赶紧|麻烦|先|再|就|也|还|都|给我|把|去|来|干脆|不如|拿|转|打|发|报|念|扫"
)
_DONE = re.compile("[^不好]了|过(?!来|去)")
_FEW = 4
"""Characters of a clause without subject or order that is a name for somebody."""


def negate(clause: str, at: int = 0) -> str:
    """Deny a clause: before its predicate, at or before character ``at`` where one is found.

    Tried in turn: a modal, adverb or copula that can be denied, a subject that the denial can
    follow, an order, a bare name; else the whole is denied as something that is not said.

    >>> negate("我们就去你单位找你领导", 3)
    '我们也不会去你单位找你领导'
    >>> negate("你把验证码念给我", 2)
    '你不用把验证码念给我'
    >>> negate("骗子")
    '不是骗子'
    >>> negate("三岁小孩都知道还钱", 0)
    '不是说三岁小孩都知道还钱'
    """
    place = _deniable(clause, at)
    if place is not None:
        start, word = place
        return clause[:start] + _MODAL[word] + clause[start + len(word) :]
    subjects = [found for found in _SUBJECT.finditer(clause) if found.start() <= at]
    if subjects:
        denial = _denial(subjects[-1][0], clause[subjects[-1].end() :])
        if denial:
            return clause[: subjects[-1].end()] + denial + clause[subjects[-1].end() :]
    elif _ORDER.match(clause):
        return "不用" + clause
    elif len(clause) <= _FEW:
        return "不是" + clause
    return "不是说" + clause


def _deniable(clause: str, at: int) -> tuple[int, str] | None:
    """The last word before ``at`` that can be denied, else the first within reach after it."""
    barred = [found.span() for found in _NOT_MODAL.finditer(clause)]
    barred += [found.span() for found in _DENIED.finditer(clause)]
    found = []
    position = 0
    while position < len(clause):
        word = next((w for w in _MODAL if clause.startswith(w, position)), None)
        free = word is not None and not any(
            start < position + len(word) and position < end for start, end in barred
        )
        if word is not None and free:
            found.append((position, word))
        position += len(word) if word is not None and free else 1
    before = [place for place in found if place[0] < at]
    if before:
        return before[-1]
    near = [place for place in found if place[0] <= at + _NEAR]
    return near[0] if near else None


_NEAR = 3
"""Characters into the words in which their own predicate is looked for."""


def _denial(subject: str, said: str) -> str:
    """What denies a predicate right after its subject; nothing where that would not be Chinese."""
    if not said:
        return ""
    if subject[0] in "您你":
        return "不用" if subject in ("您", "你", "您们", "你们") and _ORDER.match(said) else ""
    return "没有" if _DONE.search(said) else "不会"
