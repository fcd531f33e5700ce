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

from auditor.workbench.negation import negate

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


_MOST_CLAUSES = 2
"""Clauses that can be denied one by one; more are denied as a whole, as something not said."""

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
    """Deny every clause that the words touch, or all of it at once where they are many."""
    inside = words.text[words.start : words.end].strip(_CLAUSE_ENDS)
    if len(re.findall(f"[{_CLAUSE_ENDS}]+", inside)) >= _MOST_CLAUSES:
        whole = stretch(words, _SENTENCE_ENDS)
        rest = whole.text[whole.end :].lstrip(_SENTENCE_ENDS)
        said = whole.text[whole.start : whole.end]
        return f"{whole.text[: whole.start]}我没有说{said}。{rest}"
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
