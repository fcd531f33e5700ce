"""Tables as an Excel workbook in which text is always text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain, count, islice
from typing import IO, Any, TypeVar

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from auditor.report.columns import ColumnKind, Table, Value

ResultT = TypeVar("ResultT")

MAX_ROWS = 1_048_576
"""Rows of one sheet with its header; a longer table goes on in a further sheet."""

MAX_TEXT = 32_767
"""UTF-16 units of one cell; longer text is cut and ends in a mark."""

_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
    "nan_inf_to_errors": False,
}
_MARK = "…"
# XML 1.0 knows no other control characters, and no half of a surrogate pair.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMATS = {
    ColumnKind.TEXT: {"valign": "top", "text_wrap": True},
    ColumnKind.WHOLE: {"valign": "top", "num_format": "0"},
    ColumnKind.NUMBER: {"valign": "top", "num_format": "0.0"},
    ColumnKind.SHARE: {"valign": "top", "num_format": "0.0%"},
}


def tables_to_xlsx(
    file: IO[bytes],
    tables: Sequence[Table],
    lang: str,
    *,
    notice: str = "",
    max_rows: int = MAX_ROWS,
) -> None:
    """Write a workbook with one sheet a table: frozen header, filters, widths.

    Every text is written as a string, so that neither formulas nor links can come of it.

    Args:
        file: Open for writing, seekable.
        tables: In the order of the sheets.
        lang: ``zh`` or ``en``, for names and headings.
        notice: Printed at the head of every page.
        max_rows: Rows of a sheet, header included.

    Raises:
        OSError: The file, or a temporary one, cannot be written.
    """
    sink = _Sink(file)
    try:
        _pack(sink, tables, lang, notice, max_rows)
    except FileCreateError as error:
        raise OSError(*getattr(error.args[0], "args", error.args)) from error
    sink.check()


class _Sink:
    """A file that swallows what comes after a failed write, until it is asked.

    The packer would otherwise fail once more while it is taken down, with a trace on the screen.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise the first error there was."""
        if self._error is not None:
            raise self._error

    def write(self, data: bytes) -> int:
        return self._try(lambda: self._file.write(data), len(data))

    def seek(self, place: int, whence: int = 0) -> int:
        return self._try(lambda: self._file.seek(place, whence), place)

    def tell(self) -> int:
        return self._try(self._file.tell, 0)

    def flush(self) -> None:
        self._try(self._file.flush, None)

    def seekable(self) -> bool:
        return True

    def _try(self, act: Callable[[], ResultT], otherwise: ResultT) -> ResultT:
        if self._error is None:
            try:
                return act()
            except OSError as error:
                self._error = error
        return otherwise


def _pack(sink: Any, tables: Sequence[Table], lang: str, notice: str, max_rows: int) -> None:
    with xlsxwriter.Workbook(sink, dict(_SAFE)) as book:
        book.use_zip64()  # hundreds of thousands of calls pass 2 GiB before compression
        book.set_properties({"title": text(notice)})
        formats = {kind: book.add_format(look) for kind, look in _FORMATS.items()}
        head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EDF3", "bottom": 1}
        )
        for table in tables:
            rows = table.rows()
            ahead = next(rows, None)
            for number in count(1):
                name = table.title(lang) + ("" if number == 1 else f" {number}")
                first = () if ahead is None else (ahead,)
                chunk = islice(chain(first, rows), max_rows - 1)
                _sheet(book, name, table, lang, chunk, formats, head, notice)
                ahead = next(rows, None)
                if ahead is None:
                    break


def _sheet(
    book: Any,
    name: str,
    table: Table,
    lang: str,
    rows: Any,
    formats: dict[ColumnKind, Any],
    head: Any,
    notice: str,
) -> None:
    sheet = book.add_worksheet(name)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        _write_text(sheet, 0, place, column.title(lang), head)
    filled = 0
    for filled, row in enumerate(rows, start=1):
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, filled, place, value, formats[column.kind])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, filled), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if notice:
        sheet.set_header("&C" + text(notice).replace("&", "&&"))
    sheet.set_footer("&C&P / &N")


def _write(sheet: Any, row: int, place: int, value: Value, look: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, str):
        _write_text(sheet, row, place, value, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value, look)
    else:
        sheet.write_number(row, place, value, look)


def _write_text(sheet: Any, row: int, place: int, value: str, look: Any) -> None:
    status = sheet.write_string(row, place, text(value), look)
    if status != 0:
        raise ValueError(f"cell {row}, {place} was not written: {status}")


def text(value: str) -> str:
    """Return text that a cell can hold: no control characters and not too long."""
    clean = _UNPRINTABLE.sub("\ufffd", value)
    units = clean.encode("utf-16-le")
    if len(units) // 2 <= MAX_TEXT:
        return clean
    return units[: 2 * (MAX_TEXT - len(_MARK))].decode("utf-16-le", "ignore") + _MARK
