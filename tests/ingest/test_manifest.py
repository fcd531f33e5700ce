"""A manifest gives one row a call, with every problem named by row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.domain.calls import AgentChannel, Callee, Direction, Seat
from auditor.errors import ManifestError, UsageError
from auditor.ingest.manifest import Manifest, ManifestOptions, RowOutcome, read_manifest

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OPTIONS = ManifestOptions(now=NOW)
HEADER = "call_id,path,agent_id"

Read = Callable[..., Manifest]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a CSV and read it as a manifest."""

    def go(content: str | bytes, **options: Any) -> Manifest:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / "m.csv").write_bytes(data)
        return read_manifest(tmp_path / "m.csv", tmp_path, ManifestOptions(now=NOW, **options))

    return go


def test_every_column(read: Read, tmp_path: Path) -> None:
    """Each known column arrives typed, each unknown one as an attribute."""
    manifest = read(
        "call_id,path,agent_id,agent_name,team,customer_id,started_at,direction,callee,"
        "overdue_days,agent_channel,seat,answered,amount_due,amount_as_of,case_status,sha256,"
        "synthetic,rate,duration,branch\n"
        "007,a/b.wav,0012,张伟,一组,110101199001011234,2026-03-05T10:15:00+08:00,outbound,debtor,"
        f'12,right,agency,是,"3,500.50",2026-03-01,open,{"AB" * 32},true,8000,95.5,上海\n'
    )
    (row,) = manifest.rows
    assert (row.number, row.outcome, row.problems) == (2, RowOutcome.READY, ())
    call, recording = row.call, row.recording
    assert call is not None
    assert recording is not None
    assert (call.call_id, call.agent_id) == ("007", "0012")
    assert (call.agent_name, call.team) == ("张伟", "一组")
    assert call.customer_id == "110101199001011234"
    assert call.started_at == datetime(2026, 3, 5, 2, 15, tzinfo=UTC)
    assert (call.direction, call.callee) == (Direction.OUTBOUND, Callee.DEBTOR)
    assert (call.overdue_days, call.seat, call.answered) == (12, Seat.AGENCY, True)
    assert (call.amount_due, call.amount_as_of) == (3500.5, date(2026, 3, 1))
    assert (call.case_status, call.synthetic) == ("open", True)
    assert dict(call.attributes) == {"branch": "上海"}
    assert recording.path == tmp_path.resolve() / "a" / "b.wav"
    assert recording.agent_channel is AgentChannel.RIGHT
    assert (recording.sha256, recording.rate, recording.duration) == ("ab" * 32, 8000, 95.5)


def test_empty_cells_are_unknown(read: Read) -> None:
    """An empty optional cell is None, not zero or an empty text."""
    (row,) = read(f"{HEADER},overdue_days,answered,started_at,team\n1,a.wav,2,,,,\n").rows
    assert row.call is not None
    assert row.call.overdue_days is row.call.answered is row.call.started_at is row.call.team
    assert row.call.team is None
    assert row.call.synthetic is False


TEXT = f"{HEADER},agent_name\nC1,录音/a.wav,7,欧阳娜娜\nC2,b.wav,8,“王五”，组长\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), None),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("utf-16"), None),
        (TEXT.encode("gbk"), None),
        (TEXT.encode("gbk"), "gbk"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.replace("\n", "\r\n").encode(), None),
        (TEXT.replace(",", "\t").encode(), None),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_encodings(read: Read, data: bytes, encoding: str | None) -> None:
    """UTF-8, UTF-16 with mark and GBK give the same rows, declared or detected."""
    rows = read(data, encoding=encoding).rows
    assert [row.call.agent_name for row in rows if row.call] == ["欧阳娜娜", "“王五”，组长"]
    assert [row.outcome for row in rows] == [RowOutcome.READY] * 2


@pytest.mark.parametrize(
    ("data", "encoding", "line"),
    [
        (TEXT.encode("big5", "replace") + "歐陽專業體檢".encode("big5"), None, None),
        (TEXT.encode() + b"C3,c.wav,9,\xff\xfe\xff\n", None, "line 4"),
        (TEXT.encode("gbk"), "utf-8", "line 2"),
        (TEXT.encode("utf-16-le"), None, "line"),
        ("agent_name,caf\xe9,\xfc\xf6\xe4\xdf \n".encode("latin-1"), None, "line 1"),
        (TEXT.encode(), "no-such-codec", None),
    ],
)
def test_wrong_encoding(read: Read, data: bytes, encoding: str | None, line: str | None) -> None:
    """A file that is none of them is refused with the line, never read as garbage."""
    with pytest.raises(ManifestError) as caught:
        read(data, encoding=encoding)
    (problem,) = caught.value.problems
    assert problem.reason == "bad_encoding"
    assert line is None or line in problem.where


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        ("", ["empty_manifest"]),
        ("\n\n", ["empty_manifest"]),
        ("call_id,agent\n1,2\n", ["missing_column", "missing_column"]),
        ("a,b\n", ["missing_column"] * 3),
        (f"{HEADER},team,team\n", ["duplicate_column"]),
        ("call_id,call_id,agent_id\n", ["missing_column", "duplicate_column"]),
        (",".join(f"c{i}" for i in range(300)), ["too_large"]),
    ],
)
def test_unusable_file(read: Read, content: str, reasons: list[str]) -> None:
    """Everything wrong with the header is listed at once."""
    with pytest.raises(ManifestError) as caught:
        read(content)
    assert [problem.reason for problem in caught.value.problems] == reasons


def test_missing_file(tmp_path: Path) -> None:
    """A manifest that is not there, or a folder, is unreadable."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ManifestError) as caught:
            read_manifest(path, tmp_path, OPTIONS)
        assert caught.value.problems[0].reason == "unreadable"


CELLS = [
    ("call_id", "", "call_id_missing"),
    ("call_id", "../../x", "bad_call_id"),
    ("call_id", ".hidden", "bad_call_id"),
    ("call_id", "长" * 100, "bad_call_id"),
    ("agent_id", "", "agent_id_missing"),
    ("agent_id", "a/b", "bad_agent_id"),
    ("path", "", "path_missing"),
    ("path", "../a.wav", "path_outside_root"),
    ("path", "a/../../a.wav", "path_outside_root"),
    ("path", "/etc/passwd", "path_outside_root"),
    ("path", "C:\\a.wav", "path_outside_root"),
    ("path", "C:a.wav", "path_outside_root"),
    ("path", "\\\\server\\share\\a.wav", "path_outside_root"),
    ("path", "..\\a.wav", "path_outside_root"),
    ("path", "a\0.wav", "path_outside_root"),
    ("path", "out/a.wav", "path_outside_root"),
    ("path", "escape.wav", "path_outside_root"),
    ("path", ".", "path_outside_root"),
    ("started_at", "2026-03-05T10:15:00", "naive_time"),
    ("started_at", "2026-03-05", "naive_time"),
    ("started_at", "yesterday", "bad_value"),
    ("started_at", "1970-01-01T00:00:00Z", "bad_value"),
    ("started_at", "2099-01-01T00:00:00Z", "future_time"),
    ("started_at", "9999-12-31T23:59:59-14:00", "future_time"),
    ("direction", "sideways", "bad_value"),
    ("callee", "mother", "bad_value"),
    ("agent_channel", "middle", "bad_value"),
    ("seat", "vendor", "bad_value"),
    ("answered", "perhaps", "bad_value"),
    ("overdue_days", "-3", "bad_value"),
    ("overdue_days", "1.5", "bad_value"),
    ("overdue_days", "十二", "bad_value"),
    ("amount_due", "nan", "bad_value"),
    ("amount_due", "1e400", "bad_value"),
    ("amount_due", "3,50", "bad_value"),
    ("amount_as_of", "2026-02-30", "bad_value"),
    ("sha256", "abc", "bad_value"),
    ("rate", "0", "bad_value"),
    ("duration", "-1", "bad_value"),
    ("synthetic", "maybe", "bad_value"),
]


@pytest.mark.parametrize(("column", "value", "reason"), CELLS)
def test_bad_cell(read: Read, tmp_path: Path, column: str, value: str, reason: str) -> None:
    """A bad cell fails its row with column and reason; the rows around it go on."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (tmp_path / "out").symlink_to(outside)
    (tmp_path / "escape.wav").symlink_to(outside / "a.wav")
    row = {"call_id": "B", "path": "b.wav", "agent_id": "7"} | {column: value}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    filler = dict.fromkeys(row, "")
    writer.writerow({**filler, "call_id": "A", "path": "a.wav", "agent_id": "7"})
    writer.writerow(row)
    writer.writerow({**filler, "call_id": "C", "path": "c.wav", "agent_id": "7"})

    rows = read(text.getvalue()).rows

    assert [r.outcome.value for r in rows] == ["ready", "failed", "ready"]
    (problem,) = rows[1].problems
    assert (problem.reason, rows[1].reason) == (reason, reason)
    assert problem.where == f"m.csv, row 3, column {column}"
    assert len(value) < 4 or value not in problem.message


GOOD = [
    ("path", "a/./b.wav"),
    ("path", "日期\\a.wav"),
    ("path", "a..b.wav"),
    ("path", "inner.wav"),
    ("call_id", "2026-03-05 #7"),
    ("started_at", "2026-03-05 10:15:00+08:00"),
    ("started_at", "20260305T101500Z"),
    ("overdue_days", "12.0"),
    ("amount_due", "1,234,567.89"),
    ("direction", "OUTBOUND"),
    ("answered", "0"),
]


@pytest.mark.parametrize(("column", "value"), GOOD)
def test_good_cell(read: Read, tmp_path: Path, column: str, value: str) -> None:
    """Unusual but clear cells are accepted."""
    (tmp_path / "inner.wav").symlink_to(tmp_path / "real.wav")
    row = {"call_id": "B", "path": "b.wav", "agent_id": "7"} | {column: value}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    assert read(text.getvalue()).problems == ()


def test_declared_time_zone(read: Read) -> None:
    """Times without offset are taken in the declared zone; slashes are spreadsheet dates."""
    for written in ("2026-03-05 10:15:00", "2026/3/5 10:15", "2026-03-05T10:15"):
        (row,) = read(f"{HEADER},started_at\n1,a,2,{written}\n", timezone="Asia/Shanghai").rows
        assert row.call is not None
        assert row.call.started_at == datetime(2026, 3, 5, 2, 15, tzinfo=UTC)


def test_ambiguous_time(read: Read) -> None:
    """A time that a change of clocks makes twice is a problem, also in a declared zone."""
    content = f"{HEADER},started_at\n1,a,2,2025-10-26 02:30:00\n"
    assert read(content, timezone="Europe/Berlin").rows[0].reason == "ambiguous_time"


@pytest.mark.parametrize("name", ["Asia/Nowhere", "../etc/passwd", ""])
def test_unknown_zone(read: Read, name: str) -> None:
    """A time zone that does not exist is a usage error."""
    with pytest.raises(UsageError):
        read(f"{HEADER}\n", timezone=name)


def test_all_problems_of_a_row(read: Read) -> None:
    """A row with four bad cells reports four problems."""
    (row,) = read(f"{HEADER},started_at,overdue_days\n,/x,,soon,-1\n").rows
    assert [p.reason for p in row.problems] == [
        "call_id_missing",
        "agent_id_missing",
        "bad_value",
        "bad_value",
        "path_outside_root",
    ]
    assert row.call is row.recording is None


def test_ragged_rows(read: Read) -> None:
    """Rows with too few or too many cells fail; an empty line is no row but is counted."""
    rows = read(f"{HEADER}\nA,a.wav\n\nB,b.wav,7\nC,c.wav,7,more\n,,\n").rows
    assert [(row.number, row.call_id, row.reason) for row in rows] == [
        (2, "A", "ragged_row"),
        (4, "B", None),
        (5, "C", "ragged_row"),
    ]


def test_huge_cells(read: Read) -> None:
    """A cell of 10 MB or 30,000 characters fails its own row only."""
    content = f"{HEADER},x\nA,a,7,{'y' * 10_000_000}\nB,b,7,{'z' * 30_000}\nC,c,7,ok\n"
    rows = read(content).rows
    assert [row.reason for row in rows] == ["cell_too_long", "cell_too_long", None]


def test_quoted_cells(read: Read) -> None:
    """Quotes, commas and line breaks inside a cell belong to the cell."""
    (row,) = read(f'{HEADER},note\nA,a.wav,7,"he said ""no"",\nthen left"\n').rows
    assert row.call is not None
    assert row.call.attributes["note"] == 'he said "no",\nthen left'


def test_duplicates(read: Read) -> None:
    """The same row again is skipped; an id with two recordings fails on both."""
    rows = read(f"{HEADER}\nA,a.wav,7\nB,b.wav,7\nA,./a.wav,7\nB,c.wav,7\nC,a.wav,7\n").rows
    assert [(row.outcome.value, row.reason) for row in rows] == [
        ("ready", None),
        ("failed", "conflicting_duplicate"),
        ("skipped", "duplicate_row"),
        ("failed", "conflicting_duplicate"),
        ("ready", None),  # the same sound under another id is another call
    ]
    for row in (rows[1], rows[3]):
        assert row.problems[0].message == "rows 3 and 5 give one id to several calls"


def test_many_rows_of_one_id_are_not_all_named(read: Read) -> None:
    """The first ones are, and how many more there are."""
    lines = "".join(f"B,{number}.wav,7\n" for number in range(8))
    message = read(f"{HEADER}\n{lines}").rows[0].problems[0].message
    assert message == "rows 2, 3, 4, 5, 6 and 3 more give one id to several calls"


def _parquet(path: Path, columns: dict[str, Any]) -> Manifest:
    pq.write_table(pa.table(columns), path)
    return read_manifest(path, path.parent, OPTIONS)


def test_parquet(tmp_path: Path) -> None:
    """Typed Parquet columns arrive as the same values as text."""
    started = pa.array([datetime(2026, 3, 5, 2, 15, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    manifest = _parquet(
        tmp_path / "m.parquet",
        {
            "call_id": ["007"],
            "path": pa.array(["a.wav"]).dictionary_encode(),
            "agent_id": pa.array([110101199001011234], pa.int64()),
            "started_at": started,
            "overdue_days": [12],
            "answered": [True],
            "amount_due": [Decimal("3500.50")],
            "amount_as_of": [date(2026, 3, 1)],
            "duration": [float("nan")],
            "score": [0.1],
        },
    )
    (row,) = manifest.rows
    assert row.problems == ()
    assert row.call is not None
    assert row.recording is not None
    assert (row.call.call_id, row.call.agent_id) == ("007", "110101199001011234")
    assert row.call.started_at == datetime(2026, 3, 5, 2, 15, tzinfo=UTC)
    assert (row.call.overdue_days, row.call.answered) == (12, True)
    assert (row.call.amount_due, row.call.amount_as_of) == (3500.5, date(2026, 3, 1))
    assert row.recording.duration is None
    assert dict(row.call.attributes) == {"score": "0.1"}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"call_id": [1.1e17], "path": ["a"], "agent_id": ["7"]}, "bad_column_type"),
        ({"call_id": ["1"], "path": ["a"], "agent_id": [7.0]}, "bad_column_type"),
        ({"call_id": ["1"], "path": [["a"]], "agent_id": ["7"]}, "bad_column_type"),
        ({"call_id": ["1"], "path": ["a"], "agent_id": ["7"], "x": [b"1"]}, "bad_column_type"),
        ({"call_id": ["1"], "path": ["a"]}, "missing_column"),
    ],
)
def test_parquet_types(tmp_path: Path, columns: dict[str, Any], reason: str) -> None:
    """Ids that were numbers with a point, lists and bytes are refused."""
    with pytest.raises(ManifestError) as caught:
        _parquet(tmp_path / "m.parquet", columns)
    assert caught.value.problems[0].reason == reason


@pytest.mark.parametrize("keep", [0, 10, 200])
def test_broken_parquet(tmp_path: Path, keep: int) -> None:
    """A cut Parquet file is unreadable, not a crash."""
    path = tmp_path / "m.parquet"
    pq.write_table(pa.table({"call_id": ["1"] * 500, "path": ["a"] * 500}), path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ManifestError) as caught:
        read_manifest(path, tmp_path, OPTIONS)
    assert caught.value.problems[0].reason == "unreadable"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=8))
def test_every_row_has_one_outcome(read: Read, table: list[list[str]]) -> None:
    """Whatever the cells hold, each data row gives one Row, ready exactly without problems."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER.split(","))
    writer.writerows(table)
    rows = read(text.getvalue().encode("utf-8", "replace"), encoding="utf-8").rows
    reread = list(csv.reader(io.StringIO(text.getvalue().encode("utf-8", "replace").decode())))
    assert len(rows) == sum(any(cell.strip() for cell in row) for row in reread[1:])
    for row in rows:
        ready = row.outcome is RowOutcome.READY
        assert ready == (not row.problems)
        assert not ready or (row.call is not None and row.recording is not None)


def test_a_quote_that_is_never_closed_is_refused(read: Read) -> None:
    """An open quotation mark would make all rows below it part of one cell."""
    with pytest.raises(ManifestError) as caught:
        read(f'{HEADER},agent_name\nC1,a.wav,1,x\nC2,b.wav,1,"y\nC3,c.wav,1,z\n')
    assert "row 3" in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ('"x\nC2,b.wav,1,y"', RowOutcome.FAILED),
        ('"x\ny"', RowOutcome.READY),
        ('"x\n一, 二"', RowOutcome.READY),
        ('""', RowOutcome.READY),
    ],
)
def test_a_cell_that_swallows_rows_fails_its_row(
    read: Read, cell: str, outcome: RowOutcome
) -> None:
    """Two stray quotes rows apart hide the rows between them; a line break alone is fine."""
    rows = read(f"{HEADER},agent_name\nC1,a.wav,1,{cell}\nC3,c.wav,1,end\n").rows
    assert [row.outcome for row in rows] == [outcome, RowOutcome.READY]


def test_a_table_without_header_keeps_its_data_to_itself(read: Read) -> None:
    """Where a call is taken for the header, its cells are not repeated in the message."""
    with pytest.raises(ManifestError) as caught:
        read("C1,a.wav,13800000000,13800000000\n")
    assert "13800000000" not in str(caught.value)
    assert "repeats the name of column 3" in str(caught.value)


@pytest.mark.parametrize("encoding", ["undefined", "hex", "no\tsuch", "idna"])
def test_an_encoding_that_decodes_nothing_is_refused(read: Read, encoding: str) -> None:
    """Python knows codecs that are none for text files."""
    with pytest.raises(ManifestError, match="bad_encoding"):
        read(TEXT, encoding=encoding)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**62], pa.timestamp("us", "UTC")),
        pa.array([1767225600], pa.timestamp("s", "Mars/X")),
        pa.array([2**31 - 1], pa.date32()),
        pa.array([2**62], pa.duration("s")),
    ],
)
def test_parquet_values_beyond_the_calendar_are_refused(tmp_path: Path, column: pa.Array) -> None:
    """Parquet holds instants and zones that Python cannot; the file is refused by name."""
    columns = {"call_id": ["C1"], "path": ["a.wav"], "agent_id": ["1"], "x": column}
    pq.write_table(pa.table(columns), tmp_path / "m.parquet")
    with pytest.raises(ManifestError, match="unreadable"):
        read_manifest(tmp_path / "m.parquet", tmp_path, OPTIONS)
