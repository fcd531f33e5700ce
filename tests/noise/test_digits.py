"""Numbers are written the other way, words that merely contain a numeral are left alone."""

from __future__ import annotations

import pytest

from auditor.noise.digits import rewritings
from auditor.text.normalise import Normaliser


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("欠一千八百六十三块", {"一千八百六十三": "1863"}),
        ("尾号四四零八", {"四四零八": "4408"}),
        ("电话幺三八零零一三八零零零", {"幺三八零零一三八零零零": "13800138000"}),
        ("百分之十的利息", {"百分之十": "10%"}),
        ("两万一", {"两万一": "21000"}),
        ("三点二十分还", {"三": "3", "二十": "20"}),
        ("欠3,500块", {"3,500": "三千五百"}),
        ("工号2017,欠", {"2017": "二零幺七"}),
        ("打95588", {"95588": "九五五八八"}),
        ("还10%", {"10%": "百分之十"}),
        ("2026年", {"2026": "二零二六"}),
        ("还有3天", {"3": "三"}),
    ],
)
def test_numbers(text: str, written: dict[str, str]) -> None:
    """Spoken to digits and back."""
    folded = Normaliser().fold(text)
    assert {folded[r.start : r.end]: r.text for r in rewritings(folded)} == written


@pytest.mark.parametrize(
    "text",
    ["一下就好", "千万别", "三天两头", "第一次", "十几万", "两三千块", "万一", "一直没还", "好的"],
)
def test_no_numbers(text: str) -> None:
    """No recogniser writes them in digits, or nobody could say which."""
    assert list(rewritings(Normaliser().fold(text))) == []
