"""Turn what a collector must not say into what he may: small changes of Chinese sentences.

Each takes words that break a rule and says them so that nobody is wronged: denied, warned
against, reported as another's, said by the customer, or merely supposed. They know grammar and no
rules: where the predicate of a clause is, what its subject is, who "you" and "I" are in reported
speech. What fools a rule after such a change is a false accusation in the making.

A condition on the debtor ("if you do not pay, I will …") keeps a threat a threat; the conditional
made here is the counterfactual one ("if I did that, I would be in breach").
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_SENTENCE_ENDS = "。！？!?；;\n"
_CLAUSE_ENDS = _SENTENCE_ENDS + "，,、：:"


class Mutation(StrEnum):
    """How the words are changed."""

    NEGATED = "negated"
    WARNED = "warned"
    QUOTED = "quoted"
    CUSTOMER = "customer"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of a turn: characters ``start`` to ``end`` of ``text``."""

    text: str
    start: int
    end: int


def stretch(words: Words, ends: str) -> Words:
    """Widen a stretch to whole clauses or sentences, without the mark that ends them.

    >>> stretch(Words("您好。我就来，等着！", 4, 5), "。！").start
    3
    """
    start, end = words.start, words.end
    while start > 0 and words.text[start - 1] not in ends:
        start -= 1
    while end < len(words.text) and words.text[end] not in ends:
        end += 1
    return Words(words.text, start, end)


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
    "家人|孩子|儿子|女儿|爸爸|妈妈|爸|妈)?|这边|银行|法院|公司|同事|警察|(?:系统|客服)(?:里|那边)?"
)
_ORDER = re.compile("(?:请|快|赶紧|麻烦|先|再|就|也|还|都|给我|把|去|来|别再|干脆|不如|拿)")

_ASKED = re.compile("给我|告诉|发|转|还|念|报|付|交|借|刷|扫")


def negate(clause: str, at: int = 0) -> str:
    """Deny a clause: before its predicate, at or before character ``at`` where one is found.

    Tried in turn: a modal, adverb or copula that can be denied, a subject that the denial can
    follow, an order, a bare noun.

    >>> negate("我们就去你单位找你领导", 3)
    '我们也不会去你单位找你领导'
    >>> negate("你把验证码念给我", 2)
    '你不用把验证码念给我'
    >>> negate("骗子")
    '不是骗子'
    """
    place = _deniable(clause, at)
    if place is not None:
        start, word = place
        return clause[:start] + _MODAL[word] + clause[start + len(word) :]
    subjects = [found for found in _SUBJECT.finditer(clause) if found.start() <= at]
    if subjects:
        subject = subjects[-1]
        said = clause[subject.end() :]
        denial = _denial(subject[0], said)
        return clause[: subject.end()] + denial + said
    if _ORDER.match(clause):
        return "不用" + clause
    return ("不用" if _is_order(clause) else "不是") + clause


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
    if not said:
        return "不是"
    if subject[0] in "您你":
        return "不用" if _is_order(said) else "不是"
    return "不会"


def _is_order(said: str) -> bool:
    return bool(_ORDER.match(said)) or bool(
        re.search("给我|告诉|发|转|还|念|报|付|交|借|刷|扫", said)
    )


_WARNED = (
    "谁要是跟您说{x}，您千万别信",
    "凡是讲{x}的都是骗子，您直接挂断",
    "您要当心，有人会对您说{x}，那是骗人的",
)
_QUOTED = (
    "您刚才说上次有人跟您讲{x}，是这样吗",
    "您投诉说那位坐席讲过{x}，我来核实一下",
    "您反映前面那个人跟您说{x}，我记下来了",
)
_CONDITIONAL = (
    "如果我说{x}，那我就违规了",
    "假如真有人说{x}，那是不允许的",
    "要是我们对您说{x}，您可以去投诉",
)
_FRAMES: Mapping[Mutation, tuple[str, ...]] = MappingProxyType(
    {
        Mutation.WARNED: _WARNED,
        Mutation.QUOTED: _QUOTED,
        Mutation.CONDITIONAL: _CONDITIONAL,
    }
)


def frame(sentence: str, mutation: Mutation, key: str) -> str:
    """Say a sentence inside another that takes its force away.

    Args:
        sentence: Without the mark that ends it.
        mutation: Warned against, quoted or conditional.
        key: Chooses among the wordings, always the same for the same key.
    """
    frames = _FRAMES[mutation]
    said = reported(sentence) if mutation is Mutation.QUOTED else sentence
    return frames[zlib.crc32(key.encode()) % len(frames)].format(x=said)


_PERSONS = re.compile("我们|咱们|我|俺|你们|你")
_REPORTED = {"我们": "他们", "咱们": "他们", "我": "他", "俺": "他", "你们": "您家", "你": "您"}


def reported(sentence: str) -> str:
    """Turn persons as reported speech does: what "I" said to "you", "he" said to "you".

    >>> reported("我去你家找你")
    '他去您家找您'
    """
    return _PERSONS.sub(lambda found: _REPORTED[found[0]], sentence)


def mutate(words: Words, mutation: Mutation, key: str = "") -> str:
    """Return the turn with the words changed; the customer's mouth leaves the text as it is.

    Args:
        words: The words that break a rule, in their turn.
        mutation: The change.
        key: Chooses among wordings.
    """
    if mutation is Mutation.CUSTOMER:
        return words.text
    if mutation is Mutation.NEGATED:
        return _negate_all(words)
    whole = stretch(words, _SENTENCE_ENDS)
    said = frame(whole.text[whole.start : whole.end], mutation, key)
    # The mark belonged to the words: a question asked about is no question.
    rest = whole.text[whole.end :].lstrip(_SENTENCE_ENDS)
    return whole.text[: whole.start] + said + "。" + rest


def _negate_all(words: Words) -> str:
    """Deny every clause that the words touch, the last first so that places stay."""
    text, end = words.text, words.end
    while end > words.start:
        if text[end - 1] in _CLAUSE_ENDS:
            end -= 1
            continue
        clause = stretch(Words(text, end - 1, end), _CLAUSE_ENDS)
        denied = negate(text[clause.start : clause.end], max(words.start - clause.start, 0))
        text = text[: clause.start] + denied + text[clause.end :]
        end = clause.start
    return text
