"""What a table of a run is made of, and how its values are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from auditor.domain.runs import Rate
from auditor.policy.model import Scoring

Value = str | int | float | bool | None
Row = tuple[Value, ...]

CHINA = timezone(timedelta(hours=8))
"""One zone without summer time; no zone data needed to say it."""

MAX_QUOTE = 2_000
"""Characters of a quote in a table; the whole turn is in the transcript."""


class ColumnKind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Column:
    """A declared column.

    Args:
        column_id: Name for programs.
        zh: Chinese heading.
        en: English heading.
        kind: What its cells hold.
        width: Characters wide on a sheet.
    """

    column_id: str
    zh: str
    en: str
    kind: ColumnKind = ColumnKind.TEXT
    width: int = 12

    def title(self, lang: str) -> str:
        """The heading in ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with a way to go through the rows, as often as wanted."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]

    def title(self, lang: str) -> str:
        """The sheet name in ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh


TEXT, WHOLE, NUMBER, SHARE = ColumnKind


def per_100(rate: Rate) -> tuple[float | None, float | None, float | None]:
    """Return value and interval of a rate per 100 calls, rounded to two places."""
    return tuple(
        None if x is None else round(100 * x, 2) for x in (rate.value, rate.low, rate.high)
    )  # type: ignore[return-value] # three in, three out


def clock(seconds: float) -> str:
    """Return a position in a recording as ``mm:ss``; hours where there are any.

    >>> clock(83.9), clock(3725)
    ('01:23', '1:02:05')
    """
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    start = f"{hours}:" if hours else ""
    return f"{start}{minutes:02d}:{whole % 60:02d}"


def moment(instant: datetime) -> str:
    """Return an instant as China writes it, with the offset said.

    >>> moment(datetime.fromisoformat("2026-11-23T17:00:00+00:00"))
    '2026-11-24 01:00 UTC+8'
    """
    return instant.astimezone(CHINA).strftime("%Y-%m-%d %H:%M UTC+8")


def shortened(text: str) -> str:
    """Return at most ``MAX_QUOTE`` characters, with a mark where some were left out."""
    return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + "…"


def dimension_columns(scoring: Scoring) -> tuple[Column, ...]:
    """One column a dimension of the policy."""
    return tuple(
        Column(f"dimension_{name}", scoring.dimension_titles.get(name, name), name, NUMBER, 10)
        for name in scoring.dimensions
    )


def dimension_cells(values: Mapping[str, float | None] | None, scoring: Scoring) -> Row:
    """The cells under ``dimension_columns``."""
    return tuple(rounded((values or {}).get(name)) for name in scoring.dimensions)


def rounded(value: float | None) -> float | None:
    """One place after the point; ``None`` stays undefined."""
    return None if value is None else round(value, 1)
