"""Read the raw cells of a CSV or Parquet table, as text, within bounds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from auditor.errors import ManifestError, Problem
from auditor.ingest.encodings import decode_text

MAX_COLUMNS = 200
MAX_ROWS = 2_000_000
MAX_CELL = 20_000
_MAX_BYTES = 256 * 2**20
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of text.

    Args:
        number: As a spreadsheet counts: the header is row 1.
        cells: Stripped text; as many as the row has.
        fault: Reason and message where the row could not be read.
    """

    number: int
    cells: tuple[str, ...]
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RawTable:
    """A header and its rows; the rows can be gone through once."""

    header: tuple[str, ...]
    rows: Iterator[RawRow]


def read_table(path: Path, encoding: str | None) -> RawTable:
    """Open a table by its suffix: ``.parquet``, or else CSV.

    Args:
        path: The file.
        encoding: Of a CSV; ``None`` detects it strictly.

    Raises:
        ManifestError: ``unreadable``, ``too_large``, ``empty_manifest``, ``bad_encoding`` or
            ``bad_column_type``.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise _error(path, "unreadable", "is no regular file")
        if size > _MAX_BYTES:
            raise _error(path, "too_large", f"is larger than {_MAX_BYTES >> 20} MiB; split it")
        if path.suffix.lower() == ".parquet":
            return _parquet(path)
        data = path.read_bytes()
    except OSError as error:
        raise _error(path, "unreadable", f"cannot be read: {error.strerror}") from error
    return _csv(path, decode_text(data, encoding, path.name))


def _error(path: Path, reason: str, message: str) -> ManifestError:
    return ManifestError("the manifest cannot be used", Problem(path.name, reason, message))


def _csv(path: Path, text: str) -> RawTable:
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise _error(path, "empty_manifest", "has no header in its first line")
    delimiter = max(",\t;", key=first.count)
    end = "end"
    while end in text:
        end += "."
    lines = chain(io.StringIO(text, newline=""), [end])
    reader = csv.reader(lines, delimiter=delimiter, strict=False)
    try:
        header = tuple(cell.strip() for cell in next(reader))
    except csv.Error as error:
        raise _error(path, "unreadable", "has a header that is no CSV") from error
    if len(header) > MAX_COLUMNS:
        raise _error(path, "too_large", f"has more than {MAX_COLUMNS} columns")
    fence = _Fence(end, delimiter, max(len(header) - 1, 1))
    return RawTable(header, _csv_rows(path, reader, fence))


@dataclass(frozen=True, slots=True)
class _Fence:
    """What tells that a stray quotation mark has swallowed rows.

    Args:
        end: A last line of our own; where it does not arrive alone, a quote was never closed.
        delimiter: Between cells.
        gaps: Delimiters of a row; a line inside a cell that has as many is a row.
    """

    end: str
    delimiter: str
    gaps: int

    def swallowed(self, cells: list[str]) -> bool:
        return any(
            line.count(self.delimiter) >= self.gaps
            for cell in cells
            if "\n" in cell
            for line in cell.split("\n")[1:]
        )


def _csv_rows(path: Path, reader: Any, fence: _Fence) -> Iterator[RawRow]:
    number = 1
    while True:
        number += 1
        if number > MAX_ROWS:
            raise _error(path, "too_large", f"has more than {MAX_ROWS} rows")
        try:
            cells = next(reader)
        except StopIteration:
            message = f"has a quotation mark in or above row {number - 1} that is never closed"
            raise _error(path, "unreadable", message) from None
        except csv.Error:
            yield RawRow(number, (), ("cell_too_long", "has a cell that is too long to be read"))
            continue
        if cells == [fence.end]:
            return
        if any(len(cell) > MAX_CELL for cell in cells):
            kept = tuple(cell.strip()[:200] for cell in cells[:MAX_COLUMNS])
            message = f"has a cell of over {MAX_CELL} characters"
            yield RawRow(number, kept, ("cell_too_long", message))
        elif fence.swallowed(cells):
            message = "has a quotation mark that swallows the rows below it"
            yield RawRow(number, (), ("ragged_row", message))
        elif any(cell.strip() for cell in cells):
            yield RawRow(number, tuple(cell.strip() for cell in cells[: MAX_COLUMNS + 1]))


def _parquet(path: Path) -> RawTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with path.open("rb") as file:
            table = pq.ParquetFile(file, pre_buffer=False)
            metadata = table.metadata
            groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
            inflated = sum(group.total_byte_size for group in groups)
            if metadata.num_rows > MAX_ROWS or metadata.num_columns > MAX_COLUMNS:
                raise _error(path, "too_large", "has too many rows or columns")
            if inflated > 4 * _MAX_BYTES:
                raise _error(path, "too_large", "is too large when unpacked; split it")
            schema = table.schema_arrow
            _check_types(path, schema)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _error(path, "unreadable", "is no readable Parquet file") from error
    return RawTable(tuple(name.strip() for name in schema.names), _parquet_rows(path))


_TEXT_ONLY = {"call_id", "agent_id", "customer_id", "path", "sha256"}


def _check_types(path: Path, schema: Any) -> None:
    import pyarrow.types as kinds

    problems: list[Problem] = []
    for column in schema:
        where = f"{path.name}, column {column.name}"
        kind = column.type.value_type if kinds.is_dictionary(column.type) else column.type
        if kinds.is_nested(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind):
            problems.append(Problem(where, "bad_column_type", "holds no plain values"))
        elif column.name.strip() in _TEXT_ONLY and not (
            kinds.is_string(kind)
            or kinds.is_large_string(kind)
            or kinds.is_integer(kind)
            or kinds.is_null(kind)
        ):
            # A float has already lost the digits of a long id.
            problems.append(Problem(where, "bad_column_type", "must be text"))
    if problems:
        raise ManifestError("the manifest cannot be used", *problems)


def _parquet_rows(path: Path) -> Iterator[RawRow]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 1
    try:
        with path.open("rb") as file:
            table = pq.ParquetFile(file, pre_buffer=False)
            for batch in table.iter_batches(batch_size=_BATCH, use_threads=False):
                columns = [column.to_pylist() for column in batch.columns]
                for values in zip(*columns, strict=True):
                    number += 1
                    cells = tuple(_as_text(value) for value in values)
                    if any(len(cell) > MAX_CELL for cell in cells):
                        short = tuple(cell[:200] for cell in cells)
                        message = f"has a cell of over {MAX_CELL} characters"
                        yield RawRow(number, short, ("cell_too_long", message))
                    elif any(cells):
                        yield RawRow(number, cells)
    except (pa.ArrowException, OSError, ValueError, ArithmeticError, LookupError) as error:
        # Also instants beyond the year 9999 and unknown zones, in any of the next batch's rows.
        message = f"is damaged, or holds values that cannot be read, after row {number}"
        raise _error(path, "unreadable", message) from error


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if value != value else f"{value:.15g}"  # NaN means absent
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat() if callable(isoformat) else value).strip()
