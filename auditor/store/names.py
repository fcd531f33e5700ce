"""File names for call ids: any id gives one safe name, and no two ids the same."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

_LONGEST = 120


def file_name(call_id: str, suffix: str) -> str:
    """Return a name for a file about a call.

    Letters, digits, ``-``, ``_``, inner dots and Chinese characters stay; everything else is
    percent-encoded. Very long ids are cut and told apart by a hash.

    >>> file_name("C-1001", ".json"), file_name("../etc", ".json")
    ('C-1001.json', '%2E%2E%2Fetc.json')
    """
    # quote() leaves the tilde, which must not be forged: it marks names that were cut.
    kept = "".join(
        char if _plain(char) else quote(char, safe="").replace("~", "%7E") for char in call_id
    )
    if kept.startswith("."):
        kept = kept.replace(".", "%2E")
    if len(kept.encode()) > _LONGEST:
        digest = hashlib.sha256(call_id.encode()).hexdigest()[:16]
        kept = kept.encode()[: _LONGEST - 17].decode(errors="ignore") + "~" + digest
    return kept + suffix


def _plain(char: str) -> bool:
    return (char.isascii() and (char.isalnum() or char in "-_.")) or "一" <= char <= "鿿"
