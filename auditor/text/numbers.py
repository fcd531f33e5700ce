"""Find every sum, code, date, time, length of time and share in a folded text."""

from __future__ import annotations

import re

from auditor.text.codes import read_code, read_identifier
from auditor.text.dates import read_date, read_time
from auditor.text.numerals import NUMERAL_CHARS
from auditor.text.protect import hide_words
from auditor.text.quantities import read_amount, read_duration, read_rate
from auditor.text.values import Entity

_NUMBER_START = f"[{NUMERAL_CHARS}幺¥+]|rmb|人民币(?=[ \\d{NUMERAL_CHARS}])"
_DATE_START = (
    "大[前后]天|去年|[前昨今明后当次][天日晚早儿夜年]|[上下这本当每][上下]?个?[月周星礼]|周[一二三四五六日天末1-7]|星期|礼拜"
    "|[年月](?=[底末初中])|百分之|千分之|万分之|半个?[年月天小钟]|凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜"
)
_INSIDE = frozenset(NUMERAL_CHARS + "几")
_START = re.compile(f"{_NUMBER_START}|{_DATE_START}")


def find_entities(folded: str) -> tuple[Entity, ...]:
    """Return the entities of a folded text in order, without overlaps.

    Spans are offsets of the text given; folding kept them, so they hold for the original too.

    >>> [(e.kind.value, e.text) for e in find_entities("尾号九幺四欠三千五,月底前还百分之十")]
    [('digits', '九幺四'), ('amount', '三千五'), ('date', '月底前'), ('percent', '百分之十')]
    """
    if _START.search(folded) is None:
        return ()
    text = hide_words(folded)
    found: list[Entity] = []
    place = done = 0
    while start := _START.search(text, place):
        at = start.start()
        # What is left of a number that no reader wanted is no number: 几十块, 四十多岁.
        rest = 0 < at != done and text[at - 1] in _INSIDE and text[at] in NUMERAL_CHARS
        entity = None if rest else _read(text, at)
        if entity is None:
            place = at + 1
            continue
        found.append(entity)
        place = done = entity.span.end
    return tuple(found)


def _read(text: str, place: int) -> Entity | None:
    """Try the readers from the most to the least certain of themselves."""
    return (
        read_identifier(text, place)
        or read_code(text, place, cued=True)
        or read_rate(text, place)
        or read_date(text, place)
        or read_time(text, place)
        or read_duration(text, place)
        or read_code(text, place, cued=False)
        or read_amount(text, place)
    )
