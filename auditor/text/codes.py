"""Recognise digit runs: tails, staff numbers, telephone numbers, identity and bank cards."""

from __future__ import annotations

import re
from datetime import date

from auditor.domain.spans import CharSpan
from auditor.text.numerals import DIGITS, MYRIADS, UNITS
from auditor.text.values import Digits, Entity, EntityKind

_SPOKEN = "零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
# Recognisers hear yao, the spoken 1, as 腰 or 妖; inside a row of digits it is nothing else.
_VALUES = {**DIGITS, "幺": 1, "腰": 1, "妖": 1} | {str(digit): digit for digit in range(10)}
_SCALES = "".join((*UNITS, *MYRIADS))
_DIGIT = f"(?:\\d|[{_SPOKEN}](?![{_SCALES}])|(?<=[\\d{_SPOKEN}])[腰妖](?=[\\d{_SPOKEN}]))"
# Spaces or pauses between single digits belong to one number, spaces between groups do not.
_TIGHT = re.compile(f"{_DIGIT}(?:(?:[ ,]{_DIGIT}(?!{_DIGIT})){{2,30}}|(?:{_DIGIT}){{0,63}})")
_LETTERS = re.compile("[a-z]{1,3}$")
_SEPARATED = re.compile("[ ,、.，-]+")
_LOOSE = re.compile(f"\\+?{_DIGIT}(?:[ ,、.，-]{{0,2}}{_DIGIT}){{9,24}}(?: ?[xX叉])?")
_CHECK_X = re.compile(" ?[xX叉](?![\\da-z车])")
_CUE = re.compile(
    "(?:尾号|尾数|末尾|[末后前][两三四五六]位|卡号|账号|帐号|工号|编号|证号|证件号|单号|案号|公号|合同号|验证码|校验码"
    "|动态码|密码|号码|代码|电话|手机号?|座机|分机|坐席号|客服号|身份证|qq|微信)[^\\d]{0,3}$"
)
_ID_CUE = re.compile("(?:身份证|证件|证号|[末后][两三四五六]位|尾号|尾数)[^\\d]{0,5}$")
_DIALLED_CUE = re.compile("(?:打|拨|报|致电|找|电话|热线|向)$")
_MONEY_AFTER = frozenset("元块圆毛角万千百亿")
_MEASURE_AFTER = frozenset("天个年月次号日块元毛万千百点分期位名家遍周条")
_EMERGENCY = frozenset(("110", "119", "120", "122"))
_SERVICE = frozenset(("12345", "12363", "12378", "12315", "12348", "12368", "12386", "10086"))
_PHONE = re.compile(
    r"(?:(?:\+?86|0086)?(?P<mobile>1[3-9]\d{9})|(?P<landline>0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7})"
    r"|(?P<service>[48]00\d{7}|95\d{3}))"
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_number(digits: str) -> bool:
    """Check an 18-character identity number: birth date and check character (GB 11643-1999)."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", digits):
        return False
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return 1900 <= born.year <= 2100 and digits[17] == "10X98765432"[total % 11]


def is_bank_card(digits: str) -> bool:
    """Check a card number: 16 to 19 digits and the Luhn check digit (ISO/IEC 7812-1)."""
    if not re.fullmatch(r"[3-69]\d{15,18}", digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def read_identifier(text: str, place: int) -> Entity | None:
    """Return the telephone number, identity number or card at ``place``, said in any grouping."""
    if place and text[place - 1] in _VALUES:
        return None
    loose = _LOOSE.match(text, place)
    if loose is None:
        return None
    said = loose.group()
    # The whole run first, then without its last groups: a sum may follow the number.
    for end in (len(said), *(gap.start() for gap in reversed([*_SEPARATED.finditer(said)]))):
        digits = _ascii(said[:end])
        kind = _identifier_kind(digits)
        if kind is not None:
            return _entity(kind, text, place, place + end, digits.removeprefix("+"))
    return None


def read_code(text: str, place: int, *, cued: bool) -> Entity | None:
    """Return the digit run at ``place``.

    With ``cued`` only runs announced by a word such as 尾号 count, two digits or more; else four
    spoken digits (three with 幺), eight written ones, or three with a leading zero.
    """
    run = _TIGHT.match(text, place)
    if run is None:
        return None
    digits, end = _ascii(run.group()), run.end()
    after = text[end : end + 1]
    before = text[max(0, place - 10) : place]
    written = run.group()[0].isascii()
    if _is_service(digits, before, after):
        return _entity(EntityKind.PHONE, text, place, end, digits)
    if after in _MONEY_AFTER or (after == "年" and len(digits) == 4):
        return None
    if len(digits) <= 3 and not written and after in _MEASURE_AFTER:
        return None
    if cued:
        check = _CHECK_X.match(text, end)
        if check and _ID_CUE.search(before):
            digits, end = digits + "X", check.end()
        # A cued price or decimal stays a number: 密码 123.45 is nothing anybody says.
        enough = len(digits) >= 2 and _CUE.search(before) is not None
        letters = _LETTERS.search(before) if enough else None
        if letters:  # 工号H0892
            digits = letters.group().upper() + digits
            place -= len(letters.group())
    elif " " in run.group() or "," in run.group():
        enough = True
    elif written:
        enough = len(digits) >= 8 or (digits[0] == "0" and len(digits) >= 3)
    else:
        enough = len(digits) >= (3 if "幺" in run.group() else 4)
    return _entity(EntityKind.DIGITS, text, place, end, digits) if enough else None


def _is_service(digits: str, before: str, after: str) -> bool:
    if after in _MONEY_AFTER or after in _MEASURE_AFTER:
        return False
    if digits in _EMERGENCY:
        return _DIALLED_CUE.search(before) is not None
    return digits in _SERVICE or (len(digits) == 5 and digits.startswith("955"))


def _identifier_kind(digits: str) -> EntityKind | None:
    if _PHONE.fullmatch(digits) and len(digits) > 5:
        return EntityKind.PHONE
    if is_identity_number(digits):
        return EntityKind.ID_CARD
    if is_bank_card(digits):
        return EntityKind.BANK_CARD
    return None


def _ascii(said: str) -> str:
    plain = "".join(
        str(_VALUES[char]) if char in _VALUES else "X" if char in "xX叉" else "" for char in said
    )
    return "+" + plain if said.startswith("+") else plain


def _entity(kind: EntityKind, text: str, place: int, end: int, digits: str) -> Entity:
    return Entity(kind, CharSpan(place, end), text[place:end], Digits(digits), digits)
