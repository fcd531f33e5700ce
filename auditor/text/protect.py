"""Hide number characters that are part of ordinary words, keeping every offset."""

from __future__ import annotations

import re

HIDDEN = "\x00"

_NUMBER = "零〇一二三四五六七八九十百千万亿两几\\d"
# 一下, 第一, 三番五次: no quantity is meant. Longer words first.
_WORDS = """
    一天到晚 一年到头 一时半会 一时半刻 一五一十 一清二楚 一干二净 一了百了 一来二去
    一刀两断 一而再再而三 一日三餐 一朝一夕 一丝一毫 一分一毫 一分钱 一毛钱 一毛不拔
    一星半点 一问三不知 一天天 总有一天 有一天 哪一天 三番五次 三番两次 三天两头 三心二意
    三长两短 三言两语 再三 三更半夜 三三两两 三思 三方 三者 四面八方 四处 五花八门
    五湖四海 五险一金 七上八下 七七八八 乱七八糟 八九不离十 十有八九 不管三七二十一
    六亲不认 九牛一毛 九死一生 接二连三 低三下四 朝三暮四 颠三倒四 丢三落四 不三不四
    说三道四 说一不二 独一无二 千方百计 千辛万苦 千叮万嘱 千叮咛万嘱咐 成千上万 十万火急
    十全十美 百分百 百般 百姓 万事 万能 两码事 两回事 一回事 二维码 二手 双十一 张三 李四
    王五 小三 一直 一共 一定 一下 一些 一样 一般 一起 一并 一会 一旦 一切 一边 一方 一再
    一刻不 一时 一致 一概 一辈子 一律 一向 一味 一路 一面 一贯 一心 一万个 一百个 一千个
"""
# 统一 ends with a number character: 账单一千八 must not lose its 一.
_ENDING = "统一|唯一|之一|其一|单一|专一|逐一|合一|不一"
_PROTECTED = re.compile(
    "|".join(
        (
            f"第[{_NUMBER}]+",
            # Numbers before them keep 一万一, 两千万, 三点十分 and 二百五十 whole.
            f"(?<![{_NUMBER}])万一(?![{_NUMBER}])",
            f"(?<![{_NUMBER}上近好])千万(?![元块])",
            f"(?<![{_NUMBER}])万分(?!之)",
            f"(?<![{_NUMBER}点])十分(?![钟之])",
            "(?<=[个是大])二百五(?![十块元\\d零])",
            f"(?<![{_NUMBER}])一块(?![钱整毛{_NUMBER}])",
            f"(?<![点十午上晨里])一点(?![半钟整前之以{_NUMBER}])",
            f"(?:{_ENDING})(?![十百千万亿块元毛点号月个天年])",
            f"(?<![{_NUMBER}])(?:{'|'.join(sorted(_WORDS.split(), key=len, reverse=True))})",
        )
    )
)


def hide_words(folded: str) -> str:
    """Return ``folded`` with such words blanked out by a character that no number contains.

    >>> hide_words("千万别还一下一千万").replace(HIDDEN, "-")
    '--别还--一千万'
    """
    return _PROTECTED.sub(lambda found: HIDDEN * len(found.group()), folded)
