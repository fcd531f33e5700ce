"""Tables as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io

from auditor.report.columns import Table, Value

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

# Spaces that spreadsheets drop; and our own mark, so that guarding can be undone.
_SKIPPED = " \u00a0\u3000\ufeff'"


def table_to_csv(table: Table) -> bytes:
    """Return a table as CSV: UTF-8 with byte order mark, CRLF, column ids as header.

    Text cells that a spreadsheet would take for a formula get a leading ``'`` (OWASP ASVS 5.0,
    1.2.10; carriage return, line feed and full-width forms are added because spreadsheets fold
    them). Numbers are ours and stay as they are; what is undefined is an empty cell.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.column_id for column in table.columns])
    for row in table.rows():
        writer.writerow([cell(value) for value in row])
    return "\ufeff".encode() + buffer.getvalue().encode("utf-8", "replace")


def cell(value: Value) -> str | int | float:
    """Return what stands in a CSV cell.

    >>> cell("=1+1"), cell(-3), cell("张三")
    ("'=1+1", -3, '张三')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    # NUL ends a cell in some readers, and what follows it could be anything.
    risky = value.lstrip(_SKIPPED).startswith(_DANGEROUS)
    guarded = "'" + value if risky else value
    return guarded.replace("\0", "\ufffd")


def uncell(text: str) -> str:
    """Return what a guarded cell held.

    >>> uncell("'=1+1"), uncell("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and cell(text[1:]) == text else text
