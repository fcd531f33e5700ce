"""Damage that leaves the words alone: marks, script, subtitle credits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from auditor.noise.measure import counted

INVENTIONS = (
    "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    "字幕由Amara.org社区提供",
    "中文字幕志愿者",
    "优优独播剧场——YoYo Television Series Exclusive",
    "谢谢观看",
    "感谢观看",
    "谢谢大家收看",
    "感谢收听",
    "我们下期再见",
    "下期再见",
    "字幕",
    "以下是普通话的句子。",
)
"""What Whisper writes where nobody speaks, as seen in threads and on the product's own list."""

_MARK = re.compile("[，。？！、；：…—“”‘’（）《》~～·]|[,.?!;:](?!\\d)")
_QUESTION_OR_CALL = re.compile("[？！?!；;]")
# Bounds of the chances that a whole call comes without marks or in traditional script.
_BARE_CALLS = (2.0, 0.5)
_TRADITIONAL_CALLS = (1.0, 0.25)
_MARK_LOST = (2.0, 0.7)
_MARK_CHANGED = 1.0


def chance_of(rate: tuple[float, float], share: float) -> float:
    """Return a rate a share, up to its bound."""
    return min(rate[0] * share, rate[1])


def spoil_marks(texts: Sequence[str], share: float, chance: Callable[[], float]) -> list[str]:
    """Lose or change punctuation; a text that is nothing but marks stays.

    Args:
        texts: Turns of a call.
        share: Share of characters damaged; marks go somewhat faster than characters.
        chance: Uniform numbers.
    """
    bare = chance() < chance_of(_BARE_CALLS, share)
    blank = " " if chance() < 1 / 2 else ""
    lost = chance_of(_MARK_LOST, share)

    def spoil(found: re.Match[str]) -> str:
        first, second = chance(), chance()
        if bare:
            return blank
        if first < lost:
            return ""
        if second < _MARK_CHANGED * share:
            return "。" if _QUESTION_OR_CALL.match(found.group()) else "，"
        return found.group()

    spoiled = []
    for text in texts:
        new = _MARK.sub(spoil, text)
        spoiled.append((new.strip() if bare else new) if counted(new) else text)
    return spoiled


def is_traditional(share: float, chance: Callable[[], float]) -> bool:
    """Tell whether a call comes in traditional script."""
    return chance() < chance_of(_TRADITIONAL_CALLS, share)
