"""Make untrusted text harmless without moving a character."""

from __future__ import annotations

import re
from typing import Any

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0 and C1 controls, also line breaks inside a turn
    "\u2028\u2029"  # line and paragraph separator
    "\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # direction marks that reorder what is shown
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Replace each unsafe character by one space, and each half character by U+FFFD.

    The result has the length of the input, so offsets stay true; cleaning twice changes nothing.
    """
    return _SURROGATE.sub("\ufffd", _UNSAFE.sub(" ", text))


def whole(value: Any) -> Any:
    """Replace half characters in all keys and texts of a JSON value by U+FFFD.

    Half a surrogate pair can be written in JSON but not in UTF-8.
    """
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return value
