"""How long after one contact another one came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from auditor.contacts.facts import began, ended
from auditor.domain.contacts import Contact

_UNITS = ((86_400, "天", "days"), (3_600, "小时", "hours"), (60, "分钟", "minutes"))


@dataclass(frozen=True, slots=True)
class Gap:
    """The time from the end of a contact to the beginning of a later one.

    Args:
        length: Below zero where both were on the line at once: nothing was known yet.
    """

    length: timedelta

    @property
    def zh(self) -> str:
        """In Chinese words, rounded down."""
        return self._spoken(1, "秒", "")

    @property
    def en(self) -> str:
        """In English words, rounded down."""
        return self._spoken(2, " seconds", " ")

    @property
    def apart(self) -> bool:
        """Whether the first had ended when the second began."""
        return self.length >= timedelta(0)

    def _spoken(self, place: int, seconds: str, blank: str) -> str:
        whole = int(self.length.total_seconds())
        for unit in _UNITS:
            if whole >= unit[0]:
                return f"{whole // unit[0]}{blank}{unit[place]}"
        return f"{max(0, whole)}{seconds}"


def gap(earlier: Contact | None, contact: Contact) -> Gap | None:
    """Return the time between two contacts; ``None`` where there are no two with times."""
    end = None if earlier is None else ended(earlier)
    start = began(contact)
    return None if end is None or start is None else Gap(start - end)
